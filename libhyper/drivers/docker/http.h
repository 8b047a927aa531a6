/* SPDX-License-Identifier: MIT */
/* HTTP to one server: over a unix socket, TCP, or TLS with certificates. */
#ifndef HYP_DOCKER_HTTP_H
#define HYP_DOCKER_HTTP_H

#include <hyper/driver.h>

#include "util/buf.h"
#include "util/mem.h"

/* Where the server is. */
struct hyp_target {
	char *name;   /* as the user wrote it: for messages */
	char *url;    /* what paths are put behind */
	char *socket; /* path, or NULL for TCP */
	char *ca;     /* files for TLS, or NULL: the system's authorities */
	char *cert;
	char *key;
};
void hyp_target_clear(struct hyp_target *target);
#define HYP_AUTOTARGET HYP_CLEANUP(hyp_target_clear) struct hyp_target

/* Read the driver's settings; INVALID names the wrong one. */
int hyp_target_read(const hyper_driver_host *host,
		    struct hyp_target *ret_target, hyper_error **err);

struct hyp_http;

/* [takes] what target holds, on success. */
int hyp_http_new(struct hyp_target *target, struct hyp_http **ret_http,
		 hyper_error **err);
void hyp_http_free(struct hyp_http *http);
const struct hyp_target *hyp_http_target(const struct hyp_http *http);

#define HYP_HTTP_NO_LIMIT UINT32_MAX

struct hyp_http_request {
	const char *method;
	const char *path; /* percent-encoded, with its query */
	const char *body; /* JSON, or NULL */
	/* ms after which the answer is not waited for any more */
	uint32_t limit_ms;
	/* Gets each line of a 2xx answer as it comes; NULL: collect it. */
	void (*line)(void *data, const char *line, size_t len);
	/* Gets each line of the header; or NULL. */
	void (*header)(void *data, const char *line, size_t len);
	/* Called when a 2xx answer begins; or NULL. */
	void (*begun)(void *data);
	void *data;
};

/*
 * Make a request and wait for its end. An answer of any status is a success,
 * and so is none within limit_ms: status 0.
 *
 *  ret_body  what was collected; to be freed also on failure
 *  err       CONNECT, DENIED (permissions of the socket), PROTOCOL, LIMIT;
 *            TIMEOUT and CANCELLED when the call shall end
 */
int hyp_http_do(struct hyp_http *http, const hyper_call *call,
		const struct hyp_http_request *request, long *ret_status,
		struct hyp_buf *ret_body, hyper_error **err);

#endif
