/* SPDX-License-Identifier: MIT */
/* Open a connection, ask it about itself, and close it in a hurry. */
#include <hyper/hyper.h>
#include <stdio.h>
#include <string.h>

/* What serves us, and which state directory it is? */
static int who(hyper_conn *conn, hyper_error **err)
{
	hyper_info *info = NULL;
	char *json = NULL;
	int failed = hyper_conn_info(conn, 0, &info, err) ||
		     hyper_info_to_json(info, 0, &json, err);
	const char *feature;

	if (!failed) {
		printf("version %s, instance %s\n",
		       hyper_info_version(info),
		       hyper_info_instance(info));
		for (size_t i = 0;
		     (feature = hyper_info_feature(info, i)); i++)
			printf("it can do: %s\n", feature);
		printf("%s\n", json);
	}
	hyper_free(json);
	hyper_info_free(info);
	return failed;
}

/* How is it? Monitoring systems read the numbers. */
static int watch(hyper_conn *conn, hyper_error **err)
{
	char *text = NULL;
	int failed = hyper_conn_ready(conn, 0, err) ||
		     hyper_conn_metrics(conn, 0, &text, err);

	if (!failed) {
		printf("ready\n%.*s\n", (int)strcspn(text, "\n"), text);
		fprintf(stderr, "%s", text);
	}
	hyper_free(text);
	return failed;
}

/* As hyperd does: "busy" errors of other processes will name this
 * place. */
static int announce(hyper_conn *conn, hyper_error **err)
{
	return hyper_conn_is_local(conn) &&
	       hyper_conn_announce(conn, "unix:/run/example.sock", 0,
				   err);
}

/* hyper_close() waits for what we began; so ask that to stop first. */
static int hurry(hyper_conn *conn, hyper_error **err)
{
	int failed = hyper_conn_is_local(conn) &&
		     hyper_conn_cancel(conn, 0, err);

	hyper_close(conn);
	return failed;
}

/* conn [URI] */
int main(int argc, char **argv)
{
	const char *uri = argc > 1 ? argv[1] : NULL;
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	int failed = hyper_open(uri, 0, &conn, &err);

	if (!failed) {
		printf("opened a %s\n", hyper_conn_is_local(conn)
						? "directory"
						: "hyperd");
		fprintf(stderr, "it is %s\n", hyper_conn_uri(conn));
		failed = announce(conn, &err) || who(conn, &err) ||
			 watch(conn, &err);
		failed |= hurry(conn, failed ? NULL : &err);
	}
	if (failed)
		fprintf(stderr, "%s\n", hyper_error_message(err));
	hyper_error_free(err);
	return failed;
}
