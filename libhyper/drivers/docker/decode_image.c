/* SPDX-License-Identifier: MIT */
/* Names of images, and the story that a pull tells. */
#include <stdio.h>
#include <string.h>

#include "decode.h"
#include "util/buf.h"
#include "util/text.h"

bool hyp_image_name_valid(const char *name)
{
	const char *c;

	/* No part may begin with a dot: "a/../../containers/x" is a path out
	 * of where images are. */
	for (c = name; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:@",
			    *c) ||
		    (strchr("./", *c) && (c == name || c[-1] == '/')))
			return false;
	return c > name && c[-1] != '/';
}

const char *hyp_image_short(const char *name)
{
	if (hyp_starts_with(name, "docker.io/"))
		name += strlen("docker.io/");
	/* "library/" is where Docker Hub keeps what has no other owner. */
	return hyp_starts_with(name, "library/") ? name + strlen("library/")
						 : name;
}

/* (A registry's port is no tag.) */
bool hyp_image_has_tag(const char *name)
{
	const char *slash = strrchr(name, '/');

	return strpbrk(slash ? slash : name, ":@") != NULL;
}

/* Equal but for a ":latest" that b may have and a leaves out? */
static bool same_tag(const char *a, const char *b)
{
	size_t len = strlen(a);

	return hyp_starts_with(b, a) &&
	       (b[len] == '\0' ||
		(!hyp_image_has_tag(a) && strcmp(b + len, ":latest") == 0));
}

static bool same(const char *a, const char *b)
{
	return same_tag(a, b) || same_tag(b, a);
}

bool hyp_image_same(const char *a, const char *b)
{
	static const char local[] = "localhost/";

	a = hyp_image_short(a);
	b = hyp_image_short(b);
	/* Podman puts this before what was made on its host. */
	return same(a, b) ||
	       (hyp_starts_with(a, local) && same(a + strlen(local), b)) ||
	       (hyp_starts_with(b, local) && same(a, b + strlen(local)));
}

static struct hyp_pull_layer *layer(struct hyp_pull *pull, const char *id)
{
	size_t i;

	for (i = 0; i < pull->n; i++)
		if (strcmp(pull->layers[i].id, id) == 0)
			return &pull->layers[i];
	if (i == HYP_PULL_LAYERS || strlen(id) >= sizeof(pull->layers[i].id))
		return NULL;
	snprintf(pull->layers[i].id, sizeof(pull->layers[i].id), "%s", id);
	pull->n++;
	return &pull->layers[i];
}

static uint64_t bytes(json_object *detail, const char *key)
{
	int64_t value = json_object_get_int64(hyp_json_at(detail, key));

	return value > 0 ? (uint64_t)value : 0;
}

void hyp_pull_line(struct hyp_pull *pull, const char *line, size_t len)
{
	HYP_AUTOJSON *json = hyp_json_text(line, len);
	json_object *detail = hyp_json_at(json, "progressDetail");
	const char *status = hyp_json_str(json, "status");
	const char *id = hyp_json_str(json, "id");
	const char *error = hyp_json_str(json, "error");
	struct hyp_pull_layer *part;

	if (error) {
		free(pull->error);
		pull->error = strdup(error);
	}
	if (!status || !id)
		return;
	part = layer(pull, id);
	if (!part)
		return;
	if (strcmp(status, "Downloading") == 0 && bytes(detail, "total")) {
		part->done = bytes(detail, "current");
		part->total = bytes(detail, "total");
	} else if (strcmp(status, "Download complete") == 0 ||
		   strcmp(status, "Pull complete") == 0) {
		part->done = part->total;
	}
	pull->done = pull->total = 0;
	for (size_t i = 0; i < pull->n; i++) {
		pull->done += pull->layers[i].done;
		pull->total += pull->layers[i].total;
	}
}

void hyp_pull_free(struct hyp_pull *pull)
{
	if (pull)
		free(pull->error);
	free(pull);
}
