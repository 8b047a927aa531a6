/* SPDX-License-Identifier: MIT */
#include "hyperd.h"

#include <stdio.h>
#include <stdlib.h>

static void cancel_operations(hyper_conn *conn)
{
	hyper_error *err = NULL;

	if (hyper_conn_cancel(conn, 0, &err) != 0)
		hyper_log(HYPER_LOG_WARNING, "cannot cancel operations: %s",
			  hyper_error_message(err));
	hyper_error_free(err);
}

/* Requests that are still under way may begin operations: so again and again
 * until there are none. */
static void wind_down(hyper_conn *conn, struct server *server)
{
	bool idle = false;

	server_quiesce(server);
	for (int ms = 0; ms < STOP_REQUESTS_MS && !idle; ms += STOP_STEP_MS) {
		cancel_operations(conn);
		idle = server_drain(STOP_STEP_MS);
		/* Who read has been told; the others will not be. */
		if (!idle && ms >= STOP_STREAMS_MS)
			stream_cut_all();
	}
	cancel_operations(conn);
}

static int announce(hyper_conn *conn, const struct server *server)
{
	hyper_error *err = NULL;
	const char *url;

	if (hyper_conn_announce(conn, server_url(server, 0), 0, &err) != 0) {
		hyper_log(HYPER_LOG_ERROR, "%s", hyper_error_message(err));
		hyper_error_free(err);
		return -1;
	}
	for (size_t i = 0; (url = server_url(server, i)) != NULL; i++)
		printf("hyperd: listening on %s\n", url);
	puts("hyperd: ready");
	fflush(stdout);
	return 0;
}

/* For as long as the library answers: a read goes through its locks and the
 * database, but waits for no engine. What it answers does not matter: a full
 * disk, say, does not go away by a restart. */
static void await_stop(hyper_conn *conn)
{
	unsigned int ms = systemd_watchdog_ms();

	while (!signals_wait(ms)) {
		hyper_events *events = NULL;

		hyper_event_list(conn, 0, 1, 0, 0, &events, NULL);
		hyper_events_free(events);
		systemd_alive();
	}
}

static int serve(const struct config *config)
{
	hyper_error *err = NULL;
	hyper_conn *conn = NULL;
	struct server *server;
	int rc = EXIT_RUNTIME;

	if (hyper_open(config->text[SET_STATE], HYPER_OPEN_LOCAL_ONLY, &conn,
		       &err) != 0) {
		hyper_log(HYPER_LOG_ERROR, "%s", hyper_error_message(err));
		hyper_error_free(err);
		return rc;
	}
	server = server_start(config, conn);
	if (server && announce(conn, server) == 0) {
		systemd_ready();
		await_stop(conn);
		systemd_stopping();
		wind_down(conn, server);
		rc = 0;
	}
	server_free(server);
	hyper_close(conn);
	return rc;
}

int main(int argc, char **argv)
{
	struct config config;
	enum action action;
	int rc;

	log_init(HYPER_LOG_INFO, false);
	rc = config_load(&config, argc, argv, &action);
	if (rc == 0 && action == ACTION_CHECK)
		config_print(&config);
	if (rc == 0 && action == ACTION_SERVE) {
		log_init(config.log_level, config.logfmt);
		rc = signals_init() == 0 ? serve(&config) : EXIT_RUNTIME;
	}
	config_free(&config);
	return rc;
}
