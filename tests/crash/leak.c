/* SPDX-License-Identifier: MIT */
/*
 * leak STATE OPS: after OPS operations on the test driver, are there more open
 * files than before, or more memory? The first tenth warms up: caches, pools
 * and the allocator grow to the size that they keep.
 *
 * Each round opens the state, adds, starts, stops and removes, every second
 * time without waiting in between, and closes it. Open files are counted when
 * it is closed, and must be as many; memory is looked at before that, so that
 * what closing would free counts too.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <hyper/hyper.h>

#define ROUNDS	   4
#define RSS_GROWTH 6144 /* KiB, from the warm-up to the end */
#define OPEN_FILES 12	/* how many more there may be while it is open */

static size_t files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	if (!dir)
		return 0;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* KiB in memory */
static long memory(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long pages = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%*d %ld", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void check(int rc, hyper_error **err)
{
	if (rc == 0)
		return;
	fprintf(stderr, "leak: %s: %s\n", hyper_code_name(rc),
		err ? hyper_error_message(*err) : "");
	exit(1);
}

/* Four operations on one machine */
static void cycle(hyper_conn *conn, unsigned long number)
{
	uint32_t flags = number % 2 ? HYPER_ASYNC : 0;
	hyper_machine *spec = hyper_machine_new(), *machine = NULL;
	hyper_machines *machines = NULL;
	hyper_operation *ops[4] = { NULL }, *ended = NULL;
	hyper_error *err = NULL;
	char id[16];

	snprintf(id, sizeof(id), "m%lu", number % 7);
	check(hyper_machine_set_id(spec, id, &err), &err);
	check(hyper_machine_set_type(spec, "test", &err), &err);
	check(hyper_machine_set_image(spec, "tiny", &err), &err);
	check(hyper_machine_set_label(spec, "number", id, &err), &err);
	check(hyper_machine_add(conn, spec, flags, &machine, &ops[0], &err),
	      &err);
	check(hyper_machine_start(conn, id, flags, NULL, &ops[1], &err), &err);
	check(hyper_machine_stop(conn, id, HYPER_TIMEOUT_DEFAULT, flags, NULL,
				 &ops[2], &err),
	      &err);
	check(hyper_machine_remove(conn, id, flags, &ops[3], &err), &err);
	check(hyper_operation_wait(conn, hyper_operation_id(ops[3]), UINT32_MAX,
				   0, &ended, &err),
	      &err);
	check(hyper_error_code(hyper_operation_error(ended)), NULL);
	check(hyper_machine_list(conn, NULL, 0, &machines, &err), &err);
	/* An error is something to free, too. */
	if (hyper_machine_start(conn, "nobody", 0, NULL, NULL, &err) !=
	    HYPER_ERR_NOT_FOUND)
		check(HYPER_ERR_INTERNAL, NULL);
	hyper_error_free(err);
	hyper_machines_free(machines);
	for (size_t i = 0; i < 4; i++)
		hyper_operation_free(ops[i]);
	hyper_operation_free(ended);
	hyper_machine_free(machine);
	hyper_machine_free(spec);
}

struct use {
	size_t open, closed; /* files */
	long kib;
};

static struct use round_of(const char *state, unsigned long ops)
{
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	struct use use;

	check(hyper_open(state, 0, &conn, &err), &err);
	for (unsigned long i = 0; i < ops / 4; i++)
		cycle(conn, i);
	use.kib = memory();
	use.open = files();
	hyper_close(conn);
	use.closed = files();
	printf("%lu operations: %zu files open, %zu when closed, %ld KiB\n",
	       ops / 4 * 4, use.open, use.closed, use.kib);
	fflush(stdout);
	return use;
}

int main(int argc, char **argv)
{
	unsigned long ops = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	struct use warm, now = { 0 };

	if (ops < 100) {
		fprintf(stderr, "usage: leak STATE OPS (at least 100)\n");
		return 2;
	}
	warm = round_of(argv[1], ops / 10);
	for (int i = 0; i < ROUNDS; i++)
		now = round_of(argv[1], (ops - ops / 10) / ROUNDS);
	printf("open files %+ld, memory %+ld KiB\n",
	       (long)now.closed - (long)warm.closed, now.kib - warm.kib);
	return warm.kib == 0 || warm.closed == 0 || now.closed != warm.closed ||
	       now.open > warm.open + OPEN_FILES ||
	       now.kib > warm.kib + RSS_GROWTH;
}
