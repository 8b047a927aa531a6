/* SPDX-License-Identifier: MIT */
/* The Docker Engine API: versions, JSON in and out, and its errors. */
#ifndef HYP_DOCKER_ENGINE_H
#define HYP_DOCKER_ENGINE_H

#include "decode.h"
#include "http.h"

struct hyp_engine;

/* [takes] what target holds, on success. Does not connect. */
int hyp_engine_new(struct hyp_target *target, struct hyp_engine **ret_engine,
		   hyper_error **err);
void hyp_engine_free(struct hyp_engine *engine);

/* Ask the engine who it is: [new] "Docker 20.10.24". */
int hyp_engine_probe(struct hyp_engine *engine, const hyper_call *call,
		     char **ret_name, hyper_error **err);

/* [new] what tells it from other engines; NOT_SUPPORTED: nothing does. */
int hyp_engine_identify(struct hyp_engine *engine, const hyper_call *call,
			char **ret_identity, hyper_error **err);

/* Whether it is Podman; asks when nobody did. */
int hyp_engine_is_podman(struct hyp_engine *engine, const hyper_call *call,
			 bool *ret_podman, hyper_error **err);

struct hyp_reply {
	long status;
	json_object *json; /* NULL: no body, or none in JSON */
};
void hyp_reply_clear(struct hyp_reply *reply);
#define HYP_AUTOREPLY HYP_CLEANUP(hyp_reply_clear) struct hyp_reply

/*
 * Make a request, its path without the version. Any status is a success: look
 * at ret_reply->status, and use hyp_reply_error() for those not expected. A
 * 2xx without JSON where a body is expected is found by the reader: json is
 * NULL.
 */
int hyp_engine_do(struct hyp_engine *engine, const hyper_call *call,
		  const struct hyp_http_request *request,
		  struct hyp_reply *ret_reply, hyper_error **err);

/* The same for what has neither body nor limit. */
int hyp_engine_ask(struct hyp_engine *engine, const hyper_call *call,
		   const char *method, const char *path,
		   struct hyp_reply *ret_reply, hyper_error **err);

/* The same for a POST of JSON. */
int hyp_engine_post(struct hyp_engine *engine, const hyper_call *call,
		    const char *path, json_object *json,
		    struct hyp_reply *ret_reply, hyper_error **err);

/* The same for a GET that answers 200 with JSON (else PROTOCOL), or 404:
 * *ret_json stays NULL. _within: TIMEOUT when there is no answer after so many
 * ms. */
int hyp_engine_get(struct hyp_engine *engine, const hyper_call *call,
		   const char *path, json_object **ret_json, hyper_error **err);
int hyp_engine_get_within(struct hyp_engine *engine, const hyper_call *call,
			  const char *path, uint32_t limit_ms,
			  json_object **ret_json, hyper_error **err);

/* Make an error of what the engine said: "cannot <what>: <its message>". */
int hyp_reply_error(const struct hyp_reply *reply, hyper_error **err,
		    const char *what, ...) HYPER_PRINTF(3, 4);
/* The same of a message alone. */
int hyp_message_error(const char *message, int code, hyper_error **err,
		      const char *what, ...) HYPER_PRINTF(4, 5);

int hyp_docker_nomem(hyper_error **err);

#endif
