/* SPDX-License-Identifier: MIT */
#include "watch.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

/* So often it looks for Ctrl-C and for its reader, and asks a hyperd that is
 * away, ms. One long request would be cheaper, and could not be ended. */
#define LOOK_MS 250

static volatile sig_atomic_t interrupted;
static struct sigaction before;
/* Whether the hyperd has ever answered, and whether it is away now. */
static bool reached, away;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

void watch_begin(void)
{
	/* A write that is under way is finished: stdio loses what it had not
	 * written yet. */
	struct sigaction action = { .sa_handler = on_interrupt,
				    .sa_flags =
					    (int)(SA_RESETHAND | SA_RESTART) };

	interrupted = 0;
	reached = away = false;
	sigaction(SIGINT, NULL, &before);
	if (before.sa_handler != SIG_IGN)
		sigaction(SIGINT, &action, NULL);
}

int watch_end(int exit)
{
	sigaction(SIGINT, &before, NULL);
	return interrupted ? CTL_INTERRUPTED : exit;
}

/* A pipe tells of its reader's end only to who writes, or asks. */
static bool is_read(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) <= 0 || !(out.revents & POLLERR);
}

bool watch_goes_on(void)
{
	return fflush(stdout) == 0 && !ferror(stdout) && is_read() &&
	       !interrupted;
}

static bool is_absence(struct ctl *ctl, const hyper_error *err)
{
	if (hyper_conn_is_local(ctl->conn))
		return false;
	switch (hyper_error_code(err)) {
	case HYPER_ERR_CONNECT:
	case HYPER_ERR_TIMEOUT:
	case HYPER_ERR_BUSY: /* it is stopping */
		return true;
	default:
		return false;
	}
}

bool watch_lost(struct ctl *ctl, const hyper_error *err)
{
	if (!err) {
		if (away)
			say("%s is there again", hyper_conn_uri(ctl->conn));
		reached = true;
		away = false;
		return false;
	}
	if (!reached || !is_absence(ctl, err))
		return false;
	if (!away) {
		say("%s", hyper_error_message(err));
		say("trying again until it is there, or Ctrl-C");
	}
	away = true;
	poll(NULL, 0, LOOK_MS); /* which Ctrl-C ends */
	return true;
}

int watch_events(struct ctl *ctl, uint64_t after, hyper_events **ret_events,
		 hyper_error **err)
{
	AUTO(hyper_error_free) hyper_error *why = NULL;
	int r = hyper_event_list(ctl->conn, after, 0, LOOK_MS, 0, ret_events,
				 &why);

	if (watch_lost(ctl, why))
		return 0;
	*err = why;
	why = NULL;
	return r;
}
