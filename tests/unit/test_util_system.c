/* SPDX-License-Identifier: MIT */
/* src/util, what it has of the system: environment, files, processes. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "scratch.h"
#include "util/env.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/proc.h"
#include "util/time.h"

static char dir[64];

START_TEST(environment)
{
	setenv("HYPER_TEST_VALUE", "x", 1);
	ck_assert_str_eq(hyp_getenv("HYPER_TEST_VALUE"), "x");
	setenv("HYPER_TEST_VALUE", "", 1);
	ck_assert_ptr_null(hyp_getenv("HYPER_TEST_VALUE"));
	unsetenv("HYPER_TEST_VALUE");
	ck_assert_ptr_null(hyp_getenv("HYPER_TEST_VALUE"));
}
END_TEST

START_TEST(files)
{
	HYP_AUTOFREE char *deep = hyp_path_join(dir, "a/b/c/");
	HYP_AUTOFREE char *file = hyp_path_join(deep, "file");
	HYP_AUTOFREE char *under = hyp_path_join(file, "x");
	HYP_AUTOFREE char *text = NULL, *proc = NULL;
	struct stat st;
	size_t len = 7;

	ck_assert_int_eq(hyp_mkdir_p(deep, 0750), 0);
	ck_assert_int_eq(hyp_mkdir_p(deep, 0750), 0);
	ck_assert_int_eq(hyp_mkdir_p("/", 0750), 0);
	ck_assert_ptr_null(hyp_read_file(file, 10, &len));
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(hyp_write_file(file, "old", 3, 0644), 0);
	ck_assert_int_eq(hyp_write_file(file,
					"0\0"
					"12345678",
					10, 0600),
			 0);
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	text = hyp_read_file(file, 10, &len);
	ck_assert_uint_eq(len, 10);
	ck_assert_mem_eq(text,
			 "0\0"
			 "12345678",
			 11);
	ck_assert_ptr_null(hyp_read_file(file, 9, &len));
	ck_assert_int_eq(errno, EFBIG);
	ck_assert_int_lt(hyp_mkdir_p(file, 0750), 0);
	ck_assert_int_eq(errno, ENOTDIR);
	ck_assert_int_lt(hyp_mkdir_p(under, 0750), 0);
	ck_assert_int_eq(errno, ENOTDIR);
	ck_assert_int_lt(hyp_write_file(under, "", 0, 0600), 0);
	ck_assert_int_lt(hyp_write_file(deep, "", 0, 0600), 0);
	ck_assert_ptr_null(hyp_read_file(deep, 10, NULL));
	ck_assert_int_eq(errno, EISDIR);
	proc = hyp_read_file("/proc/self/status", 1 << 20, &len);
	ck_assert_uint_eq(strlen(proc), len);
	ck_assert_uint_gt(len, 100);
}
END_TEST

START_TEST(write_leaves_nothing_behind)
{
	HYP_AUTOFREE char *clean = hyp_path_join(dir, "clean");
	HYP_AUTOFREE char *taken = hyp_path_join(clean, "taken");
	const char *list[] = { "ls", "-A", clean, NULL };
	HYP_AUTOFREE char *output = NULL;

	ck_assert_int_eq(hyp_mkdir_p(taken, 0700), 0);
	ck_assert_int_lt(hyp_write_file(taken, "x", 1, 0600), 0);
	ck_assert_int_eq(hyp_run(list, -1, NULL, NULL, &output), 0);
	ck_assert_str_eq(output, "taken\n");
}
END_TEST

START_TEST(processes_are_known)
{
	struct hyp_proc_id self, other;
	char name[] = "a) Z 1 (b";
	pid_t pid;

	ck_assert_int_eq(prctl(PR_SET_NAME, name), 0);
	ck_assert_int_eq(hyp_proc_self(&self), 0);
	ck_assert_int_eq(self.pid, getpid());
	ck_assert(hyp_proc_alive(&self));
	other = self;
	other.start++;
	ck_assert(!hyp_proc_alive(&other));
	other = self;
	other.boot[0] = other.boot[0] == '0' ? '1' : '0';
	ck_assert(!hyp_proc_alive(&other));
	other = self;
	other.pid = 0;
	ck_assert(!hyp_proc_alive(&other));
	other.pid = INT64_C(1) << 32;
	ck_assert(!hyp_proc_alive(&other));
	ck_assert_ptr_nonnull(hyp_proc_name());

	/* a zombie, and then nobody */
	pid = fork();
	if (pid == 0)
		_exit(0);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT), 0);
	other = self;
	other.pid = pid;
	ck_assert(!hyp_proc_alive(&other));
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert(!hyp_proc_alive(&other));
}
END_TEST

static bool count_down(void *data)
{
	int *left = data;

	return --*left > 0;
}

static int sh(const char *script, char **ret_output)
{
	const char *argv[] = { "sh", "-c", script, NULL };

	return hyp_run(argv, -1, NULL, NULL, ret_output);
}

START_TEST(run_tells_how_it_ended)
{
	const char *none[] = { "no-such-program-at-all", NULL };
	char *output = NULL;

	ck_assert_int_eq(sh("echo out; echo err >&2; exit 3", &output), 3);
	ck_assert_str_eq(output, "out\nerr\n");
	free(output);
	ck_assert_int_eq(sh("kill -9 $$", NULL), 128 + SIGKILL);
	output = NULL;
	ck_assert_int_eq(hyp_run(none, -1, NULL, NULL, &output), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_ptr_null(output);
	ck_assert_int_eq(sh("cat; echo end", &output), 0);
	ck_assert_str_eq(output, "end\n");
	free(output);
	/* output that is closed early, a child that keeps it open */
	ck_assert_int_eq(sh("exec >&- 2>&-; sleep 0.1; exit 4", NULL), 4);
	ck_assert_int_eq(sh("sleep 1 & echo x", &output), 0);
	ck_assert_str_eq(output, "x\n");
	free(output);
}
END_TEST

START_TEST(run_keeps_the_end)
{
	HYP_AUTOFREE char *output = NULL;
	size_t len;

	ck_assert_int_eq(sh("i=0; while [ $i -lt 40000 ]; do echo line $i;"
			    " i=$((i+1)); done",
			    &output),
			 0);
	len = strlen(output);
	ck_assert_uint_eq(len, 64 << 10);
	ck_assert_str_eq(output + len - 11, "line 39999\n");
}
END_TEST

/* It gets the file, not its name; whatever number that has here. */
START_TEST(run_passes_a_file)
{
	const char *argv[] = { "sh", "-c", "echo x >/proc/self/fd/3", NULL };
	HYP_AUTOFREE char *path = hyp_path_join(dir, "passed");
	char text[4] = "";

	close(1); /* the first one */
	for (int i = 0; i < 8; i++) {
		int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC,
			      0600);

		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(unlink(path), 0);
		ck_assert_int_eq(hyp_run(argv, fd, NULL, NULL, NULL), 0);
		ck_assert_int_eq(pread(fd, text, 2, 0), 2);
		ck_assert_str_eq(text, "x\n");
		ck_assert_int_eq(access(path, F_OK), -1);
	}
}
END_TEST

START_TEST(run_can_be_given_up)
{
	const char *argv[] = { "sleep", "60", NULL };
	int64_t begin = hyp_mono_ms();
	int asked = 5;

	ck_assert_int_eq(hyp_run(argv, -1, count_down, &asked, NULL), -1);
	ck_assert_int_eq(errno, ECANCELED);
	ck_assert_int_eq(asked, 0);
	ck_assert_int_lt(hyp_mono_ms() - begin, 5000);
}
END_TEST

START_TEST(run_resets_signals)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(sh("kill -TERM $$; exit 0", NULL), 128 + SIGTERM);
	ck_assert_int_eq(sh("kill -PIPE $$; exit 0", NULL), 128 + SIGPIPE);
}
END_TEST

START_TEST(run_works_without_standard_files)
{
	HYP_AUTOFREE char *output = NULL;
	int saved[3], r;

	for (int i = 0; i < 3; i++) {
		saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
		close(i);
	}
	r = sh("cat; echo out; echo err >&2", &output);
	for (int i = 0; i < 3; i++) {
		dup2(saved[i], i);
		close(saved[i]);
	}
	ck_assert_int_eq(r, 0);
	ck_assert_str_eq(output, "out\nerr\n");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("util_system");
	TCase *tc = tcase_create("all");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, environment);
	tcase_add_test(tc, files);
	tcase_add_test(tc, write_leaves_nothing_behind);
	tcase_add_test(tc, processes_are_known);
	tcase_add_test(tc, run_tells_how_it_ended);
	tcase_add_test(tc, run_keeps_the_end);
	tcase_add_test(tc, run_passes_a_file);
	tcase_add_test(tc, run_can_be_given_up);
	tcase_add_test(tc, run_resets_signals);
	tcase_add_test(tc, run_works_without_standard_files);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	const char *clean[] = { "rm", "-rf", dir, NULL };
	SRunner *runner;
	int failed;

	if (!scratch_make(dir, sizeof(dir)))
		return 1;
	runner = srunner_create(suite());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	hyp_run(clean, -1, NULL, NULL, NULL);
	return failed > 0;
}
