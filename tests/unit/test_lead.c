/* SPDX-License-Identifier: MIT */
/* Of the processes that have a state open one asks the engine, for all. */
#include <signal.h>
#include <stdatomic.h>
#include <sys/file.h>

#include "processes.h"

/* Longer than it takes to find out that nobody observes. */
#define A_WHILE 4000

static _Atomic int asked;
static char uuid[64];

static void on_log(int level, const char *text, void *data)
{
	(void)level;
	(void)data;
	if (strstr(text, "asking its engine"))
		atomic_fetch_add(&asked, 1);
}

/* With one machine. */
static void setup(void)
{
	hyper_conn *conn;

	state_setup();
	conn = state_open(0);
	add(conn, "box", NULL);
	uuid_of(conn, "box", uuid);
	hyper_close(conn);
	atomic_store(&asked, 0);
	hyper_log_set(on_log, HYPER_LOG_DEBUG, NULL);
}

static void teardown(void)
{
	hyper_log_set(NULL, 0, NULL);
	state_teardown();
}

/* Another process has it open until it is killed. */
static int child(const char *state)
{
	hyper_conn *conn = NULL;

	if (hyper_open(state, 0, &conn, NULL))
		return 1;
	for (;;)
		pause();
}

static bool is_led(void)
{
	char path[96];
	bool led;
	int fd;

	snprintf(path, sizeof(path), "%s/test/observer", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	led = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0;
	close(fd);
	return led;
}

static pid_t leader(void)
{
	pid_t pid = spawn_self(NULL, dir, NULL);

	WAIT_FOR(is_led());
	/* It asks at once. */
	WAIT_FOR(ask("SELECT observed_at > 0 FROM driver") == 1);
	return pid;
}

static void end(pid_t pid)
{
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

static void sees(hyper_conn *conn, int state)
{
	becomes("box", uuid, state);
	WAIT_FOR(state_of(conn, "box") == state);
}

START_TEST(test_one_for_all)
{
	pid_t pid = leader();
	hyper_conn *conn = state_open(0);

	hyp_sleep_ms(A_WHILE);
	sees(conn, HYPER_STATE_RUNNING);
	sees(conn, HYPER_STATE_STOPPED);
	ck_assert_int_eq(atomic_load(&asked), 0);
	end(pid);
	hyper_close(conn);
}
END_TEST

/* What happened in between is seen, too. */
START_TEST(test_the_next_one)
{
	pid_t pid = leader();
	hyper_conn *conn = state_open(0);

	hyp_sleep_ms(A_WHILE);
	end(pid);
	sees(conn, HYPER_STATE_RUNNING);
	ck_assert_int_gt(atomic_load(&asked), 0);
	WAIT_FOR(is_led());
	sees(conn, HYPER_STATE_STOPPED);
	hyper_close(conn);
	ck_assert(!is_led());
}
END_TEST

/* It still leads, but does nothing: machines do not get old by that. */
START_TEST(test_stopped)
{
	pid_t pid = leader();
	hyper_conn *conn = state_open(0);

	ck_assert_int_eq(kill(pid, SIGSTOP), 0);
	ask("UPDATE driver SET observed_at = observed_at - 20000");
	sees(conn, HYPER_STATE_RUNNING);
	ck_assert(is_led());
	end(pid);
	hyper_close(conn);
}
END_TEST

/* It does not see any: another one may. */
START_TEST(test_blind)
{
	pid_t pid;
	hyper_conn *conn;

	setenv("HYPER_TEST_SCRIPT", "list:error=CONNECT", 1);
	pid = spawn_self(NULL, dir, NULL);
	WAIT_FOR(ask("SELECT reason IS NOT NULL FROM driver") == 1);
	unsetenv("HYPER_TEST_SCRIPT");
	conn = state_open(0);
	sees(conn, HYPER_STATE_RUNNING);
	WAIT_FOR(ask("SELECT reason IS NULL FROM driver") == 1);
	sees(conn, HYPER_STATE_STOPPED);
	end(pid);
	hyper_close(conn);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite;
	TCase *tcase;

	if (argc == 2)
		return child(argv[1]);
	suite = suite_create("lead");
	tcase = tcase_create("lead");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, test_one_for_all);
	tcase_add_test(tcase, test_the_next_one);
	tcase_add_test(tcase, test_stopped);
	tcase_add_test(tcase, test_blind);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
