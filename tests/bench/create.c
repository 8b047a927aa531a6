/* SPDX-License-Identifier: MIT */
/* create URI COUNT PREFIX: add machines of drv_test, PREFIX-0 and on. */
#include "bench.h"

int main(int argc, char **argv)
{
	hyper_machine *spec = hyper_machine_new();
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	long count;
	char id[64];

	need(argc == 4 && spec, "run: create URI COUNT PREFIX");
	count = strtol(argv[2], NULL, 10);
	need_ok(hyper_open(argv[1], 0, &conn, &err), err, "open");
	for (long i = 0; i < count; i++) {
		snprintf(id, sizeof(id), "%s-%ld", argv[3], i);
		need_ok(hyper_machine_set_id(spec, id, &err) ||
				hyper_machine_set_type(spec, "test", &err) ||
				hyper_machine_set_image(spec, "tiny", &err) ||
				hyper_machine_add(conn, spec, 0, NULL, NULL,
						  &err),
			err, "add");
	}
	hyper_close(conn);
	hyper_machine_free(spec);
	return 0;
}
