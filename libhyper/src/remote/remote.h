/* SPDX-License-Identifier: MIT */
/* The inside of a connection to a hyperd. */
#ifndef HYP_REMOTE_REMOTE_H
#define HYP_REMOTE_REMOTE_H

#include <curl/curl.h>
#include <pthread.h>

#include "conn/conn.h"
#include "core/record.h"
#include "rest/route.h"
#include "util/buf.h"

/* Handles kept for later, each with its connection. */
#define HYP_REMOTE_IDLE 8

struct hyp_remote {
	hyper_conn conn;
	char *base;    /* "http://host:7070", without a path */
	char *socket;  /* path of a unix socket, or NULL */
	char *token;   /* for TCP, or NULL */
	char *ca_file; /* whom to trust over https, or NULL: as the system */
	char *pin;     /* whom to trust instead: a fingerprint, or NULL */
	char *client_cert; /* what we show: a PEM file with its key, or NULL */
	pthread_mutex_t lock;
	CURL *idle[HYP_REMOTE_IDLE]; /* under lock */
	size_t n_idle;		     /* under lock */
};

/* How a fingerprint begins. */
#define HYP_PIN "sha256//"

/* Read an address: sets conn.uri, base, socket and what is known of the
 * server. INVALID; DENIED where the token would travel in the clear. */
int hyp_remote_parse(struct hyp_remote *remote, const hyper_remote *server,
		     hyper_error **err);

/* What to ask. */
struct hyp_request {
	enum hyp_route route;
	const char *args[2];
	struct hyp_buf params;	       /* "a=b&c=d", encoded */
	char *body;		       /* [takes] JSON, or NULL */
	uint32_t flags;		       /* HYPER_ASYNC, HYPER_DRY_RUN */
	const struct hyp_terms *terms; /* of the connection; set by the call */
	long deadline_ms; /* for the answer to a read; 0: the usual one */
	/* In the place of all that: passed on as it is, and its answer. */
	const hyper_rest_request *raw;
	hyper_rest_response *raw_answer;
};
/* Add a parameter; a NULL value is none. */
void hyp_request_param(struct hyp_request *request, const char *name,
		       const char *value);
/* Have the server wait for something that its database tells; 0: not at all. */
void hyp_request_wait(struct hyp_request *request, uint32_t wait_ms);

/* What came. */
struct hyp_answer {
	int status; /* 2xx */
	struct hyp_buf body;
	uint64_t operation; /* Hyper-Operation, 0: none */
	uint64_t seq;	    /* Hyper-Seq, 0: none */
	int64_t total;	    /* Hyper-Total-Count, -1: none */
	char *next_cursor;  /* Hyper-Next-Cursor, or NULL */
};
void hyp_answer_clear(struct hyp_answer *answer);
#define HYP_AUTOANSWER HYP_CLEANUP(hyp_answer_clear) struct hyp_answer

/* Ask, once, and clear the request. A problem becomes the error that it tells
 * of. Clear the answer in any case. */
int hyp_remote_call(hyper_conn *conn, struct hyp_request *request,
		    struct hyp_answer *ret_answer, hyper_error **err);
/* What came of a raw one. */
int hyp_remote_take_raw(CURL *curl, struct hyp_buf *body,
			hyper_rest_response *response, hyper_error **err);
void hyp_remote_close_idle(struct hyp_remote *remote);
/* What holds for a connection, whatever is asked. */
void hyp_remote_set_transport(const struct hyp_remote *remote, CURL *curl);
/* What a failure to talk means. text is libcurl's, or empty. */
int hyp_remote_explain(const struct hyp_remote *remote, CURL *curl,
		       CURLcode code, const char *text,
		       const struct hyp_request *request, hyper_error **err);

/* How each side knows the other, and what if not. INVALID: a file that has not
 * both a certificate and its key. */
int hyp_remote_check_cert(const char *path, hyper_error **err);
void hyp_remote_set_trust(const struct hyp_remote *remote, CURL *curl);
int hyp_remote_explain_tls(const struct hyp_remote *remote, CURL *curl,
			   CURLcode code, const char *text, hyper_error **err);
/* [new] The fingerprint of the certificate that came with CURLOPT_CERTINFO. */
int hyp_remote_peer_fingerprint(CURL *curl, char **ret_fingerprint,
				hyper_error **err);

/* The calls, by noun. */
int hyp_remote_info(hyper_conn *conn, hyper_info **ret_info, hyper_error **err);
int hyp_remote_metrics(hyper_conn *conn, char **ret_text, hyper_error **err);
int hyp_remote_ready(hyper_conn *conn, hyper_error **err);
int hyp_remote_driver_list(hyper_conn *conn, hyper_drivers **ret_drivers,
			   hyper_error **err);

int hyp_remote_machine_add(hyper_conn *conn, const hyper_machine *spec,
			   uint32_t flags, hyper_machine **ret_machine,
			   hyper_operation **ret_op, hyper_error **err);
int hyp_remote_machine_start(hyper_conn *conn, const char *id, uint32_t flags,
			     hyper_machine **ret_machine,
			     hyper_operation **ret_op, hyper_error **err);
int hyp_remote_machine_stop(hyper_conn *conn, const char *id,
			    uint32_t timeout_ms, uint32_t flags,
			    hyper_machine **ret_machine,
			    hyper_operation **ret_op, hyper_error **err);
int hyp_remote_machine_remove(hyper_conn *conn, const char *id, uint32_t flags,
			      hyper_operation **ret_op, hyper_error **err);
int hyp_remote_machine_change(hyper_conn *conn, const char *id,
			      const hyper_changes *changes, uint32_t flags,
			      hyper_machine **ret_machine,
			      hyper_operation **ret_op, hyper_error **err);
int hyp_remote_machine_adopt(hyper_conn *conn, const char *type,
			     const char *name, const char *id, uint32_t flags,
			     hyper_machine **ret_machine,
			     hyper_operation **ret_op, hyper_error **err);
int hyp_remote_machine_get(hyper_conn *conn, const char *id, uint32_t flags,
			   hyper_machine **ret_machine, hyper_error **err);
int hyp_remote_machine_bulk(hyper_conn *conn, const hyper_query *query,
			    const struct hyp_bulk *bulk, uint32_t flags,
			    hyper_outcomes **ret_outcomes, hyper_error **err);
int hyp_remote_machine_list(hyper_conn *conn, const hyper_query *query,
			    uint32_t flags, hyper_machines **ret_machines,
			    hyper_error **err);

int hyp_remote_operation_get(hyper_conn *conn, uint64_t id,
			     hyper_operation **ret_op, hyper_error **err);
int hyp_remote_operation_list(hyper_conn *conn, const hyper_query *query,
			      hyper_operations **ret_ops, hyper_error **err);
int hyp_remote_operation_wait(hyper_conn *conn, uint64_t id,
			      uint32_t timeout_ms, hyper_operation **ret_op,
			      hyper_error **err);
int hyp_remote_operation_cancel(hyper_conn *conn, uint64_t id,
				hyper_operation **ret_op, hyper_error **err);
/* What a dry run was answered; both may be NULL. */
int hyp_remote_take_plan(const struct hyp_answer *answer,
			 hyper_machine **ret_machine, hyper_operation **ret_op,
			 hyper_error **err);
/* The operation of a change that was answered so, if it is wanted. */
int hyp_remote_operation_of(hyper_conn *conn, const struct hyp_answer *answer,
			    hyper_operation **ret_op, hyper_error **err);

int hyp_remote_event_list(hyper_conn *conn, uint64_t after, uint32_t limit,
			  uint32_t timeout_ms, hyper_events **ret_events,
			  hyper_error **err);
int hyp_remote_image_list(hyper_conn *conn, const char *type, const char *name,
			  hyper_images **ret_images, hyper_error **err);
int hyp_remote_image_add(hyper_conn *conn, const char *type, const char *name,
			 const char *path, uint32_t flags,
			 hyper_image **ret_image, hyper_operation **ret_op,
			 hyper_error **err);
int hyp_remote_image_remove(hyper_conn *conn, const char *type,
			    const char *name, uint32_t flags,
			    hyper_operation **ret_op, hyper_error **err);

int hyp_remote_token_add(hyper_conn *conn, const char *name, int role,
			 int64_t expires_at, hyper_token **ret_token,
			 hyper_error **err);
int hyp_remote_token_list(hyper_conn *conn, hyper_tokens **ret_tokens,
			  hyper_error **err);
int hyp_remote_token_remove(hyper_conn *conn, const char *name,
			    hyper_error **err);
int hyp_remote_doctor(hyper_conn *conn, uint32_t flags,
		      hyper_findings **ret_findings, hyper_error **err);
int hyp_remote_rest_send(hyper_conn *conn, const hyper_rest_request *request,
			 hyper_rest_response **ret_response, hyper_error **err);

/* The parts of a query that the server answers (all but the fields). */
void hyp_remote_add_query(struct hyp_request *request,
			  const hyper_query *query);

#endif
