/* SPDX-License-Identifier: MIT */
/* A client, its hyperd, and what that hyperd serves: all in this process. */
#ifndef REMOTE_H
#define REMOTE_H

#include "fake_conn.h"
#include "fake_server.h"
#include "scratch.h"

#include <hyper/hyper.h>

static char dir[64];
static struct fake fake;
static struct server server;
static hyper_conn *conn;

static inline void setup(void)
{
	ck_assert_ptr_nonnull(scratch_make(dir, sizeof(dir)));
	fake = (struct fake)FAKE_INIT;
	unsetenv("HYPER_TOKEN_FILE");
	setenv("HYPER_TOKEN", "secret", 1);
	/* Nobody is there: a client that asked it would fail. */
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	server_start(&server, &fake.conn, dir);
	ck_assert_int_eq(hyper_open(server.unix_uri, 0, &conn, NULL), 0);
}

static inline void teardown(void)
{
	char path[96];

	hyper_close(conn);
	snprintf(path, sizeof(path), "%s/s", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/token", dir);
	unlink(path);
	rmdir(dir);
}

/* Each change, in one flag or another. */
#define CHANGES 6

static inline int do_change(int which, hyper_conn *c, uint32_t flags,
			    hyper_machine **ret_machine,
			    hyper_operation **ret_op, hyper_error **err)
{
	hyper_machine *spec = fake_machine("web1", HYPER_STATE_STOPPED);
	int rc = -1;

	switch (which) {
	case 0:
		rc = hyper_machine_add(c, spec, flags, ret_machine, ret_op,
				       err);
		break;
	case 1:
		rc = hyper_machine_start(c, "web1", flags, ret_machine, ret_op,
					 err);
		break;
	case 2:
		rc = hyper_machine_stop(c, "web1", 1234, flags | HYPER_FORCE,
					ret_machine, ret_op, err);
		break;
	case 3:
		rc = hyper_machine_stop(c, "web1", HYPER_TIMEOUT_DEFAULT, flags,
					ret_machine, ret_op, err);
		break;
	case 4:
		rc = hyper_machine_remove(c, "web1", flags | HYPER_FORCE,
					  ret_op, err);
		break;
	case 5:
		rc = hyper_image_remove(c, "fake", "a/b:1", flags, ret_op, err);
		break;
	}
	hyper_machine_free(spec);
	return rc;
}

#endif
