/* SPDX-License-Identifier: MIT */
/* The one table of what can go wrong; see libhyper/docs/ERRORS.md. */
#include "core/error.h"

#include <string.h>

/* The default row of each code, in the order of the codes. */
static const struct hyp_problem problems[] = {
	{ "invalid", HYPER_ERR_INVALID, 422, "Invalid value" },
	{ "not-found", HYPER_ERR_NOT_FOUND, 404, "Not found" },
	{ "exists", HYPER_ERR_EXISTS, 409, "Already exists" },
	{ "state", HYPER_ERR_STATE, 409, "Not in this state" },
	{ "busy", HYPER_ERR_BUSY, 409, "Busy" },
	{ "not-supported", HYPER_ERR_NOT_SUPPORTED, 501, "Not supported" },
	{ "denied", HYPER_ERR_DENIED, 403, "Not allowed" },
	{ "unauthorized", HYPER_ERR_AUTH, 401, "A valid token is needed" },
	{ "timeout", HYPER_ERR_TIMEOUT, 504, "Timed out" },
	{ "cancelled", HYPER_ERR_CANCELLED, 409, "Cancelled" },
	{ "engine-unreachable", HYPER_ERR_CONNECT, 503,
	  "The engine cannot be reached" },
	{ "driver", HYPER_ERR_DRIVER, 500, "The engine failed" },
	{ "no-driver", HYPER_ERR_NO_DRIVER, 422, "No such driver" },
	{ "protocol", HYPER_ERR_PROTOCOL, 502, "The other side made no sense" },
	{ "limit", HYPER_ERR_LIMIT, 413, "Over a limit" },
	{ "io", HYPER_ERR_IO, 500, "Input or output failed" },
	{ "no-memory", HYPER_ERR_NOMEM, 500, "Out of memory" },
	{ "internal", HYPER_ERR_INTERNAL, 500, "A bug in hyper" },

	/* What only an HTTP request can get wrong. A missing route is not
	 * NOT_FOUND: to a client it means that the server is too old. */
	{ "bad-request", HYPER_ERR_INVALID, 400, "Bad request" },
	{ "bad-json", HYPER_ERR_INVALID, 400, "The body is not valid JSON" },
	{ "bad-parameter", HYPER_ERR_INVALID, 400, "Bad parameter" },
	{ "truncated-body", HYPER_ERR_INVALID, 400,
	  "The body is not as long as announced" },
	{ "no-route", HYPER_ERR_NOT_SUPPORTED, 404, "No such path" },
	{ "method-not-allowed", HYPER_ERR_NOT_SUPPORTED, 405,
	  "Method not allowed here" },
	{ "not-acceptable", HYPER_ERR_NOT_SUPPORTED, 406,
	  "No such format is on offer" },
	{ "precondition-failed", HYPER_ERR_STATE, 412,
	  "The machine has changed" },
	{ "idempotency-key-reused", HYPER_ERR_INVALID, 422,
	  "The key is that of another request" },
	{ "length-required", HYPER_ERR_INVALID, 411,
	  "The length of the body is needed" },
	{ "body-too-large", HYPER_ERR_LIMIT, 413, "The body is too large" },
	{ "unsupported-media-type", HYPER_ERR_INVALID, 415,
	  "The body must be JSON" },
	{ "trimmed", HYPER_ERR_LIMIT, 410, "No longer kept" },
	{ "overloaded", HYPER_ERR_BUSY, 503, "Too many requests at once" },
	{ "too-many-connections", HYPER_ERR_BUSY, 429,
	  "Too many connections of one client" },
	{ "not-ready", HYPER_ERR_BUSY, 503, "Not ready to serve" },
	{ "target-too-long", HYPER_ERR_LIMIT, 414, "The target is too long" },
	{ "header-too-large", HYPER_ERR_LIMIT, 431, "The header is too large" },
	{ "misdirected", HYPER_ERR_DENIED, 421, "Not a name of this server" },
	{ "cross-origin", HYPER_ERR_DENIED, 403,
	  "Not for pages of other sites" },
};

const struct hyp_problem *hyp_problem_at(size_t index)
{
	return index < HYP_COUNT(problems) ? &problems[index] : NULL;
}

const struct hyp_problem *hyp_problem_of_code(int code)
{
	if (code > HYPER_ERR_INVALID || code < HYPER_ERR_INTERNAL)
		code = HYPER_ERR_INTERNAL;
	return &problems[-code - 1];
}

const struct hyp_problem *hyp_problem_of_slug(const char *slug)
{
	for (size_t i = 0; i < HYP_COUNT(problems); i++)
		if (strcmp(problems[i].slug, slug) == 0)
			return &problems[i];
	return NULL;
}

const char *hyper_code_name(int code)
{
	static const char *const names[] = {
		"OK",	  "INVALID",   "NOT_FOUND",	"EXISTS",
		"STATE",  "BUSY",      "NOT_SUPPORTED", "DENIED",
		"AUTH",	  "TIMEOUT",   "CANCELLED",	"CONNECT",
		"DRIVER", "NO_DRIVER", "PROTOCOL",	"LIMIT",
		"IO",	  "NOMEM",     "INTERNAL",
	};

	if (code > HYPER_OK || code < HYPER_ERR_INTERNAL)
		return "UNKNOWN";
	return names[-code];
}

int hyper_code_http_status(int code)
{
	return code == HYPER_OK ? 200 : hyp_problem_of_code(code)->status;
}

const char *hyper_code_slug(int code)
{
	return code == HYPER_OK ? "ok" : hyp_problem_of_code(code)->slug;
}
