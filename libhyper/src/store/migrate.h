/* SPDX-License-Identifier: MIT */
/* The schema and its history. Private to the store. */
#ifndef HYP_STORE_MIGRATE_H
#define HYP_STORE_MIGRATE_H

#include "store/db.h"

/* One step forward: the SQL that makes version N out of N - 1. */
extern const char *const hyp_migrations[];
extern const int hyp_schema_version;

/*
 * Bring a database to the version of `steps`, the newest of which is `last`,
 * in one transaction. A database that holds something already is copied to
 * "<path>.v<N>.bak" first. A newer one is refused with NOT_SUPPORTED, and one
 * that is not ours with INVALID, both untouched.
 */
int hyp_migrate(struct hyp_db *db, const char *path, const char *const *steps,
		int last, hyper_error **err);

#endif
