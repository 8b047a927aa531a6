/* SPDX-License-Identifier: MIT */
/* Texts: memory for them, for people and for terminals. */
#ifndef CTL_TEXT_H
#define CTL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Out of memory ends hyperctl; the library's database is safe by design. */
void *must(void *p);
char *must_printf(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

bool text_starts(const char *text, const char *prefix);

/* Decimal digits only, at most max. */
bool text_uint(const char *text, uint64_t max, uint64_t *ret_value);
/* MiB from "512", "512M" or "2G". */
bool text_mib(const char *text, uint64_t *ret_mib);

/* [new] nothing in it can steer a terminal: control characters and what is
 * no text become \xNN. */
char *text_clean(const char *text);

/* "5s", "3m", "2h", "4d", "6w", "2y" */
void text_age(FILE *to, int64_t since_ms);
/* RFC 3339, or nothing for 0 */
void text_time(FILE *to, int64_t ms);
/* "512M", "2G" */
void text_mem(FILE *to, uint64_t mib);
/* "18.2M" */
void text_size(FILE *to, uint64_t bytes);

int64_t mono_ms(void);

#endif
