/* SPDX-License-Identifier: MIT */
#include "core/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/text.h"

struct hyper_error {
	int code;
	char *message;
	char *driver;
	char *field;
	char *request_id;
	hyper_error *cause;
};

/* What is left to say when there is no memory to say anything else. */
static hyper_error no_memory = {
	.code = HYPER_ERR_NOMEM,
	.message = (char[]){ "out of memory" },
};

int hyper_error_code(const hyper_error *err)
{
	return err ? err->code : HYPER_OK;
}

const char *hyper_error_message(const hyper_error *err)
{
	return err ? err->message : "no error";
}

const char *hyper_error_driver(const hyper_error *err)
{
	return err ? err->driver : NULL;
}

const char *hyper_error_field(const hyper_error *err)
{
	return err ? err->field : NULL;
}

const char *hyper_error_request_id(const hyper_error *err)
{
	return err ? err->request_id : NULL;
}

const hyper_error *hyper_error_cause(const hyper_error *err)
{
	return err ? err->cause : NULL;
}

void hyper_error_free(hyper_error *err)
{
	while (err && err != &no_memory) {
		hyper_error *cause = err->cause;

		free(err->message);
		free(err->driver);
		free(err->field);
		free(err->request_id);
		free(err);
		err = cause;
	}
}

int hyp_nomem(hyper_error **err)
{
	if (err) {
		hyper_error_free(*err);
		*err = &no_memory;
	}
	return HYPER_ERR_NOMEM;
}

/* An error shall be one line, whatever an engine put into its text. */
static void make_one_line(char *text)
{
	size_t len = strlen(text);

	hyp_text_clean(text);
	while (len > 0 && strchr(" .", text[len - 1]))
		text[--len] = '\0';
}

/* [takes] message, which may say nothing: then it is the title of its code. */
static hyper_error *new_error(int code, const char *field, char *message)
{
	HYP_AUTOERROR *err = calloc(1, sizeof(*err));

	make_one_line(message);
	if (!*message) {
		free(message);
		message = strdup(hyp_problem_of_code(code)->title);
	}
	if (!err || !message) {
		free(message);
		return NULL;
	}
	err->code = code;
	err->message = message;
	if (field) {
		err->field = strdup(field);
		if (!err->field)
			return NULL;
		hyp_text_clean(err->field); /* a name that somebody chose */
	}
	return hyp_steal(&err);
}

HYPER_PRINTF(5, 0)
static int set_error(hyper_error **err, hyper_error *cause, int code,
		     const char *field, const char *format, va_list args)
{
	char *message;
	hyper_error *fresh;

	if (vasprintf(&message, format, args) < 0)
		fresh = NULL;
	else
		fresh = new_error(code, field, message);
	if (!fresh) {
		hyper_error_free(cause);
		*err = NULL;
		return hyp_nomem(err);
	}
	fresh->cause = cause;
	*err = fresh;
	return code;
}

int hyper_error_set(hyper_error **err, int code, const char *field,
		    const char *format, ...)
{
	va_list args;
	hyper_error *old;

	if (!err)
		return code;
	/* The arguments may be texts of the old error: free it afterwards. */
	old = *err;
	va_start(args, format);
	code = set_error(err, NULL, code, field, format, args);
	va_end(args);
	hyper_error_free(old);
	return code;
}

int hyper_error_wrap(hyper_error **err, int code, const char *field,
		     const char *format, ...)
{
	va_list args;

	if (!err)
		return code;
	va_start(args, format);
	code = set_error(err, *err, code, field, format, args);
	va_end(args);
	return code;
}

hyper_error *hyper_error_copy(const hyper_error *err)
{
	HYP_AUTOERROR *first = NULL;
	hyper_error **end = &first;

	if (err == &no_memory)
		return &no_memory;
	for (; err; err = err->cause, end = &(*end)->cause) {
		char *message = strdup(err->message);

		if (!message)
			return NULL;
		*end = new_error(err->code, err->field, message);
		if (!*end)
			return NULL;
		if (err->driver) {
			(*end)->driver = strdup(err->driver);
			if (!(*end)->driver)
				return NULL;
		}
		if (err->request_id) {
			(*end)->request_id = strdup(err->request_id);
			if (!(*end)->request_id)
				return NULL;
		}
	}
	return hyp_steal(&first);
}

int hyp_errno(hyper_error **err, const char *format, ...)
{
	int number = errno, code;
	HYP_AUTOFREE char *what = NULL;
	char text[128];
	va_list args;

	switch (number) {
	case ENOMEM:
		return hyp_nomem(err);
	case EACCES:
	case EPERM:
	case EROFS:
		code = HYPER_ERR_DENIED;
		break;
	case ENOENT:
	case ENOTDIR:
		code = HYPER_ERR_NOT_FOUND;
		break;
	default:
		code = HYPER_ERR_IO;
	}
	va_start(args, format);
	if (vasprintf(&what, format, args) < 0)
		what = NULL;
	va_end(args);
	if (!what)
		return hyp_nomem(err);
	return hyper_error_set(err, code, NULL, "%s: %s", what,
			       strerror_r(number, text, sizeof(text)));
}

int hyp_check_flags(uint32_t flags, uint32_t allowed, hyper_error **err)
{
	if ((flags & ~allowed) == 0)
		return 0;
	return hyper_error_set(err, HYPER_ERR_INVALID, "flags",
			       "flags 0x%x: this call does not know 0x%x",
			       flags, flags & ~allowed);
}

void hyp_error_set_driver(hyper_error *err, const char *driver)
{
	for (; err && err != &no_memory; err = err->cause) {
		if (err->driver)
			continue;
		err->driver = strdup(driver);
		if (err->driver)
			hyp_text_clean(err->driver);
	}
}

void hyp_error_set_request_id(hyper_error *err, const char *id)
{
	if (err && err != &no_memory && !err->request_id)
		err->request_id = strdup(id);
}

void hyp_error_set_cause(hyper_error *err, hyper_error *cause)
{
	if (!err || err == &no_memory) {
		hyper_error_free(cause);
		return;
	}
	while (err->cause && err->cause != &no_memory)
		err = err->cause;
	if (err->cause)
		hyper_error_free(cause);
	else
		err->cause = cause;
}

void hyp_error_move(hyper_error **to, hyper_error **from)
{
	hyper_error *moved = hyp_steal(from);

	if (!to) {
		hyper_error_free(moved);
		return;
	}
	hyper_error_free(*to);
	*to = moved;
}
