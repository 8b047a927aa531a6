/* SPDX-License-Identifier: MIT */
/*
 * Queries, from text to rows: a filter, a sort and a cursor, with a NUL
 * between each. What a filter leaves out is what its opposite chooses, and the
 * pages of a list are the list.
 */
#include "fuzz.h"

#include "json/json.h"
#include "store/store.h"

static const char *const rows[] = {
	("{\"id\":\"a\",\"type\":\"test\",\"image\":\"debian12\",\"mem\":512,"
	 "\"labels\":{\"tier\":\"web\",\"x\":\"1\"},\"state\":\"running\","
	 "\"addresses\":[\"10.0.0.1\",\"::1\"]}"),
	("{\"id\":\"b\",\"type\":\"docker\",\"image\":\"Debian11\",\"mem\":512,"
	 "\"labels\":{\"tier\":\"db\"},\"state\":\"stopped\",\"autostart\":"
	 "true}"),
	("{\"id\":\"c\",\"type\":\"test\",\"image\":\"alp[i]ne\",\"vcpus\":2,"
	 "\"labels\":{\"a\\\"b\":\"q\"},\"state\":\"error\","
	 "\"env\":{\"PATH\":\"/bin\"},\"handle\":\"h1\"}"),
	("{\"id\":\"d\",\"type\":\"libvirt\",\"image\":\"it's\",\"mem\":2048,"
	 "\"labels\":{\"tier\":\"\"},\"state\":\"running\","
	 "\"created_at\":\"2026-11-23T07:28:17Z\"}"),
	("{\"id\":\"e\",\"type\":\"test\",\"image\":\"*\",\"mem\":1024,"
	 "\"state\":\"missing\",\"state_reason\":\"50%_\\u00fc\"}"),
};

static struct hyp_store *store;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	HYP_AUTOFREE char *path = NULL;
	HYP_AUTOTX tx = HYP_TX_INIT;

	(void)argc;
	(void)argv;
	FUZZ_CHECK(asprintf(&path, "%s/hyper.db", fuzz_dir()) > 0, "memory");
	FUZZ_CHECK(hyp_store_open(path, false, &store, NULL) == 0, "store");
	FUZZ_CHECK(hyp_tx_write(store, &tx, NULL) == 0, "transaction");
	for (size_t i = 0; i < HYP_COUNT(rows); i++) {
		hyper_machine *machine = NULL;
		hyper_error *err = NULL;
		char uuid[HYP_UUID_SIZE];

		FUZZ_CHECK(hyp_json_read_machine(rows[i], strlen(rows[i]),
						 &machine, &err) == 0,
			   "%s", hyper_error_message(err));
		FUZZ_CHECK(hyp_uuid(uuid) == 0, "no uuid");
		FUZZ_CHECK((machine->uuid = strdup(uuid)), "memory");
		FUZZ_CHECK(hyp_machine_insert(&tx, machine, &err) == 0, "%s",
			   hyper_error_message(err));
		hyper_machine_free(machine);
	}
	return hyp_tx_commit(&tx, NULL);
}

/* [new] what a query gives, or NULL, when it is wrong. */
static hyper_machines *ask(struct hyp_tx *tx, const hyper_query *query)
{
	hyper_machines *machines = NULL;
	hyper_error *err = NULL;

	fuzz_end_user(hyp_machine_query(tx, query, &machines, &err), &err);
	return machines;
}

static void check_opposite(struct hyp_tx *tx, const char *filter, size_t n)
{
	HYP_AUTOFREE char *text = NULL;
	hyper_query query = { 0 };
	hyper_machines *machines;

	FUZZ_CHECK(asprintf(&text, "not (%s)", filter) > 0, "memory");
	query.filter = text;
	machines = ask(tx, &query); /* it may be too deep, or too long */
	FUZZ_CHECK(!machines || !filter[strspn(filter, "\t\n ")] ||
			   n + hyper_machines_count(machines) ==
				   HYP_COUNT(rows),
		   "%s", text);
	hyper_machines_free(machines);
}

/* All of a list, by pages of two. */
static void check_pages(struct hyp_tx *tx, const hyper_query *whole,
			const hyper_machines *list)
{
	HYP_AUTOFREE char *cursor = NULL;
	hyper_query query = *whole;
	size_t n = 0;

	query.limit = 2;
	do {
		hyper_machines *page = ask(tx, &query);

		FUZZ_CHECK(page, "%s", query.cursor);
		for (size_t i = 0; i < hyper_machines_count(page); i++, n++)
			FUZZ_CHECK(
				n < hyper_machines_count(list) &&
					strcmp(hyper_machine_id(
						       hyper_machines_at(page,
									 i)),
					       hyper_machine_id(
						       hyper_machines_at(
							       list, n))) == 0,
				"%zu of %s", n, whole->sort);
		free(cursor);
		cursor = hyper_machines_next_cursor(page)
				 ? strdup(hyper_machines_next_cursor(page))
				 : NULL;
		query.cursor = cursor;
		hyper_machines_free(page);
	} while (cursor);
	FUZZ_CHECK(n == hyper_machines_count(list), "%zu of %s", n,
		   whole->sort);
}

static void check_operations(struct hyp_tx *tx, const hyper_query *query)
{
	hyper_operations *ops = NULL;
	hyper_error *err = NULL;

	fuzz_end_user(hyp_op_query(tx, query, &ops, &err), &err);
	hyper_operations_free(ops);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HYP_AUTOFREE char *filter = fuzz_part(&data, &size, '\0');
	HYP_AUTOFREE char *sort = fuzz_part(&data, &size, '\0');
	HYP_AUTOFREE char *cursor = fuzz_part(&data, &size, '\0');
	hyper_query query = { .filter = filter, .sort = sort, .count = true };
	HYP_AUTOTX tx = HYP_TX_INIT;
	hyper_machines *list;

	FUZZ_CHECK(hyp_tx_read(store, &tx, NULL) == 0, "transaction");
	list = ask(&tx, &query);
	if (list) {
		size_t n = hyper_machines_count(list);

		FUZZ_CHECK(hyper_machines_total(list) == (int64_t)n, "total");
		check_opposite(&tx, filter, n);
		if (*sort)
			check_pages(&tx, &query, list);
		hyper_machines_free(list);
	}
	query.cursor = *cursor ? cursor : NULL;
	hyper_machines_free(ask(&tx, &query));
	check_operations(&tx, &query);
	return 0;
}
