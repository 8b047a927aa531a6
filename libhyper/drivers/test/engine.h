/* SPDX-License-Identifier: MIT */
/*
 * The make-believe engine: a table of machines and one of images. It lives in
 * the memory of the process, shared by its connections to one state, or
 * (setting keep=yes) in files, so that it outlives the process as a real
 * engine would.
 */
#ifndef DRV_TEST_ENGINE_H
#define DRV_TEST_ENGINE_H

#include <hyper/driver.h>

struct engine;

struct entry {
	char id[HYPER_ID_MAX + 1];
	char uuid[37];
	int state; /* 0: half-made, as after a crash in the middle of add */
	/* Empty: ours. Else what stands for the mark of a machine that hyper
	 * did not make: "-", or that of another hyper. */
	char mark[37];
};

/* One for each directory; released as often as it is opened. */
int engine_open(const char *dir, bool keep, struct engine **ret_engine,
		hyper_error **err);
void engine_release(struct engine *engine);

/* NOT_FOUND (without an error) when there is none. */
int engine_get(struct engine *engine, const char *id, struct entry *ret_entry,
	       hyper_error **err);
int engine_put(struct engine *engine, const struct entry *entry,
	       hyper_error **err);
int engine_delete(struct engine *engine, const char *id, hyper_error **err);
/* [new] all, in no order. */
int engine_all(struct engine *engine, struct entry **ret_entries, size_t *ret_n,
	       hyper_error **err);

/* The directory with a file ID.machine for each machine; NULL: in memory. */
#define ENGINE_SUFFIX ".machine"
const char *engine_files(const struct engine *engine);
/* [new] what the file "identity" there says, if there is one. */
int engine_identity(const struct engine *engine, char **ret_identity,
		    hyper_error **err);
/* In memory: the number of changes, once it is another than the known one or
 * some ms are over. */
uint64_t engine_changes(struct engine *engine, uint64_t known, uint32_t ms);

/* watch.c: tell the call of changes until it is cancelled (CANCELLED), or the
 * engine's directory is no longer there (CONNECT). */
int engine_watch(struct engine *engine, hyper_call *call, hyper_error **err);

/* Images have only names: "demo", "tiny", "big" and what was added. */
bool engine_has_image(struct engine *engine, const char *name);
int engine_add_image(struct engine *engine, const char *name,
		     hyper_error **err);
void engine_remove_image(struct engine *engine, const char *name);
/* [new] a name, from 0; NULL past the last. */
char *engine_image_at(struct engine *engine, size_t index);

#endif
