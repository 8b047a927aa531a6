/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lv.h"

int hyp_lv_nomem(hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_NOMEM, NULL, "out of memory");
}

static int code_of_errno(int number)
{
	switch (number) {
	case ENOENT:
		return HYPER_ERR_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS:
		return HYPER_ERR_DENIED;
	case ENOMEM:
		return HYPER_ERR_NOMEM;
	case EEXIST:
		return HYPER_ERR_EXISTS;
	default:
		return HYPER_ERR_IO;
	}
}

/* What libvirt says, in our words. Most of what goes wrong inside QEMU or
 * libvirt has no code of its own. */
static int code_of_libvirt(const virError *e)
{
	switch (e->code) {
	case VIR_ERR_NO_MEMORY:
		return HYPER_ERR_NOMEM;
	case VIR_ERR_NO_DOMAIN:
		return HYPER_ERR_NOT_FOUND;
	case VIR_ERR_DOM_EXIST:
		return HYPER_ERR_EXISTS;
	case VIR_ERR_OPERATION_INVALID:
		return HYPER_ERR_STATE;
	case VIR_ERR_NO_SUPPORT:
	case VIR_ERR_OPERATION_UNSUPPORTED:
	case VIR_ERR_ARGUMENT_UNSUPPORTED:
		return HYPER_ERR_NOT_SUPPORTED;
	case VIR_ERR_XML_ERROR:
	case VIR_ERR_XML_DETAIL:
	case VIR_ERR_XML_INVALID_SCHEMA:
	case VIR_ERR_CONFIG_UNSUPPORTED:
	case VIR_ERR_OS_TYPE:
	case VIR_ERR_NO_OS:
	case VIR_ERR_NO_NAME:
	case VIR_ERR_INVALID_MAC:
	case VIR_ERR_NO_NETWORK: /* not the machine is missing */
		return HYPER_ERR_INVALID;
	case VIR_ERR_OPERATION_DENIED:
	case VIR_ERR_ACCESS_DENIED:
	case VIR_ERR_AUTH_FAILED:
	case VIR_ERR_AUTH_CANCELLED:
	case VIR_ERR_AUTH_UNAVAILABLE:
		return HYPER_ERR_DENIED;
	case VIR_ERR_RESOURCE_BUSY:
		return HYPER_ERR_BUSY;
	case VIR_ERR_OPERATION_TIMEOUT:
		return HYPER_ERR_TIMEOUT;
	case VIR_ERR_RPC:
	case VIR_ERR_NO_CONNECT:
	case VIR_ERR_INVALID_CONN:
		return HYPER_ERR_CONNECT;
	case VIR_ERR_INTERNAL_ERROR: /* "client socket is closed" */
	case VIR_ERR_SYSTEM_ERROR:   /* "Connection reset by peer" */
		return e->domain == VIR_FROM_RPC ? HYPER_ERR_CONNECT
						 : HYPER_ERR_DRIVER;
	default:
		return HYPER_ERR_DRIVER;
	}
}

/* When the connection ends while a call waits, it is the thread of the event
 * loop that gets the error: the call fails and has none. */
int hyp_lv_error_code(void)
{
	const virError *e = virGetLastError();

	return e ? code_of_libvirt(e) : HYPER_ERR_CONNECT;
}

char *hyp_lv_last_error(void)
{
	const char *text = virGetLastError() ? virGetLastErrorMessage()
					     : "the connection broke";
	char *line = strdup(text), *p;

	for (p = line; p && *p; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
	while (p > line && p[-1] == ' ')
		*--p = '\0';
	return line;
}

static int HYPER_PRINTF(4, 0) set(hyper_error **err, int code, const char *why,
				  const char *format, va_list args)
{
	HYP_AUTOFREE char *what = NULL;

	if (!why || vasprintf(&what, format, args) < 0) {
		what = NULL;
		return hyp_lv_nomem(err);
	}
	return hyper_error_set(err, code, NULL, "%s: %s", what, why);
}

int hyp_lv_errno(hyper_error **err, const char *format, ...)
{
	int number = errno, code;
	char why[256];
	va_list args;

	va_start(args, format);
	code = set(err, code_of_errno(number),
		   strerror_r(number, why, sizeof(why)), format, args);
	va_end(args);
	return code;
}

int hyp_lv_error(hyper_error **err, const char *format, ...)
{
	HYP_AUTOFREE char *why = hyp_lv_last_error();
	int code = hyp_lv_error_code();
	va_list args;

	va_start(args, format);
	code = set(err, code, why, format, args);
	va_end(args);
	return code;
}
