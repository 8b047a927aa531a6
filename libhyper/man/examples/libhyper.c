/* SPDX-License-Identifier: MIT */
/* Add a machine from an image, start it, and tell what runs. */
#include <hyper/hyper.h>
#include <stdio.h>

static int run(hyper_conn *conn, const char *image, hyper_error **err)
{
	hyper_machine *spec = hyper_machine_new(), *machine = NULL;
	int failed =
		!spec || hyper_machine_set_image(spec, image, err) ||
		hyper_machine_set_mem(spec, 128, err) ||
		hyper_machine_add(conn, spec, 0, &machine, NULL, err) ||
		hyper_machine_start(conn, hyper_machine_id(machine), 0,
				    NULL, NULL, err);

	hyper_machine_free(machine);
	hyper_machine_free(spec);
	return failed;
}

static int tell(hyper_conn *conn, hyper_error **err)
{
	hyper_machines *list = NULL;
	const hyper_machine *m;

	if (hyper_machine_list(conn, NULL, 0, &list, err))
		return 1;
	for (size_t i = 0; (m = hyper_machines_at(list, i)); i++)
		printf("%s from %s: %s\n", hyper_machine_type(m),
		       hyper_machine_image(m),
		       hyper_state_name(hyper_machine_state(m)));
	hyper_machines_free(list);
	return 0;
}

/* libhyper [URI [IMAGE]] */
int main(int argc, char **argv)
{
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	int failed =
		hyper_open(argc > 1 ? argv[1] : NULL, 0, &conn, &err) ||
		run(conn, argc > 2 ? argv[2] : "demo", &err) ||
		tell(conn, &err);

	if (failed)
		fprintf(stderr, "%s\n", hyper_error_message(err));
	hyper_error_free(err);
	hyper_close(conn);
	return failed;
}
