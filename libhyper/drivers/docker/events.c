/* SPDX-License-Identifier: MIT */
/* What the engine tells of our containers, as it happens. */
#include <string.h>

#include "docker.h"
#include "util/text.h"

static void on_begun(void *data)
{
	hyper_call_changed(data, NULL);
}

/* One event. What it says is of no importance, but whom it is about. */
static void on_event(void *data, const char *line, size_t len)
{
	HYP_AUTOJSON *event = NULL;
	json_object *actor;
	const char *action;

	if (len == 0)
		return;
	event = hyp_json_text(line, len);
	action = hyp_json_str(event, "Action");
	/* Commands in a container, such as its health check, come and go, and
	 * it does not change by that. */
	if (action && hyp_starts_with(action, "exec_"))
		return;
	actor = hyp_json_at(event, "Actor");
	hyper_call_changed(data, hyp_json_str(hyp_json_at(actor, "Attributes"),
					      HYP_LABEL_MACHINE));
}

int hyp_container_watch(void *self, hyper_call *call, hyper_error **err)
{
	struct hyp_docker *docker = self;
	HYP_AUTOFREE char *path = hyp_docker_path(docker, "/events?");
	HYP_AUTOREPLY reply = { 0 };
	const struct hyp_http_request request = {
		.method = "GET",
		.path = path,
		.limit_ms = HYP_HTTP_NO_LIMIT,
		.line = on_event,
		.begun = on_begun,
		.data = call,
	};
	int rc = path ? hyp_engine_do(docker->engine, call, &request, &reply,
				      err)
		      : hyp_docker_nomem(err);

	if (rc)
		return rc;
	if (reply.status / 100 != 2)
		return hyp_reply_error(&reply, err, "watch containers");
	return hyper_error_set(err, HYPER_ERR_CONNECT, NULL,
			       "the engine tells nothing any more");
}
