/* SPDX-License-Identifier: MIT */
/* Ask for machines: which, in which order, how many, and which fields.
 */
#include <hyper/hyper.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Three machines to ask for. */
static int prepare(hyper_conn *conn, hyper_error **err)
{
	static const char *const specs[] = {
		"{\"id\": \"a\", \"image\": \"demo\", \"mem\": 64}",
		"{\"id\": \"b\", \"image\": \"demo\", \"mem\": 512}",
		"{\"id\": \"c\", \"image\": \"demo\", \"mem\": 256}",
	};
	int failed = 0;

	for (int i = 0; !failed && i < 3; i++) {
		hyper_machine *m = NULL;

		failed = hyper_machine_from_json(specs[i],
						 strlen(specs[i]), 0,
						 &m, err) ||
			 hyper_machine_add(conn, m, 0, NULL, NULL, err);
		hyper_machine_free(m);
	}
	return failed;
}

/* Page by page, each of one machine; the largest first. */
static int pages(hyper_conn *conn, hyper_query *query,
		 hyper_error **err)
{
	hyper_machines *page = NULL;
	const char *cursor;
	char *json = NULL;

	do {
		if (hyper_machine_list(conn, query, 0, &page, err))
			return 1;
		if (hyper_machines_to_json(page, 0, &json, err) == 0)
			printf("of %" PRId64 ": %s\n",
			       hyper_machines_total(page), json);
		hyper_free(json);
		json = NULL;
		cursor = hyper_machines_next_cursor(page);
		if (hyper_query_set_cursor(query, cursor))
			cursor = NULL;
		hyper_machines_free(page);
		page = NULL;
	} while (cursor);
	return 0;
}

static int ask(hyper_conn *conn, hyper_error **err)
{
	hyper_query *query = hyper_query_new();
	int failed = !query ||
		     hyper_query_set_filter(query,
					    "state=stopped mem>=128") ||
		     hyper_query_set_sort(query, "-mem,id") ||
		     hyper_query_set_limit(query, 1) ||
		     hyper_query_set_fields(query, "id,mem") ||
		     hyper_query_set_count(query, true) ||
		     hyper_query_set_cursor(query, NULL) ||
		     pages(conn, query, err);

	hyper_query_free(query);
	return failed;
}

/* query [URI] */
int main(int argc, char **argv)
{
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	int failed =
		hyper_open(argc > 1 ? argv[1] : NULL, 0, &conn, &err) ||
		prepare(conn, &err) || ask(conn, &err);

	if (failed)
		fprintf(stderr, "%s\n", hyper_error_message(err));
	hyper_error_free(err);
	hyper_close(conn);
	return failed;
}
