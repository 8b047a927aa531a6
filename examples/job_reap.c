/* SPDX-License-Identifier: MIT */
/*
 * job_reap: tell of each job of job_run that has ended, and remove it; also of
 * those that ended while this did not run. Kill it when you like, or run two:
 * nothing is lost, and each job is told once. The URI is $HYPER_URI.
 */
#include <hyper/hyper.h>
#include <stdio.h>

static int fail(hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_NOMEM, NULL, "out of memory");
}

/* One that job_run has just added is stopped as well: did it ever start? */
static int was_started(hyper_conn *conn, const char *id, bool *ret_was,
		       hyper_error **err)
{
	hyper_query *query = hyper_query_new();
	hyper_operations *starts = NULL;
	char filter[64 + HYPER_ID_MAX];
	int code;

	/* An id has no character that a query takes for its own. */
	snprintf(filter, sizeof(filter), "machine=%s kind=start state=done",
		 id);
	if (!query || hyper_query_set_filter(query, filter) ||
	    hyper_query_set_limit(query, 1)) {
		hyper_query_free(query);
		return fail(err);
	}
	code = hyper_operation_list(conn, query, 0, &starts, err);
	*ret_was = code == 0 && hyper_operations_count(starts) > 0;
	hyper_operations_free(starts);
	hyper_query_free(query);
	return code;
}

static int reap(hyper_conn *conn, const hyper_machine *machine,
		hyper_error **err)
{
	const char *id = hyper_machine_id(machine);
	const char *reason = hyper_machine_state_reason(machine);
	hyper_error *gone = NULL;
	bool ended = false;
	int code = was_started(conn, id, &ended, err);

	if (code || !ended)
		return code;
	code = hyper_machine_remove(conn, id, 0, NULL, &gone);
	if (code == 0)
		printf("job %s has ended: %s\n",
		       hyper_machine_label(machine, "job"),
		       reason ? reason : "no reason known");
	else if (code != HYPER_ERR_NOT_FOUND)
		return hyper_error_set(err, code, NULL, "%s",
				       hyper_error_message(gone));
	/* Not found: another job_reap told of it. */
	hyper_error_free(gone);
	return 0;
}

/* All that have ended by now, and from where on the next will be seen. */
static int reap_all(hyper_conn *conn, const hyper_query *ended,
		    uint64_t *ret_seq, hyper_error **err)
{
	hyper_machines *machines = NULL;
	const hyper_machine *machine;
	int code = hyper_machine_list(conn, ended, 0, &machines, err);

	for (size_t i = 0;
	     code == 0 && (machine = hyper_machines_at(machines, i)); i++)
		code = reap(conn, machine, err);
	if (code == 0)
		*ret_seq = hyper_machines_seq(machines);
	hyper_machines_free(machines);
	return code;
}

int main(int argc, char **argv)
{
	hyper_conn *conn = NULL;
	hyper_query *ended = hyper_query_new();
	hyper_events *events = NULL;
	hyper_error *err = NULL;
	uint64_t seq = 0;
	int code;

	(void)argc;
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!ended ||
	    hyper_query_set_filter(ended, "label.job=* state=stopped"))
		code = fail(&err);
	else
		code = hyper_open(NULL, 0, &conn, &err);
	while (code == 0) {
		code = reap_all(conn, ended, &seq, &err);
		/* Whatever it is that happens: then look again. */
		if (code == 0)
			code = hyper_event_list(conn, seq, 0, UINT32_MAX, 0,
						&events, &err);
		hyper_events_free(events);
		events = NULL;
	}
	fprintf(stderr, "%s: %s\n", argv[0], hyper_error_message(err));
	hyper_query_free(ended);
	hyper_close(conn);
	hyper_error_free(err);
	return 1;
}
