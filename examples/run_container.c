/* SPDX-License-Identifier: MIT */
/*
 * run_container IMAGE [COMMAND [ARG…]]: run a container with 64 MiB and a
 * variable of its own, tell its address, stop and remove it.
 */
#include <hyper/hyper.h>
#include <stdio.h>

static int make_spec(const char *image, const char *const *command,
		     hyper_machine **ret_spec, hyper_error **err)
{
	hyper_machine *spec = hyper_machine_new();

	if (!spec)
		return hyper_error_set(err, HYPER_ERR_NOMEM, NULL,
				       "out of memory");
	if (hyper_machine_set_image(spec, image, err) ||
	    hyper_machine_set_type(spec, "docker", err) ||
	    hyper_machine_set_mem(spec, 64, err) ||
	    hyper_machine_set_env(spec, "GREETING", "hello", err) ||
	    (*command && hyper_machine_set_command(spec, command, err))) {
		hyper_machine_free(spec);
		return hyper_error_code(*err);
	}
	*ret_spec = spec;
	return 0;
}

/* From here on it exists, so it is removed whatever happens. */
static int run(hyper_conn *conn, const char *id, hyper_error **err)
{
	hyper_machine *machine = NULL;
	const char *address;
	int ret;

	ret = hyper_machine_start(conn, id, 0, &machine, NULL, err);
	if (ret)
		return ret;
	address = hyper_machine_address(machine, 0);
	printf("%s is %s at %s\n", id,
	       hyper_state_name(hyper_machine_state(machine)),
	       address ? address : "no address");
	hyper_machine_free(machine);
	return hyper_machine_stop(conn, id, 2000, HYPER_FORCE, NULL, NULL, err);
}

int main(int argc, char **argv)
{
	hyper_conn *conn = NULL;
	hyper_machine *spec = NULL, *machine = NULL;
	hyper_error *err = NULL, *err2 = NULL;

	if (argc < 2) {
		fprintf(stderr, "usage: %s IMAGE [COMMAND [ARG…]]\n", argv[0]);
		return 2;
	}
	if (!hyper_open(NULL, 0, &conn, &err) &&
	    !make_spec(argv[1], (const char *const *)argv + 2, &spec, &err) &&
	    !hyper_machine_add(conn, spec, 0, &machine, NULL, &err)) {
		const char *id = hyper_machine_id(machine);

		run(conn, id, &err);
		if (hyper_machine_remove(conn, id, HYPER_FORCE, NULL, &err2))
			fprintf(stderr, "remove: %s\n",
				hyper_error_message(err2));
		else
			printf("%s removed\n", id);
	}
	if (err)
		fprintf(stderr, "%s: %s\n", argv[0], hyper_error_message(err));

	hyper_machine_free(machine);
	hyper_machine_free(spec);
	hyper_close(conn);
	hyper_error_free(err2);
	hyper_error_free(err);
	return err || err2;
}
