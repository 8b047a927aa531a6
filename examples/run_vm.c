/* SPDX-License-Identifier: MIT */
/*
 * run_vm IMAGE: add a virtual machine from an image, start it without waiting
 * and show how far it is, stop it politely, remove it.
 */
#define _POSIX_C_SOURCE 200809L
#include <hyper/hyper.h>
#include <stdio.h>
#include <time.h>

/* Every change is an operation; this one is looked at while it goes on. */
static int watch(hyper_conn *conn, uint64_t id, hyper_error **err)
{
	const struct timespec pause = { .tv_nsec = 200 * 1000 * 1000 };
	hyper_operation *op = NULL;
	const hyper_error *why;
	int ret;

	do {
		hyper_operation_free(op);
		op = NULL;
		nanosleep(&pause, NULL);
		ret = hyper_operation_get(conn, id, 0, &op, err);
		if (ret)
			return ret;
		if (hyper_operation_step(op))
			printf("  %s\n", hyper_operation_step(op));
	} while (!hyper_operation_ended(op));

	why = hyper_operation_error(op);
	if (why)
		ret = hyper_error_set(err, hyper_error_code(why), NULL, "%s",
				      hyper_error_message(why));
	hyper_operation_free(op);
	return ret;
}

static int run(hyper_conn *conn, const char *id, hyper_error **err)
{
	hyper_operation *op = NULL;
	hyper_machine *machine = NULL;
	int ret;

	ret = hyper_machine_start(conn, id, HYPER_ASYNC, NULL, &op, err);
	if (ret)
		return ret;
	ret = watch(conn, hyper_operation_id(op), err);
	hyper_operation_free(op);
	if (ret)
		return ret;
	printf("%s runs\n", id);

	/* A guest that has not booted yet does not listen: force helps. */
	ret = hyper_machine_stop(conn, id, 5000, HYPER_FORCE, &machine, NULL,
				 err);
	if (ret)
		return ret;
	printf("%s is %s\n", id,
	       hyper_state_name(hyper_machine_state(machine)));
	hyper_machine_free(machine);
	return 0;
}

static int add(hyper_conn *conn, const char *image, hyper_machine **ret,
	       hyper_error **err)
{
	static const char spec_json[] = "{\"type\": \"libvirt\", \"mem\": 128}";
	hyper_machine *spec = NULL;
	int code;

	/* A record can be made from JSON, from setters, or from both. */
	code = hyper_machine_from_json(spec_json, sizeof(spec_json) - 1, 0,
				       &spec, err);
	if (!code)
		code = hyper_machine_set_image(spec, image, err);
	if (!code)
		code = hyper_machine_add(conn, spec, 0, ret, NULL, err);
	hyper_machine_free(spec);
	return code;
}

int main(int argc, char **argv)
{
	hyper_conn *conn = NULL;
	hyper_machine *machine = NULL;
	hyper_error *err = NULL;
	int ret, ret2;

	if (argc != 2) {
		fprintf(stderr, "usage: %s IMAGE\n", argv[0]);
		return 2;
	}
	ret = hyper_open(NULL, 0, &conn, &err);
	if (!ret)
		ret = add(conn, argv[1], &machine, &err);
	if (!ret) {
		ret = run(conn, hyper_machine_id(machine), &err);
		ret2 = hyper_machine_remove(conn, hyper_machine_id(machine),
					    HYPER_FORCE, NULL,
					    ret ? NULL : &err);
		ret = ret ? ret : ret2;
	}
	if (ret)
		fprintf(stderr, "%s: %s\n", argv[0], hyper_error_message(err));

	hyper_machine_free(machine);
	hyper_close(conn);
	hyper_error_free(err);
	return ret != 0;
}
