/* SPDX-License-Identifier: MIT */
#include "watch.h"

#include <signal.h>

/* So often it looks for Ctrl-C, ms. */
#define LOOK_MS 250

static volatile sig_atomic_t interrupted;
static struct sigaction before;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

void watch_begin(void)
{
	struct sigaction action = { .sa_handler = on_interrupt,
				    .sa_flags = (int)SA_RESETHAND };

	interrupted = 0;
	sigaction(SIGINT, NULL, &before);
	if (before.sa_handler != SIG_IGN)
		sigaction(SIGINT, &action, NULL);
}

int watch_end(int exit)
{
	sigaction(SIGINT, &before, NULL);
	return interrupted ? CTL_INTERRUPTED : exit;
}

bool watch_goes_on(void)
{
	return fflush(stdout) == 0 && !ferror(stdout) && !interrupted;
}

int watch_events(struct ctl *ctl, uint64_t after, hyper_events **ret_events,
		 hyper_error **err)
{
	return hyper_event_list(ctl->conn, after, 0, LOOK_MS, 0, ret_events,
				err);
}
