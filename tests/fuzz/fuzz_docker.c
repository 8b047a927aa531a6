/* SPDX-License-Identifier: MIT */
/*
 * What a Docker engine answers. This stands in for http.c: the first letter of
 * an input chooses the call, and the rest is the answers that its requests get,
 * one after the other, with a NUL between each: three digits of a status, a
 * space, and a body. Of a stream each line is an event.
 */
#include "fuzz.h"

#include <ctype.h>

#include "docker/docker.h"
#include "json/json.h"
#include "local/job.h"
#include "local/observer.h"
#include "util/time.h"

#define INSTANCE "0c5d7a2e-7d0f-4b8e-9a53-1f0b6c7d8e90"

struct hyp_http {
	struct hyp_target target;
};

static struct {
	const uint8_t *data;
	size_t size;
	bool asks_who; /* then that is answered by the input, too */
} answers;

int hyp_http_new(struct hyp_target *target, struct hyp_http **ret_http,
		 hyper_error **err)
{
	(void)err;
	*ret_http = calloc(1, sizeof(**ret_http));
	FUZZ_CHECK(*ret_http, "out of memory");
	(*ret_http)->target = *target;
	return 0;
}

void hyp_http_free(struct hyp_http *http)
{
	free(http);
}

const struct hyp_target *hyp_http_target(const struct hyp_http *http)
{
	return &http->target;
}

static void each_line(const char *text,
		      void (*tell)(void *data, const char *line, size_t len),
		      void *data)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		len += text[len] == '\n';
		tell(data, text, len);
		text += len;
	}
}

int hyp_http_do(struct hyp_http *http, const hyper_call *call,
		const struct hyp_http_request *request, long *ret_status,
		struct hyp_buf *ret_body, hyper_error **err)
{
	HYP_AUTOFREE char *answer = NULL;
	const char *body;

	(void)http;
	(void)call;
	for (const char *c = request->path; *c; c++)
		FUZZ_CHECK(*c > ' ' && *c < 0x7f, "%s", request->path);
	if (!answers.asks_who && strcmp(request->path, "/_ping") == 0) {
		*ret_status = 200;
		return 0;
	}
	if (!answers.asks_who && strcmp(request->path, "/version") == 0) {
		*ret_status = 200;
		hyp_buf_adds(ret_body, "{\"ApiVersion\":\"1.41\"}");
		return 0;
	}
	answer = fuzz_part(&answers.data, &answers.size, '\0');
	*ret_status = strtol(answer, NULL, 10);
	if (strlen(answer) < 4 || *ret_status < 100 || *ret_status > 599)
		return hyper_error_set(err, HYPER_ERR_CONNECT, "host",
				       "no engine answers");
	body = answer + 4;
	if (request->header) {
		each_line(body, request->header, request->data);
		return 0;
	}
	if (*ret_status / 100 != 2 || !request->line) {
		hyp_buf_adds(ret_body, body);
		return 0;
	}
	if (request->begun)
		request->begun(request->data);
	each_line(body, request->line, request->data);
	return 0;
}

/* --- the calls --- */

static hyper_machine *machine; /* ours */
static struct hyp_local local = { .lock = PTHREAD_MUTEX_INITIALIZER,
				  .changed = PTHREAD_COND_INITIALIZER };
static struct hyp_plugin plugin = { .local = &local };

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char json[] =
		"{\"id\":\"web1\",\"type\":\"docker\",\"image\":\"busybox\","
		"\"uuid\":\"" INSTANCE "\",\"state\":\"running\",\"mem\":64,"
		"\"handle\":\"0123abcd\",\"labels\":{\"a\":\"b\"},"
		"\"options\":{\"network\":\"front\"}}";

	(void)argc;
	(void)argv;
	return hyp_json_read_machine(json, strlen(json), &machine, NULL);
}

/* What is known of a machine can be told and kept: it is JSON of one line. */
static void check_seen(const hyper_machine *seen)
{
	HYP_AUTOFREE char *json = NULL;
	const char *texts[] = { hyper_machine_driver_state(seen),
				hyper_machine_state_reason(seen),
				hyper_machine_handle(seen) };

	for (size_t i = 0; i < HYP_COUNT(texts); i++)
		FUZZ_CHECK(!texts[i] || hyp_text_valid(texts[i],
						       strlen(texts[i]), false),
			   "seen '%s'", texts[i]);
	FUZZ_CHECK(hyp_json_machine(seen, HYP_FIELDS_ALL, &json, NULL) == 0,
		   "cannot be written");
	FUZZ_CHECK(hyp_text_valid(json, strlen(json), false), "%s", json);
}

static void check_images(const hyper_images *images)
{
	HYP_AUTOFREE char *json = NULL;
	hyper_images *again = NULL;
	hyper_error *err = NULL;

	FUZZ_CHECK(hyp_json_images(images, &json, NULL) == 0, "not written");
	FUZZ_CHECK(hyp_json_read_images(json, strlen(json), &again, &err) == 0,
		   "%s: %s", json, hyper_error_message(err));
	hyper_images_free(again);
}

static int ask(char what, struct hyp_docker *docker, struct hyper_call *call,
	       hyper_machine *seen, hyper_error **err)
{
	HYP_AUTOFREE char *text = NULL;

	switch (what) {
	case 'a':
		return hyp_container_add(docker, call, machine, seen, err);
	case 'e':
		return hyp_container_watch(docker, call, err);
	case 'f':
		return hyp_container_find(docker, call, "db_1", 0, seen, err);
	case 'i':
		return hyp_container_inspect(docker, call, machine, seen, err);
	case 'm':
		return hyp_image_list(docker, call, "busybox", err);
	case 'n':
		return hyp_image_list(docker, call, NULL, err);
	case 'o':
		return hyp_engine_identify(docker->engine, call, &text, err);
	case 'p':
		return hyp_image_pull(docker, call, "busybox", err);
	case 'r':
		return hyp_image_remove(docker, call, "busybox", err);
	case 's':
		return hyp_container_start(docker, call, machine, seen, err);
	case 'v':
		return hyp_engine_probe(docker->engine, call, &text, err);
	default:
		return hyp_container_list(docker, call, err);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hyp_target target = { .name = (char[]){ "the engine" } };
	struct hyp_docker docker = { .instance = INSTANCE };
	struct hyper_call call = { .deadline = hyp_mono_ms() + 60000,
				   .type = "docker",
				   .plugin = &plugin,
				   .images = hyp_images_new(),
				   .lock = PTHREAD_MUTEX_INITIALIZER };
	hyper_machine *seen = hyper_machine_new();
	hyper_error *err = NULL;

	if (size) {
		answers.data = data + 1;
		answers.size = size - 1;
		answers.asks_who = strchr("ov", *data);
		FUZZ_CHECK(hyp_engine_new(&target, &docker.engine, NULL) == 0 &&
				   seen && call.images,
			   "out of memory");
		fuzz_end(ask((char)*data, &docker, &call, seen, &err), &err);
		hyp_engine_free(docker.engine);
		check_seen(seen);
		check_images(call.images);
	}
	for (size_t i = 0; i < call.found_count; i++) {
		check_seen(call.found[i].seen);
		free(call.found[i].id);
		free(call.found[i].uuid);
		hyper_machine_free(call.found[i].seen);
	}
	free(call.found);
	hyp_news_free(&plugin.news);
	hyper_images_free(call.images);
	hyper_machine_free(seen);
	return 0;
}
