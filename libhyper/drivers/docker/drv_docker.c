/* SPDX-License-Identifier: MIT */
#include <hyper/version.h>

#include "docker.h"

static int docker_open(hyper_driver_host *host, void **ret_self,
		       hyper_error **err)
{
	HYP_AUTOTARGET target = { 0 };
	HYP_AUTOFREE struct hyp_docker *docker = calloc(1, sizeof(*docker));
	int rc;

	if (!docker)
		return hyp_docker_nomem(err);
	docker->instance = hyper_driver_instance(host);
	rc = hyp_target_read(host, &target, err);
	if (!rc)
		rc = hyp_engine_new(&target, &docker->engine, err);
	if (!rc)
		*ret_self = hyp_steal(&docker);
	return rc;
}

static void docker_close(void *self)
{
	struct hyp_docker *docker = self;

	hyp_engine_free(docker->engine);
	free(docker);
}

static int docker_probe(void *self, hyper_call *call, char **ret_engine,
			hyper_error **err)
{
	struct hyp_docker *docker = self;

	return hyp_engine_probe(docker->engine, call, ret_engine, err);
}

static int docker_identify(void *self, hyper_call *call, char **ret_identity,
			   hyper_error **err)
{
	struct hyp_docker *docker = self;

	return hyp_engine_identify(docker->engine, call, ret_identity, err);
}

static const char *const kinds[] = { "container", NULL };
static const char *const features[] = { "mem",	 "vcpus",     "env", "command",
					"ports", "autostart", NULL };
static const char *const options[] = { "hostname", "network", "tty",
				       "user",	   "workdir", NULL };
static const char *const settings[] = { "host", "tls_cert_path", NULL };

static const hyper_driver driver = {
	.abi = HYPER_DRIVER_ABI,
	.size = sizeof(hyper_driver),
	.name = "docker",
	.version = HYPER_VERSION_STRING,
	.kinds = kinds,
	.features = features,
	.options = options,
	.settings = settings,
	.open = docker_open,
	.close = docker_close,
	.probe = docker_probe,
	.machine_add = hyp_container_add,
	.machine_start = hyp_container_start,
	.machine_stop = hyp_container_stop,
	.machine_remove = hyp_container_remove,
	.machine_inspect = hyp_container_inspect,
	.machine_list = hyp_container_list,
	.image_list = hyp_image_list,
	.image_pull = hyp_image_pull,
	.image_remove = hyp_image_remove,
	.watch = hyp_container_watch,
	.machine_find = hyp_container_find,
	.identify = docker_identify,
	.machine_change = hyp_container_change,
	.plan = hyp_docker_plan,
};

HYPER_DRIVER_ENTRY
{
	return host_abi == HYPER_DRIVER_ABI ? &driver : NULL;
}
