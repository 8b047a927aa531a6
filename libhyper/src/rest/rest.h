/* SPDX-License-Identifier: MIT */
/* The inside of the REST service. */
#ifndef HYP_REST_REST_H
#define HYP_REST_REST_H

#include <hyper/hyper.h>
#include <hyper/rest.h>

#include "core/error.h"
#include "json/openapi.h"
#include "rest/route.h"
#include "util/map.h"

/* Longest X-Request-Id that is taken over. */
#define HYP_REQUEST_ID_MAX 128
/* Longest ?wait=, in seconds: proxies give up on an idle request. */
#define HYP_REST_WAIT_MAX 60

struct hyper_rest_request {
	char *method;
	char *path;  /* up to the `?`, still encoded */
	char *query; /* behind it, or NULL */
	struct hyp_strv names;
	struct hyp_strv values;
	const char *body;
	size_t body_len;
	char id[HYP_REQUEST_ID_MAX + 1];
	int role;    /* of who asks, enum hyper_role; NONE: nobody knows */
	char *actor; /* who asks, or NULL */
};

/* The value of the index-th header field of that name, or NULL. */
const char *hyp_rest_get_header(const hyper_rest_request *request,
				const char *name, size_t index);
/* The next item of a list with commas, without the spaces around it. False at
 * the end. */
bool hyp_rest_next_item(const char **list, const char **ret_item,
			size_t *ret_len);

/* What a body can be; the last two are streams. */
enum hyp_rest_media {
	HYP_MEDIA_NONE,
	HYP_MEDIA_JSON,
	HYP_MEDIA_SSE,
	HYP_MEDIA_NDJSON
};
#define HYP_MEDIA_TYPE_SSE    "text/event-stream"
#define HYP_MEDIA_TYPE_NDJSON "application/x-ndjson"
/* What the client likes best; streams: they are on offer, too. */
enum hyp_rest_media hyp_rest_choose_media(const hyper_rest_request *request,
					  bool streams);

/* Is the body said to be of a type? */
bool hyp_rest_body_is(const hyper_rest_request *request, const char *type);
#define HYP_MEDIA_TYPE_PATCH "application/merge-patch+json"
/* Does it say "Prefer: respond-async"? */
bool hyp_rest_prefers_async(const hyper_rest_request *request);

struct hyper_rest_response {
	int status;
	struct hyp_strv names;
	struct hyp_strv values;
	enum hyp_route route;		/* HYP_ROUTE_COUNT: none */
	char *body;			/* NULL: none */
	struct hyp_rest_stream *stream; /* or it comes in parts */
	int64_t took_us;		/* until it was there */
};
HYP_DEFINE_CLEANUP(hyper_rest_response, hyper_rest_response_free)

/* Add a header field. Whatever is not printable ASCII is percent-encoded, for
 * values come from outside. 0 or NOMEM. */
int hyp_rest_add_header(hyper_rest_response *response, hyper_error **err,
			const char *name, const char *format, ...)
	HYPER_PRINTF(4, 5);
/* Make it a problem that answers a request, or NULL; the row NULL: that of the
 * error's code. 0 or NOMEM. */
int hyp_rest_set_problem(hyper_rest_response *response,
			 const hyper_rest_request *request,
			 const hyper_error *error,
			 const struct hyp_problem *problem);

/* What each answer to a request has. 0 or NOMEM. */
int hyp_rest_finish(hyper_rest_response *response,
		    const hyper_rest_request *request, hyper_error **err);

/* A request that is being answered. */
struct hyp_rest_call {
	hyper_conn *conn;
	hyper_conn *view; /* the same, if it is a view of our own */
	const hyper_rest_request *request;
	hyper_rest_response *response;
	enum hyp_route route;
	const char *const *args;   /* of the path */
	struct hyp_map params;	   /* of the query, decoded */
	uint32_t flags;		   /* HYPER_ASYNC, HYPER_DRY_RUN */
	enum hyp_rest_media media; /* of the answer */
	/* What became of it, if not the default of the error's code. */
	const struct hyp_problem *problem;
};

/* access.c: may who asks do what needs at least that role? */
int hyp_rest_check_access(struct hyp_rest_call *call, int least,
			  hyper_error **err);
/* A change is made in the name of who asks: in a view of the connection. */
int hyp_rest_act(struct hyp_rest_call *call, hyper_error **err);

/* `return hyp_rest_fail(call, SLUG, FIELD, err, FORMAT, …)` */
int hyp_rest_choose_problem(struct hyp_rest_call *call, const char *slug);
#define hyp_rest_fail(call, slug, field, err, ...)                             \
	hyper_error_set(err, hyp_rest_choose_problem(call, slug), field,       \
			__VA_ARGS__)

/* terms.c: put the terms that the request names on that view. */
int hyp_rest_take_terms(struct hyp_rest_call *call, hyper_error **err);

/* A parameter that is 1, true, 0 or false; sets flag in *flags. */
int hyp_rest_get_flag(struct hyp_rest_call *call, const char *name,
		      uint32_t flag, uint32_t *flags, hyper_error **err);
/* The parameter `wait`, seconds, in ms; *ret_ms stays when it is not given. */
int hyp_rest_get_wait(struct hyp_rest_call *call, uint32_t *ret_ms,
		      hyper_error **err);
/* [new] the query that the parameters make. */
int hyp_rest_get_query(struct hyp_rest_call *call, hyper_query **ret_query,
		       hyper_error **err);

/* The answer: a status and [takes] JSON. */
int hyp_rest_send(struct hyp_rest_call *call, int status, char *json,
		  hyper_error **err);
/* 200 and text for tools, of a type such as "text/plain". */
int hyp_rest_send_text(struct hyp_rest_call *call, const char *type,
		       const char *text, hyper_error **err);
/* 201: [takes] the JSON of what was just made, and where it is. */
int hyp_rest_send_new(struct hyp_rest_call *call, char *json,
		      enum hyp_route route, const char *const *args,
		      hyper_error **err);
/* Is the operation all that there is to tell by now? */
bool hyp_rest_tells_operation(const struct hyp_rest_call *call,
			      const hyper_operation *op);
/* 202: the operation goes on. Or 200: what a dry run would do, and [borrowed]
 * the machine (or NULL) that would come of it. */
int hyp_rest_send_operation(struct hyp_rest_call *call,
			    const hyper_operation *op,
			    const hyper_machine *machine, hyper_error **err);
/* "Preference-Applied: respond-async" */
int hyp_rest_add_async(struct hyp_rest_call *call, hyper_error **err);
/* A machine's generation. */
int hyp_rest_add_etag(struct hyp_rest_call *call, const hyper_machine *machine,
		      hyper_error **err);
/* "Hyper-Operation", if there was one. */
int hyp_rest_add_operation(struct hyp_rest_call *call,
			   const hyper_operation *op, hyper_error **err);
/* What comes with one page of a list. */
int hyp_rest_add_page(struct hyp_rest_call *call, const char *next_cursor,
		      int64_t total, hyper_error **err);

/* stream.c: what a stream of events begins with. */
struct hyp_rest_stream_start {
	enum hyp_rest_media media;
	uint64_t after; /* the last event that the reader knows */
	uint64_t limit; /* it ends after so many; 0: it does not */
	/* It ends when none came for so long; UINT32_MAX: it does not. */
	uint32_t wait_ms;
};
/* Answer with a stream, or fail if it cannot begin there. */
int hyp_rest_send_stream(struct hyp_rest_call *call,
			 const struct hyp_rest_stream_start *start,
			 hyper_error **err);
void hyp_rest_stream_free(struct hyp_rest_stream *stream);
/* The problem that an error of hyper_event_list() is; NULL: that of its
 * code. */
const struct hyp_problem *hyp_rest_event_problem(const hyper_error *err);

/* params.c: what the index-th parameter in a route's path or query is; NULL
 * past the last. */
const struct hyp_api_param *hyp_route_arg(enum hyp_route route, size_t index);
const struct hyp_api_param *hyp_route_param(enum hyp_route route, size_t index);
bool hyp_route_knows(enum hyp_route route, const char *param);
/* describe.c: what words can tell of a route. */
const struct hyp_api_text *hyp_route_text(enum hyp_route route);

/* Does If-None-Match have this ETag (RFC 9110 §13.1.2)? */
bool hyp_rest_is_known(const hyper_rest_request *request, const char *etag);

/* metrics.c: a request was answered; HYP_ROUTE_COUNT: it has no route. */
void hyp_rest_count(enum hyp_route route, int status, int64_t us);

/* A handler for each route. */
#define ROUTE(name, method, role, path)                                        \
	int hyp_rest_##name(struct hyp_rest_call *call, hyper_error **err);
#include "rest/routes.def"
#undef ROUTE

#endif
