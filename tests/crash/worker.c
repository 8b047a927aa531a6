/* SPDX-License-Identifier: MIT */
/*
 * The program that campaign.py kills. It is a user of the library:
 *
 *   worker load URI JOURNAL NAME SEED   random load until standard input ends
 *   worker do URI VERB ID [TYPE IMAGE]  one call; prints what it said
 *   worker settle STATE                 open, wait until nothing is open
 *
 * TYPE is the driver, else test; IMAGE that of what is added, or the file that
 * is imported.
 *
 * Load is two threads. Each has machines of its own, NAMEtNmN, on which it
 * alone calls, one call after the other, and which its successor takes over;
 * and some that all share. The journal tells what was asked and what was
 * acknowledged, each line with one write(2), for only processes die here:
 *
 *   R n VERB ID FLAGS       before call n; FLAGS: f force, a async, - none
 *   Q n OP [UUID]           operation OP was accepted, and goes its way
 *   A n OP CODE [UUID|TEXT] it has ended (OP is 0 where it is not known)
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <hyper/hyper.h>

#define THREADS 2
#define OWN	3 /* machines of a thread */
#define SHARED	3
#define PENDING 4 /* operations that a thread leaves to themselves */
/* What force-stop gives the machine to end by itself, ms. */
#define SHORT 300

static const char *type = "test", *image = "tiny", *file = "/proc/self/exe";

struct load {
	hyper_conn *conn;
	const char *name;
	int journal;
	atomic_uint calls;
	atomic_bool stop;
};

struct pending {
	unsigned int call;
	uint64_t op;
};

struct thread {
	struct load *load;
	unsigned int number, seed;
	struct pending pending[PENDING];
	size_t n;
};

static void nap(long ms)
{
	struct timespec time = { .tv_nsec = ms * 1000000 };

	nanosleep(&time, NULL);
}

static void HYPER_PRINTF(2, 3) note(struct load *load, const char *format, ...)
{
	char line[512];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line) - 1, format, args);
	va_end(args);
	if (len > (int)sizeof(line) - 2)
		len = (int)sizeof(line) - 2;
	line[len++] = '\n';
	if (write(load->journal, line, (size_t)len) != len) {
		perror("worker: the journal");
		_exit(4);
	}
}

/* The operation of a process that has died says no more than that. */
static const char *word_of(int rc, const hyper_error *err)
{
	return strstr(hyper_error_message(err), "that ran it has died")
		       ? "DIED"
		       : hyper_code_name(rc);
}

static int add(hyper_conn *conn, const char *id, uint32_t flags,
	       hyper_machine **ret_machine, hyper_operation **ret_op,
	       hyper_error **err)
{
	hyper_machine *spec = hyper_machine_new();
	int rc = hyper_machine_set_id(spec, id, err);

	if (rc == 0)
		rc = hyper_machine_set_type(spec, type, err);
	if (rc == 0)
		rc = hyper_machine_set_image(spec, image, err);
	if (rc == 0)
		rc = hyper_machine_add(conn, spec, flags, ret_machine, ret_op,
				       err);
	hyper_machine_free(spec);
	return rc;
}

/* The call that VERB names. What is not wanted may be NULL. */
static int call(hyper_conn *conn, const char *verb, const char *id,
		uint32_t flags, hyper_machine **ret_machine,
		hyper_operation **ret_op, hyper_error **err)
{
	hyper_machines *machines = NULL;
	int rc;

	if (strcmp(verb, "add") == 0)
		return add(conn, id, flags, ret_machine, ret_op, err);
	if (strcmp(verb, "start") == 0)
		return hyper_machine_start(conn, id, flags, NULL, ret_op, err);
	if (strcmp(verb, "stop") == 0)
		return hyper_machine_stop(conn, id, HYPER_TIMEOUT_DEFAULT,
					  flags, NULL, ret_op, err);
	if (strcmp(verb, "force-stop") == 0)
		return hyper_machine_stop(conn, id, SHORT, flags | HYPER_FORCE,
					  NULL, ret_op, err);
	if (strcmp(verb, "remove") == 0)
		return hyper_machine_remove(conn, id, flags, ret_op, err);
	if (strcmp(verb, "force-remove") == 0)
		return hyper_machine_remove(conn, id, flags | HYPER_FORCE,
					    ret_op, err);
	if (strcmp(verb, "get") == 0)
		return hyper_machine_get(conn, id, 0, ret_machine, err);
	if (strcmp(verb, "pull") == 0)
		return hyper_image_pull(conn, type, id, flags, NULL, ret_op,
					err);
	if (strcmp(verb, "import") == 0)
		return hyper_image_import(conn, type, id, file, flags, NULL,
					  ret_op, err);
	if (strcmp(verb, "image-remove") == 0)
		return hyper_image_remove(conn, type, id, flags, ret_op, err);
	rc = hyper_machine_list(conn, NULL, HYPER_REFRESH, &machines, err);
	hyper_machines_free(machines);
	return rc;
}

/* See how one that was accepted has ended. */
static void see_end(struct thread *self, size_t index)
{
	struct load *load = self->load;
	struct pending *which = &self->pending[index];
	hyper_operation *op = NULL;
	hyper_error *err = NULL;
	const hyper_error *why;
	const char *word;
	int rc = hyper_operation_wait(load->conn, which->op, UINT32_MAX, 0, &op,
				      &err);

	why = rc ? err : hyper_operation_error(op);
	word = word_of(hyper_error_code(why), why);
	/* What else is not found is a machine. */
	if (rc == HYPER_ERR_NOT_FOUND)
		word = "LOST";
	note(load, "A %u %llu %s %s", which->call,
	     (unsigned long long)which->op, word,
	     why ? hyper_error_message(why) : "");
	hyper_operation_free(op);
	hyper_error_free(err);
	*which = self->pending[--self->n];
}

/* Ask it to stop; it may have ended. */
static void cancel(struct thread *self, size_t index)
{
	hyper_operation_cancel(self->load->conn, self->pending[index].op, 0,
			       NULL, NULL);
}

static void one(struct thread *self, const char *verb, const char *id,
		uint32_t flags)
{
	struct load *load = self->load;
	unsigned int number = atomic_fetch_add(&load->calls, 1);
	hyper_machine *machine = NULL;
	hyper_operation *op = NULL;
	hyper_error *err = NULL;
	unsigned long long op_id;
	const char *text = "";
	int rc;

	note(load, "R %u %s %s %s%s", number, verb, id,
	     flags & HYPER_FORCE ? "f" : "", flags & HYPER_ASYNC ? "a" : "-");
	rc = call(load->conn, verb, id, flags, &machine, &op, &err);
	op_id = op ? hyper_operation_id(op) : 0;
	if (rc)
		text = hyper_error_message(err);
	else if (machine && strcmp(verb, "get") == 0)
		text = hyper_state_name(hyper_machine_state(machine));
	else if (machine)
		text = hyper_machine_uuid(machine);
	if (rc == 0 && (flags & HYPER_ASYNC)) {
		note(load, "Q %u %llu %s", number, op_id, text);
		self->pending[self->n++] =
			(struct pending){ .call = number, .op = op_id };
	} else {
		note(load, "A %u %llu %s %s", number, op_id, word_of(rc, err),
		     text);
	}
	/* A new hyperd takes a moment. */
	if (rc == HYPER_ERR_CONNECT)
		nap(2);
	hyper_machine_free(machine);
	hyper_operation_free(op);
	hyper_error_free(err);
}

static unsigned int draw(struct thread *self, unsigned int below)
{
	return ((unsigned int)rand_r(&self->seed) >> 8) % below;
}

static void *thread_main(void *data)
{
	static const char *const verbs[] = {
		"add",	 "add",	  "add",  "add",  "start",  "start",
		"start", "start", "stop", "stop", "remove", "remove",
		"get",	 "get",	  "list", "pull",
	};
	struct thread *self = data;
	char id[32];

	while (!atomic_load(&self->load->stop)) {
		unsigned int which = draw(self, 16);
		uint32_t flags = 0;

		if (draw(self, 4) == 0)
			snprintf(id, sizeof(id), "shared%u",
				 draw(self, SHARED));
		else
			snprintf(id, sizeof(id), "%st%um%u", self->load->name,
				 self->number, draw(self, OWN));
		/* Reads have no operation. */
		if (self->n < PENDING && draw(self, 3) == 0 &&
		    (which < 12 || which == 15))
			flags |= HYPER_ASYNC;
		if ((strcmp(verbs[which], "remove") == 0 ||
		     strcmp(verbs[which], "stop") == 0) &&
		    draw(self, 2))
			flags |= HYPER_FORCE;
		one(self, verbs[which], id, flags);
		if (self->n > 0 && draw(self, 12) == 0)
			cancel(self, draw(self, (unsigned int)self->n));
		if (self->n > 0 && draw(self, 2))
			see_end(self, draw(self, (unsigned int)self->n));
	}
	while (self->n > 0)
		see_end(self, 0);
	return NULL;
}

static int failed(int rc, hyper_error *err)
{
	fprintf(stderr, "worker: %s: %s\n", hyper_code_name(rc),
		hyper_error_message(err));
	hyper_error_free(err);
	return 1;
}

static int load_main(char **argv)
{
	struct load load = { .name = argv[2] };
	struct thread threads[THREADS] = { 0 };
	pthread_t ids[THREADS];
	hyper_error *err = NULL;
	char byte;
	int rc;

	load.journal =
		open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (load.journal < 0)
		return failed(HYPER_ERR_IO, NULL);
	rc = hyper_open(argv[0], 0, &load.conn, &err);
	if (rc)
		return failed(rc, err);
	for (unsigned int i = 0; i < THREADS; i++) {
		threads[i].load = &load;
		threads[i].number = i;
		threads[i].seed =
			(unsigned int)strtoul(argv[3], NULL, 10) * THREADS + i;
		if (pthread_create(&ids[i], NULL, thread_main, &threads[i]))
			return failed(HYPER_ERR_NOMEM, NULL);
	}
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	atomic_store(&load.stop, true);
	for (unsigned int i = 0; i < THREADS; i++)
		pthread_join(ids[i], NULL);
	hyper_close(load.conn);
	close(load.journal);
	return 0;
}

static int do_main(char **argv)
{
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	int rc = hyper_open(argv[0], 0, &conn, &err);

	if (rc)
		return failed(rc, err);
	rc = call(conn, argv[1], argv[2], 0, NULL, NULL, &err);
	printf("%s %s\n", hyper_code_name(rc), hyper_error_message(err));
	hyper_error_free(err);
	hyper_close(conn);
	return 0;
}

static int settle_main(char **argv)
{
	hyper_query *query = hyper_query_new();
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	size_t n = 1;
	int rc = hyper_open(argv[0], 0, &conn, &err);

	if (rc == 0)
		rc = hyper_query_set_filter(query,
					    "state=queued or state=running");
	while (rc == 0 && n > 0) {
		hyper_operations *ops = NULL;

		rc = hyper_operation_list(conn, query, 0, &ops, &err);
		n = hyper_operations_count(ops);
		hyper_operations_free(ops);
		if (n > 0)
			nap(2);
	}
	if (rc == 0)
		rc = call(conn, "list", NULL, 0, NULL, NULL, &err);
	hyper_query_free(query);
	hyper_close(conn);
	return rc ? failed(rc, err) : 0;
}

int main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], "load") == 0)
		return load_main(argv + 2);
	if (argc == 7 && strcmp(argv[1], "do") == 0) {
		type = argv[5];
		image = file = argv[6];
	}
	if ((argc == 5 || argc == 7) && strcmp(argv[1], "do") == 0)
		return do_main(argv + 2);
	if (argc == 3 && strcmp(argv[1], "settle") == 0)
		return settle_main(argv + 2);
	fprintf(stderr, "usage: worker load|do|settle ..., see worker.c\n");
	return 2;
}
