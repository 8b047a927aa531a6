/* SPDX-License-Identifier: MIT */
/* Which connection does a URI mean? */
#ifndef HYP_CONN_URI_H
#define HYP_CONN_URI_H

#include "core/error.h"

/* [new] Where the state is when nobody says: /var/lib/hyper for root, else
 * $XDG_STATE_HOME/hyper, else ~/.local/state/hyper. */
int hyp_default_state_dir(char **ret_dir, hyper_error **err);

/* Understand a URI (or NULL). [new] in *ret_target: the absolute path of a
 * state directory (*ret_local true), or the URI of a server. */
int hyp_uri_parse(const char *uri, bool *ret_local, char **ret_target,
		  hyper_error **err);

#endif
