/* SPDX-License-Identifier: MIT */
/*
 * What words can tell of each route, for the document of the service. A route
 * without its DESCRIBE() does not compile.
 */
#include "rest/rest.h"

#define DESCRIBE(name) static const struct hyp_api_text text_of_##name

/* clang-format off */
/* Answers: a status, and what comes with it. */
#define ONE(status, schema, tells)  { status, HYP_BODY_ONE, schema, tells, NULL }
#define MANY(status, schema, tells) { status, HYP_BODY_MANY, schema, tells, NULL }
#define NOTHING(status, tells)	    { status, HYP_BODY_NONE, NULL, tells, NULL }
#define PLAIN	{ 200, HYP_BODY_TEXT, NULL, HYP_TELLS_NO_STORE, NULL }
/* A dry run is answered with an outcome. */
#define DONE(schema, tells)	    { 200, HYP_BODY_ONE, schema, tells, "Outcome" }
#define PLANNED			    ONE(200, "Outcome", 0)
/* clang-format on */
#define ACCEPTED                                                               \
	ONE(202, "Operation",                                                  \
	    HYP_TELLS_PLACE | HYP_TELLS_OPERATION | HYP_TELLS_ASYNC)
/* What comes with a machine that was changed, and with a new one. */
#define CHANGED	 (HYP_TELLS_ETAG | HYP_TELLS_OPERATION)
#define NEW_ONE	 (CHANGED | HYP_TELLS_PLACE)
#define LIST_SEQ (HYP_TELLS_PAGE | HYP_TELLS_SEQ)

DESCRIBE(info) = {
	.tag = "service",
	.summary = "What serves here",
	.answers = { ONE(200, "Info", 0) },
};

DESCRIBE(openapi) = {
	.tag = "service",
	.summary = "This document",
	.answers = { { 200, HYP_BODY_ANY, NULL, HYP_TELLS_ETAG, NULL },
		     NOTHING(304, HYP_TELLS_ETAG) },
};

DESCRIBE(doctor) = {
	.tag = "service",
	.summary = "What does not agree",
	.text = "Holds the database, the engines and the files of the state "
		"directory against each other. An empty list: all is well.",
	.answers = { MANY(200, "Finding", 0) },
};

DESCRIBE(doctor_repair) = {
	.tag = "service",
	.summary = "Mend what does not agree",
	.text = "The same after mending what can be mended. Nothing is removed "
		"that could be wanted.",
	.body = "RepairRequest",
	.answers = { MANY(200, "Finding", 0) },
};

DESCRIBE(driver_list) = {
	.tag = "service",
	.summary = "The drivers, and what they can do",
	.answers = { MANY(200, "Driver", 0) },
	.errors = { 422 },
};

DESCRIBE(machine_list) = {
	.tag = "machines",
	.summary = "List machines",
	.text = "Those that match a query, in an order, page by page. With "
		"fields, each has only these.",
	.answers = { MANY(200, "SomeOfMachine", LIST_SEQ) },
};

DESCRIBE(machine_add) = {
	.tag = "machines",
	.summary = "Add a machine",
	.text = "It is stopped then. What its driver cannot do is refused.",
	.body = "MachineSpec",
	.body_example = "{'id': 'web1', 'type': 'test', 'image': 'demo', "
			"'mem': '512M', 'ports': ['8080:80'], "
			"'labels': {'tier': 'web'}}",
	.answers = { PLANNED, ONE(201, "Machine", NEW_ONE), ACCEPTED },
	.asks_engine = true,
	.errors = { 404 },
};

DESCRIBE(machine_adopt) = {
	.tag = "machines",
	.summary = "Adopt a machine",
	.text = "Takes in a container or domain that hyper did not make. It "
		"is only looked at, and goes on as it is.",
	.body = "AdoptRequest",
	.answers = { PLANNED, ONE(201, "Machine", NEW_ONE) },
	.asks_engine = true,
	.errors = { 404 },
};

DESCRIBE(machine_get) = {
	.tag = "machines",
	.summary = "Get a machine",
	.answers = { ONE(200, "Machine", HYP_TELLS_ETAG),
		     NOTHING(304, HYP_TELLS_ETAG) },
};

DESCRIBE(machine_change) = {
	.tag = "machines",
	.summary = "Start or stop a machine",
	.text = "The machine as it is then. Where it is so already, there is "
		"nothing to do, and no operation.",
	.body = "StateChange",
	.answers = { DONE("Machine", CHANGED), ACCEPTED },
	.asks_engine = true,
};

DESCRIBE(machine_patch) = {
	.tag = "machines",
	.summary = "Change a machine",
	.text = "What is named is changed, as in a merge patch (RFC 7396).",
	.body = "MachineChanges",
	.answers = { DONE("Machine", CHANGED), ACCEPTED },
	.asks_engine = true,
};

DESCRIBE(machine_remove) = {
	.tag = "machines",
	.summary = "Remove a machine and its disk",
	.answers = { PLANNED, NOTHING(204, HYP_TELLS_OPERATION), ACCEPTED },
	.asks_engine = true,
};

#define OUTCOMES                                                               \
	MANY(200, "Outcome", 0), MANY(202, "Outcome", HYP_TELLS_ASYNC),        \
		MANY(207, "Outcome", 0)

DESCRIBE(machines_change) = {
	.tag = "machines",
	.summary = "Start or stop all machines that match a query",
	.text = "Each by an operation of its own: what fails for one does not "
		"keep it from the others. 202 with Prefer: respond-async.",
	.body = "StateChange",
	.answers = { OUTCOMES },
};

DESCRIBE(machines_patch) = {
	.tag = "machines",
	.summary = "Change all machines that match a query",
	.text = "What is named is changed, as in a merge patch (RFC 7396), of "
		"each by an operation of its own.",
	.body = "MachineChanges",
	.answers = { OUTCOMES },
};

DESCRIBE(machines_remove) = {
	.tag = "machines",
	.summary = "Remove all machines that match a query",
	.text = "With their disks, each by an operation of its own.",
	.answers = { OUTCOMES },
};

DESCRIBE(event_list) = {
	.tag = "events",
	.summary = "What happened",
	.text = "The events after one, the oldest first, in the form that "
		"Accept likes best: an array, or a stream. 410 if some of them "
		"are no longer kept.",
	.answers = { { 200, HYP_BODY_STREAMS, "Event", HYP_TELLS_NO_STORE,
		       NULL } },
	.errors = { 410 },
};

DESCRIBE(image_list) = {
	.tag = "images",
	.summary = "List images",
	.text = "Of the engines that answer within 10 s.",
	.answers = { MANY(200, "Image", 0) },
	.asks_engine = true,
};

DESCRIBE(image_add) = {
	.tag = "images",
	.summary = "Pull or import an image",
	.text = "With a path it is imported, for which one must be an admin.",
	.body = "ImageRequest",
	.body_example = "{'type': 'docker', 'name': 'debian:12'}",
	.answers = { PLANNED,
		     ONE(201, "Image", HYP_TELLS_PLACE | HYP_TELLS_OPERATION),
		     ACCEPTED },
	.asks_engine = true,
	.errors = { 404 },
};

DESCRIBE(image_get) = {
	.tag = "images",
	.summary = "Get an image",
	.answers = { ONE(200, "Image", 0) },
	.asks_engine = true,
};

DESCRIBE(image_remove) = {
	.tag = "images",
	.summary = "Remove an image",
	.answers = { PLANNED, NOTHING(204, HYP_TELLS_OPERATION), ACCEPTED },
	.asks_engine = true,
};

DESCRIBE(operation_list) = {
	.tag = "operations",
	.summary = "List operations",
	.text = "Without a sort the newest comes first.",
	.answers = { MANY(200, "Operation", HYP_TELLS_PAGE) },
};

DESCRIBE(operation_get) = {
	.tag = "operations",
	.summary = "Get an operation, or wait for its end",
	.answers = { ONE(200, "Operation", 0) },
};

DESCRIBE(operation_cancel) = {
	.tag = "operations",
	.summary = "Ask an operation to stop",
	.answers = { ONE(202, "Operation",
			 HYP_TELLS_PLACE | HYP_TELLS_OPERATION) },
	.errors = { 409 },
};

DESCRIBE(metrics) = {
	.tag = "service",
	.summary = "Metrics for Prometheus",
	.text = "In its text format, 0.0.4. No engine is asked.",
	.answers = { PLAIN },
};

DESCRIBE(healthz) = {
	.tag = "service",
	.summary = "Does the process answer?",
	.answers = { PLAIN },
};

DESCRIBE(readyz) = {
	.tag = "service",
	.summary = "Can it serve?",
	.text = "The database can be read and written, and the server is not "
		"stopping. Else 503, with the reason.",
	.answers = { PLAIN },
};

DESCRIBE(token_list) = {
	.tag = "tokens",
	.summary = "List tokens",
	.text = "By their names, without secrets.",
	.answers = { MANY(200, "Token", 0) },
};

DESCRIBE(token_add) = {
	.tag = "tokens",
	.summary = "Make a token",
	.text = "The answer is the only one that tells its secret.",
	.body = "TokenRequest",
	.answers = { ONE(201, "NewToken",
			 HYP_TELLS_PLACE | HYP_TELLS_NO_STORE) },
	.errors = { 409 },
};

DESCRIBE(token_remove) = {
	.tag = "tokens",
	.summary = "Take a token back",
	.answers = { NOTHING(204, 0) },
};

static const struct hyp_api_text *const texts[] = {
#define ROUTE(name, method, role, path) [HYP_ROUTE_##name] = &text_of_##name,
#include "rest/routes.def"
#undef ROUTE
};

const struct hyp_api_text *hyp_route_text(enum hyp_route route)
{
	return texts[route];
}
