/* SPDX-License-Identifier: MIT */
/* Lists: filter, sort, limit, cursor, fields, count. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"

static void add_some(hyper_conn *conn)
{
	static const char *const specs[] = {
		"{\"id\": \"qa\", \"mem\": 128, \"vcpus\": 1}",
		"{\"id\": \"qb\", \"mem\": 512, \"labels\": {\"tier\": "
		"\"web\"}}",
		"{\"id\": \"qc\", \"mem\": 2048, \"vcpus\": 4, "
		"\"labels\": {\"tier\": \"db\", \"note\": \"a \\\"b\\\" "
		"%_*\"}}",
		"{\"id\": \"qd\", \"mem\": 512, \"image\": \"tiny\", "
		"\"env\": {\"A\": \"b\"}}",
	};
	hyper_machine *spec;
	hyper_error *err = NULL;

	for (size_t i = 0; i < 4; i++) {
		spec = spec_of(specs[i]);
		if (!hyper_machine_image(spec))
			OK(hyper_machine_set_image(spec, "demo", &err));
		OK(hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
		hyper_machine_free(spec);
	}
	OK(hyper_machine_start(conn, "qb", 0, NULL, NULL, &err));
}

static void remove_some(hyper_conn *conn)
{
	remove_machine(conn, "qa");
	remove_machine(conn, "qb");
	remove_machine(conn, "qc");
	remove_machine(conn, "qd");
}

START_TEST(matches)
{
	static const char *const cases[][3] = {
		{ "id=q?", NULL, "qa qb qc qd" },
		{ "id=q* state=running", NULL, "qb" },
		{ "id=q* state!=running", NULL, "qa qc qd" },
		{ "id=q* and not state=running", NULL, "qa qc qd" },
		{ "id=q* mem>=512", NULL, "qb qc qd" },
		{ "id=q* mem>512", NULL, "qc" },
		{ "id=q* mem=2G", NULL, "qc" },
		{ "id=q* mem<=512M vcpus>=1", "-id", "qd qb qa" },
		{ "id=q* image~em", NULL, "qa qb qc" },
		{ "id=q* image=tiny", NULL, "qd" },
		{ "(id=qa or id=qc) type=test", NULL, "qa qc" },
		{ "id=qa or id=qb and mem=512", NULL, "qa qb" },
		{ "id=q* label.tier=web", NULL, "qb" },
		{ "id=q* labels.tier=*b*", NULL, "qb qc" },
		{ "id=q* label.note~\"\\\"b\\\"\"", NULL, "qc" },
		{ "id=q* label.note=\"a \\\"b\\\" %_*\"", NULL, "qc" },
		{ "id=q* label.note~%", NULL, "qc" },
		{ "id=q* autostart=false vcpus=4", NULL, "qc" },
		{ "id=q* env.A=b", NULL, "qd" },
		{ "id=q* created_at>2020-01-01T00:00:00Z", "-mem,id",
		  "qc qb qd qa" },
		{ "id=q* created_at<2020-01-01T00:00:00Z", NULL, "" },
		{ "name=qa", NULL, "qa" },
		{ "id=\"q*\"", NULL, "" },
		{ "id=q%", NULL, "" },
		{ "id=\"qa\" or id=\"'; drop table machines; --\"", NULL,
		  "qa" },
		{ "id=q*", "mem,-id", "qa qd qb qc" },
		{ "id=q*", "state,id", "qa qc qd qb" },
	};
	hyper_conn *conn = CONNECT();

	add_some(conn);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *ids = ids_of(conn, cases[i][0], cases[i][1]);

		ck_assert_msg(!strcmp(ids, cases[i][2]),
			      "%s sort %s: \"%s\" instead of \"%s\"",
			      cases[i][0], cases[i][1] ? cases[i][1] : "-", ids,
			      cases[i][2]);
		free(ids);
	}
	remove_some(conn);
	hyper_close(conn);
}
END_TEST

START_TEST(wrong)
{
	static const char *const filters[] = {
		"id",
		"id=",
		"=x",
		"nosuch=1",
		"mem=abc",
		"mem>1X",
		"(id=a",
		"id=a)",
		"not",
		"id=a or",
		"state=flying",
		"id>>a",
		"id=\"a",
		"label=x",
		"vcpus~1",
		"autostart=maybe",
		"created_at>soon",
		"mem=99999999999999999999",
	};
	static const char *const sorts[] = { "nosuch", "id,,mem", "labels",
					     "--id", "addresses" };
	hyper_conn *conn = CONNECT();
	hyper_query *query = hyper_query_new();
	hyper_machines *machines = NULL;
	hyper_error *err = NULL;

	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		say("filter %s", filters[i]);
		hyper_query_set_filter(query, filters[i]);
		FAILS(HYPER_ERR_INVALID, "query",
		      hyper_machine_list(conn, query, 0, &machines, &err));
	}
	hyper_query_set_filter(query, "id=a and");
	hyper_machine_list(conn, query, 0, &machines, &err);
	ck_assert_msg(strstr(hyper_error_message(err), "column"), "%s",
		      hyper_error_message(err));
	hyper_query_set_filter(query, NULL);
	for (size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++) {
		say("sort %s", sorts[i]);
		hyper_query_set_sort(query, sorts[i]);
		FAILS(HYPER_ERR_INVALID, "sort",
		      hyper_machine_list(conn, query, 0, &machines, &err));
	}
	hyper_query_set_sort(query, NULL);
	hyper_query_set_limit(query, HYPER_LIMIT_MAX + 1);
	FAILS(HYPER_ERR_INVALID, "limit",
	      hyper_machine_list(conn, query, 0, &machines, &err));
	hyper_query_set_limit(query, 0);
	hyper_query_set_cursor(query, "bm9uc2Vuc2U");
	FAILS(HYPER_ERR_INVALID, "cursor",
	      hyper_machine_list(conn, query, 0, &machines, &err));
	hyper_query_set_cursor(query, NULL);
	hyper_query_set_fields(query, "id,nosuch");
	FAILS(HYPER_ERR_INVALID, "fields",
	      hyper_machine_list(conn, query, 0, &machines, &err));
	hyper_query_set_fields(query, NULL);
	FAILS(HYPER_ERR_INVALID, "flags",
	      hyper_machine_list(conn, query, HYPER_ASYNC, &machines, &err));
	ck_assert_ptr_null(machines);
	hyper_query_free(query);
	hyper_close(conn);
}
END_TEST

START_TEST(fields)
{
	hyper_conn *conn = CONNECT();
	hyper_query *query = hyper_query_new();
	hyper_machines *machines = NULL;
	hyper_error *err = NULL;
	char *json = NULL;

	add_some(conn);
	hyper_query_set_filter(query, "id=q*");
	hyper_query_set_fields(query, "state,id,mem");
	hyper_query_set_count(query, true);
	hyper_query_set_limit(query, 2);
	OK(hyper_machine_list(conn, query, 0, &machines, &err));
	OK(hyper_machines_to_json(machines, 0, &json, &err));
	ck_assert_ptr_null(strstr(json, "uuid"));
	say_json("fields", json);
	ck_assert_int_eq(hyper_machines_total(machines), 4);
	ck_assert_uint_eq(hyper_machines_count(machines), 2);
	ck_assert_ptr_nonnull(hyper_machines_next_cursor(machines));
	ck_assert_ptr_null(hyper_machines_at(machines, 2));
	hyper_machines_free(machines);
	machines = NULL;

	hyper_query_set_fields(query, NULL);
	hyper_query_set_count(query, false);
	hyper_query_set_limit(query, 0);
	OK(hyper_machine_list(conn, query, 0, &machines, &err));
	OK(hyper_machines_to_json(machines, 0, &json, &err));
	say_json("all", json);
	ck_assert_int_eq(hyper_machines_total(machines), -1);
	ck_assert_ptr_null(hyper_machines_next_cursor(machines));
	hyper_machines_free(machines);
	remove_some(conn);
	hyper_query_free(query);
	hyper_close(conn);
}
END_TEST

#define MANY 260

static void add_many(hyper_conn *conn)
{
	hyper_machine *spec = spec_of("{\"type\": \"test\", "
				      "\"image\": \"demo\"}");
	hyper_error *err = NULL;
	char id[16];

	for (unsigned int i = 0; i < MANY; i++) {
		snprintf(id, sizeof(id), "p%03u", i);
		OK(hyper_machine_set_id(spec, id, &err));
		OK(hyper_machine_set_mem(spec, 64 + i % 7, &err));
		OK(hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	}
	hyper_machine_free(spec);
}

/* Walk through all pages; each machine exactly once, in order. While paging,
 * the row that a cursor stands on is removed. */
START_TEST(pages)
{
	hyper_conn *conn = CONNECT();
	hyper_query *query = hyper_query_new();
	hyper_machines *page = NULL;
	hyper_error *err = NULL;
	bool seen[MANY] = { false }, gone[MANY] = { false };
	uint64_t last_mem = UINT64_MAX;
	const char *cursor = "";
	unsigned int n = 0;

	add_many(conn);
	hyper_query_set_filter(query, "id=p* type=test");
	hyper_query_set_sort(query, "-mem,id");
	hyper_query_set_limit(query, 37);
	while (cursor) {
		const hyper_machine *machine = NULL;
		size_t count;
		unsigned int number;

		OK(hyper_machine_list(conn, query, 0, &page, &err));
		count = hyper_machines_count(page);
		ck_assert_uint_le(count, 37);
		for (size_t i = 0; i < count; i++, n++) {
			machine = hyper_machines_at(page, i);
			number = (unsigned int)strtoul(
				hyper_machine_id(machine) + 1, NULL, 10);
			ck_assert(!seen[number]);
			ck_assert_uint_le(hyper_machine_mem(machine), last_mem);
			seen[number] = true;
			last_mem = hyper_machine_mem(machine);
		}
		cursor = hyper_machines_next_cursor(page);
		ck_assert_int_eq(hyper_query_set_cursor(query, cursor), 0);
		if (cursor) {
			number = (unsigned int)strtoul(
				hyper_machine_id(machine) + 1, NULL, 10);
			remove_machine(conn, hyper_machine_id(machine));
			gone[number] = true;
		}
		cursor = cursor ? "" : NULL;
		hyper_machines_free(page);
		page = NULL;
	}
	ck_assert_uint_eq(n, MANY);

	/* a cursor is for its own sort only */
	hyper_query_set_limit(query, 1);
	OK(hyper_machine_list(conn, query, 0, &page, &err));
	hyper_query_set_cursor(query, hyper_machines_next_cursor(page));
	hyper_machines_free(page);
	hyper_query_set_sort(query, "id");
	page = NULL;
	FAILS(HYPER_ERR_INVALID, "cursor",
	      hyper_machine_list(conn, query, 0, &page, &err));

	for (unsigned int i = 0; i < MANY; i++) {
		char id[16];

		snprintf(id, sizeof(id), "p%03u", i);
		if (!gone[i])
			remove_machine(conn, id);
	}
	hyper_query_free(query);
	hyper_close(conn);
}
END_TEST

TCase *query_tests(void)
{
	TCase *tests = tcase_create("query");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, matches);
	tcase_add_test(tests, wrong);
	tcase_add_test(tests, fields);
	tcase_add_test(tests, pages);
	return tests;
}
