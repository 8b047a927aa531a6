/* SPDX-License-Identifier: MIT */
/* Servers that have a name: a file each, in the user's configuration. */
#ifndef HYP_CONN_REMOTES_H
#define HYP_CONN_REMOTES_H

#include "core/record.h"

/* What stands for this machine. */
#define HYP_REMOTE_LOCAL "local"

/* [new] The one of a name. NOT_FOUND, INVALID, DENIED (others may read it). */
int hyp_remotes_get(const char *name, hyper_remote **ret_remote,
		    hyper_error **err);
/* [new] The name of the one in use, or NULL for none. */
int hyp_remotes_in_use(char **ret_name, hyper_error **err);

/* As the public functions. */
int hyp_remotes_add(const hyper_remote *remote, hyper_error **err);
int hyp_remotes_use(const char *name, hyper_error **err);
int hyp_remotes_remove(const char *name, hyper_error **err);
int hyp_remotes_list(hyper_remotes **ret_remotes, hyper_error **err);

#endif
