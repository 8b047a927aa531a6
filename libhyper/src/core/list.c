/* SPDX-License-Identifier: MIT */
/* Lists of records: one shape for all types. No list is an empty one. */
#include "core/record.h"

int hyp_list_add(struct hyp_list *list, void *item)
{
	/* Grow at powers of two, which need no field of their own. */
	if ((list->n & (list->n - 1)) == 0) {
		size_t cap = list->n ? 2 * list->n : 1;
		void **items = realloc(list->items, cap * sizeof(*items));

		if (!items)
			return -1;
		list->items = items;
	}
	list->items[list->n++] = item;
	return 0;
}

static void *list_new(size_t size)
{
	struct hyp_list *list = calloc(1, size);

	if (list) {
		list->total = -1;
		list->fields = HYP_FIELDS_ALL;
	}
	return list;
}

#define LIST(type, item, item_free)                                            \
	hyper_##type *hyp_##type##_new(void)                                   \
	{                                                                      \
		return list_new(sizeof(hyper_##type));                         \
	}                                                                      \
	size_t hyper_##type##_count(const hyper_##type *type)                  \
	{                                                                      \
		return type ? type->list.n : 0;                                \
	}                                                                      \
	const item *hyper_##type##_at(const hyper_##type *type, size_t index)  \
	{                                                                      \
		return type && index < type->list.n ? type->list.items[index]  \
						    : NULL;                    \
	}                                                                      \
	void hyper_##type##_free(hyper_##type *type)                           \
	{                                                                      \
		if (!type)                                                     \
			return;                                                \
		for (size_t i = 0; i < type->list.n; i++)                      \
			item_free(type->list.items[i]);                        \
		free(type->list.items);                                        \
		free(type->list.next_cursor);                                  \
		free(type);                                                    \
	}
LIST(machines, hyper_machine, hyper_machine_free)
LIST(operations, hyper_operation, hyper_operation_free)
LIST(events, hyper_event, hyper_event_free)
LIST(images, hyper_image, hyper_image_free)
LIST(drivers, hyper_driver_info, hyp_driver_info_free)
LIST(findings, hyper_finding, hyp_finding_free)
LIST(outcomes, hyper_outcome, hyp_outcome_free)
LIST(remotes, hyper_remote, hyp_remote_free)
LIST(tokens, hyper_token, hyper_token_free)

#define PAGE(type)                                                             \
	int64_t hyper_##type##_total(const hyper_##type *type)                 \
	{                                                                      \
		return type ? type->list.total : -1;                           \
	}                                                                      \
	const char *hyper_##type##_next_cursor(const hyper_##type *type)       \
	{                                                                      \
		return type ? type->list.next_cursor : NULL;                   \
	}
PAGE(machines)
PAGE(operations)

uint64_t hyper_machines_seq(const hyper_machines *machines)
{
	return machines ? machines->seq : 0;
}
