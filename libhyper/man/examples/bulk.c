/* SPDX-License-Identifier: MIT */
/* Changes of all machines that a query finds, looked at before. */
#include <hyper/hyper.h>
#include <stdio.h>

/* What came of it for each; with a dry run, what would be done. */
static void show(const char *what, const hyper_outcomes *outcomes)
{
	printf("%s: %zu machines, %zu failed\n", what,
	       hyper_outcomes_count(outcomes),
	       hyper_outcomes_failed(outcomes));
	for (size_t i = 0; i < hyper_outcomes_count(outcomes); i++) {
		const hyper_outcome *one =
			hyper_outcomes_at(outcomes, i);
		const hyper_machine *machine =
			hyper_outcome_machine(one);
		const hyper_operation *op =
			hyper_outcome_operation(one);
		const hyper_error *err = hyper_outcome_error(one);
		int state = machine ? hyper_machine_state(machine) : 0;
		const char *step;

		printf("%s: %s\n", hyper_outcome_id(one),
		       err     ? hyper_error_message(err)
		       : state ? hyper_state_name(state)
			       : "gone");
		for (size_t n = 0;
		     op && (step = hyper_operation_plan(op, n)); n++)
			printf("  %s\n", step);
	}
}

static int add(hyper_conn *conn, const char *id, hyper_error **err)
{
	hyper_machine *spec = hyper_machine_new();
	int failed =
		!spec || hyper_machine_set_id(spec, id, err) ||
		hyper_machine_set_image(spec, "demo", err) ||
		hyper_machine_set_label(spec, "tier", "web", err) ||
		hyper_machine_add(conn, spec, 0, NULL, NULL, err);

	hyper_machine_free(spec);
	return failed;
}

/* One call of each kind. */
static int change(hyper_conn *conn, hyper_query *query,
		  hyper_error **err)
{
	hyper_changes *changes = hyper_changes_new();
	hyper_outcomes *planned = NULL, *started = NULL,
		       *changed = NULL;
	hyper_outcomes *stopped = NULL, *gone = NULL;
	char *json = NULL;
	int failed =
		!changes ||
		hyper_changes_set_label(changes, "tier", "db", err) ||
		hyper_machine_start_all(conn, query, HYPER_DRY_RUN,
					&planned, err) ||
		hyper_machine_start_all(conn, query, 0, &started,
					err) ||
		hyper_machine_stop_all(conn, query, 5000, HYPER_FORCE,
				       &stopped, err) ||
		hyper_outcomes_to_json(stopped, 0, &json, err) ||
		hyper_machine_change_all(conn, query, changes, 0,
					 &changed, err) ||
		hyper_query_set_filter(query, "id=*") ||
		hyper_machine_remove_all(conn, query, 0, &gone, err);

	if (!failed) {
		show("would start", planned);
		show("start", started);
		fprintf(stderr, "%s\n", json);
		show("stop", stopped);
		show("change", changed);
		show("remove", gone);
	}
	hyper_free(json);
	hyper_outcomes_free(planned);
	hyper_outcomes_free(started);
	hyper_outcomes_free(stopped);
	hyper_outcomes_free(changed);
	hyper_outcomes_free(gone);
	hyper_changes_free(changes);
	return failed;
}

/* bulk [URI] */
int main(int argc, char **argv)
{
	hyper_query *query = hyper_query_new();
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	int failed =
		!query ||
		hyper_query_set_filter(query, "labels.tier=web") ||
		hyper_open(argc > 1 ? argv[1] : NULL, 0, &conn, &err) ||
		add(conn, "one", &err) || add(conn, "two", &err) ||
		change(conn, query, &err);

	if (failed)
		fprintf(stderr, "%s\n", hyper_error_message(err));
	hyper_error_free(err);
	hyper_query_free(query);
	hyper_close(conn);
	return failed;
}
