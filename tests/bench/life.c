/* SPDX-License-Identifier: MIT */
/*
 * life URI TYPE IMAGE ID [short]: a round is the whole life of a machine by the
 * library: add, start, stop by force, remove. A short life knows no start.
 */
#include "bench.h"

static double run(hyper_conn *conn, const char *id, double then)
{
	hyper_error *err = NULL;

	need_ok(hyper_machine_start(conn, id, 0, NULL, NULL, &err), err,
		"start");
	then = took("start", then);
	need_ok(hyper_machine_stop(conn, id, 0, HYPER_FORCE, NULL, NULL, &err),
		err, "stop");
	return took("stop", then);
}

int main(int argc, char **argv)
{
	hyper_machine *spec = hyper_machine_new();
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;

	need(argc >= 5 && spec, "run: life URI TYPE IMAGE ID [short]");
	need_ok(hyper_open(argv[1], 0, &conn, &err), err, "open");
	need_ok(hyper_machine_set_id(spec, argv[4], &err) ||
			hyper_machine_set_type(spec, argv[2], &err) ||
			hyper_machine_set_image(spec, argv[3], &err) ||
			hyper_machine_set_mem(spec, 96, &err),
		err, "say what is to be added");
	while (next_round()) {
		double begin = now_us(), then;

		need_ok(hyper_machine_add(conn, spec, 0, NULL, NULL, &err), err,
			"add");
		then = took("add", begin);
		if (argc == 5)
			then = run(conn, argv[4], then);
		need_ok(hyper_machine_remove(conn, argv[4], 0, NULL, &err), err,
			"remove");
		took("rm", then);
		took("all", begin);
	}
	hyper_close(conn);
	hyper_machine_free(spec);
	return 0;
}
