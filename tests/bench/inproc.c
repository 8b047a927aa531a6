/* SPDX-License-Identifier: MIT */
/*
 * inproc URI: calls of the library, in this process, on a state that has 1000
 * machines or more, m-0 among them. A round is many gets, some lists of 1000,
 * and machines of drv_test that are added.
 */
#include "bench.h"

#define GETS  500
#define LISTS 5
#define ADDS  10

static void get(hyper_conn *conn)
{
	hyper_error *err = NULL;
	hyper_machine *machine;
	double then = now_us();

	need_ok(hyper_machine_get(conn, "m-0", 0, &machine, &err), err, "get");
	took("get", then);
	hyper_machine_free(machine);
}

static void list(hyper_conn *conn, const hyper_query *query)
{
	hyper_error *err = NULL;
	hyper_machines *list;
	double then = now_us();

	need_ok(hyper_machine_list(conn, query, 0, &list, &err), err, "list");
	took("list", then);
	need(hyper_machines_count(list) == 1000, "list 1000");
	hyper_machines_free(list);
}

static void add(hyper_conn *conn, const hyper_machine *spec)
{
	hyper_error *err = NULL;
	double then = now_us();

	need_ok(hyper_machine_add(conn, spec, 0, NULL, NULL, &err), err, "add");
	took("add", then);
	need_ok(hyper_machine_remove(conn, "new", 0, NULL, &err), err,
		"remove");
}

int main(int argc, char **argv)
{
	hyper_machine *spec = hyper_machine_new();
	hyper_query *query = hyper_query_new();
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;

	need(argc == 2 && spec && query, "run: inproc URI");
	need_ok(hyper_open(argv[1], 0, &conn, &err), err, "open");
	need(hyper_query_set_limit(query, 1000) == 0, "set a limit");
	need_ok(hyper_machine_set_id(spec, "new", &err) ||
			hyper_machine_set_type(spec, "test", &err) ||
			hyper_machine_set_image(spec, "tiny", &err),
		err, "say what is to be added");
	while (next_round()) {
		for (int i = 0; i < GETS; i++)
			get(conn);
		for (int i = 0; i < LISTS; i++)
			list(conn, query);
		for (int i = 0; i < ADDS; i++)
			add(conn, spec);
	}
	hyper_close(conn);
	hyper_query_free(query);
	hyper_machine_free(spec);
	return 0;
}
