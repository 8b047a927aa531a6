/* SPDX-License-Identifier: MIT */
#include "util/time.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

/* What RFC 3339 can write: the years 0000 to 9999. */
#define TIME_MIN INT64_C(-62167219200000)
#define TIME_MAX INT64_C(253402300799999)

static int64_t clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t hyp_now_ms(void)
{
	return clock_ms(CLOCK_REALTIME);
}

int64_t hyp_mono_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t hyp_mono_ms(void)
{
	return hyp_mono_us() / 1000;
}

struct timespec hyp_mono_timespec(int64_t mono_ms)
{
	return (struct timespec){
		.tv_sec = mono_ms / 1000,
		.tv_nsec = mono_ms % 1000 * 1000000,
	};
}

void hyp_sleep_ms(uint32_t ms)
{
	struct timespec until = hyp_mono_timespec(hyp_mono_ms() + ms);

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) ==
	       EINTR)
		;
}

/* So many digits, and what comes behind them; returns where that ends. A list
 * of machines has thousands of times: printf took a twelfth of it. */
static char *put(char *at, int n, int value, char behind)
{
	for (int i = n; i-- > 0; value /= 10)
		at[i] = (char)('0' + value % 10);
	at[n] = behind;
	return at + n + 1;
}

void hyp_time_format(int64_t ms, char out[HYP_TIME_SIZE])
{
	int64_t fraction;
	struct tm tm;
	time_t s;

	if (ms < TIME_MIN)
		ms = TIME_MIN;
	if (ms > TIME_MAX)
		ms = TIME_MAX;
	fraction = (ms % 1000 + 1000) % 1000;
	s = (time_t)((ms - fraction) / 1000);
	gmtime_r(&s, &tm);
	out = put(out, 4, tm.tm_year + 1900, '-');
	out = put(out, 2, tm.tm_mon + 1, '-');
	out = put(out, 2, tm.tm_mday, 'T');
	out = put(out, 2, tm.tm_hour, ':');
	out = put(out, 2, tm.tm_min, ':');
	out = put(out, 2, tm.tm_sec, '.');
	out = put(out, 3, (int)fraction, 'Z');
	*out = '\0';
}

/* Exactly n digits, from min to max. */
static bool eat_number(const char **p, int n, int min, int max, int *ret_value)
{
	int value = 0;

	for (; n > 0; n--, (*p)++) {
		if (!isdigit((unsigned char)**p))
			return false;
		value = value * 10 + (**p - '0');
	}
	*ret_value = value;
	return value >= min && value <= max;
}

static bool eat(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static bool eat_date(const char **p, struct tm *tm)
{
	bool ok = eat_number(p, 4, 0, 9999, &tm->tm_year) && eat(p, '-') &&
		  eat_number(p, 2, 1, 12, &tm->tm_mon) && eat(p, '-') &&
		  eat_number(p, 2, 1, 31, &tm->tm_mday);

	tm->tm_year -= 1900;
	tm->tm_mon--;
	return ok;
}

/* "07:28:17.123"; a leap second is the first one of the next minute. */
static bool eat_clock(const char **p, struct tm *tm, int *ret_ms)
{
	if (!eat_number(p, 2, 0, 23, &tm->tm_hour) || !eat(p, ':') ||
	    !eat_number(p, 2, 0, 59, &tm->tm_min) || !eat(p, ':') ||
	    !eat_number(p, 2, 0, 60, &tm->tm_sec))
		return false;
	*ret_ms = 0;
	if (!eat(p, '.'))
		return true;
	if (!isdigit((unsigned char)**p))
		return false;
	for (int unit = 100; isdigit((unsigned char)**p); (*p)++, unit /= 10)
		*ret_ms += (**p - '0') * unit;
	return true;
}

/* "Z" or "+02:00". */
static bool eat_zone(const char **p, int *ret_minutes)
{
	int sign = **p == '-' ? -1 : 1;
	int hours, minutes;

	*ret_minutes = 0;
	if (eat(p, 'Z') || eat(p, 'z'))
		return true;
	if ((!eat(p, '+') && !eat(p, '-')) ||
	    !eat_number(p, 2, 0, 23, &hours) || !eat(p, ':') ||
	    !eat_number(p, 2, 0, 59, &minutes))
		return false;
	*ret_minutes = sign * (hours * 60 + minutes);
	return true;
}

int hyp_time_parse(const char *text, int64_t *ret_ms)
{
	struct tm tm = { 0 }, day;
	int ms = 0, zone = 0;

	if (!eat_date(&text, &tm))
		return -1;
	day = tm;
	timegm(&day);
	if (day.tm_mday != tm.tm_mday) /* 30 February */
		return -1;
	if (*text && !((eat(&text, 'T') || eat(&text, 't')) &&
		       eat_clock(&text, &tm, &ms) && eat_zone(&text, &zone)))
		return -1;
	if (*text)
		return -1;
	*ret_ms = ((int64_t)timegm(&tm) - zone * 60) * 1000 + ms;
	return 0;
}
