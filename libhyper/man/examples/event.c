/* SPDX-License-Identifier: MIT */
/* Events: read what has happened, and be told of what happens. */
#include <hyper/hyper.h>
#include <inttypes.h>
#include <poll.h>
#include <semaphore.h>
#include <stdio.h>

static void show(const hyper_event *event)
{
	const char *machine = hyper_event_machine(event);
	const char *driver = hyper_event_driver(event);
	const char *state = hyper_event_state(event);

	printf("%" PRIu64 " %s %s %s\n", hyper_event_seq(event),
	       hyper_event_kind(event), machine ? machine : driver,
	       state ? state : "-");
	if (hyper_event_actor(event))
		fprintf(stderr,
			"at %" PRId64 " by operation %" PRIu64
			" for %s\n",
			hyper_event_at(event),
			hyper_event_operation(event),
			hyper_event_actor(event));
}

/* Something that events tell of. */
static int happen(hyper_conn *conn, const char *id, hyper_error **err)
{
	hyper_machine *spec = hyper_machine_new();
	int failed = !spec || hyper_machine_set_id(spec, id, err) ||
		     hyper_machine_set_image(spec, "demo", err) ||
		     hyper_machine_add(conn, spec, 0, NULL, NULL, err);

	hyper_machine_free(spec);
	return failed;
}

/* All that came after a number, and the last of them, kept for longer.
 */
static int read_list(hyper_conn *conn, hyper_event **last,
		     hyper_error **err)
{
	hyper_events *events = NULL;
	char *json = NULL;
	size_t n = 0;
	int failed =
		hyper_event_list(conn, 0, 0, 1000, 0, &events, err) ||
		hyper_events_to_json(events, 0, &json, err);

	if (!failed) {
		fprintf(stderr, "%s\n", json);
		n = hyper_events_count(events);
		for (size_t i = 0; i < n; i++)
			show(hyper_events_at(events, i));
		if (n)
			*last = hyper_event_copy(
				hyper_events_at(events, n - 1));
	}
	hyper_free(json);
	hyper_events_free(events);
	return failed || !*last;
}

/* One by one, and waiting in a poll(2) of our own. */
static int read_stream(hyper_conn *conn, uint64_t after,
		       hyper_error **err)
{
	struct pollfd wait = { .fd = -1, .events = POLLIN };
	hyper_event_stream *stream = NULL;
	const hyper_event *event = NULL;
	int failed =
		hyper_event_stream_open(conn, after, 0, &stream, err) ||
		hyper_event_stream_fd(stream, 0, &wait.fd, err) ||
		happen(conn, "streamed", err);

	while (!failed && poll(&wait, 1, 1000) > 0) {
		do {
			failed = hyper_event_stream_next(stream, 0,
							 &event, err);
			if (!failed && event)
				show(event);
		} while (!failed && event);
	}
	hyper_event_stream_close(stream);
	return failed;
}

/* Called on a thread of the library's. */
static void on_event(const hyper_event *event, const hyper_error *err,
		     void *data)
{
	char *json = NULL;

	if (!event) {
		fprintf(stderr, "it ends: %s\n",
			hyper_error_message(err));
	} else if (hyper_event_to_json(event, 0, &json, NULL) == 0) {
		fprintf(stderr, "%s\n", json);
		hyper_free(json);
	}
	sem_post(data);
}

static int subscribe(hyper_conn *conn, uint64_t after,
		     hyper_error **err)
{
	hyper_event_subscription *sub = NULL;
	sem_t told;
	int failed;

	sem_init(&told, 0, 0);
	failed = hyper_event_subscribe(conn, after, 0, on_event, &told,
				       &sub, err);
	if (!failed) {
		sem_wait(&told);
		printf("was told\n");
	}
	/* After this the callback is not called, and told may go. */
	hyper_event_unsubscribe(sub);
	sem_destroy(&told);
	return failed;
}

/* event [URI] */
int main(int argc, char **argv)
{
	hyper_conn *conn = NULL;
	hyper_event *last = NULL;
	hyper_error *err = NULL;
	int failed =
		hyper_open(argc > 1 ? argv[1] : NULL, 0, &conn, &err) ||
		happen(conn, "listed", &err) ||
		read_list(conn, &last, &err) ||
		read_stream(conn, hyper_event_seq(last), &err) ||
		subscribe(conn, hyper_event_seq(last), &err);

	if (failed)
		fprintf(stderr, "%s\n", hyper_error_message(err));
	hyper_event_free(last);
	hyper_error_free(err);
	hyper_close(conn);
	return failed;
}
