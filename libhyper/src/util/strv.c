/* SPDX-License-Identifier: MIT */
#include "util/strv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/buf.h"

int hyp_strv_take(struct hyp_strv *strv, char *text)
{
	char **items =
		text ? realloc(strv->items, (strv->n + 2) * sizeof(*items))
		     : NULL;

	if (!items) {
		free(text);
		return -1;
	}
	strv->items = items;
	items[strv->n++] = text;
	items[strv->n] = NULL;
	return 0;
}

int hyp_strv_add(struct hyp_strv *strv, const char *text)
{
	return hyp_strv_take(strv, strdup(text));
}

int hyp_strv_addfv(struct hyp_strv *strv, const char *format, va_list args)
{
	char *text;

	return vasprintf(&text, format, args) < 0 ? -1
						  : hyp_strv_take(strv, text);
}

int hyp_strv_addf(struct hyp_strv *strv, const char *format, ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	rc = hyp_strv_addfv(strv, format, args);
	va_end(args);
	return rc;
}

int hyp_strv_set(struct hyp_strv *strv, const char *const *items)
{
	HYP_AUTOSTRV copy = { 0 };
	struct hyp_strv old = *strv;

	for (; items && *items; items++)
		if (hyp_strv_add(&copy, *items) < 0)
			return -1;
	*strv = copy;
	copy = old;
	return 0;
}

int hyp_strv_copy(struct hyp_strv *to, const struct hyp_strv *from)
{
	return hyp_strv_set(to, (const char *const *)from->items);
}

bool hyp_strv_has(const struct hyp_strv *strv, const char *text)
{
	return hyp_words_have((const char *const *)strv->items, text);
}

bool hyp_strv_equal(const struct hyp_strv *a, const struct hyp_strv *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return true;
}

const char *hyp_strv_at(const struct hyp_strv *strv, size_t index)
{
	return index < strv->n ? strv->items[index] : NULL;
}

void hyp_strv_free(struct hyp_strv *strv)
{
	for (size_t i = 0; i < strv->n; i++)
		free(strv->items[i]);
	free(strv->items);
	*strv = (struct hyp_strv){ 0 };
}

bool hyp_words_have(const char *const *words, const char *text)
{
	for (; words && *words; words++)
		if (strcmp(*words, text) == 0)
			return true;
	return false;
}

char *hyp_words_join(const char *const *words)
{
	HYP_AUTOBUF buf = HYP_BUF_INIT;

	if (!words || !*words)
		hyp_buf_adds(&buf, "none");
	for (size_t i = 0; words && words[i]; i++) {
		hyp_buf_adds(&buf, i ? ", " : "");
		hyp_buf_adds(&buf, words[i]);
	}
	return hyp_buf_take(&buf);
}
