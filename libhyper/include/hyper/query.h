/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Queries: which machines or operations, in which order, how many.
 *
 * The filter language is the same in C, in `?query=` and on the command line:
 *
 *     state=running type!=docker mem>=512 image~deb id=web*
 *     (state=running or state=paused) and not label.tier=test
 *
 * Terms beside each other are joined by `and`. `=` and `!=` take a pattern
 * with `*` and `?`; `~` means "contains"; `<` `<=` `>` `>=` compare numbers,
 * times (RFC 3339) and texts. Values with other characters stand in double
 * quotes, with `\"` and `\\`. `mem` takes `512`, `512M` or `2G`.
 * libhyper/docs/API.md has the grammar and the fields.
 */
#ifndef HYPER_QUERY_H
#define HYPER_QUERY_H

#include <hyper/error.h>

HYPER_BEGIN_DECLS

/** Most rows that one page may have. */
#define HYPER_LIMIT_MAX 10000

/** A query. One thread changes it; many may use it. */
typedef struct hyper_query hyper_query;

/**
 * A new query, for everything.
 *
 * @return [new] or NULL when out of memory; free with hyper_query_free()
 *
 * Any thread. @since 0.1
 */
HYPER_API hyper_query *hyper_query_new(void);

/**
 * @name Setters
 * Each sets a part of the query. It copies its value; a NULL text takes the
 * part out again. Texts are checked when the query is used: the error then
 * names the part ("query", "sort", "limit", "cursor", "fields") and the column.
 *
 * @param query  the query
 * @return 0 or HYPER_ERR_NOMEM
 *
 * @since 0.1
 * @{
 */

/** The filter; query.h tells of its language. */
HYPER_API int hyper_query_set_filter(hyper_query *query, const char *filter);
/** The order: fields by commas, `-` for falling, as in "-mem,id". */
HYPER_API int hyper_query_set_sort(hyper_query *query, const char *sort);
/** At most so many, 1 to HYPER_LIMIT_MAX; 0 for all. */
HYPER_API int hyper_query_set_limit(hyper_query *query, uint32_t limit);
/** Go on behind a page: what hyper_machines_next_cursor() told of it; with the
 * same filter and sort. */
HYPER_API int hyper_query_set_cursor(hyper_query *query, const char *cursor);
/** Only these fields in JSON, by commas, as in "id,state" (machines only). */
HYPER_API int hyper_query_set_fields(hyper_query *query, const char *fields);
/** Also count all that match. */
HYPER_API int hyper_query_set_count(hyper_query *query, bool count);
/** @} */

/** Free a query. @param query [takes] or NULL. @since 0.1 */
HYPER_API void hyper_query_free(hyper_query *query);

HYPER_END_DECLS

#endif
