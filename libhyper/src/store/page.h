/* SPDX-License-Identifier: MIT */
/* One page of a query, for any noun. Private to the store. */
#ifndef HYP_STORE_PAGE_H
#define HYP_STORE_PAGE_H

#include "store/db.h"
#include "store/store.h"

struct hyp_page {
	const struct hyp_noun *noun;
	const char *columns; /* for add_row */
	const char *from;    /* the table or view */
	/* Append the current row to list. */
	int (*add_row)(void *list, sqlite3_stmt *stmt, hyper_error **err);
};

/* Fill a list with what a query (or NULL) asks for: items, total, next. */
int hyp_page_run(struct hyp_tx *tx, const struct hyp_page *page,
		 const hyper_query *query, void *list, struct hyp_list *shape,
		 hyper_error **err);

#endif
