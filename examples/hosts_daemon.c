/* SPDX-License-Identifier: MIT */
/*
 * hosts_daemon FILE [URI]: a daemon that keeps FILE in step with the machines
 * that run, in the form of hosts(5): for dnsmasq's addn-hosts, or to include.
 *
 * It shows what a daemon needs: one epoll(7) loop for events and signals, the
 * log where the daemon's own goes, a first state and every change after it,
 * an engine or a hyperd that goes and comes back, and a clean end at SIGTERM.
 */
#include <errno.h>
#include <hyper/hyper.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct daemon {
	hyper_conn *conn;
	const char *file;
	char draft[4096]; /* written first, and then renamed */
	hyper_query *running;
	hyper_event_stream *events; /* NULL: they are still to be had */
	int events_fd, signal_fd, epoll_fd;
};

/* Priorities as systemd's journal takes them (sd-daemon(3)). */
static void on_log(int level, const char *text, void *data)
{
	static const char *const priorities[] = { "<3>", "<4>", "<6>", "<7>" };

	(void)data;
	fprintf(stderr, "%s%s\n", priorities[level], text);
}

static void write_hosts(FILE *out, const hyper_machines *machines)
{
	const hyper_machine *machine;
	const char *address;

	for (size_t i = 0; (machine = hyper_machines_at(machines, i)); i++)
		for (size_t a = 0;
		     (address = hyper_machine_address(machine, a)); a++)
			fprintf(out, "%s\t%s\n", address,
				hyper_machine_id(machine));
}

/* Whoever reads FILE sees the old one or the new one, never half of it. */
static int replace_file(const struct daemon *daemon,
			const hyper_machines *machines, hyper_error **err)
{
	FILE *out = fopen(daemon->draft, "we");
	bool whole = out != NULL;

	if (out) {
		write_hosts(out, machines);
		whole = !ferror(out);
		whole = fclose(out) == 0 && whole;
	}
	if (!whole || rename(daemon->draft, daemon->file) != 0)
		return hyper_error_set(err, HYPER_ERR_IO, NULL, "%s: %s",
				       daemon->file, strerror(errno));
	hyper_log(HYPER_LOG_INFO, "%zu machines run",
		  hyper_machines_count(machines));
	return 0;
}

/* The file from scratch, and where the events that come next begin. */
static int refresh(const struct daemon *daemon, uint64_t *ret_seq,
		   hyper_error **err)
{
	hyper_machines *machines = NULL;
	int code = hyper_machine_list(daemon->conn, daemon->running, 0,
				      &machines, err);

	if (code == 0) {
		*ret_seq = hyper_machines_seq(machines);
		code = replace_file(daemon, machines, err);
	}
	hyper_machines_free(machines);
	return code;
}

static void unfollow(struct daemon *daemon)
{
	/* Its descriptor leaves the epoll set as it is closed. */
	hyper_event_stream_close(daemon->events);
	daemon->events = NULL;
}

static int follow(struct daemon *daemon, hyper_error **err)
{
	struct epoll_event interest = { .events = EPOLLIN };
	uint64_t seq = 0;
	int code = refresh(daemon, &seq, err);

	if (code == 0)
		code = hyper_event_stream_open(daemon->conn, seq, 0,
					       &daemon->events, err);
	if (code == 0)
		code = hyper_event_stream_fd(daemon->events, 0,
					     &daemon->events_fd, err);
	interest.data.fd = daemon->events_fd;
	if (code == 0 && epoll_ctl(daemon->epoll_fd, EPOLL_CTL_ADD,
				   daemon->events_fd, &interest) != 0)
		code = hyper_error_set(err, HYPER_ERR_IO, NULL, "epoll: %s",
				       strerror(errno));
	if (code)
		unfollow(daemon);
	return code;
}

/* Many events at once, as when a host starts, are one new file. */
static int on_events(struct daemon *daemon, hyper_error **err)
{
	const hyper_event *event = NULL;
	uint64_t seq;
	bool any = false;
	int code;

	do {
		code = hyper_event_stream_next(daemon->events, 0, &event, err);
		any = any || event;
	} while (code == 0 && event);
	if (code == 0 && any)
		code = refresh(daemon, &seq, err);
	return code;
}

/* Whatever goes wrong with events is mended by beginning anew: a hyperd that
 * is away, or events that were forgotten while this here slept. */
static void step(struct daemon *daemon)
{
	hyper_error *err = NULL;

	if (daemon->events ? on_events(daemon, &err) : follow(daemon, &err)) {
		hyper_log(HYPER_LOG_WARNING, "%s", hyper_error_message(err));
		unfollow(daemon);
	}
	hyper_error_free(err);
}

static void run(struct daemon *daemon)
{
	struct epoll_event ready = { .data.fd = -1 };

	step(daemon);
	while (ready.data.fd != daemon->signal_fd) {
		int n = epoll_wait(daemon->epoll_fd, &ready, 1,
				   daemon->events ? -1 : 1000);

		if (n < 0 && errno != EINTR)
			return;
		if (n <= 0 || ready.data.fd == daemon->events_fd)
			step(daemon);
	}
}

/* Before the connection is opened, so that no thread takes the signals. */
static int prepare(struct daemon *daemon)
{
	struct epoll_event interest = { .events = EPOLLIN };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	daemon->signal_fd = signalfd(-1, &set, SFD_CLOEXEC);
	daemon->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	interest.data.fd = daemon->signal_fd;
	return epoll_ctl(daemon->epoll_fd, EPOLL_CTL_ADD, daemon->signal_fd,
			 &interest);
}

int main(int argc, char **argv)
{
	struct daemon daemon = { .events_fd = -1 };
	hyper_error *err = NULL;
	bool ready;

	if (argc < 2) {
		fprintf(stderr, "usage: %s FILE [URI]\n", argv[0]);
		return 2;
	}
	daemon.file = argv[1];
	hyper_log_set(on_log, HYPER_LOG_INFO, NULL);
	ready = prepare(&daemon) == 0 &&
		snprintf(daemon.draft, sizeof(daemon.draft), "%s.new",
			 daemon.file) < (int)sizeof(daemon.draft) &&
		(daemon.running = hyper_query_new()) != NULL &&
		hyper_query_set_filter(daemon.running, "state=running") == 0 &&
		hyper_query_set_sort(daemon.running, "id") == 0;
	if (ready &&
	    hyper_open(argc > 2 ? argv[2] : NULL, 0, &daemon.conn, &err) == 0)
		run(&daemon);
	else
		hyper_log(HYPER_LOG_ERROR, "%s",
			  err ? hyper_error_message(err) : "cannot begin");
	ready = ready && !err;
	hyper_error_free(err);

	unfollow(&daemon);
	hyper_close(daemon.conn);
	hyper_query_free(daemon.running);
	close(daemon.epoll_fd);
	close(daemon.signal_fd);
	return !ready;
}
