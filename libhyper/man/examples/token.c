/* SPDX-License-Identifier: MIT */
/* Let somebody in, see who that is, and show them out. */
#include <hyper/hyper.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static void show(const hyper_token *token)
{
	printf("%s is an %s\n", hyper_token_name(token),
	       hyper_role_name(hyper_token_role(token)));
	fprintf(stderr, "from %" PRId64 " to %" PRId64 "\n",
		hyper_token_created_at(token),
		hyper_token_expires_at(token));
}

/* One that is good for an hour; its secret is told this once. */
static int add(hyper_conn *conn, hyper_token **token, hyper_error **err)
{
	int64_t now = (int64_t)time(NULL) * 1000;

	return hyper_token_add(conn, "ci", hyper_role_parse("operator"),
			       now + 3600 * 1000, 0, token, err);
}

/* What a server does with what a client has sent. */
static int check(hyper_conn *conn, const char *secret,
		 hyper_error **err)
{
	hyper_token *token = NULL;
	int failed = hyper_token_check(conn, secret, 0, &token, err);

	if (!failed)
		show(token);
	hyper_token_free(token);
	return failed;
}

static int list(hyper_conn *conn, hyper_error **err)
{
	hyper_tokens *tokens = NULL;
	char *json = NULL;
	int failed = hyper_token_list(conn, 0, &tokens, err) ||
		     hyper_tokens_to_json(tokens, 0, &json, err);

	if (!failed) {
		for (size_t i = 0; i < hyper_tokens_count(tokens); i++)
			show(hyper_tokens_at(tokens, i));
		fprintf(stderr, "%s\n", json);
	}
	hyper_free(json);
	hyper_tokens_free(tokens);
	return failed;
}

/* token [URI] */
int main(int argc, char **argv)
{
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	hyper_token *token = NULL;
	char *json = NULL;
	int failed =
		hyper_open(argc > 1 ? argv[1] : NULL, 0, &conn, &err) ||
		add(conn, &token, &err) ||
		hyper_token_to_json(token, 0, &json, &err) ||
		check(conn, hyper_token_secret(token), &err) ||
		list(conn, &err) ||
		hyper_token_remove(conn, "ci", 0, &err);

	if (!failed && check(conn, hyper_token_secret(token), NULL))
		printf("it is nobody's now\n");
	if (failed)
		fprintf(stderr, "%s\n", hyper_error_message(err));
	hyper_free(json);
	hyper_token_free(token);
	hyper_error_free(err);
	hyper_close(conn);
	return failed;
}
