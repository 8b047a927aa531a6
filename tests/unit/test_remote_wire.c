/* SPDX-License-Identifier: MIT */
/* The client and the wire: addresses, tokens, connections that are kept, and
 * servers that are none, or die. */
#include "remote.h"

#include <sys/stat.h>

#include "util/time.h"

START_TEST(connections_are_kept)
{
	hyper_machine *machine;

	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(
			hyper_machine_get(conn, "a", 0, &machine, NULL), 0);
		hyper_machine_free(machine);
	}
	ck_assert_int_eq(server.connections, 1);
}
END_TEST

START_TEST(changes_are_not_repeated)
{
	hyper_machine *machine = NULL;
	hyper_error *err = NULL;

	/* The server dies on the second request of each connection: reading
	 * again is fine, ... */
	server.hang_up_after = 1;
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(
			hyper_machine_get(conn, "a", 0, &machine, NULL), 0);
		hyper_machine_free(machine);
	}
	/* ... but what changes something is sent once. */
	server.says = "";
	for (int i = 0; i < CHANGES; i++) {
		server.requests = 0;
		ck_assert_int_eq(do_change(i, conn, 0, NULL, NULL, &err),
				 HYPER_ERR_CONNECT);
		ck_assert_ptr_nonnull(
			strstr(hyper_error_message(err), "not known"));
		ck_assert_int_eq(server.requests, 1);
	}
	hyper_error_free(err);
}
END_TEST

START_TEST(no_hyperd)
{
	static const struct {
		const char *says;
		int code;
	} cases[] = {
		{ "", HYPER_ERR_CONNECT },
		{ "SSH-2.0-OpenSSH\r\n", HYPER_ERR_PROTOCOL },
		{ "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
		  "Content-Length: 6\r\n\r\n<html>",
		  HYPER_ERR_PROTOCOL },
		{ "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
		  "Content-Length: 6\r\n\r\n<html>",
		  HYPER_ERR_PROTOCOL },
		{ "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
		  "Content-Length: 2\r\n\r\n{}",
		  HYPER_ERR_PROTOCOL },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
		  HYPER_ERR_PROTOCOL },
		{ "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
		  "Content-Length: 99\r\n\r\n{}",
		  HYPER_ERR_CONNECT },
		{ "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
		  "Content-Length: 0\r\n\r\n",
		  HYPER_ERR_PROTOCOL },
		{ "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n"
		  "Content-Length: 2\r\n\r\nno",
		  HYPER_ERR_PROTOCOL },
		{ "HTTP/1.1 404 X\r\nContent-Type: application/problem+json"
		  "\r\nContent-Length: 2\r\n\r\n{}",
		  HYPER_ERR_PROTOCOL },
	};

	for (size_t i = 0; i < HYP_COUNT(cases); i++) {
		hyper_info *info = NULL;
		hyper_error *err = NULL;

		server.says = cases[i].says;
		ck_assert_msg(
			hyper_conn_info(conn, 0, &info, &err) == cases[i].code,
			"%s: %s", cases[i].says, hyper_error_message(err));
		ck_assert_ptr_null(info);
		hyper_error_free(err);
	}
}
END_TEST

START_TEST(nobody_there)
{
	static const char *const uris[] = { "unix:/nonexistent/socket",
					    "http://127.0.0.1:1",
					    "http://nonsense.invalid" };

	for (size_t i = 0; i < HYP_COUNT(uris); i++) {
		hyper_conn *none = NULL;
		hyper_info *info = NULL;
		hyper_error *err = NULL;

		unsetenv("HYPER_TOKEN");
		setenv("XDG_STATE_HOME", dir, 1);
		ck_assert_int_eq(hyper_open(uris[i], 0, &none, NULL), 0);
		ck_assert_int_eq(hyper_conn_info(none, 0, &info, &err),
				 HYPER_ERR_CONNECT);
		ck_assert_ptr_nonnull(
			strstr(hyper_error_message(err), uris[i]));
		ck_assert_ptr_nonnull(
			strstr(hyper_error_message(err), "is it running"));
		hyper_error_free(err);
		hyper_close(none);
	}
}
END_TEST

/* Open, ask once, close; what Authorization came. */
static const char *token_sent(const char *uri)
{
	hyper_conn *tcp = NULL;
	hyper_info *info = NULL;

	ck_assert_int_eq(hyper_open(uri, 0, &tcp, NULL), 0);
	ck_assert_int_eq(hyper_conn_info(tcp, 0, &info, NULL), 0);
	hyper_info_free(info);
	hyper_close(tcp);
	return server.token;
}

/* One that hangs is found out soon after the wait that was asked for. */
START_TEST(silence)
{
	int silent = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char uri[sizeof(addr.sun_path) + 8];
	hyper_conn *mute = NULL;
	hyper_events *events = NULL;
	hyper_error *err = NULL;
	const int64_t begun = hyp_mono_ms();

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/silent", dir);
	snprintf(uri, sizeof(uri), "unix:%s", addr.sun_path);
	ck_assert_int_eq(bind(silent, (void *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(listen(silent, 8), 0);
	ck_assert_int_eq(hyper_open(uri, 0, &mute, NULL), 0);
	ck_assert_int_eq(hyper_event_list(mute, 0, 1, 1000, 0, &events, &err),
			 HYPER_ERR_TIMEOUT);
	ck_assert_ptr_nonnull(strstr(hyper_error_message(err), "in 11 s"));
	hyper_error_free(err);
	ck_assert_int_ge(hyp_mono_ms() - begun, 10000);
	hyper_close(mute);
	close(silent);
}
END_TEST

START_TEST(token)
{
	char path[96];
	FILE *file;
	hyper_conn *tcp = NULL;
	hyper_info *info = NULL;
	hyper_error *err = NULL;

	ck_assert_str_eq(token_sent(server.http_uri), "Bearer secret");
	ck_assert_str_eq(token_sent(server.unix_uri), "");

	snprintf(path, sizeof(path), "%s/token", dir);
	file = fopen(path, "w");
	fputs("of-file\n", file);
	fclose(file);
	setenv("HYPER_TOKEN_FILE", path, 1);
	ck_assert_str_eq(token_sent(server.http_uri), "Bearer secret");
	unsetenv("HYPER_TOKEN");
	ck_assert_str_eq(token_sent(server.http_uri), "Bearer of-file");
	/* Who has none is told where to put one. */
	unsetenv("HYPER_TOKEN_FILE");
	setenv("HOME", "/nonexistent", 1);
	unsetenv("XDG_STATE_HOME");
	server.says = "HTTP/1.1 401 X\r\nContent-Length: 29\r\nContent-Type: "
		      "application/problem+json\r\n\r\n"
		      "{\"detail\":\"no\",\"code\":\"AUTH\"}";
	ck_assert_int_eq(hyper_open(server.http_uri, 0, &tcp, NULL), 0);
	ck_assert_int_eq(hyper_conn_info(tcp, 0, &info, &err), HYPER_ERR_AUTH);
	ck_assert_ptr_nonnull(strstr(hyper_error_message(err), "HYPER_TOKEN"));
	hyper_error_free(err);
	hyper_close(tcp);
	tcp = NULL;
	setenv("HYPER_TOKEN_FILE", "/nonexistent", 1);
	ck_assert_int_eq(hyper_open(server.http_uri, 0, &tcp, NULL),
			 HYPER_ERR_NOT_FOUND);
	setenv("HYPER_TOKEN", "a\nX-Evil: 1", 1);
	ck_assert_int_eq(hyper_open(server.http_uri, 0, &tcp, NULL),
			 HYPER_ERR_INVALID);
	setenv("HYPER_TOKEN", "secret", 1);
	ck_assert_int_eq(hyper_open("http://192.0.2.1:7070", 0, &tcp, NULL),
			 HYPER_ERR_DENIED);
	ck_assert_ptr_null(tcp);
}
END_TEST

/* The token that a hyperd made is for clients of the same machine. */
START_TEST(own_token_stays)
{
	const bool root = geteuid() == 0;
	char folder[96], path[112];
	hyper_conn *tcp = NULL;
	FILE *file;

	snprintf(folder, sizeof(folder), "%s/hyper", dir);
	snprintf(path, sizeof(path), "%s/token", folder);
	ck_assert_int_eq(mkdir(folder, 0755), 0);
	file = fopen(path, "w");
	fputs("of-hyperd\n", file);
	fclose(file);
	unsetenv("HYPER_TOKEN");
	setenv("XDG_STATE_HOME", dir, 1);
	/* For root it would be that of the host. */
	ck_assert_int_eq(chmod(dir, 0755), 0);
	ck_assert_int_eq(root ? seteuid(65534) : 0, 0);
	ck_assert_str_eq(token_sent(server.http_uri), "Bearer of-hyperd");
	ck_assert_int_eq(hyper_open("http://192.0.2.1:7070", 0, &tcp, NULL), 0);
	hyper_close(tcp);
	ck_assert_int_eq(root ? seteuid(0) : 0, 0);
	unlink(path);
	rmdir(folder);
}
END_TEST

START_TEST(addresses)
{
	static const struct {
		const char *uri, *full; /* NULL: refused */
	} uris[] = {
		{ "http://localhost", "http://localhost:7070" },
		{ "http://127.0.0.5:80/", "http://127.0.0.5:80" },
		{ "http://[::1]:1", "http://[::1]:1" },
		/* RFC 6874, and what people write */
		{ "https://[fe80::1%25eth0]", "https://[fe80::1%25eth0]:7070" },
		{ "https://[fe80::1%eth0.7]:1/",
		  "https://[fe80::1%25eth0.7]:1" },
		{ "http://[fe80::1%25a%20b]", NULL },
		{ "https://example.org", "https://example.org:7070" },
		{ "unix:///a/b", "unix:/a/b" },
		{ "http://", NULL },
		{ "http://localhost/hyper", NULL },
		{ "http://localhost?x", NULL },
		{ "http://localhost#x", NULL },
		{ "http://u:p@localhost", NULL },
		{ "http://localhost:99999", NULL },
		{ "http://local host", NULL },
		{ "http://local%80host", NULL },
		{ "http://local%25host", NULL },
		{ "http://%35", NULL },
		{ "unix:relative", NULL },
		{ "unix:/0123456789012345678901234567890123456789012345678901"
		  "23456789012345678901234567890123456789012345678901234567",
		  NULL },
	};

	for (size_t i = 0; i < HYP_COUNT(uris); i++) {
		hyper_conn *other = NULL;
		hyper_error *err = NULL;
		int rc = hyper_open(uris[i].uri, 0, &other, &err);

		if (uris[i].full) {
			ck_assert_int_eq(rc, 0);
			ck_assert_str_eq(hyper_conn_uri(other), uris[i].full);
			hyper_close(other);
		} else {
			ck_assert_msg(rc == HYPER_ERR_INVALID, "%s: %d",
				      uris[i].uri, rc);
			ck_assert_str_eq(hyper_error_field(err), "uri");
			hyper_error_free(err);
		}
	}
}
END_TEST

static void *many_gets(void *data)
{
	for (int i = 0; i < 50; i++) {
		hyper_machine *machine = NULL;
		hyper_error *err = NULL;

		ck_assert_msg(hyper_machine_get(data, "a", 0, &machine, &err) ==
				      0,
			      "%s", hyper_error_message(err));
		hyper_machine_free(machine);
	}
	return NULL;
}

START_TEST(many_threads)
{
	pthread_t threads[12];

	for (size_t i = 0; i < HYP_COUNT(threads); i++)
		pthread_create(&threads[i], NULL, many_gets, conn);
	for (size_t i = 0; i < HYP_COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(server.requests, 50 * HYP_COUNT(threads));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("remote_wire");
	TCase *all = tcase_create("remote_wire");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(all, setup, teardown);
	tcase_set_timeout(all, 30);
	tcase_add_test(all, connections_are_kept);
	tcase_add_test(all, changes_are_not_repeated);
	tcase_add_test(all, no_hyperd);
	tcase_add_test(all, nobody_there);
	tcase_add_test(all, silence);
	tcase_add_test(all, token);
	tcase_add_test(all, own_token_stays);
	tcase_add_test(all, addresses);
	tcase_add_test(all, many_threads);
	suite_add_tcase(suite, all);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
