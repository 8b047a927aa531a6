/* SPDX-License-Identifier: MIT */
/* A line on the terminal that tells what is being waited for. Nothing of it
 * is drawn when stderr is no terminal. */
#ifndef CTL_PROGRESS_H
#define CTL_PROGRESS_H

#include "ctl.h"

bool progress_wanted(void);
/* Draw or draw anew: one operation, of so many that are still to be waited
 * for, since a moment of mono_ms(). */
void progress_draw(const hyper_operation *op, size_t left, int64_t since_ms);
void progress_erase(void);

#endif
