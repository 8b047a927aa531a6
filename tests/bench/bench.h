/* SPDX-License-Identifier: MIT */
/*
 * What the measuring programs share. Each does one round for each line on
 * standard input, and answers with one line of NAME=VALUE, mostly in us. So
 * measure.py can let two of them work in turn.
 */
#ifndef BENCH_H
#define BENCH_H

#include <hyper/hyper.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Ends the round before, and waits for the next one. */
static inline bool next_round(void)
{
	static bool begun;
	int c;

	if (begun)
		putchar('\n');
	begun = true;
	fflush(stdout);
	while ((c = getchar()) != EOF)
		if (c == '\n')
			return true;
	return false;
}

/* What is named took from then to now; returns now. */
static inline double took(const char *name, double then)
{
	double now = now_us();

	printf("%s=%.2f ", name, now - then);
	return now;
}

/* There is nothing to measure where something fails. */
static inline void need(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "cannot %s\n", what);
	exit(1);
}

/* rc comes before err, which is set by what gives rc. */
#define need_ok(rc, err, what)                                                 \
	do {                                                                   \
		if ((rc) != 0) {                                               \
			fprintf(stderr, "%s\n", hyper_error_message(err));     \
			need(false, what);                                     \
		}                                                              \
	} while (0)

#endif
