/* SPDX-License-Identifier: MIT */
/* Which connection does a URI mean? */
#ifndef HYP_CONN_URI_H
#define HYP_CONN_URI_H

#include "core/error.h"

/* [new] Where the state is when nobody says: /var/lib/hyper for root, else
 * $XDG_STATE_HOME/hyper, else ~/.local/state/hyper. */
int hyp_default_state_dir(char **ret_dir, hyper_error **err);

/* [new] Where the user's configuration is: $XDG_CONFIG_HOME/hyper, else
 * ~/.config/hyper. */
int hyp_config_dir(char **ret_dir, hyper_error **err);

/* INVALID. What may hold a password is not shown. */
int hyp_uri_error(const char *uri, const char *why, hyper_error **err);

#define HYP_REMOTE_SCHEME "remote:"

/* Understand a URI (or NULL). [new] in *ret_target: the absolute path of a
 * state directory (*ret_local true), or the URI of a server, or remote:NAME. */
int hyp_uri_parse(const char *uri, bool *ret_local, char **ret_target,
		  hyper_error **err);

#endif
