/* SPDX-License-Identifier: MIT */
/*
 * supervisor ID IMAGE [COMMAND [ARG…]]: run the machine ID, and start it again
 * whenever it stops by itself; one that dies at once is left longer and longer
 * in peace. Who stops it through hyper means it: then it stays so until it is
 * started again. Ctrl-C removes it. URI and type are $HYPER_URI and $TYPE.
 */
#include <hyper/hyper.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_MIN_MS 250
#define PAUSE_MAX_MS 60000
/* One that ran for so long is thought to be well. */
#define WELL_MS 10000

struct supervisor {
	hyper_conn *conn;
	const char *id;
	hyper_event_stream *events;
	int events_fd, signal_fd;
	bool removed;
	int64_t began; /* when it was started last, ms */
	int64_t due;   /* when it is started again, ms; 0: it runs */
	int64_t pause; /* ms */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void put_off(struct supervisor *sup)
{
	if (now_ms() - sup->began >= WELL_MS)
		sup->pause = PAUSE_MIN_MS;
	sup->due = now_ms() + sup->pause;
	printf("%s stopped, starts again in %lld ms\n", sup->id,
	       (long long)sup->pause);
	sup->pause =
		sup->pause * 2 < PAUSE_MAX_MS ? sup->pause * 2 : PAUSE_MAX_MS;
}

static void start(struct supervisor *sup)
{
	hyper_error *err = NULL;

	sup->due = 0;
	sup->began = now_ms();
	if (hyper_machine_start(sup->conn, sup->id, 0, NULL, NULL, &err)) {
		fprintf(stderr, "start: %s\n", hyper_error_message(err));
		sup->removed = hyper_error_code(err) == HYPER_ERR_NOT_FOUND;
		if (!sup->removed)
			put_off(sup);
	}
	hyper_error_free(err);
}

static void on_event(struct supervisor *sup, const hyper_event *event)
{
	const char *id = hyper_event_machine(event);
	const char *kind = hyper_event_kind(event);
	const char *state = hyper_event_state(event);

	if (!id || strcmp(id, sup->id) != 0)
		return;
	if (strcmp(kind, "machine-removed") == 0) {
		sup->removed = true;
	} else if (strcmp(kind, "machine-state") == 0 && state) {
		bool by_itself = hyper_event_operation(event) == 0;

		if (strcmp(state, "running") == 0) {
			printf("%s runs\n", sup->id);
			sup->due = 0;
		} else if (strcmp(state, "stopped") == 0 && by_itself) {
			put_off(sup);
		} else if (strcmp(state, "stopped") == 0) {
			printf("%s was stopped\n", sup->id);
		}
	}
}

static int on_events(struct supervisor *sup, hyper_error **err)
{
	const hyper_event *event = NULL;

	do {
		int code = hyper_event_stream_next(sup->events, 0, &event, err);

		/* A hyperd that is away will be back; so do the events. */
		if (code == HYPER_ERR_CONNECT) {
			hyper_error_free(*err);
			*err = NULL;
			return 0;
		}
		if (code)
			return code;
		if (event)
			on_event(sup, event);
	} while (event && !sup->removed);
	return 0;
}

static int supervise(struct supervisor *sup, hyper_error **err)
{
	struct pollfd fds[] = {
		{ .fd = sup->signal_fd, .events = POLLIN },
		{ .fd = sup->events_fd, .events = POLLIN },
	};
	int code = 0;

	start(sup);
	while (code == 0 && !sup->removed) {
		int64_t left = sup->due ? sup->due - now_ms() : -1;

		if (sup->due && left < 0)
			left = 0;
		if (poll(fds, 2, (int)left) == 0)
			start(sup);
		else if (fds[0].revents)
			break;
		else
			code = on_events(sup, err);
	}
	return code;
}

static int add(struct supervisor *sup, char **argv, hyper_error **err)
{
	const char *const *command = (const char *const *)argv + 3;
	hyper_machine *spec = hyper_machine_new(), *machine = NULL;
	int code;

	if (!spec)
		return hyper_error_set(err, HYPER_ERR_NOMEM, NULL,
				       "out of memory");
	code = hyper_machine_set_id(spec, argv[1], err);
	if (code == 0)
		code = hyper_machine_set_image(spec, argv[2], err);
	if (code == 0)
		code = hyper_machine_set_type(spec, getenv("TYPE"), err);
	if (code == 0 && *command)
		code = hyper_machine_set_command(spec, command, err);
	if (code == 0)
		code = hyper_machine_add(sup->conn, spec, 0, &machine, NULL,
					 err);
	hyper_machine_free(machine);
	hyper_machine_free(spec);
	return code;
}

/* From the moment on at which nothing has happened to it. */
static int follow(struct supervisor *sup, hyper_error **err)
{
	hyper_machines *machines = NULL;
	int code = hyper_machine_list(sup->conn, NULL, 0, &machines, err);

	if (code == 0)
		code = hyper_event_stream_open(sup->conn,
					       hyper_machines_seq(machines), 0,
					       &sup->events, err);
	if (code == 0)
		code = hyper_event_stream_fd(sup->events, 0, &sup->events_fd,
					     err);
	hyper_machines_free(machines);
	return code;
}

int main(int argc, char **argv)
{
	struct supervisor sup = { .pause = PAUSE_MIN_MS };
	hyper_error *err = NULL, *err2 = NULL;
	sigset_t set;
	int status;

	if (argc < 3) {
		fprintf(stderr, "usage: %s ID IMAGE [COMMAND [ARG…]]\n",
			argv[0]);
		return 2;
	}
	sup.id = argv[1];
	setvbuf(stdout, NULL, _IOLBF, 0);
	/* Before the connection is opened, so that no thread takes them. */
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sup.signal_fd = signalfd(-1, &set, SFD_CLOEXEC);

	if (!hyper_open(NULL, 0, &sup.conn, &err) && !add(&sup, argv, &err)) {
		if (!follow(&sup, &err))
			supervise(&sup, &err);
		/* It exists, so it is removed whatever happened. */
		if (!sup.removed &&
		    hyper_machine_remove(sup.conn, sup.id, HYPER_FORCE, NULL,
					 &err2))
			fprintf(stderr, "remove: %s\n",
				hyper_error_message(err2));
		else
			printf("%s is removed\n", sup.id);
	}
	if (err)
		fprintf(stderr, "%s: %s\n", argv[0], hyper_error_message(err));
	hyper_event_stream_close(sup.events);
	hyper_close(sup.conn);
	close(sup.signal_fd);
	status = err || err2;
	hyper_error_free(err2);
	hyper_error_free(err);
	return status;
}
