/* SPDX-License-Identifier: MIT */
/* A growing array of strings, NULL-terminated once it has any. */
#ifndef HYP_UTIL_STRV_H
#define HYP_UTIL_STRV_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct hyp_strv {
	char **items; /* NULL while empty */
	size_t n;
};

/* Append a copy. 0, or -1 when out of memory. */
int hyp_strv_add(struct hyp_strv *strv, const char *text);
/* Append a [taken] text, which it frees if it fails; NULL: -1. */
int hyp_strv_take(struct hyp_strv *strv, char *text);
/* The same of what printf(3) would print. */
int hyp_strv_addf(struct hyp_strv *strv, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int hyp_strv_addfv(struct hyp_strv *strv, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
/* Replace by copies of a NULL-terminated array, or by nothing for NULL. */
int hyp_strv_set(struct hyp_strv *strv, const char *const *items);
int hyp_strv_copy(struct hyp_strv *to, const struct hyp_strv *from);
bool hyp_strv_has(const struct hyp_strv *strv, const char *text);
bool hyp_strv_equal(const struct hyp_strv *a, const struct hyp_strv *b);
/* The item, or NULL past the last. */
const char *hyp_strv_at(const struct hyp_strv *strv, size_t index);
void hyp_strv_free(struct hyp_strv *strv);

/* The same question to a constant NULL-terminated array (NULL: empty). */
bool hyp_words_have(const char *const *words, const char *text);
/* [new] "a, b, c"; "none" for nothing; NULL when out of memory. */
char *hyp_words_join(const char *const *words);

#define HYP_AUTOSTRV __attribute__((cleanup(hyp_strv_free))) struct hyp_strv

#endif
