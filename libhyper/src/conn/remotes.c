/* SPDX-License-Identifier: MIT */
#include "conn/remotes.h"

#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "conn/uri.h"
#include "util/buf.h"
#include "util/fs.h"
#include "util/text.h"

#define NAME_SIZE 63
#define FILE_SIZE 16384
/* Who has these may go in where we may. */
#define DIR_MODE  0700
#define FILE_MODE 0600

#define KEY(name)                                                              \
	{                                                                      \
#name, offsetof(hyper_remote, name)                            \
	}
static const struct {
	const char *name;
	size_t offset;
} keys[] = { KEY(uri), KEY(token), KEY(client_cert) };

static char **field(const hyper_remote *remote, size_t key)
{
	return (char **)((uintptr_t)remote + keys[key].offset);
}

static bool is_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

	return *name && strchr(letters, *name) - letters < 52 &&
	       name[strspn(name, letters)] == '\0' &&
	       strlen(name) <= NAME_SIZE && strcmp(name, HYP_REMOTE_LOCAL) != 0;
}

static int check_name(const char *name, hyper_error **err)
{
	if (is_name(name))
		return 0;
	return hyper_error_set(err, HYPER_ERR_INVALID, "name",
			       "'%.100s' is no name of a remote: must be a "
			       "letter, then letters, digits and '-', at most "
			       "%d, and not '" HYP_REMOTE_LOCAL "'",
			       name, NAME_SIZE);
}

/* [new] what is below the configuration; NULL parts are left out. */
static int path_of(const char *part, const char *name, char **ret_path,
		   hyper_error **err)
{
	HYP_AUTOFREE char *dir = NULL;
	HYP_AUTOFREE char *path = NULL;
	int rc = hyp_config_dir(&dir, err);

	if (rc)
		return rc;
	path = hyp_path_join(dir, part);
	*ret_path = path && name ? hyp_path_join(path, name) : hyp_steal(&path);
	return *ret_path ? 0 : hyp_nomem(err);
}

static int check_mode(const char *path, const char *name, hyper_error **err)
{
	struct stat st;

	if (stat(path, &st) != 0 && errno == ENOENT)
		return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "name",
				       "there is no remote '%s'", name);
	if (stat(path, &st) != 0)
		return hyp_errno(err, "%s", path);
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return hyper_error_set(err, HYPER_ERR_DENIED, NULL,
				       "%s may hold a token, and others may "
				       "read or change it: chmod 600",
				       path);
	return 0;
}

/* "uri = https://…", a line each. What is wrong is not shown: it may be a
 * secret. */
static int parse(hyper_remote *remote, const char *path, char *text,
		 hyper_error **err)
{
	static const char middle[] = " = ";
	char *line;

	for (int n = 1; (line = strsep(&text, "\n")) != NULL; n++) {
		char *value = strstr(line, middle);
		size_t key = 0;

		if (!*line)
			continue;
		if (value)
			*value = '\0';
		while (value && key < HYP_COUNT(keys) &&
		       strcmp(line, keys[key].name) != 0)
			key++;
		if (!value || key == HYP_COUNT(keys))
			return hyper_error_set(err, HYPER_ERR_INVALID, NULL,
					       "%s:%d: must be uri, token or "
					       "client_cert = VALUE",
					       path, n);
		if (hyp_set_text(field(remote, key), value + strlen(middle),
				 err))
			return HYPER_ERR_NOMEM;
	}
	if (!remote->uri)
		return hyper_error_set(err, HYPER_ERR_INVALID, NULL,
				       "%s: there is no uri", path);
	remote->has_token = remote->token != NULL;
	return 0;
}

int hyp_remotes_get(const char *name, hyper_remote **ret_remote,
		    hyper_error **err)
{
	HYP_CLEANUP(hyp_remote_free_p) hyper_remote *remote = NULL;
	HYP_AUTOFREE char *path = NULL, *text = NULL;
	int rc = check_name(name, err);

	if (rc == 0)
		rc = path_of("remotes", name, &path, err);
	if (rc == 0)
		rc = check_mode(path, name, err);
	if (rc)
		return rc;
	text = hyp_read_file(path, FILE_SIZE, NULL);
	if (!text)
		return hyp_errno(err, "%s", path);
	remote = calloc(1, sizeof(*remote));
	if (!remote)
		return hyp_nomem(err);
	rc = hyp_set_text(&remote->name, name, err);
	if (rc == 0)
		rc = parse(remote, path, text, err);
	explicit_bzero(text, strlen(text));
	if (rc == 0)
		*ret_remote = hyp_steal(&remote);
	return rc;
}

int hyp_remotes_in_use(char **ret_name, hyper_error **err)
{
	HYP_AUTOFREE char *path = NULL, *name = NULL;
	int rc = path_of("remote", NULL, &path, err);

	if (rc)
		return rc;
	name = hyp_read_file(path, NAME_SIZE + 1, NULL);
	if (!name && errno != ENOENT)
		return hyp_errno(err, "%s", path);
	if (name)
		name[strcspn(name, "\n")] = '\0';
	*ret_name = hyp_steal(&name);
	return 0;
}

int hyp_remotes_add(const hyper_remote *remote, hyper_error **err)
{
	HYP_AUTOFREE char *path = NULL, *dir = NULL, *text = NULL;
	HYP_AUTOBUF buf = HYP_BUF_INIT;
	int rc = check_name(remote->name, err);

	if (rc == 0)
		rc = path_of("remotes", NULL, &dir, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < HYP_COUNT(keys); i++)
		if (*field(remote, i))
			hyp_buf_addf(&buf, "%s = %s\n", keys[i].name,
				     *field(remote, i));
	path = hyp_path_join(dir, remote->name);
	text = hyp_buf_take(&buf);
	if (!path || !text)
		return hyp_nomem(err);
	if (hyp_mkdir_p(dir, DIR_MODE) != 0)
		rc = hyp_errno(err, "%s", dir);
	else if (hyp_create_file(path, text, strlen(text), FILE_MODE) == 0)
		rc = 0;
	else if (errno == EEXIST)
		rc = hyper_error_set(err, HYPER_ERR_EXISTS, "name",
				     "there is a remote '%s' already",
				     remote->name);
	else
		rc = hyp_errno(err, "%s", path);
	explicit_bzero(text, strlen(text));
	return rc;
}

int hyp_remotes_use(const char *name, hyper_error **err)
{
	HYP_CLEANUP(hyp_remote_free_p) hyper_remote *remote = NULL;
	HYP_AUTOFREE char *path = NULL;
	int rc = path_of("remote", NULL, &path, err);

	if (rc)
		return rc;
	if (strcmp(name, HYP_REMOTE_LOCAL) == 0)
		return unlink(path) == 0 || errno == ENOENT
			       ? 0
			       : hyp_errno(err, "%s", path);
	rc = hyp_remotes_get(name, &remote, err);
	if (rc == 0 && hyp_write_file(path, name, strlen(name), FILE_MODE) != 0)
		rc = hyp_errno(err, "%s", path);
	return rc;
}

int hyp_remotes_remove(const char *name, hyper_error **err)
{
	HYP_AUTOFREE char *path = NULL, *used = NULL;
	int rc = check_name(name, err);

	if (rc == 0)
		rc = hyp_remotes_in_use(&used, err);
	if (rc == 0)
		rc = path_of("remotes", name, &path, err);
	if (rc)
		return rc;
	if (used && strcmp(used, name) == 0)
		return hyper_error_set(err, HYPER_ERR_STATE, "name",
				       "the remote '%s' is in use: use "
				       "another one first, or "
				       "'" HYP_REMOTE_LOCAL "'",
				       name);
	if (unlink(path) == 0)
		return 0;
	return errno == ENOENT ? check_mode(path, name, err)
			       : hyp_errno(err, "%s", path);
}

/* Others are half-written, or not ours. */
static int is_remote(const struct dirent *entry)
{
	return is_name(entry->d_name);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_to(hyper_remotes *remotes, const char *name, const char *used,
		  hyper_error **err)
{
	HYP_CLEANUP(hyp_remote_free_p) hyper_remote *remote = NULL;
	int rc = hyp_remotes_get(name, &remote, err);

	if (rc)
		return rc;
	remote->in_use = used && strcmp(used, name) == 0;
	if (hyp_list_add(&remotes->list, remote) != 0)
		return hyp_nomem(err);
	remote = NULL;
	return 0;
}

int hyp_remotes_list(hyper_remotes **ret_remotes, hyper_error **err)
{
	HYP_CLEANUP(hyper_remotes_free_p) hyper_remotes *remotes = NULL;
	HYP_AUTOFREE char *dir = NULL, *used = NULL;
	struct dirent **entries = NULL;
	int n, rc = path_of("remotes", NULL, &dir, err);

	if (rc == 0)
		rc = hyp_remotes_in_use(&used, err);
	if (rc)
		return rc;
	remotes = hyp_remotes_new();
	if (!remotes)
		return hyp_nomem(err);
	n = scandir(dir, &entries, is_remote, by_name);
	if (n < 0 && errno != ENOENT)
		return hyp_errno(err, "%s", dir);
	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = add_to(remotes, entries[i]->d_name, used, err);
		free(entries[i]);
	}
	free(entries);
	if (rc == 0)
		*ret_remotes = hyp_steal(&remotes);
	return rc;
}
