/* SPDX-License-Identifier: MIT */
/*
 * What systemd hands to a service and wants to hear from it: sd_listen_fds(3),
 * sd_notify(3). Nothing of it does anything where systemd is not there.
 */
#include "hyperd.h"

#include <limits.h>
#include <string.h>
#include <systemd/sd-daemon.h>

int systemd_sockets(char ***ret_names)
{
	int n = sd_listen_fds_with_names(1, ret_names);

	if (n < 0)
		hyper_log(HYPER_LOG_ERROR, "sockets of systemd: %s",
			  strerror(-n));
	if (n <= LISTEN_MAX)
		return n < 0 ? -1 : n;
	hyper_log(HYPER_LOG_ERROR,
		  "sockets of systemd: there are %d, and may be at most %d", n,
		  LISTEN_MAX);
	return -1;
}

static void tell(const char *what)
{
	int rc = sd_notify(0, what);

	if (rc < 0)
		hyper_log(HYPER_LOG_WARNING, "cannot tell systemd %s: %s", what,
			  strerror(-rc));
}

void systemd_ready(void)
{
	tell("READY=1");
}

void systemd_stopping(void)
{
	tell("STOPPING=1");
}

void systemd_alive(void)
{
	tell("WATCHDOG=1");
}

unsigned int systemd_watchdog_ms(void)
{
	uint64_t usec, ms;

	if (sd_watchdog_enabled(0, &usec) <= 0)
		return 0;
	ms = usec / 1000 / 2;
	return ms == 0 ? 1 : ms > INT_MAX ? INT_MAX : (unsigned int)ms;
}
