/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include <string.h>

#include "store/db.h"

int hyp_store_check(struct hyp_tx *tx, struct hyp_strv *ret_problems,
		    hyper_error **err)
{
	HYP_AUTOSTRV problems = { 0 };
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(tx->db, "PRAGMA integrity_check(20)", &stmt,
				  err);

	if (rc)
		return rc;
	while ((rc = hyp_db_step(tx->db, stmt, err)) == 1) {
		const char *text = (const char *)sqlite3_column_text(stmt, 0);

		if (text && strcmp(text, "ok") != 0 &&
		    hyp_strv_add(&problems, text))
			return hyp_nomem(err);
	}
	if (rc < 0)
		return rc;
	*ret_problems = problems;
	problems = (struct hyp_strv){ 0 };
	return 0;
}
