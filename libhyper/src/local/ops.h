/* SPDX-License-Identifier: MIT */
/* The functions of the table of local connections; see conn/conn.h. */
#ifndef HYP_LOCAL_OPS_H
#define HYP_LOCAL_OPS_H

#include "conn/conn.h"

int hyp_local_announce(hyper_conn *conn, const char *url, hyper_error **err);
int hyp_local_cancel(hyper_conn *conn, hyper_error **err);
int hyp_local_info(hyper_conn *conn, hyper_info **ret_info, hyper_error **err);
int hyp_local_metrics(hyper_conn *conn, char **ret_text, hyper_error **err);
int hyp_local_ready(hyper_conn *conn, hyper_error **err);
int hyp_local_driver_list(hyper_conn *conn, hyper_drivers **ret_drivers,
			  hyper_error **err);
int hyp_local_machine_add(hyper_conn *conn, const hyper_machine *spec,
			  uint32_t flags, hyper_machine **ret_machine,
			  hyper_operation **ret_op, hyper_error **err);
int hyp_local_machine_start(hyper_conn *conn, const char *id, uint32_t flags,
			    hyper_machine **ret_machine,
			    hyper_operation **ret_op, hyper_error **err);
int hyp_local_machine_stop(hyper_conn *conn, const char *id,
			   uint32_t timeout_ms, uint32_t flags,
			   hyper_machine **ret_machine,
			   hyper_operation **ret_op, hyper_error **err);
int hyp_local_machine_remove(hyper_conn *conn, const char *id, uint32_t flags,
			     hyper_operation **ret_op, hyper_error **err);
int hyp_local_machine_change(hyper_conn *conn, const char *id,
			     const hyper_changes *changes, uint32_t flags,
			     hyper_machine **ret_machine,
			     hyper_operation **ret_op, hyper_error **err);
int hyp_local_machine_adopt(hyper_conn *conn, const char *type,
			    const char *name, const char *id, uint32_t flags,
			    hyper_machine **ret_machine,
			    hyper_operation **ret_op, hyper_error **err);
int hyp_local_machine_get(hyper_conn *conn, const char *id, uint32_t flags,
			  hyper_machine **ret_machine, hyper_error **err);
int hyp_local_machine_bulk(hyper_conn *conn, const hyper_query *query,
			   const struct hyp_bulk *bulk, uint32_t flags,
			   hyper_outcomes **ret_outcomes, hyper_error **err);
int hyp_local_machine_list(hyper_conn *conn, const hyper_query *query,
			   uint32_t flags, hyper_machines **ret_machines,
			   hyper_error **err);
int hyp_local_operation_get(hyper_conn *conn, uint64_t id,
			    hyper_operation **ret_op, hyper_error **err);
int hyp_local_operation_list(hyper_conn *conn, const hyper_query *query,
			     hyper_operations **ret_ops, hyper_error **err);
int hyp_local_operation_wait(hyper_conn *conn, uint64_t id, uint32_t timeout_ms,
			     hyper_operation **ret_op, hyper_error **err);
int hyp_local_operation_cancel(hyper_conn *conn, uint64_t id,
			       hyper_operation **ret_op, hyper_error **err);
int hyp_local_event_list(hyper_conn *conn, uint64_t after, uint32_t limit,
			 uint32_t timeout_ms, hyper_events **ret_events,
			 hyper_error **err);
int hyp_local_image_list(hyper_conn *conn, const char *type, const char *name,
			 hyper_images **ret_images, hyper_error **err);
int hyp_local_image_add(hyper_conn *conn, const char *type, const char *name,
			const char *path, uint32_t flags,
			hyper_image **ret_image, hyper_operation **ret_op,
			hyper_error **err);
int hyp_local_image_remove(hyper_conn *conn, const char *type, const char *name,
			   uint32_t flags, hyper_operation **ret_op,
			   hyper_error **err);
int hyp_local_doctor(hyper_conn *conn, uint32_t flags,
		     hyper_findings **ret_findings, hyper_error **err);
int hyp_local_token_add(hyper_conn *conn, const char *name, int role,
			int64_t expires_at, hyper_token **ret_token,
			hyper_error **err);
int hyp_local_token_list(hyper_conn *conn, hyper_tokens **ret_tokens,
			 hyper_error **err);
int hyp_local_token_remove(hyper_conn *conn, const char *name,
			   hyper_error **err);
int hyp_local_token_check(hyper_conn *conn, const char *secret,
			  hyper_token **ret_token, hyper_error **err);

#endif
