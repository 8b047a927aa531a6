/* SPDX-License-Identifier: MIT */
/* Clocks, and RFC 3339 in UTC. */
#ifndef HYP_UTIL_TIME_H
#define HYP_UTIL_TIME_H

#include <stdint.h>
#include <time.h>

#define HYP_TIME_SIZE 32

/* ms since the Epoch: what is written down. */
int64_t hyp_now_ms(void);
/* ms of the monotonic clock: what deadlines are made of. */
int64_t hyp_mono_ms(void);
/* The same in us: how long something took. */
int64_t hyp_mono_us(void);
/* A moment of the monotonic clock for pthread_cond_clockwait() and such. */
struct timespec hyp_mono_timespec(int64_t mono_ms);
/* Sleep, whatever signals come. */
void hyp_sleep_ms(uint32_t ms);

/* "2026-11-23T07:28:17.123Z" */
void hyp_time_format(int64_t ms, char out[HYP_TIME_SIZE]);
/* RFC 3339, or only its date (midnight UTC); 0, or -1 if it is neither.
 * Fractions past ms are cut. */
int hyp_time_parse(const char *text, int64_t *ret_ms);

#endif
