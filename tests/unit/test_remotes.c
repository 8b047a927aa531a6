/* SPDX-License-Identifier: MIT */
/* Servers that have names: bad arguments, the record, and what a URI means. */
#include "scratch.h"

#include <check.h>
#include <hyper/hyper.h>
#include <string.h>
#include <unistd.h>

#define PIN "sha256//Fxq/lPgpJWNq2ekPD3cO5p8Lj5dNyPjtArrGQwAKaus="

static char dir[64];

static void setup(void)
{
	ck_assert_ptr_nonnull(scratch_make(dir, sizeof(dir)));
	ck_assert_int_eq(setenv("XDG_CONFIG_HOME", dir, 1), 0);
	unsetenv("HYPER_TOKEN");
	unsetenv("HYPER_TOKEN_FILE");
	unsetenv("HYPER_CLIENT_CERT");
}

static void teardown(void)
{
	static const char *const left[] = { "remotes/a", "remotes/b",
					    "remote" };
	char path[128];

	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		snprintf(path, sizeof(path), "%s/hyper/%s", dir, left[i]);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/hyper/remotes", dir);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/hyper", dir);
	rmdir(path);
	rmdir(dir);
}

/* It fails with this, names the field, and changes nothing. */
#define FAILS(call, want, its_field)                                           \
	do {                                                                   \
		hyper_error *err = NULL;                                       \
                                                                               \
		ck_assert_int_eq(call, want);                                  \
		ck_assert_str_eq(hyper_error_field(err), its_field);           \
		hyper_error_free(err);                                         \
	} while (0)

START_TEST(bad_arguments)
{
	hyper_remotes *list = (hyper_remotes *)(void *)dir;
	char *text = dir;
	char longest[5000];

	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	FAILS(hyper_remote_add(NULL, "unix:/s", NULL, NULL, 0, &err),
	      HYPER_ERR_INVALID, "name");
	FAILS(hyper_remote_add("a", NULL, NULL, NULL, 0, &err),
	      HYPER_ERR_INVALID, "uri");
	FAILS(hyper_remote_add("a", "unix:/s", NULL, NULL, 1, &err),
	      HYPER_ERR_INVALID, "flags");
	FAILS(hyper_remote_add("a", "unix:/a\nb", NULL, NULL, 0, &err),
	      HYPER_ERR_INVALID, "uri");
	FAILS(hyper_remote_add("a", "unix:/s", "", NULL, 0, &err),
	      HYPER_ERR_INVALID, "token");
	FAILS(hyper_remote_add("a", "unix:/s", "a\nuri = unix:/evil", NULL, 0,
			       &err),
	      HYPER_ERR_INVALID, "token");
	FAILS(hyper_remote_add("a", "unix:/s", longest, NULL, 0, &err),
	      HYPER_ERR_INVALID, "token");
	FAILS(hyper_remote_add("a", "https://h", "two words", NULL, 0, &err),
	      HYPER_ERR_INVALID, "token");
	FAILS(hyper_remote_add("a", "unix:/s", NULL, "relative", 0, &err),
	      HYPER_ERR_INVALID, "client_cert");
	FAILS(hyper_remote_add("a", "https://h", NULL, "/nonexistent", 0, &err),
	      HYPER_ERR_INVALID, "client_cert");
	FAILS(hyper_remote_add("a", "https://h#" PIN ";" PIN, NULL, NULL, 0,
			       &err),
	      HYPER_ERR_INVALID, "uri");
	FAILS(hyper_remote_add("a", "http://h#" PIN, NULL, NULL, 0, &err),
	      HYPER_ERR_INVALID, "uri");
	FAILS(hyper_remote_use(NULL, 0, &err), HYPER_ERR_INVALID, "name");
	FAILS(hyper_remote_use("a", 1, &err), HYPER_ERR_INVALID, "flags");
	FAILS(hyper_remote_use("a", 0, &err), HYPER_ERR_NOT_FOUND, "name");
	FAILS(hyper_remote_remove(NULL, 0, &err), HYPER_ERR_INVALID, "name");
	FAILS(hyper_remote_remove("a", 1, &err), HYPER_ERR_INVALID, "flags");
	FAILS(hyper_remote_remove("a", 0, &err), HYPER_ERR_NOT_FOUND, "name");
	FAILS(hyper_remote_list(1, &list, &err), HYPER_ERR_INVALID, "flags");
	FAILS(hyper_remote_list(0, NULL, &err), HYPER_ERR_INVALID,
	      "ret_remotes");
	FAILS(hyper_remote_fingerprint(NULL, 0, &text, &err), HYPER_ERR_INVALID,
	      "uri");
	FAILS(hyper_remote_fingerprint("https://h", 1, &text, &err),
	      HYPER_ERR_INVALID, "flags");
	FAILS(hyper_remote_fingerprint("https://h", 0, NULL, &err),
	      HYPER_ERR_INVALID, "ret_fingerprint");
	FAILS(hyper_remote_fingerprint("http://h", 0, &text, &err),
	      HYPER_ERR_INVALID, "uri");
	FAILS(hyper_remote_fingerprint("https://", 0, &text, &err),
	      HYPER_ERR_INVALID, "uri");
	FAILS(hyper_certificate_fingerprint(NULL, 0, &text, &err),
	      HYPER_ERR_INVALID, "pem");
	FAILS(hyper_certificate_fingerprint("", 0, &text, &err),
	      HYPER_ERR_INVALID, "pem");
	FAILS(hyper_certificate_fingerprint(
		      "-----BEGIN CERTIFICATE-----\nAAAA\n", 0, &text, &err),
	      HYPER_ERR_INVALID, "pem");
	FAILS(hyper_certificate_fingerprint("", 1, &text, &err),
	      HYPER_ERR_INVALID, "flags");
	FAILS(hyper_certificate_fingerprint("", 0, NULL, &err),
	      HYPER_ERR_INVALID, "ret_fingerprint");
	ck_assert_ptr_eq(list, (void *)dir);
	ck_assert_ptr_eq(text, dir);
	ck_assert_int_eq(hyper_remote_list(0, &list, NULL), 0);
	ck_assert_uint_eq(hyper_remotes_count(list), 0);
	ck_assert_ptr_null(hyper_remotes_at(list, 0));
	hyper_remotes_free(list);
	hyper_remotes_free(NULL);
}
END_TEST

START_TEST(what_is_kept)
{
	const hyper_remote *remote;
	hyper_remotes *list = NULL;
	char *json = NULL;

	ck_assert_int_eq(hyper_remote_add("b", "https://h:1#" PIN, "secret",
					  NULL, 0, NULL),
			 0);
	ck_assert_int_eq(hyper_remote_add("a", "unix:/s", NULL, NULL, 0, NULL),
			 0);
	ck_assert_int_eq(hyper_remote_use("b", 0, NULL), 0);
	ck_assert_int_eq(hyper_remote_list(0, &list, NULL), 0);
	ck_assert_uint_eq(hyper_remotes_count(list), 2);
	remote = hyper_remotes_at(list, 0);
	ck_assert_str_eq(hyper_remote_name(remote), "a");
	ck_assert(!hyper_remote_has_token(remote));
	ck_assert(!hyper_remote_in_use(remote));
	remote = hyper_remotes_at(list, 1);
	ck_assert_str_eq(hyper_remote_uri(remote), "https://h:1#" PIN);
	ck_assert_ptr_null(hyper_remote_client_cert(remote));
	ck_assert(hyper_remote_has_token(remote));
	ck_assert(hyper_remote_in_use(remote));
	ck_assert_int_eq(hyper_remotes_to_json(list, 0, &json, NULL), 0);
	ck_assert_ptr_null(strstr(json, "secret"));
	hyper_free(json);
	hyper_remotes_free(list);
}
END_TEST

/* What hyper_open() makes of a URI, and what is refused as not local. */
static void means(const char *uri, const char *wanted)
{
	hyper_conn *conn = NULL;

	ck_assert_int_eq(hyper_open(uri, 0, &conn, NULL), 0);
	ck_assert_str_eq(hyper_conn_uri(conn), wanted);
	hyper_close(conn);
	FAILS(hyper_open(uri, HYPER_OPEN_LOCAL_ONLY, &conn, &err),
	      HYPER_ERR_DENIED, "uri");
}

START_TEST(what_is_opened)
{
	hyper_conn *conn = NULL;

	ck_assert_int_eq(
		hyper_remote_add("a", "https://h#" PIN, NULL, NULL, 0, NULL),
		0);
	ck_assert_int_eq(hyper_remote_add("b", "unix:/s", NULL, NULL, 0, NULL),
			 0);
	means("remote:a", "https://h:7070");
	means("remote:b", "unix:/s");
	means("https://h#" PIN, "https://h:7070");
	ck_assert_int_eq(hyper_remote_use("b", 0, NULL), 0);
	means("remote:", "unix:/s");
	FAILS(hyper_open("remote:c", 0, &conn, &err), HYPER_ERR_NOT_FOUND,
	      "name");
	FAILS(hyper_open("remote:../a", 0, &conn, &err), HYPER_ERR_INVALID,
	      "name");
	/* What is in use is nobody's business but of who asks for it. */
	ck_assert_int_eq(setenv("HYPER_URI", "unix:/other", 1), 0);
	means(NULL, "unix:/other");
	unsetenv("HYPER_URI");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("remotes");
	TCase *tc = tcase_create("remotes");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, bad_arguments);
	tcase_add_test(tc, what_is_kept);
	tcase_add_test(tc, what_is_opened);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
