/* SPDX-License-Identifier: MIT */
/* Strict parsing of small texts. */
#ifndef HYP_UTIL_TEXT_H
#define HYP_UTIL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decimal digits only, nothing before or after, at most max. 0 or -1. */
int hyp_parse_uint(const char *text, uint64_t max, uint64_t *ret_value);
/* MiB: "512" or "512M", "1G", "1T" (also with iB or B behind). 0 or -1. */
int hyp_parse_mib(const char *text, uint64_t *ret_mib);
/* Valid UTF-8 (RFC 3629) without NUL and other C0 control characters, save
 * tab and newline if allowed. */
bool hyp_text_valid(const char *text, size_t len, bool multiline);
/* Make any text one line of valid UTF-8: `?` for broken bytes, spaces for
 * control characters. */
void hyp_text_clean(char *text);
bool hyp_starts_with(const char *text, const char *prefix);

/* Lower-case random uuid, version 4 (RFC 9562). 0, or -1 with errno. */
#define HYP_UUID_SIZE 37
int hyp_uuid(char out[HYP_UUID_SIZE]);
bool hyp_uuid_valid(const char *text);

/* base64url without padding (RFC 4648 §5). [new] NULL: out of memory; for
 * decode also: not base64url. decode NUL-terminates. */
char *hyp_base64url_encode(const void *data, size_t len);
void *hyp_base64url_decode(const char *text, size_t *ret_len);

/* Percent-encoding (RFC 3986 §2.1). encode keeps the unreserved characters
 * and those of `keep` (or NULL). [new]; decode: NULL also for a broken
 * escape or a %00. */
char *hyp_percent_encode(const char *text, const char *keep);
char *hyp_percent_decode(const char *text, size_t len);

#endif
