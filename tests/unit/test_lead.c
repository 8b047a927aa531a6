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

static void observer_path(char path[96])
{
	snprintf(path, 96, "%s/test/observer", dir);
}

static int who_leads(void)
{
	char path[96];
	int pid = 0;
	FILE *file;

	observer_path(path);
	file = fopen(path, "r");
	if (file && fscanf(file, "%d", &pid) != 1)
		pid = 0;
	if (file)
		fclose(file);
	return pid;
}

/* Not to be asked while somebody may want to: it takes the lock. */
static bool is_led(void)
{
	char path[96];
	bool led;
	int fd;

	observer_path(path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	led = flock(fd, LOCK_SH | LOCK_NB) != 0;
	close(fd);
	return led;
}

static pid_t leader(void)
{
	pid_t pid = spawn_self(NULL, dir, NULL);

	WAIT_FOR(who_leads() == pid);
	/* It asks at once. */
	WAIT_FOR(ask("SELECT observed_at > 0 FROM driver") == 1);
	return pid;
}

static void end(pid_t pid)
{
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

/* It is stopped, as if for half a minute. */
static void stop_for_long(pid_t pid)
{
	struct timespec times[2] = { 0 };
	char path[96];

	observer_path(path);
	times[0].tv_sec = times[1].tv_sec = time(NULL) - 30;
	ck_assert_int_eq(kill(pid, SIGSTOP), 0);
	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
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
	WAIT_FOR(who_leads() == getpid());
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

	hyp_sleep_ms(500); /* it has written what there was to write */
	stop_for_long(pid);
	sees(conn, HYPER_STATE_RUNNING);
	ck_assert_int_eq(who_leads(), pid);
	ck_assert(is_led());
	end(pid);
	hyper_close(conn);
}
END_TEST

/* Nobody asks more often than it is told to, also where nobody else does. */
START_TEST(test_poll)
{
	pid_t pid = leader();
	hyper_conn *conn;

	stop_for_long(pid);
	setenv("HYPER_TEST_POLL", "3600", 1);
	conn = state_open(0);
	hyp_sleep_ms(A_WHILE);
	ck_assert_int_eq(atomic_load(&asked), 0);
	hyper_close(conn);
	setenv("HYPER_TEST_POLL", "1", 1);
	conn = state_open(0);
	WAIT_FOR(atomic_load(&asked) > 0);
	hyper_close(conn);
	unsetenv("HYPER_TEST_POLL");
	end(pid);
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

/* Its engine does not come back to it: it leads no more. */
START_TEST(test_hung)
{
	pid_t pid;
	hyper_conn *conn;

	setenv("HYPER_TEST_SCRIPT", "list:hang", 1);
	pid = spawn_self(NULL, dir, NULL);
	WAIT_FOR(who_leads() == pid);
	unsetenv("HYPER_TEST_SCRIPT");
	conn = state_open(0);
	WAIT_FOR(who_leads() == getpid());
	sees(conn, HYPER_STATE_RUNNING);
	hyp_sleep_ms(A_WHILE);
	ck_assert_int_eq(who_leads(), getpid());
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
	tcase_add_test(tcase, test_poll);
	tcase_add_test(tcase, test_blind);
	tcase_add_test(tcase, test_hung);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
