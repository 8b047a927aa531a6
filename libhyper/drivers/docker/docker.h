/* SPDX-License-Identifier: MIT */
/* The driver: containers of a Docker Engine, or of Podman behind its API. */
#ifndef HYP_DOCKER_DOCKER_H
#define HYP_DOCKER_DOCKER_H

#include "engine.h"

struct hyp_docker {
	struct hyp_engine *engine;
	const char *instance; /* [borrowed from the host] */
};

/* The body that makes a container of a machine. INVALID with the field. */
int hyp_spec_json(const hyper_machine *machine, const char *instance,
		  json_object **ret_json, hyper_error **err);

/* What GET /containers/{which}/json says; *ret_json stays NULL when there is
 * none. _within: see hyp_engine_get_within(). */
int hyp_container_get(struct hyp_docker *docker, const hyper_call *call,
		      const char *which, json_object **ret_json,
		      hyper_error **err);
int hyp_container_get_within(struct hyp_docker *docker, const hyper_call *call,
			     const char *which, uint32_t limit_ms,
			     json_object **ret_json, hyper_error **err);

/* What the engine says of a machine's container; NOT_FOUND when there is none
 * that is ours. */
int hyp_container_need(struct hyp_docker *docker, const hyper_call *call,
		       const hyper_machine *machine, json_object **ret_json,
		       hyper_error **err);
/* What it is called. */
struct hyp_container_name {
	char text[HYPER_ID_MAX + sizeof("hyper_")];
};
struct hyp_container_name hyp_container_name(const hyper_machine *machine);
/* Can one be made, but for its image? *ret_made: an earlier call made it. */
int hyp_container_check(struct hyp_docker *docker, const hyper_call *call,
			const hyper_machine *machine, bool *ret_made,
			hyper_error **err);
int hyp_container_no_image(const hyper_machine *machine, hyper_error **err);
/* The one that may be removed; *ret_json stays NULL when there is none. */
int hyp_container_find_removable(struct hyp_docker *docker,
				 const hyper_call *call,
				 const hyper_machine *machine, uint32_t flags,
				 json_object **ret_json, hyper_error **err);

/* What GET /images/{name}/json says; *ret_json stays NULL when there is none.
 */
int hyp_image_get(struct hyp_docker *docker, const hyper_call *call,
		  const char *name, json_object **ret_json, hyper_error **err);
int hyp_image_check_name(const char *name, hyper_error **err);
int hyp_image_unknown(const char *name, hyper_error **err);

/* INVALID when it is too little. */
int hyp_spec_check_mem(const hyper_machine *machine, hyper_error **err);

/* The ops, as in <hyper/driver.h>; self is a struct hyp_docker. */
int hyp_container_add(void *self, hyper_call *call,
		      const hyper_machine *machine, hyper_machine *seen,
		      hyper_error **err);
int hyp_container_start(void *self, hyper_call *call,
			const hyper_machine *machine, hyper_machine *seen,
			hyper_error **err);
int hyp_container_stop(void *self, hyper_call *call,
		       const hyper_machine *machine, uint32_t timeout_ms,
		       uint32_t flags, hyper_machine *seen, hyper_error **err);
int hyp_container_remove(void *self, hyper_call *call,
			 const hyper_machine *machine, uint32_t flags,
			 hyper_error **err);
int hyp_container_inspect(void *self, hyper_call *call,
			  const hyper_machine *machine, hyper_machine *seen,
			  hyper_error **err);
int hyp_container_change(void *self, hyper_call *call,
			 const hyper_machine *machine, const hyper_machine *to,
			 hyper_machine *seen, hyper_error **err);
int hyp_container_find(void *self, hyper_call *call, const char *name,
		       uint32_t flags, hyper_machine *found, hyper_error **err);
int hyp_container_list(void *self, hyper_call *call, hyper_error **err);
int hyp_docker_plan(void *self, hyper_call *call, const hyper_plan *plan,
		    hyper_error **err);
int hyp_container_watch(void *self, hyper_call *call, hyper_error **err);
int hyp_image_list(void *self, hyper_call *call, const char *name,
		   hyper_error **err);
int hyp_image_pull(void *self, hyper_call *call, const char *name,
		   hyper_error **err);
int hyp_image_remove(void *self, hyper_call *call, const char *name,
		     hyper_error **err);

#endif
