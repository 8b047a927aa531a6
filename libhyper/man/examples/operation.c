/* SPDX-License-Identifier: MIT */
/* Operations: begin one, follow it, wait for it, cancel another. */
#include <hyper/hyper.h>
#include <inttypes.h>
#include <stdio.h>

static void show(const hyper_operation *op)
{
	const hyper_error *why = hyper_operation_error(op);
	const char *machine = hyper_operation_machine(op);
	const char *image = hyper_operation_image(op);
	const char *step = hyper_operation_step(op);

	printf("%s %s of %s: %s%s%s\n", hyper_operation_kind(op),
	       machine ? machine : image, hyper_operation_type(op),
	       hyper_op_state_name(hyper_operation_state(op)),
	       why ? ": " : "", why ? hyper_error_message(why) : "");
	/* What differs at each run */
	fprintf(stderr,
		"%" PRIu64 " of %" PRIu64
		" %s; for %s by %s, pid %" PRId64 ", uid %" PRId64
		"; times %" PRId64 " %" PRId64 " %" PRId64 "\n",
		hyper_operation_done(op), hyper_operation_total(op),
		step ? step : "done", hyper_operation_actor(op),
		hyper_operation_program(op), hyper_operation_pid(op),
		hyper_operation_uid(op), hyper_operation_created_at(op),
		hyper_operation_started_at(op),
		hyper_operation_ended_at(op));
}

/* Begin to add a machine, and go on at once. */
static int begin(hyper_conn *conn, const char *id, const char *script,
		 uint64_t *number, hyper_error **err)
{
	hyper_machine *spec = hyper_machine_new();
	hyper_operation *op = NULL;
	int failed =
		!spec || hyper_machine_set_id(spec, id, err) ||
		hyper_machine_set_image(spec, "demo", err) ||
		hyper_machine_set_option(spec, "script", script, err) ||
		hyper_machine_add(conn, spec, HYPER_ASYNC, NULL, &op,
				  err);

	if (!failed)
		*number = hyper_operation_id(op);
	hyper_operation_free(op);
	hyper_machine_free(spec);
	return failed;
}

/* The same for somebody else, as a server does it. */
static int begin_for(hyper_conn *conn, const char *actor,
		     const char *id, const char *script,
		     uint64_t *number, hyper_error **err)
{
	hyper_conn *view = NULL;
	int failed = hyper_conn_view(conn, 0, &view, err) ||
		     hyper_conn_set_actor(view, actor, err) ||
		     begin(view, id, script, number, err);

	hyper_close(view);
	return failed;
}

/* Look at it now and then. */
static int follow(hyper_conn *conn, uint64_t number, hyper_error **err)
{
	hyper_operation *op = NULL;

	if (hyper_operation_get(conn, number, 0, &op, err))
		return 1;
	if (!hyper_operation_ended(op))
		fprintf(stderr, "%" PRIu64 " of %" PRIu64 "\n",
			hyper_operation_done(op),
			hyper_operation_total(op));
	hyper_operation_free(op);
	return 0;
}

/* That it failed is no failure of the wait: its state and error tell.
 */
static int finish(hyper_conn *conn, uint64_t number, hyper_error **err)
{
	hyper_operation *op = NULL;

	if (hyper_operation_wait(conn, number, 10000, 0, &op, err))
		return 1;
	show(op);
	hyper_operation_free(op);
	return 0;
}

/* It ends soon, but not yet when this returns. */
static int stop(hyper_conn *conn, uint64_t number, hyper_error **err)
{
	return hyper_operation_cancel(conn, number, 0, NULL, err) ||
	       finish(conn, number, err);
}

static int one_as_json(hyper_conn *conn, uint64_t number,
		       hyper_error **err)
{
	hyper_operation *op = NULL;
	char *json = NULL;
	int failed = hyper_operation_get(conn, number, 0, &op, err) ||
		     hyper_operation_to_json(op, 0, &json, err);

	if (!failed)
		fprintf(stderr, "%s\n", json);
	hyper_free(json);
	hyper_operation_free(op);
	return failed;
}

/* What removing a machine would do, step by step. */
static int foretell(hyper_conn *conn, const char *id, hyper_error **err)
{
	hyper_operation *op = NULL;
	const char *step;

	if (hyper_machine_remove(conn, id, HYPER_DRY_RUN, &op, err))
		return 1;
	for (size_t i = 0; (step = hyper_operation_plan(op, i)); i++)
		printf("%s: would %s\n", hyper_operation_kind(op),
		       step);
	hyper_operation_free(op);
	return 0;
}

/* What was done, the newest first; a page of at most ten. */
static int list(hyper_conn *conn, hyper_error **err)
{
	hyper_query *query = hyper_query_new();
	hyper_operations *ops = NULL;
	char *json = NULL;
	int failed = !query ||
		     hyper_query_set_filter(query, "kind=add") ||
		     hyper_query_set_limit(query, 10) ||
		     hyper_query_set_count(query, true) ||
		     hyper_operation_list(conn, query, 0, &ops, err) ||
		     hyper_operations_to_json(ops, 0, &json, err);

	if (!failed) {
		printf("%zu of %" PRId64 "%s\n",
		       hyper_operations_count(ops),
		       hyper_operations_total(ops),
		       hyper_operations_next_cursor(ops) ? ", more"
							 : "");
		for (size_t i = 0; i < hyper_operations_count(ops); i++)
			show(hyper_operations_at(ops, i));
		fprintf(stderr, "%s\n", json);
	}
	hyper_free(json);
	hyper_operations_free(ops);
	hyper_query_free(query);
	return failed;
}

/* operation [URI] */
int main(int argc, char **argv)
{
	uint64_t quick = 0, slow = 0;
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	int failed =
		hyper_open(argc > 1 ? argv[1] : NULL, 0, &conn, &err) ||
		begin(conn, "quick", "add:latency=50", &quick, &err) ||
		begin_for(conn, "user:alice", "slow",
			  "add:latency=60000", &slow, &err) ||
		follow(conn, slow, &err) || finish(conn, quick, &err) ||
		stop(conn, slow, &err) ||
		one_as_json(conn, slow, &err) ||
		foretell(conn, "quick", &err) || list(conn, &err);

	if (failed)
		fprintf(stderr, "%s\n", hyper_error_message(err));
	hyper_error_free(err);
	hyper_close(conn);
	return failed;
}
