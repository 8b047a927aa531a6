/* SPDX-License-Identifier: MIT */
/* What the engine tells of our containers, as it happens. */
#include <string.h>

#include "docker.h"
#include "util/text.h"

struct watch {
	const struct hyp_docker *docker;
	hyper_call *call;
};

static void on_begun(void *data)
{
	const struct watch *watch = data;

	hyper_call_changed(watch->call, NULL);
}

/* Ours say so; others may have been adopted. */
static void pass_on(const struct watch *watch, json_object *actor)
{
	json_object *labels = hyp_json_at(actor, "Attributes");
	const char *instance = hyp_json_str(labels, HYP_LABEL_INSTANCE);

	if (instance && strcmp(instance, watch->docker->instance) == 0)
		hyper_call_changed(watch->call,
				   hyp_json_str(labels, HYP_LABEL_MACHINE));
	else
		hyper_call_changed_handle(watch->call,
					  hyp_json_str(actor, "ID"));
}

/* One event. What it says is of no importance, but whom it is about. */
static void on_event(void *data, const char *line, size_t len)
{
	HYP_AUTOJSON *event = NULL;
	const char *action;

	if (len == 0)
		return;
	event = hyp_json_text(line, len);
	action = hyp_json_str(event, "Action");
	/* Commands in a container, such as its health check, come and go, and
	 * it does not change by that. */
	if (action && hyp_starts_with(action, "exec_"))
		return;
	pass_on(data, hyp_json_at(event, "Actor"));
}

int hyp_container_watch(void *self, hyper_call *call, hyper_error **err)
{
	/* {"type":["container"]} */
	static const char path[] =
		"/events?filters=%7B%22type%22%3A%5B%22container%22%5D%7D";
	struct watch watch = { self, call };
	HYP_AUTOREPLY reply = { 0 };
	const struct hyp_http_request request = {
		.method = "GET",
		.path = path,
		.limit_ms = HYP_HTTP_NO_LIMIT,
		.line = on_event,
		.begun = on_begun,
		.data = &watch,
	};
	int rc = hyp_engine_do(watch.docker->engine, call, &request, &reply,
			       err);

	if (rc)
		return rc;
	if (reply.status / 100 != 2)
		return hyp_reply_error(&reply, err, "watch containers");
	return hyper_error_set(err, HYPER_ERR_CONNECT, NULL,
			       "the engine tells nothing any more");
}
