/* SPDX-License-Identifier: MIT */
/* What the engine's JSON says. No input or output here. */
#ifndef HYP_DOCKER_DECODE_H
#define HYP_DOCKER_DECODE_H

#include <json-c/json.h>

#include <hyper/driver.h>

#include "util/mem.h"

static inline void hyp_json_put_p(json_object **json)
{
	json_object_put(*json);
}
#define HYP_AUTOJSON HYP_CLEANUP(hyp_json_put_p) json_object

/* [new] a document, NULL when it is none. */
json_object *hyp_json_text(const char *text, size_t len);
/* A member, NULL when there is none, or json is NULL or no object. */
json_object *hyp_json_at(json_object *json, const char *key);
/* A member that is a text and not empty, else NULL. [borrowed from json] */
const char *hyp_json_str(json_object *json, const char *key);

/* The code, and the field that is wrong, of an error that the engine put in
 * words; `code` when the words say nothing. */
int hyp_decode_error(const char *message, int code, const char **ret_field);

/* Labels that mark what is ours. */
#define HYP_LABEL_PREFIX   "hyper."
#define HYP_LABEL_INSTANCE "hyper.instance"
#define HYP_LABEL_MACHINE  "hyper.machine"
#define HYP_LABEL_UUID	   "hyper.uuid"

/* Of an inspected container: its id, NULL when it is none that could be put
 * into a path; a label, or NULL; an enum hyper_state. */
const char *hyp_decode_id(json_object *container);
const char *hyp_decode_label(json_object *container, const char *label);
int hyp_decode_state(json_object *container);
/* All that it tells, into seen. */
int hyp_decode_container(json_object *container, hyper_machine *seen,
			 hyper_error **err);
/* What one of a list tells, which is less; reason: of its state. */
int hyp_decode_listed(json_object *item, const char *reason,
		      hyper_machine *seen, hyper_error **err);

/* May it be put into the path of a request? */
bool hyp_image_name_valid(const char *name);
/* Does it say a tag or a digest? */
bool hyp_image_has_tag(const char *name);
/* The name without what Docker leaves out and Podman writes: its registry
 * where that is Docker Hub. [borrowed from name] */
const char *hyp_image_short(const char *name);
/* Whether two names are the same but for such parts and ":latest". */
bool hyp_image_same(const char *a, const char *b);

/* How far a pull is: bytes of all layers known so far. */
#define HYP_PULL_LAYERS 512
struct hyp_pull {
	struct hyp_pull_layer {
		char id[72];
		uint64_t done;
		uint64_t total;
	} layers[HYP_PULL_LAYERS];
	size_t n;
	uint64_t done;
	uint64_t total;
	char *error; /* what the engine said in the end */
};
void hyp_pull_line(struct hyp_pull *pull, const char *line, size_t len);
void hyp_pull_free(struct hyp_pull *pull);
HYP_DEFINE_CLEANUP(struct hyp_pull, hyp_pull_free)

#endif
