/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "docker.h"
#include "util/text.h"
#include "util/time.h"

/* With less, the signal might not get through before we hang up. */
#define ASK_MIN_MS 500
/* How often a container is looked at that is being removed. */
#define POLL_MS 50

/* Engines refuse names of one letter. No id has a `_`. */
struct hyp_container_name hyp_container_name(const hyper_machine *machine)
{
	const char *id = hyper_machine_id(machine);
	struct hyp_container_name name;

	snprintf(name.text, sizeof(name.text), "%s%s", id[1] ? "" : "hyper_",
		 id);
	return name;
}

int hyp_container_get(struct hyp_docker *docker, const hyper_call *call,
		      const char *which, json_object **ret_json,
		      hyper_error **err)
{
	return hyp_container_get_within(docker, call, which, HYP_HTTP_NO_LIMIT,
					ret_json, err);
}

int hyp_container_get_within(struct hyp_docker *docker, const hyper_call *call,
			     const char *which, uint32_t limit_ms,
			     json_object **ret_json, hyper_error **err)
{
	HYP_AUTOFREE char *part = hyp_percent_encode(which, NULL);
	HYP_AUTOJSON *json = NULL;
	HYP_AUTOBUF path = HYP_BUF_INIT;
	int rc;

	if (part)
		hyp_buf_addf(&path, "/containers/%s/json", part);
	if (!part || path.failed)
		return hyp_docker_nomem(err);
	rc = hyp_engine_get_within(docker->engine, call, path.data, limit_ms,
				   &json, err);
	if (rc)
		return rc;
	if (json && (!hyp_decode_id(json) || !hyp_json_at(json, "State")))
		return hyper_error_set(err, HYPER_ERR_PROTOCOL, NULL,
				       "the engine described container '%s' "
				       "without its id or state",
				       which);
	*ret_json = hyp_steal(&json);
	return 0;
}

static bool is_ours(const struct hyp_docker *docker, json_object *container,
		    const hyper_machine *machine)
{
	const char *instance = hyp_decode_label(container, HYP_LABEL_INSTANCE);
	const char *uuid = hyp_decode_label(container, HYP_LABEL_UUID);

	return instance && strcmp(instance, docker->instance) == 0 && uuid &&
	       strcmp(uuid, hyper_machine_uuid(machine)) == 0;
}

/* One that bears no mark is known by its handle alone. */
static int find_adopted(struct hyp_docker *docker, const hyper_call *call,
			const hyper_machine *machine, json_object **ret_json,
			hyper_error **err)
{
	const char *handle = hyper_machine_handle(machine);
	HYP_AUTOJSON *json = NULL;
	int rc = hyp_container_get(docker, call, handle, &json, err);

	/* A container may be named like that. */
	if (!rc && json && strcmp(hyp_decode_id(json), handle) == 0)
		*ret_json = hyp_steal(&json);
	return rc;
}

/* Names have a slash before them; engines also take the beginning of an id
 * where they take a name. */
static bool is_named(json_object *container, const char *name)
{
	const char *is = hyp_json_str(container, "Name");

	return is && strcmp(is + (*is == '/'), name) == 0;
}

/*
 * The machine's container; *ret_json stays NULL when there is none. By its
 * handle, whatever it is called by now, else by its name: some tools replace a
 * container by its like. Labels alone do not make one ours, for they are
 * copied by others ("docker commit" keeps them in the image).
 */
static int find(struct hyp_docker *docker, const hyper_call *call,
		const hyper_machine *machine, json_object **ret_json,
		hyper_error **err)
{
	const struct hyp_container_name name = hyp_container_name(machine);
	const char *const ways[] = { hyper_machine_handle(machine), name.text };

	if (hyper_machine_adopted(machine))
		return find_adopted(docker, call, machine, ret_json, err);

	for (size_t i = 0; i < HYP_COUNT(ways); i++) {
		HYP_AUTOJSON *json = NULL;
		int rc = ways[i] ? hyp_container_get(docker, call, ways[i],
						     &json, err)
				 : 0;

		if (rc)
			return rc;
		if (json && is_ours(docker, json, machine) &&
		    (ways[i] != name.text || is_named(json, name.text))) {
			*ret_json = hyp_steal(&json);
			return 0;
		}
	}
	return 0;
}

int hyp_container_need(struct hyp_docker *docker, const hyper_call *call,
		       const hyper_machine *machine, json_object **ret_json,
		       hyper_error **err)
{
	HYP_AUTOJSON *json = NULL;
	int rc = find(docker, call, machine, &json, err);

	if (!rc && !json)
		rc = hyper_error_set(err, HYPER_ERR_NOT_FOUND, NULL,
				     "the engine has no container of machine "
				     "'%s'",
				     hyper_machine_id(machine));
	if (!rc)
		*ret_json = hyp_steal(&json);
	return rc;
}

/* POST /containers/{id}/{verb} */
static int tell(struct hyp_docker *docker, const hyper_call *call,
		json_object *container, const char *verb, uint32_t limit_ms,
		struct hyp_reply *ret_reply, hyper_error **err)
{
	HYP_AUTOBUF path = HYP_BUF_INIT;
	struct hyp_http_request request = {
		.method = "POST",
		.limit_ms = limit_ms,
	};

	hyp_buf_addf(&path, "/containers/%s/%s", hyp_decode_id(container),
		     verb);
	if (path.failed)
		return hyp_docker_nomem(err);
	request.path = path.data;
	return hyp_engine_do(docker->engine, call, &request, ret_reply, err);
}

/* 304: there was nothing to do. */
static bool is_done(const struct hyp_reply *reply)
{
	return reply->status == 204 || reply->status == 304;
}

int hyp_container_inspect(void *self, hyper_call *call,
			  const hyper_machine *machine, hyper_machine *seen,
			  hyper_error **err)
{
	HYP_AUTOJSON *json = NULL;
	int rc = hyp_container_need(self, call, machine, &json, err);

	return rc ? rc : hyp_decode_container(json, seen, err);
}

/* Whether a network is there: engines complain of it at different moments,
 * some not before the start. */
static int check_network(struct hyp_docker *docker, const hyper_call *call,
			 const hyper_machine *machine, hyper_error **err)
{
	static const char *const builtin[] = { "default", "bridge", "host",
					       "none" };
	const char *network = hyper_machine_option(machine, "network");
	HYP_AUTOFREE char *part = NULL;
	HYP_AUTOJSON *json = NULL;
	HYP_AUTOBUF path = HYP_BUF_INIT;
	int rc;

	if (!network)
		return 0;
	for (size_t i = 0; i < HYP_COUNT(builtin); i++)
		if (strcmp(builtin[i], network) == 0)
			return 0;
	part = hyp_percent_encode(network, NULL);
	if (part)
		hyp_buf_addf(&path, "/networks/%s", part);
	if (!part || path.failed)
		return hyp_docker_nomem(err);
	rc = hyp_engine_get(docker->engine, call, path.data, &json, err);
	if (!rc && !json)
		rc = hyper_error_set(err, HYPER_ERR_NOT_FOUND,
				     "options.network",
				     "the engine has no network '%s'", network);
	return rc;
}

/*
 * From the moment that the engine has been told to make it, one of the codes
 * that say that nothing was done may be wrong: nobody knows. (What time and
 * cancelling do stays what it is; the host looks then, too.)
 */
static int in_the_middle(int rc, hyper_error **err)
{
	if (!rc || rc == HYPER_ERR_TIMEOUT || rc == HYPER_ERR_CANCELLED)
		return rc;
	return hyper_error_wrap(err, HYPER_ERR_PROTOCOL, NULL,
				"the engine was told to make the container, "
				"but cannot be asked what became of it");
}

static int taken(const char *name, json_object *json, hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_EXISTS, "id",
			       "the engine has another container named '%s' "
			       "(%.12s): remove it, or choose another id",
			       name, hyp_decode_id(json));
}

int hyp_container_no_image(const hyper_machine *machine, hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "image",
			       "no such image: %s; pull it first, as with "
			       "hyperctl images pull",
			       hyper_machine_image(machine));
}

/* A container of that name is there already: is it ours, of an earlier try? */
static int adopt(struct hyp_docker *docker, const hyper_call *call,
		 const hyper_machine *machine, const struct hyp_reply *reply,
		 json_object **ret_json, hyper_error **err)
{
	const struct hyp_container_name name = hyp_container_name(machine);
	HYP_AUTOJSON *json = NULL;
	int rc = hyp_container_get(docker, call, name.text, &json, err);

	if (rc)
		return in_the_middle(rc, err);
	if (!json)
		return hyp_reply_error(reply, err, "create container '%s'",
				       name.text);
	if (!is_ours(docker, json, machine) || !is_named(json, name.text))
		return taken(name.text, json, err);
	*ret_json = hyp_steal(&json);
	return 0;
}

static int create(struct hyp_docker *docker, const hyper_call *call,
		  const hyper_machine *machine, json_object *spec,
		  json_object **ret_json, hyper_error **err)
{
	const struct hyp_container_name name = hyp_container_name(machine);
	HYP_AUTOBUF path = HYP_BUF_INIT;
	HYP_AUTOREPLY reply = { 0 };
	int rc;

	hyp_buf_addf(&path, "/containers/create?name=%s", name.text);
	if (path.failed)
		return hyp_docker_nomem(err);
	rc = hyp_engine_post(docker->engine, call, path.data, spec, &reply,
			     err);
	if (rc)
		return rc;
	if (reply.status == 201)
		return in_the_middle(hyp_container_need(docker, call, machine,
							ret_json, err),
				     err);
	if (reply.status == 404)
		return hyp_container_no_image(machine, err);
	/* A name that is taken: Docker says 409, Podman 500. */
	if (reply.status == 409 || reply.status == 500)
		return adopt(docker, call, machine, &reply, ret_json, err);
	return hyp_reply_error(&reply, err, "create container '%s'", name.text);
}

/* What is known of it before the engine is told to make it. */
static int prepare(struct hyp_docker *docker, const hyper_call *call,
		   const hyper_machine *machine, json_object **ret_spec,
		   hyper_error **err)
{
	int rc = hyp_spec_json(machine, docker->instance, ret_spec, err);

	return rc ? rc : check_network(docker, call, machine, err);
}

int hyp_container_check(struct hyp_docker *docker, const hyper_call *call,
			const hyper_machine *machine, bool *ret_made,
			hyper_error **err)
{
	const struct hyp_container_name name = hyp_container_name(machine);
	HYP_AUTOJSON *spec = NULL;
	HYP_AUTOJSON *json = NULL;
	int rc = prepare(docker, call, machine, &spec, err);

	if (!rc)
		rc = hyp_container_get(docker, call, name.text, &json, err);
	if (rc || !json || !is_named(json, name.text))
		return rc;
	*ret_made = is_ours(docker, json, machine);
	return *ret_made ? 0 : taken(name.text, json, err);
}

int hyp_container_add(void *self, hyper_call *call,
		      const hyper_machine *machine, hyper_machine *seen,
		      hyper_error **err)
{
	struct hyp_docker *docker = self;
	HYP_AUTOJSON *spec = NULL;
	HYP_AUTOJSON *json = NULL;
	int rc = prepare(docker, call, machine, &spec, err);

	if (!rc)
		rc = create(docker, call, machine, spec, &json, err);
	return rc ? rc
		  : in_the_middle(hyp_decode_container(json, seen, err), err);
}

int hyp_container_start(void *self, hyper_call *call,
			const hyper_machine *machine, hyper_machine *seen,
			hyper_error **err)
{
	HYP_AUTOJSON *json = NULL;
	HYP_AUTOREPLY reply = { 0 };
	int state, rc = hyp_container_need(self, call, machine, &json, err);

	if (rc)
		return rc;
	state = hyp_decode_state(json);
	if (state == HYPER_STATE_RUNNING)
		return hyp_decode_container(json, seen, err);
	rc = tell(self, call, json,
		  state == HYPER_STATE_PAUSED ? "unpause" : "start",
		  HYP_HTTP_NO_LIMIT, &reply, err);
	if (rc)
		return rc;
	if (!is_done(&reply))
		return hyp_reply_error(&reply, err, "start container '%s'",
				       hyp_container_name(machine).text);
	return hyp_container_inspect(self, call, machine, seen, err);
}

/*
 * Ask a container to stop, and wait for it: status 0 when it goes on.
 *
 * Only the engine's own "stop" tells its restart policy to leave it alone:
 * Podman starts one again that ended by a signal from us. But after its time
 * `t` it kills. So it gets all the time that there is, and we stop waiting.
 * (Docker 23 kills when we hang up, unless t is -1, which Podman refuses.)
 */
static int ask(struct hyp_docker *docker, const hyper_call *call,
	       json_object *container, uint32_t timeout_ms,
	       struct hyp_reply *ret_reply, hyper_error **err)
{
	bool podman;
	int rc = hyp_engine_is_podman(docker->engine, call, &podman, err);

	return rc ? rc
		  : tell(docker, call, container,
			 podman ? "stop?t=2147483647" : "stop?t=-1",
			 timeout_ms < ASK_MIN_MS ? ASK_MIN_MS : timeout_ms,
			 ret_reply, err);
}

/* Wake it if it is paused, ask it, and kill it if that is wanted. */
static int stop(struct hyp_docker *docker, const hyper_call *call,
		json_object *container, uint32_t timeout_ms, bool force,
		struct hyp_reply *ret_reply, hyper_error **err)
{
	HYP_AUTOREPLY reply = { 0 };
	int rc = 0;

	if (hyp_decode_state(container) == HYPER_STATE_PAUSED)
		rc = tell(docker, call, container, "unpause", HYP_HTTP_NO_LIMIT,
			  &reply, err);
	hyp_reply_clear(&reply);
	if (!rc && (timeout_ms > 0 || !force))
		rc = ask(docker, call, container, timeout_ms, &reply, err);
	if (!rc && !reply.status && force)
		rc = tell(docker, call, container, "stop?t=0",
			  HYP_HTTP_NO_LIMIT, &reply, err);
	if (rc)
		return rc;
	*ret_reply = reply;
	reply = (struct hyp_reply){ 0 };
	return 0;
}

int hyp_container_stop(void *self, hyper_call *call,
		       const hyper_machine *machine, uint32_t timeout_ms,
		       uint32_t flags, hyper_machine *seen, hyper_error **err)
{
	HYP_AUTOJSON *json = NULL;
	HYP_AUTOREPLY reply = { 0 };
	int rc = hyp_container_need(self, call, machine, &json, err);

	if (rc)
		return rc;
	if (hyp_decode_state(json) == HYPER_STATE_STOPPED)
		return hyp_decode_container(json, seen, err);
	rc = stop(self, call, json, timeout_ms, flags & HYPER_FORCE, &reply,
		  err);
	if (rc)
		return rc;
	if (!reply.status)
		return hyper_error_set(err, HYPER_ERR_TIMEOUT, NULL,
				       "container '%s' still runs %u ms after "
				       "it was asked to stop: give it longer, "
				       "or use force",
				       hyp_container_name(machine).text,
				       timeout_ms);
	if (!is_done(&reply))
		return hyp_reply_error(&reply, err, "stop container '%s'",
				       hyp_container_name(machine).text);
	return hyp_container_inspect(self, call, machine, seen, err);
}

/* Somebody removes it already, maybe for one of us that has died: wait until
 * it is gone. */
static int wait_gone(struct hyp_docker *docker, const hyper_call *call,
		     const hyper_machine *machine, hyper_error **err)
{
	for (;;) {
		HYP_AUTOJSON *json = NULL;
		int rc = find(docker, call, machine, &json, err);

		if (rc || !json)
			return rc;
		rc = hyper_call_check(call, err);
		if (rc)
			return rc;
		hyp_sleep_ms(POLL_MS);
	}
}

/* 409 also says that a container runs. */
static bool is_under_way(const struct hyp_reply *reply)
{
	const char *message = hyp_json_str(reply->json, "message");

	return reply->status == 409 && message &&
	       strstr(message, "already in progress");
}

int hyp_container_find_removable(struct hyp_docker *docker,
				 const hyper_call *call,
				 const hyper_machine *machine, uint32_t flags,
				 json_object **ret_json, hyper_error **err)
{
	HYP_AUTOJSON *json = NULL;
	int rc = find(docker, call, machine, &json, err);
	int state;

	if (rc || !json)
		return rc;
	state = hyp_decode_state(json);
	if ((state == HYPER_STATE_RUNNING || state == HYPER_STATE_PAUSED ||
	     state == HYPER_STATE_STARTING) &&
	    !(flags & HYPER_FORCE))
		return hyper_error_set(err, HYPER_ERR_STATE, "state",
				       "container '%s' is %s: stop it first, "
				       "or use force",
				       hyp_container_name(machine).text,
				       hyper_state_name(state));
	*ret_json = hyp_steal(&json);
	return 0;
}

int hyp_container_remove(void *self, hyper_call *call,
			 const hyper_machine *machine, uint32_t flags,
			 hyper_error **err)
{
	struct hyp_docker *docker = self;
	HYP_AUTOJSON *json = NULL;
	HYP_AUTOREPLY reply = { 0 };
	HYP_AUTOBUF path = HYP_BUF_INIT;
	int rc = hyp_container_find_removable(docker, call, machine, flags,
					      &json, err);

	if (rc || !json)
		return rc;
	/* The volumes of an adopted one are not ours to remove. */
	hyp_buf_addf(&path, "/containers/%s?v=%d&force=%d", hyp_decode_id(json),
		     !hyper_machine_adopted(machine),
		     (flags & HYPER_FORCE) != 0);
	if (path.failed)
		return hyp_docker_nomem(err);
	rc = hyp_engine_ask(docker->engine, call, "DELETE", path.data, &reply,
			    err);
	if (rc || reply.status == 204 || reply.status == 404)
		return rc;
	if (is_under_way(&reply))
		return wait_gone(docker, call, machine, err);
	return hyp_reply_error(&reply, err, "remove container '%s'",
			       hyp_container_name(machine).text);
}
