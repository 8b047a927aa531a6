/* SPDX-License-Identifier: MIT */
/*
 * query FILTER [SORT]: the machines that match, as JSON, a page at a time.
 * For example: query 'state=running mem>=512 image~deb' -mem,id
 */
#include <hyper/hyper.h>
#include <stdio.h>

/* One page; the cursor of the next goes into the query. */
static int show_page(hyper_conn *conn, hyper_query *query, bool *ret_more,
		     hyper_error **err)
{
	hyper_machines *page = NULL;
	const char *cursor;
	char *json = NULL;
	int ret;

	ret = hyper_machine_list(conn, query, 0, &page, err);
	if (!ret)
		ret = hyper_machines_to_json(page, 0, &json, err);
	if (!ret) {
		cursor = hyper_machines_next_cursor(page);
		printf("%s\n", json);
		*ret_more = cursor != NULL;
		ret = hyper_query_set_cursor(query, cursor);
	}
	hyper_free(json);
	hyper_machines_free(page);
	return ret;
}

int main(int argc, char **argv)
{
	hyper_query *query = hyper_query_new();
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	bool more = true;
	int ret;

	if (argc < 2 || argc > 3 || !query ||
	    hyper_query_set_filter(query, argv[1]) ||
	    hyper_query_set_sort(query, argv[2]) ||
	    hyper_query_set_limit(query, 100) ||
	    hyper_query_set_fields(query, "id,type,image,mem,state")) {
		fprintf(stderr, "usage: %s FILTER [SORT]\n", argv[0]);
		hyper_query_free(query);
		return 2;
	}

	ret = hyper_open(NULL, 0, &conn, &err);
	while (!ret && more)
		ret = show_page(conn, query, &more, &err);
	if (ret) /* the field tells which part of the query is wrong */
		fprintf(stderr, "%s: %s\n", argv[0], hyper_error_message(err));

	hyper_close(conn);
	hyper_query_free(query);
	hyper_error_free(err);
	return ret != 0;
}
