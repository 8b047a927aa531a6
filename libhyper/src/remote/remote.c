/* SPDX-License-Identifier: MIT */
/* A connection to a hyperd: its table, opening and closing. */
#include "remote/remote.h"

#include "json/json.h"

static void remote_free(struct hyp_remote *remote)
{
	hyp_remote_close_idle(remote);
	pthread_mutex_destroy(&remote->lock);
	free(remote->conn.uri);
	free(remote->base);
	free(remote->socket);
	free(remote->token);
	free(remote->ca_file);
	free(remote->pin);
	free(remote->client_cert);
	free(remote);
}

static void remote_close(hyper_conn *conn)
{
	remote_free((struct hyp_remote *)conn);
}

static const struct hyp_conn_ops remote_ops = {
	.close = remote_close,
	.info = hyp_remote_info,
	.metrics = hyp_remote_metrics,
	.ready = hyp_remote_ready,
	.driver_list = hyp_remote_driver_list,
	.machine_add = hyp_remote_machine_add,
	.machine_start = hyp_remote_machine_start,
	.machine_stop = hyp_remote_machine_stop,
	.machine_remove = hyp_remote_machine_remove,
	.machine_change = hyp_remote_machine_change,
	.machine_adopt = hyp_remote_machine_adopt,
	.machine_get = hyp_remote_machine_get,
	.machine_list = hyp_remote_machine_list,
	.machine_bulk = hyp_remote_machine_bulk,
	.operation_get = hyp_remote_operation_get,
	.operation_list = hyp_remote_operation_list,
	.operation_wait = hyp_remote_operation_wait,
	.operation_cancel = hyp_remote_operation_cancel,
	.event_list = hyp_remote_event_list,
	.image_list = hyp_remote_image_list,
	.image_add = hyp_remote_image_add,
	.image_remove = hyp_remote_image_remove,
	.doctor = hyp_remote_doctor,
	.token_add = hyp_remote_token_add,
	.token_list = hyp_remote_token_list,
	.token_remove = hyp_remote_token_remove,
	.rest_send = hyp_remote_rest_send,
};

static void init_curl(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

int hyp_remote_open(const hyper_remote *server, uint32_t flags,
		    hyper_conn **ret_conn, hyper_error **err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct hyp_remote *remote;
	int rc;

	pthread_once(&once, init_curl);
	remote = calloc(1, sizeof(*remote));
	if (!remote)
		return hyp_nomem(err);
	pthread_mutex_init(&remote->lock, NULL);
	remote->conn.ops = &remote_ops;
	remote->conn.flags = flags;
	rc = hyp_remote_parse(remote, server, err);
	if (rc)
		remote_free(remote);
	else
		*ret_conn = &remote->conn;
	return rc;
}

int hyp_remote_info(hyper_conn *conn, hyper_info **ret_info, hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_info };
	HYP_AUTOANSWER answer = { 0 };
	int rc = hyp_remote_call(conn, &request, &answer, err);

	return rc ? rc
		  : hyp_json_read_info(answer.body.data, answer.body.len,
				       ret_info, err);
}

int hyp_remote_driver_list(hyper_conn *conn, hyper_drivers **ret_drivers,
			   hyper_error **err)
{
	struct hyp_request request = { .route = HYP_ROUTE_driver_list };
	HYP_AUTOANSWER answer = { 0 };
	int rc = hyp_remote_call(conn, &request, &answer, err);

	return rc ? rc
		  : hyp_json_read_drivers(answer.body.data, answer.body.len,
					  ret_drivers, err);
}
