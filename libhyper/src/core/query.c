/* SPDX-License-Identifier: MIT */
/* The record of a query. Its texts are parsed where they are used. */
#include "core/query.h"

#include "core/record.h"

hyper_query *hyper_query_new(void)
{
	return calloc(1, sizeof(hyper_query));
}

int hyper_query_set_filter(hyper_query *query, const char *filter)
{
	return hyp_set_text(&query->filter, filter, NULL);
}

int hyper_query_set_sort(hyper_query *query, const char *sort)
{
	return hyp_set_text(&query->sort, sort, NULL);
}

int hyper_query_set_limit(hyper_query *query, uint32_t limit)
{
	query->limit = limit;
	return 0;
}

int hyper_query_set_cursor(hyper_query *query, const char *cursor)
{
	return hyp_set_text(&query->cursor, cursor, NULL);
}

int hyper_query_set_fields(hyper_query *query, const char *fields)
{
	return hyp_set_text(&query->fields, fields, NULL);
}

int hyper_query_set_count(hyper_query *query, bool count)
{
	query->count = count;
	return 0;
}

hyper_query *hyp_query_copy(const hyper_query *query)
{
	HYP_CLEANUP(hyper_query_free_p) hyper_query *copy = hyper_query_new();

	if (!copy || hyper_query_set_filter(copy, query->filter) ||
	    hyper_query_set_sort(copy, query->sort) ||
	    hyper_query_set_cursor(copy, query->cursor) ||
	    hyper_query_set_fields(copy, query->fields))
		return NULL;
	copy->limit = query->limit;
	copy->count = query->count;
	return hyp_steal(&copy);
}

void hyper_query_free(hyper_query *query)
{
	if (!query)
		return;
	free(query->filter);
	free(query->sort);
	free(query->cursor);
	free(query->fields);
	free(query);
}
