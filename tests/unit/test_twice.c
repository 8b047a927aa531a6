/* SPDX-License-Identifier: MIT */
/*
 * One process opens a state directory twice. fcntl(2) drops all locks that a
 * process has on a file once any descriptor of it is closed; then others take
 * the database's log away, into which this process goes on writing.
 */
#include "processes.h"

#define VISITS 3
#define EACH   40

static int visit(const char *state)
{
	hyper_machines *machines = NULL;
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	int rc = hyper_open(state, 0, &conn, &err);

	if (rc == 0)
		rc = hyper_machine_list(conn, NULL, 0, &machines, &err);
	if (rc)
		tell_error(rc, err);
	hyper_machines_free(machines);
	hyper_error_free(err);
	hyper_close(conn);
	return rc ? 1 : 0;
}

/* No file that this process has open was taken away. */
static void check_files(void)
{
	DIR *list = opendir("/proc/self/fd");
	struct dirent *entry;
	char target[256];

	ck_assert_ptr_nonnull(list);
	while ((entry = readdir(list))) {
		ssize_t len = readlinkat(dirfd(list), entry->d_name, target,
					 sizeof(target) - 1);

		target[len > 0 ? len : 0] = '\0';
		ck_assert_msg(!strstr(target, "(deleted)") ||
				      !strstr(target, "hyper.db"),
			      "%s", target);
	}
	closedir(list);
}

static void others_come(void)
{
	pid_t pid;

	for (int i = 0; i < VISITS; i++) {
		pid = spawn_self(NULL, dir, NULL);
		end_well(&pid, 1);
		check_files();
	}
}

START_TEST(test_two_connections)
{
	uint32_t flags = _i ? HYPER_OPEN_READONLY : 0;
	hyper_conn *first = state_open(0), *second;

	for (int i = 0; i < EACH; i++) {
		char id[32];

		snprintf(id, sizeof(id), "m%d", i);
		add(first, id, NULL);
		/* Each opens the database anew, and then it is closed. */
		second = state_open(flags);
		if (i % 20 == 0)
			others_come();
		hyper_close(second);
		if (i % 20 == 10)
			others_come();
	}
	hyper_close(first);
	ck_assert_int_eq(ask("SELECT count(*) FROM machine"), EACH);
	ck_assert_uint_eq(engine_count(), EACH);
	check_database();
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite;
	TCase *tcase;

	if (argc == 2)
		return visit(argv[1]);
	suite = suite_create("twice");
	tcase = tcase_create("twice");
	tcase_add_checked_fixture(tcase, state_setup, state_teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, test_two_connections, 0, 2);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
