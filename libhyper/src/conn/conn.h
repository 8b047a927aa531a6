/* SPDX-License-Identifier: MIT */
/*
 * A connection is a table of functions, chosen by URI: src/local (this
 * process) or src/remote (a hyperd). src/api has checked the arguments:
 * pointers are not NULL where they must not be, ids are canonical, flags are
 * known, a read-only connection is not asked to change anything.
 */
#ifndef HYP_CONN_CONN_H
#define HYP_CONN_CONN_H

#include <hyper/hyper.h>
#include <hyper/rest.h>

/* What to do with each of many machines. */
struct hyp_bulk {
	const hyper_changes *changes; /* or NULL, and then */
	/* HYPER_STATE_RUNNING or HYPER_STATE_STOPPED; 0: remove it */
	int state;
	uint32_t timeout_ms; /* stop */
};

struct hyp_conn_ops {
	void (*close)(hyper_conn *conn);
	/* NULL: NOT_SUPPORTED */
	int (*announce)(hyper_conn *conn, const char *url, hyper_error **err);
	int (*cancel)(hyper_conn *conn, hyper_error **err);
	int (*info)(hyper_conn *conn, hyper_info **ret_info, hyper_error **err);
	/* Text of Prometheus */
	int (*metrics)(hyper_conn *conn, char **ret_text, hyper_error **err);
	int (*ready)(hyper_conn *conn, hyper_error **err);
	int (*driver_list)(hyper_conn *conn, hyper_drivers **ret_drivers,
			   hyper_error **err);
	int (*machine_add)(hyper_conn *conn, const hyper_machine *spec,
			   uint32_t flags, hyper_machine **ret_machine,
			   hyper_operation **ret_op, hyper_error **err);
	int (*machine_start)(hyper_conn *conn, const char *id, uint32_t flags,
			     hyper_machine **ret_machine,
			     hyper_operation **ret_op, hyper_error **err);
	int (*machine_stop)(hyper_conn *conn, const char *id,
			    uint32_t timeout_ms, uint32_t flags,
			    hyper_machine **ret_machine,
			    hyper_operation **ret_op, hyper_error **err);
	int (*machine_remove)(hyper_conn *conn, const char *id, uint32_t flags,
			      hyper_operation **ret_op, hyper_error **err);
	int (*machine_change)(hyper_conn *conn, const char *id,
			      const hyper_changes *changes, uint32_t flags,
			      hyper_machine **ret_machine,
			      hyper_operation **ret_op, hyper_error **err);
	/* type and id may be NULL */
	int (*machine_adopt)(hyper_conn *conn, const char *type,
			     const char *name, const char *id, uint32_t flags,
			     hyper_machine **ret_machine,
			     hyper_operation **ret_op, hyper_error **err);
	int (*machine_get)(hyper_conn *conn, const char *id, uint32_t flags,
			   hyper_machine **ret_machine, hyper_error **err);
	int (*machine_list)(hyper_conn *conn, const hyper_query *query,
			    uint32_t flags, hyper_machines **ret_machines,
			    hyper_error **err);
	/* The query has a filter. */
	int (*machine_bulk)(hyper_conn *conn, const hyper_query *query,
			    const struct hyp_bulk *bulk, uint32_t flags,
			    hyper_outcomes **ret_outcomes, hyper_error **err);
	int (*operation_get)(hyper_conn *conn, uint64_t id,
			     hyper_operation **ret_op, hyper_error **err);
	int (*operation_list)(hyper_conn *conn, const hyper_query *query,
			      hyper_operations **ret_ops, hyper_error **err);
	int (*operation_wait)(hyper_conn *conn, uint64_t id,
			      uint32_t timeout_ms, hyper_operation **ret_op,
			      hyper_error **err);
	int (*operation_cancel)(hyper_conn *conn, uint64_t id,
				hyper_operation **ret_op, hyper_error **err);
	/* limit is not 0 */
	int (*event_list)(hyper_conn *conn, uint64_t after, uint32_t limit,
			  uint32_t timeout_ms, hyper_events **ret_events,
			  hyper_error **err);
	/* name NULL: all */
	int (*image_list)(hyper_conn *conn, const char *type, const char *name,
			  hyper_images **ret_images, hyper_error **err);
	/* path NULL: pull, else import */
	int (*image_add)(hyper_conn *conn, const char *type, const char *name,
			 const char *path, uint32_t flags,
			 hyper_image **ret_image, hyper_operation **ret_op,
			 hyper_error **err);
	int (*image_remove)(hyper_conn *conn, const char *type,
			    const char *name, uint32_t flags,
			    hyper_operation **ret_op, hyper_error **err);
	int (*doctor)(hyper_conn *conn, uint32_t flags,
		      hyper_findings **ret_findings, hyper_error **err);
	int (*token_add)(hyper_conn *conn, const char *name, int role,
			 int64_t expires_at, hyper_token **ret_token,
			 hyper_error **err);
	int (*token_list)(hyper_conn *conn, hyper_tokens **ret_tokens,
			  hyper_error **err);
	int (*token_remove)(hyper_conn *conn, const char *name,
			    hyper_error **err);
	/* NULL: NOT_SUPPORTED */
	int (*token_check)(hyper_conn *conn, const char *secret,
			   hyper_token **ret_token, hyper_error **err);
	/* NULL: it has no server, and dispatches itself */
	int (*rest_send)(hyper_conn *conn, const hyper_rest_request *request,
			 hyper_rest_response **ret_response, hyper_error **err);
};

/* What a view asks of each change that is made through it. */
struct hyp_terms {
	char *actor;	     /* who asks; NULL: this process' user */
	char *key;	     /* of a request that may be repeated, or NULL */
	uint64_t generation; /* the machine must still be that one; 0: any */
};

/* The first member of struct hyp_local and struct hyp_remote; a view is one
 * alone, with the ops, uri and flags of its base. */
struct hyper_conn {
	const struct hyp_conn_ops *ops;
	char *uri;
	uint32_t flags;		 /* enum hyper_open_flags */
	struct hyper_conn *base; /* of a view; else NULL */
	struct hyp_terms terms;
};

/* What ops cast. */
static inline hyper_conn *hyp_conn_base(hyper_conn *conn)
{
	return conn->base ? conn->base : conn;
}

/* The two constructors. dir is an absolute path. */
int hyp_local_open(const char *dir, uint32_t flags, hyper_conn **ret_conn,
		   hyper_error **err);
/* Its uri is one of http:, https:, unix:; its name does not count. */
int hyp_remote_open(const hyper_remote *server, uint32_t flags,
		    hyper_conn **ret_conn, hyper_error **err);

/* The version of libcurl. */
const char *hyp_remote_curl_version(void);

/* As the public functions. */
int hyp_remote_fingerprint(const char *uri, char **ret_fingerprint,
			   hyper_error **err);
int hyp_certificate_fingerprint(const char *pem, char **ret_fingerprint,
				hyper_error **err);

#endif
