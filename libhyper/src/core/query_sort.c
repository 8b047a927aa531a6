/* SPDX-License-Identifier: MIT */
/* Lists of fields by commas: what to sort by, what to show. */
#include "core/query.h"

#include <string.h>

#include "core/record.h"
#include "util/strv.h"

/* A name of the list, without the spaces around it. */
struct word {
	const char *text;
	size_t len;
	size_t column;
};

/* Begin with *pos at 0. False behind the last name. */
static bool next_word(const char *list, size_t *pos, struct word *ret_word)
{
	const char *start;
	size_t len;

	if (*pos > strlen(list))
		return false;
	start = list + *pos;
	len = strcspn(start, ",");
	*pos += len + 1;
	for (; len && *start == ' '; start++)
		len--;
	while (len && start[len - 1] == ' ')
		len--;
	ret_word->text = start;
	ret_word->len = len;
	ret_word->column = (size_t)(start - list) + 1;
	return true;
}

static int bad_word(const char *field, const struct word *word,
		    const char *names, hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_INVALID, field,
			       "expected one of %s, not '%.*s' at column %zu",
			       names, hyp_shown(word->text, word->len),
			       word->text, word->column);
}

/* Take one key of a sort: "-mem". */
static int add_key(const struct hyp_noun *noun, struct word *word,
		   struct hyp_sort *sort, hyper_error **err)
{
	bool falling = word->len && *word->text == '-';
	const struct hyp_field *field;
	HYP_AUTOFREE char *names = NULL;

	word->text += falling;
	word->len -= falling;
	field = hyp_noun_find(noun, word->text, word->len);
	if (!field || !hyp_field_sorts(field)) {
		names = hyp_noun_names(noun, true);
		return names ? bad_word("sort", word, names, err)
			     : hyp_nomem(err);
	}
	for (size_t i = 0; i < sort->n; i++)
		if (sort->by[i].field == field)
			return hyper_error_set(
				err, HYPER_ERR_INVALID, "sort",
				"sorted by %s already at column %zu",
				field->name, word->column);
	if (sort->n == HYP_SORT_MAX)
		return hyper_error_set(err, HYPER_ERR_INVALID, "sort",
				       "expected at most %d fields at column "
				       "%zu",
				       HYP_SORT_MAX, word->column);
	sort->by[sort->n].field = field;
	sort->by[sort->n++].falling = falling;
	return 0;
}

int hyp_sort_parse(const struct hyp_noun *noun, const char *text,
		   struct hyp_sort *ret_sort, hyper_error **err)
{
	const struct hyp_field *key =
		hyp_noun_find(noun, noun->key, strlen(noun->key));
	struct hyp_sort sort = { .n = 0 };
	struct word word;
	size_t pos = 0;
	int rc;

	if (!text || !*text)
		text = noun->default_sort;
	while (next_word(text, &pos, &word)) {
		rc = add_key(noun, &word, &sort, err);
		if (rc)
			return rc;
	}
	/* The key is unique: what stands behind it has no say. */
	for (size_t i = 0; i < sort.n; i++)
		if (sort.by[i].field == key)
			sort.n = i + 1;
	if (sort.by[sort.n - 1].field != key)
		sort.by[sort.n++].field = key;
	*ret_sort = sort;
	return 0;
}

static const char *const machine_fields[] = {
#define FIELD(name) #name,
	HYP_MACHINE_FIELDS(FIELD)
#undef FIELD
		NULL
};

static uint32_t field_bit(const struct word *word)
{
	for (size_t i = 0; machine_fields[i]; i++)
		if (strlen(machine_fields[i]) == word->len &&
		    memcmp(machine_fields[i], word->text, word->len) == 0)
			return UINT32_C(1) << i;
	return 0;
}

int hyp_fields_parse(const char *text, uint32_t *ret_mask, hyper_error **err)
{
	HYP_AUTOFREE char *names = NULL;
	uint32_t mask = 0, bit;
	struct word word;
	size_t pos = 0;

	if (!text || !*text) {
		*ret_mask = HYP_FIELDS_ALL;
		return 0;
	}
	while (next_word(text, &pos, &word)) {
		bit = field_bit(&word);
		if (!bit) {
			names = hyp_words_join(machine_fields);
			return names ? bad_word("fields", &word, names, err)
				     : hyp_nomem(err);
		}
		mask |= bit;
	}
	*ret_mask = mask;
	return 0;
}
