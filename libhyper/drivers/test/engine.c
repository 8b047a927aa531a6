/* SPDX-License-Identifier: MIT */
#include "engine.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/strv.h"
#include "util/time.h"

struct engine {
	struct engine *next;
	char *dir;
	bool keep;
	int refs;
	pthread_mutex_t lock;
	struct entry *entries; /* without keep */
	size_t n;
	uint64_t changes; /* of the entries, and who waits for them */
	pthread_cond_t changed;
	struct hyp_strv images;
};

static pthread_mutex_t engines_lock = PTHREAD_MUTEX_INITIALIZER;
static struct engine *engines;

static int no_memory(hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_NOMEM, NULL, "out of memory");
}

static int io_error(hyper_error **err, const char *path)
{
	return hyper_error_set(err, HYPER_ERR_IO, NULL, "%s: %s", path,
			       strerror(errno));
}

static struct engine *engine_new(const char *dir, bool keep)
{
	static const char *const images[] = { "big", "demo", "tiny", NULL };
	struct engine *engine = calloc(1, sizeof(*engine));
	pthread_condattr_t attr;

	if (!engine)
		return NULL;
	pthread_mutex_init(&engine->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&engine->changed, &attr);
	pthread_condattr_destroy(&attr);
	engine->keep = keep;
	engine->dir = strdup(dir);
	if (!engine->dir || hyp_strv_set(&engine->images, images)) {
		free(engine->dir);
		free(engine);
		return NULL;
	}
	return engine;
}

int engine_open(const char *dir, bool keep, struct engine **ret_engine,
		hyper_error **err)
{
	struct engine *engine;

	pthread_mutex_lock(&engines_lock);
	for (engine = engines; engine; engine = engine->next)
		if (strcmp(engine->dir, dir) == 0)
			break;
	if (!engine) {
		engine = engine_new(dir, keep);
		if (engine) {
			engine->next = engines;
			engines = engine;
		}
	}
	if (engine)
		engine->refs++;
	pthread_mutex_unlock(&engines_lock);
	if (!engine)
		return no_memory(err);
	*ret_engine = engine;
	return 0;
}

void engine_release(struct engine *engine)
{
	struct engine **link = &engines;

	pthread_mutex_lock(&engines_lock);
	/* A process that opens its state once more finds its machines. */
	if (--engine->refs == 0 && engine->n == 0) {
		while (*link != engine)
			link = &(*link)->next;
		*link = engine->next;
		hyp_strv_free(&engine->images);
		pthread_mutex_destroy(&engine->lock);
		pthread_cond_destroy(&engine->changed);
		free(engine->entries);
		free(engine->dir);
		free(engine);
	}
	pthread_mutex_unlock(&engines_lock);
}

const char *engine_files(const struct engine *engine)
{
	return engine->keep ? engine->dir : NULL;
}

int engine_identity(const struct engine *engine, char **ret_identity,
		    hyper_error **err)
{
	HYP_AUTOFREE char *path = hyp_path_join(engine->dir, "identity");
	char *text = NULL;

	if (!path)
		return no_memory(err);
	if (engine->keep)
		text = hyp_read_file(path, 64, NULL);
	*ret_identity = text ? text : strdup("make-believe");
	return *ret_identity ? 0 : no_memory(err);
}

uint64_t engine_changes(struct engine *engine, uint64_t known, uint32_t ms)
{
	struct timespec at = hyp_mono_timespec(hyp_mono_ms() + ms);
	uint64_t changes;

	pthread_mutex_lock(&engine->lock);
	if (engine->changes == known)
		pthread_cond_timedwait(&engine->changed, &engine->lock, &at);
	changes = engine->changes;
	pthread_mutex_unlock(&engine->lock);
	return changes;
}

/* Files: DIR/ID.machine, "UUID STATE [MARK]". */
#define SUFFIX ENGINE_SUFFIX

static char *file_of(struct engine *engine, const char *id)
{
	char name[HYPER_ID_MAX + sizeof(SUFFIX)];

	snprintf(name, sizeof(name), "%s" SUFFIX, id);
	return hyp_path_join(engine->dir, name);
}

static int file_get(struct engine *engine, const char *id,
		    struct entry *ret_entry, hyper_error **err)
{
	HYP_AUTOFREE char *path = file_of(engine, id), *text = NULL;
	size_t len;

	if (!path)
		return no_memory(err);
	text = hyp_read_file(path, 4096, &len);
	if (!text)
		return errno == ENOENT ? HYPER_ERR_NOT_FOUND
				       : io_error(err, path);
	snprintf(ret_entry->id, sizeof(ret_entry->id), "%s", id);
	ret_entry->mark[0] = '\0';
	if (sscanf(text, "%36s %d %36s", ret_entry->uuid, &ret_entry->state,
		   ret_entry->mark) < 2)
		return hyper_error_set(err, HYPER_ERR_IO, NULL, "%s is damaged",
				       path);
	return 0;
}

static int file_put(struct engine *engine, const struct entry *entry,
		    hyper_error **err)
{
	HYP_AUTOFREE char *path = file_of(engine, entry->id);
	char text[96];
	int len = snprintf(text, sizeof(text), "%s %d %s\n", entry->uuid,
			   entry->state, entry->mark);

	if (!path)
		return no_memory(err);
	if (hyp_write_file(path, text, (size_t)len, 0600))
		return io_error(err, path);
	return 0;
}

static int file_delete(struct engine *engine, const char *id, hyper_error **err)
{
	HYP_AUTOFREE char *path = file_of(engine, id);

	if (!path)
		return no_memory(err);
	if (unlink(path) && errno != ENOENT)
		return io_error(err, path);
	return 0;
}

static int file_all(struct engine *engine, struct entry **ret_entries,
		    size_t *ret_n, hyper_error **err)
{
	struct dirent **names;
	int count = scandir(engine->dir, &names, NULL, alphasort), rc = 0;
	HYP_AUTOFREE struct entry *entries = NULL;
	size_t n = 0;

	if (count < 0)
		return io_error(err, engine->dir);
	entries = calloc((size_t)count + 1, sizeof(*entries));
	if (!entries)
		rc = no_memory(err);
	for (int i = 0; i < count; i++) {
		char *dot = strstr(names[i]->d_name, SUFFIX);

		if (rc == 0 && dot && dot[strlen(SUFFIX)] == '\0') {
			*dot = '\0';
			rc = file_get(engine, names[i]->d_name, &entries[n],
				      err);
			/* Removed since it was listed. */
			if (rc == HYPER_ERR_NOT_FOUND)
				rc = 0;
			else
				n++;
		}
		free(names[i]);
	}
	free(names);
	if (rc)
		return rc;
	*ret_entries = hyp_steal(&entries);
	*ret_n = n;
	return 0;
}

static struct entry *find(struct engine *engine, const char *id)
{
	for (size_t i = 0; i < engine->n; i++)
		if (strcmp(engine->entries[i].id, id) == 0)
			return &engine->entries[i];
	return NULL;
}

int engine_get(struct engine *engine, const char *id, struct entry *ret_entry,
	       hyper_error **err)
{
	struct entry *entry;

	if (engine->keep)
		return file_get(engine, id, ret_entry, err);
	pthread_mutex_lock(&engine->lock);
	entry = find(engine, id);
	if (entry)
		*ret_entry = *entry;
	pthread_mutex_unlock(&engine->lock);
	return entry ? 0 : HYPER_ERR_NOT_FOUND;
}

static void has_changed(struct engine *engine)
{
	engine->changes++;
	pthread_cond_broadcast(&engine->changed);
}

int engine_put(struct engine *engine, const struct entry *entry,
	       hyper_error **err)
{
	struct entry *old, *more;
	int rc = 0;

	if (engine->keep)
		return file_put(engine, entry, err);
	pthread_mutex_lock(&engine->lock);
	old = find(engine, entry->id);
	if (!old) {
		more = realloc(engine->entries,
			       (engine->n + 1) * sizeof(*more));
		if (more) {
			engine->entries = more;
			old = &more[engine->n++];
		} else {
			rc = no_memory(err);
		}
	}
	if (old) {
		*old = *entry;
		has_changed(engine);
	}
	pthread_mutex_unlock(&engine->lock);
	return rc;
}

int engine_delete(struct engine *engine, const char *id, hyper_error **err)
{
	struct entry *entry;

	if (engine->keep)
		return file_delete(engine, id, err);
	pthread_mutex_lock(&engine->lock);
	entry = find(engine, id);
	if (entry) {
		*entry = engine->entries[--engine->n];
		has_changed(engine);
	}
	pthread_mutex_unlock(&engine->lock);
	return 0;
}

int engine_all(struct engine *engine, struct entry **ret_entries, size_t *ret_n,
	       hyper_error **err)
{
	struct entry *copy;

	if (engine->keep)
		return file_all(engine, ret_entries, ret_n, err);
	pthread_mutex_lock(&engine->lock);
	copy = calloc(engine->n + 1, sizeof(*copy));
	if (copy && engine->n)
		memcpy(copy, engine->entries, engine->n * sizeof(*copy));
	*ret_n = engine->n;
	pthread_mutex_unlock(&engine->lock);
	if (!copy)
		return no_memory(err);
	*ret_entries = copy;
	return 0;
}

bool engine_has_image(struct engine *engine, const char *name)
{
	bool has;

	pthread_mutex_lock(&engine->lock);
	has = hyp_strv_has(&engine->images, name);
	pthread_mutex_unlock(&engine->lock);
	return has;
}

int engine_add_image(struct engine *engine, const char *name, hyper_error **err)
{
	int rc = 0;

	pthread_mutex_lock(&engine->lock);
	if (!hyp_strv_has(&engine->images, name))
		rc = hyp_strv_add(&engine->images, name);
	pthread_mutex_unlock(&engine->lock);
	return rc ? no_memory(err) : 0;
}

void engine_remove_image(struct engine *engine, const char *name)
{
	struct hyp_strv *images = &engine->images;

	pthread_mutex_lock(&engine->lock);
	for (size_t i = 0; i < images->n; i++)
		if (strcmp(images->items[i], name) == 0) {
			free(images->items[i]);
			images->items[i] = images->items[--images->n];
			images->items[images->n] = NULL;
			break;
		}
	pthread_mutex_unlock(&engine->lock);
}

char *engine_image_at(struct engine *engine, size_t index)
{
	const char *name;
	char *copy;

	pthread_mutex_lock(&engine->lock);
	name = hyp_strv_at(&engine->images, index);
	copy = name ? strdup(name) : NULL;
	pthread_mutex_unlock(&engine->lock);
	return copy;
}
