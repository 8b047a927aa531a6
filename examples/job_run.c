/* SPDX-License-Identifier: MIT */
/*
 * job_run NAME IMAGE [COMMAND [ARG…]]: begin a job in a container of its own,
 * and leave: job_reap, another program on the same state, looks after its end.
 * Neither needs a daemon, or the other. URI and type are $HYPER_URI and $TYPE.
 */
#include <hyper/hyper.h>
#include <stdio.h>
#include <stdlib.h>

static int make_spec(char **argv, hyper_machine **ret_spec, hyper_error **err)
{
	const char *const *command = (const char *const *)argv + 3;
	hyper_machine *spec = hyper_machine_new();

	if (!spec)
		return hyper_error_set(err, HYPER_ERR_NOMEM, NULL,
				       "out of memory");
	/* No id: it gets one that no other job had. */
	if (hyper_machine_set_label(spec, "job", argv[1], err) ||
	    hyper_machine_set_image(spec, argv[2], err) ||
	    hyper_machine_set_type(spec, getenv("TYPE"), err) ||
	    (*command && hyper_machine_set_command(spec, command, err))) {
		hyper_machine_free(spec);
		return hyper_error_code(*err);
	}
	*ret_spec = spec;
	return 0;
}

int main(int argc, char **argv)
{
	hyper_conn *conn = NULL;
	hyper_machine *spec = NULL, *machine = NULL;
	hyper_error *err = NULL;
	int status = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: %s NAME IMAGE [COMMAND [ARG…]]\n",
			argv[0]);
		return 2;
	}
	if (hyper_open(NULL, 0, &conn, &err) || make_spec(argv, &spec, &err) ||
	    hyper_machine_add(conn, spec, 0, &machine, NULL, &err) ||
	    hyper_machine_start(conn, hyper_machine_id(machine), 0, NULL, NULL,
				&err)) {
		fprintf(stderr, "%s: %s\n", argv[0], hyper_error_message(err));
		status = 1;
	} else {
		printf("job %s is %s\n", argv[1], hyper_machine_id(machine));
	}
	hyper_machine_free(machine);
	hyper_machine_free(spec);
	hyper_close(conn);
	hyper_error_free(err);
	return status;
}
