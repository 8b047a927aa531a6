/* SPDX-License-Identifier: MIT */
/*
 * poll_loop [URI]: a loop of one's own, which waits in poll(2) for events and
 * for commands, and is never held up by a machine: `start ID` and `stop ID` on
 * the standard input begin an operation, and its end is an event. Ctrl-D ends
 * it. A hyperd that goes away is told once, and waited for.
 */
#include <errno.h>
#include <hyper/hyper.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EVENTS, COMMANDS, N_FDS };

static void tell(const char *what, hyper_error *err)
{
	printf("%s: %s\n", what, hyper_error_message(err));
	hyper_error_free(err);
}

static void show(const hyper_event *event)
{
	const char *id = hyper_event_machine(event);
	const char *state = hyper_event_state(event);

	printf("%llu %s %s %s\n", (unsigned long long)hyper_event_seq(event),
	       hyper_event_kind(event), id ? id : "-", state ? state : "-");
}

/* All there is: only then is the descriptor about what comes next. */
static int on_events(hyper_event_stream *events, bool *lost)
{
	const hyper_event *event = NULL;
	hyper_error *err = NULL;

	do {
		if (hyper_event_stream_next(events, 0, &event, &err)) {
			int code = hyper_error_code(err);

			if (!*lost)
				tell("no events", err);
			else
				hyper_error_free(err);
			*lost = true;
			/* Away: it is tried again. Else it stays so. */
			return code == HYPER_ERR_CONNECT ? 0 : code;
		}
		*lost = false;
		if (event)
			show(event);
	} while (event);
	return 0;
}

static void on_command(hyper_conn *conn, const char *command)
{
	hyper_operation *op = NULL;
	hyper_error *err = NULL;
	int code;

	if (strncmp(command, "start ", 6) == 0) {
		code = hyper_machine_start(conn, command + 6, HYPER_ASYNC, NULL,
					   &op, &err);
	} else if (strncmp(command, "stop ", 5) == 0) {
		code = hyper_machine_stop(conn, command + 5,
					  HYPER_TIMEOUT_DEFAULT, HYPER_ASYNC,
					  NULL, &op, &err);
	} else {
		puts("commands: start ID, stop ID");
		return;
	}
	if (code)
		tell(command, err);
	else
		printf("%s: operation %llu\n", command,
		       (unsigned long long)hyper_operation_id(op));
	hyper_operation_free(op);
}

/* What can be read now; false at its end. */
static bool on_input(hyper_conn *conn)
{
	static char line[256];
	static size_t len;
	ssize_t n = read(STDIN_FILENO, line + len, sizeof(line) - 1 - len);
	char *end;

	if (n <= 0)
		return n < 0 && errno == EINTR;
	len += (size_t)n;
	line[len] = '\0';
	while ((end = strchr(line, '\n')) != NULL) {
		*end = '\0';
		on_command(conn, line);
		len -= (size_t)(end + 1 - line);
		memmove(line, end + 1, len + 1);
	}
	if (len == sizeof(line) - 1)
		len = 0; /* no command is that long */
	return true;
}

static int loop(hyper_conn *conn, hyper_event_stream *events, int fd)
{
	struct pollfd fds[N_FDS] = {
		[EVENTS] = { .fd = fd, .events = POLLIN },
		[COMMANDS] = { .fd = STDIN_FILENO, .events = POLLIN },
	};
	bool lost = false;

	for (;;) {
		if (poll(fds, N_FDS, -1) < 0 && errno != EINTR)
			return -errno;
		if (fds[EVENTS].revents && on_events(events, &lost))
			return 1;
		if (fds[COMMANDS].revents && !on_input(conn))
			return 0;
	}
}

/* Where the events that come next begin: behind all machines of now. */
static int newest(hyper_conn *conn, uint64_t *ret_seq, hyper_error **err)
{
	hyper_machines *machines = NULL;
	int code = hyper_machine_list(conn, NULL, 0, &machines, err);

	if (code == 0)
		*ret_seq = hyper_machines_seq(machines);
	hyper_machines_free(machines);
	return code;
}

int main(int argc, char **argv)
{
	hyper_conn *conn = NULL;
	hyper_event_stream *events = NULL;
	hyper_error *err = NULL;
	uint64_t seq = 0;
	int fd = -1, status = 1;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (hyper_open(argc > 1 ? argv[1] : NULL, 0, &conn, &err) ||
	    newest(conn, &seq, &err) ||
	    hyper_event_stream_open(conn, seq, 0, &events, &err) ||
	    hyper_event_stream_fd(events, 0, &fd, &err)) {
		tell(argv[0], err);
	} else {
		printf("events from %llu on\n", (unsigned long long)seq + 1);
		status = loop(conn, events, fd) != 0;
	}
	hyper_event_stream_close(events);
	hyper_close(conn);
	return status;
}
