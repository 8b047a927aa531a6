/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

void *must(void *p)
{
	if (!p) {
		fputs("hyperctl: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

char *must_printf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return must(text);
}

bool text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The digits that a text begins with; NULL: none, or more than max. */
static const char *eat_uint(const char *text, uint64_t max, uint64_t *ret_value)
{
	uint64_t value = 0;
	const char *at = text;

	for (; *at >= '0' && *at <= '9'; at++) {
		uint64_t digit = (uint64_t)(*at - '0');

		if (digit > max || value > (max - digit) / 10)
			return NULL;
		value = value * 10 + digit;
	}
	*ret_value = value;
	return at > text ? at : NULL;
}

bool text_uint(const char *text, uint64_t max, uint64_t *ret_value)
{
	uint64_t value;
	const char *rest = eat_uint(text, max, &value);

	if (!rest || *rest)
		return false;
	*ret_value = value;
	return true;
}

bool text_mib(const char *text, uint64_t *ret_mib)
{
	static const char units[] = "MGT";
	uint64_t value;
	const char *rest = eat_uint(text, UINT64_MAX >> 20, &value);

	if (!rest)
		return false;
	if (*rest) {
		char letter = *rest & ~0x20; /* upper case */
		const char *unit = strchr(units, letter);

		if (!letter || !unit ||
		    (rest[1] && strcasecmp(rest + 1, "B") != 0 &&
		     strcasecmp(rest + 1, "iB") != 0))
			return false;
		value <<= (unit - units) * 10;
	}
	*ret_mib = value;
	return true;
}

/* Also the marks that turn the direction of writing: they make a line read
 * as something else. */
static bool harmless(wchar_t wc)
{
	return iswprint((wint_t)wc) && !(wc >= 0x202a && wc <= 0x202e) &&
	       !(wc >= 0x2066 && wc <= 0x2069);
}

char *text_clean(const char *text)
{
	size_t left = strlen(text);
	char *clean = must(malloc(left * 4 + 1));
	char *to = clean;
	mbstate_t state = { 0 };

	while (left > 0) {
		wchar_t wc;
		size_t n = mbrtowc(&wc, text, left, &state);
		bool whole = n != (size_t)-1 && n != (size_t)-2;
		size_t i;

		if (!whole) {
			memset(&state, 0, sizeof(state));
			n = 1;
		}
		if (whole && harmless(wc)) {
			memcpy(to, text, n);
			to += n;
		} else {
			for (i = 0; i < n; i++)
				to += snprintf(to, 5, "\\x%02x",
					       (unsigned char)text[i]);
		}
		text += n;
		left -= n;
	}
	*to = '\0';
	return clean;
}

void text_age(FILE *to, int64_t since_ms)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = { { 'y', 31536000 }, { 'w', 604800 }, { 'd', 86400 },
		      { 'h', 3600 },	 { 'm', 60 },	  { 's', 1 } };
	int64_t age = (int64_t)time(NULL) - since_ms / 1000;
	size_t i = 0;

	if (since_ms == 0)
		return;
	if (age < 0) /* another clock, a little ahead of ours */
		age = 0;
	/* The largest unit of which there are two; days up to two weeks. */
	while (units[i].seconds > 1 &&
	       age < (units[i].letter == 'm' ? 1 : 2) * units[i].seconds)
		i++;
	fprintf(to, "%lld%c", (long long)(age / units[i].seconds),
		units[i].letter);
}

void text_time(FILE *to, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;
	char text[32];

	if (ms == 0 || !gmtime_r(&seconds, &tm))
		return;
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	fprintf(to, "%s.%03dZ", text, (int)(ms % 1000));
}

void text_mem(FILE *to, uint64_t mib)
{
	if (mib == 0)
		return;
	if (mib % 1024 == 0)
		fprintf(to, "%lluG", (unsigned long long)(mib / 1024));
	else
		fprintf(to, "%lluM", (unsigned long long)mib);
}

void text_size(FILE *to, uint64_t bytes)
{
	static const char units[] = "BKMGTPE";
	double size = (double)bytes;
	size_t i = 0;

	if (bytes == 0)
		return;
	for (; size >= 1000 && units[i + 1]; i++)
		size /= 1024;
	fprintf(to, i == 0 || size >= 100 ? "%.0f%c" : "%.1f%c", size,
		units[i]);
}

int64_t mono_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
