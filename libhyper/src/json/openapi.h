/* SPDX-License-Identifier: MIT */
/*
 * The document that describes the REST service (OpenAPI 3.1). src/rest knows
 * what there is, and says it as these plain structs; how that is written, and
 * what the bodies are, is the business of this room.
 */
#ifndef HYP_JSON_OPENAPI_H
#define HYP_JSON_OPENAPI_H

#include <hyper/error.h>

/* What the value of a parameter is. */
enum hyp_api_kind {
	HYP_API_TEXT,
	HYP_API_NEEDED, /* a text that must be given */
	HYP_API_FLAG,	/* 1, true, 0 or false */
	HYP_API_NUMBER, /* whole, from 0 to max */
	HYP_API_SECONDS /* from 0 to max, with a fraction if you like */
};

/* A parameter of the path or of the query. */
struct hyp_api_param {
	const char *name;
	enum hyp_api_kind kind;
	uint64_t max;
	const char *text;
};

/* Header fields of requests. */
enum hyp_api_asks {
	HYP_ASKS_ASYNC = 1 << 0,      /* Prefer */
	HYP_ASKS_GENERATION = 1 << 1, /* If-Match */
	HYP_ASKS_KEY = 1 << 2,	      /* Idempotency-Key */
	HYP_ASKS_NEWS = 1 << 3,	      /* If-None-Match */
	HYP_ASKS_AFTER = 1 << 4	      /* Last-Event-ID */
};

/* Header fields of answers. */
enum hyp_api_tells {
	HYP_TELLS_ETAG = 1 << 0,
	HYP_TELLS_PLACE = 1 << 1,     /* Location */
	HYP_TELLS_OPERATION = 1 << 2, /* if there was one */
	HYP_TELLS_ASYNC = 1 << 3,     /* Preference-Applied, if it was */
	HYP_TELLS_PAGE = 1 << 4,      /* the next cursor, the count */
	HYP_TELLS_SEQ = 1 << 5,
	HYP_TELLS_NO_STORE = 1 << 6 /* Cache-Control */
};

/* What the body of an answer is. */
enum hyp_api_body {
	HYP_BODY_NONE,
	HYP_BODY_ONE,	  /* of the schema */
	HYP_BODY_MANY,	  /* an array of those */
	HYP_BODY_STREAMS, /* an array, or each alone in a stream */
	HYP_BODY_TEXT,	  /* text/plain */
	HYP_BODY_ANY	  /* any object of JSON */
};

struct hyp_api_answer {
	int status; /* 0 ends a list */
	enum hyp_api_body body;
	const char *schema;
	unsigned int tells; /* enum hyp_api_tells */
	const char *other;  /* ONE: it may also be of this one, or NULL */
};

#define HYP_API_ANSWERS 6
#define HYP_API_ERRORS	5

/* What only words can tell of a route. */
struct hyp_api_text {
	const char *tag;     /* the group that it is shown in */
	const char *summary; /* a few words */
	const char *text;    /* more of them, or NULL */
	const char *body;    /* the schema of the request's, or NULL */
	/* A constant of JSON with ' for "; NULL: that of the schema. */
	const char *body_example;
	struct hyp_api_answer answers[HYP_API_ANSWERS];
	bool asks_engine; /* and so fails as engines do */
	/* The statuses of what else goes wrong; those that many routes have
	 * follow from the rest. */
	int errors[HYP_API_ERRORS];
};

#define HYP_API_PARAMS 10

struct hyp_api_route {
	const char *name;
	const char *method; /* "GET" */
	const char *path;   /* with {name} or {name...} */
	const char *role;   /* the least; NULL: anybody */
	bool patches;	    /* takes a merge patch */
	const struct hyp_api_text *is;
	/* NULL-terminated */
	const struct hyp_api_param *args[HYP_API_PARAMS + 1];
	const struct hyp_api_param *params[HYP_API_PARAMS + 1];
	unsigned int asks; /* enum hyp_api_asks */
	/* Statuses; 0-terminated. Not sorted, and one may be there twice. */
	int errors[32];
};

/* [new] the document of n routes. 0 or NOMEM. */
int hyp_json_openapi(const struct hyp_api_route *routes, size_t n,
		     char **ret_json, hyper_error **err);

#endif
