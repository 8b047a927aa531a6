/* SPDX-License-Identifier: MIT */
#include "conn/uri.h"

#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "conn/remotes.h"
#include "util/env.h"
#include "util/fs.h"
#include "util/text.h"

/* The home of the user by the user database: $HOME may be somebody else's,
 * but is what a user sets to move things. */
static int home_dir(char **ret_dir, hyper_error **err)
{
	const char *home = hyp_getenv("HOME");
	struct passwd entry, *found = NULL;
	char buffer[4096];

	if (!home || *home != '/') {
		if (getpwuid_r(geteuid(), &entry, buffer, sizeof(buffer),
			       &found) ||
		    !found)
			return hyper_error_set(
				err, HYPER_ERR_INVALID, "uri",
				"no home directory: set $HOME, or name a "
				"state directory");
		home = entry.pw_dir;
	}
	*ret_dir = strdup(home);
	return *ret_dir ? 0 : hyp_nomem(err);
}

/* "hyper" below a directory of the XDG base directory specification: that of
 * the variable (relative paths are to be ignored), else one below the home. */
static int xdg_dir(const char *variable, const char *fallback, char **ret_dir,
		   hyper_error **err)
{
	const char *base = hyp_getenv(variable);
	HYP_AUTOFREE char *home = NULL;
	int rc = 0;

	if (base && *base == '/') {
		*ret_dir = hyp_path_join(base, "hyper");
	} else {
		rc = home_dir(&home, err);
		if (rc)
			return rc;
		*ret_dir = hyp_path_join(home, fallback);
	}
	return *ret_dir ? 0 : hyp_nomem(err);
}

int hyp_default_state_dir(char **ret_dir, hyper_error **err)
{
	if (geteuid() != 0)
		return xdg_dir("XDG_STATE_HOME", ".local/state/hyper", ret_dir,
			       err);
	*ret_dir = strdup("/var/lib/hyper");
	return *ret_dir ? 0 : hyp_nomem(err);
}

int hyp_config_dir(char **ret_dir, hyper_error **err)
{
	return xdg_dir("XDG_CONFIG_HOME", ".config/hyper", ret_dir, err);
}

/* realpath(3), but the last part need not be there yet. */
static int absolute(const char *path, char **ret_path, hyper_error **err)
{
	HYP_AUTOFREE char *copy = NULL, *parent = NULL;
	char *name, *whole;
	size_t len;

	whole = realpath(path, NULL);
	if (!whole) {
		copy = strdup(path);
		if (!copy)
			return hyp_nomem(err);
		for (len = strlen(copy); len > 1 && copy[len - 1] == '/';)
			copy[--len] = '\0';
		name = strrchr(copy, '/');
		if (!name) {
			parent = realpath(".", NULL);
			name = copy;
		} else {
			*name++ = '\0';
			parent = realpath(*copy ? copy : "/", NULL);
		}
		/* Its parents are made when it is; then it must be absolute
		 * as it stands. */
		if (!parent && path[0] == '/')
			whole = strdup(path);
		else if (!parent)
			return hyp_errno(err, "cannot find %s", path);
		else
			whole = hyp_path_join(parent, name);
	}
	if (!whole)
		return hyp_nomem(err);
	*ret_path = whole;
	return 0;
}

int hyp_uri_error(const char *uri, const char *why, hyper_error **err)
{
	if (strpbrk(uri, "@?"))
		return hyper_error_set(err, HYPER_ERR_INVALID, "uri",
				       "the uri (it may hold a secret, and is "
				       "not shown): %s",
				       why);
	return hyper_error_set(err, HYPER_ERR_INVALID, "uri",
			       "uri '%.200s': %s", uri, why);
}

static int unknown(const char *uri, hyper_error **err)
{
	return hyp_uri_error(uri,
			     "must be a path, file:/path, unix:/path, "
			     "http://host[:port], https://host[:port] or "
			     "remote:NAME",
			     err);
}

/* Without a name: the one in use, or this machine. */
static int remote(const char *name, bool *ret_local, char **ret_target,
		  hyper_error **err)
{
	HYP_AUTOFREE char *used = NULL;
	int rc = *name ? 0 : hyp_remotes_in_use(&used, err);

	if (rc)
		return rc;
	*ret_local = !*name && !used;
	if (*ret_local)
		return hyp_default_state_dir(ret_target, err);
	if (asprintf(ret_target, HYP_REMOTE_SCHEME "%s", used ? used : name) <
	    0)
		return hyp_nomem(err);
	return 0;
}

/* unix:/path and unix:///path mean the same. */
static int server(const char *uri, char **ret_target, hyper_error **err)
{
	if (hyp_starts_with(uri, "unix:")) {
		const char *path = uri + strlen("unix:");

		if (hyp_starts_with(path, "///"))
			path += 2;
		if (path[0] != '/' || path[1] == '/' || path[1] == '\0')
			return unknown(uri, err);
	} else if (strlen(strstr(uri, "//")) <= 2) {
		return unknown(uri, err);
	}
	*ret_target = strdup(uri);
	return *ret_target ? 0 : hyp_nomem(err);
}

int hyp_uri_parse(const char *uri, bool *ret_local, char **ret_target,
		  hyper_error **err)
{
	if (!uri)
		uri = hyp_getenv("HYPER_URI");
	if (!uri) {
		*ret_local = true;
		return hyp_default_state_dir(ret_target, err);
	}
	if (!hyp_text_valid(uri, strlen(uri), false) || strlen(uri) >= PATH_MAX)
		return unknown("?", err);
	if (hyp_starts_with(uri, HYP_REMOTE_SCHEME))
		return remote(uri + strlen(HYP_REMOTE_SCHEME), ret_local,
			      ret_target, err);
	*ret_local = false;
	if (hyp_starts_with(uri, "http://") ||
	    hyp_starts_with(uri, "https://") || hyp_starts_with(uri, "unix:"))
		return server(uri, ret_target, err);
	*ret_local = true;
	if (hyp_starts_with(uri, "file:")) {
		const char *path = uri + strlen("file:");

		if (hyp_starts_with(path, "///"))
			path += 2;
		/* RFC 8089: a host there would be another machine's. */
		if (path[0] != '/' || path[1] == '/')
			return unknown(uri, err);
		return absolute(path, ret_target, err);
	}
	if (uri[0] == '/' || hyp_starts_with(uri, "./") ||
	    hyp_starts_with(uri, "../"))
		return absolute(uri, ret_target, err);
	return unknown(uri, err);
}
