/* SPDX-License-Identifier: MIT */
#include "util/map.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

/* Where the key is, or where it would be. */
static size_t find(const struct hyp_map *map, const char *key, bool *ret_found)
{
	size_t low = 0, high = map->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(map->pairs[middle].key, key);

		if (order == 0) {
			*ret_found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_found = false;
	return low;
}

static void take_out(struct hyp_map *map, size_t at)
{
	free(map->pairs[at].key);
	free(map->pairs[at].value);
	map->n--;
	memmove(map->pairs + at, map->pairs + at + 1,
		(map->n - at) * sizeof(*map->pairs));
}

static int insert(struct hyp_map *map, size_t at, char *key, char *value)
{
	struct hyp_pair *pairs =
		realloc(map->pairs, (map->n + 1) * sizeof(*pairs));

	if (!pairs)
		return -1;
	memmove(pairs + at + 1, pairs + at, (map->n - at) * sizeof(*pairs));
	pairs[at] = (struct hyp_pair){ key, value };
	map->pairs = pairs;
	map->n++;
	return 0;
}

int hyp_map_take(struct hyp_map *map, char *key, char *value)
{
	HYP_AUTOFREE char *own_key = key, *own_value = value;
	bool found;
	size_t at;

	if (!key || !value)
		return -1;
	at = find(map, key, &found);
	if (found) {
		own_value = map->pairs[at].value;
		map->pairs[at].value = value;
		return 0;
	}
	if (insert(map, at, key, value) < 0)
		return -1;
	own_key = own_value = NULL;
	return 0;
}

int hyp_map_set(struct hyp_map *map, const char *key, const char *value)
{
	bool found;
	size_t at;

	if (value)
		return hyp_map_take(map, strdup(key), strdup(value));
	at = find(map, key, &found);
	if (found)
		take_out(map, at);
	return 0;
}

const char *hyp_map_get(const struct hyp_map *map, const char *key)
{
	bool found;
	size_t at = find(map, key, &found);

	return found ? map->pairs[at].value : NULL;
}

int hyp_map_copy(struct hyp_map *to, const struct hyp_map *from)
{
	HYP_AUTOMAP copy = { 0 };
	struct hyp_map old = *to;

	for (size_t i = 0; i < from->n; i++)
		if (hyp_map_set(&copy, from->pairs[i].key,
				from->pairs[i].value) < 0)
			return -1;
	*to = copy;
	copy = old;
	return 0;
}

bool hyp_map_equal(const struct hyp_map *a, const struct hyp_map *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->pairs[i].key, b->pairs[i].key) != 0 ||
		    strcmp(a->pairs[i].value, b->pairs[i].value) != 0)
			return false;
	return true;
}

void hyp_map_free(struct hyp_map *map)
{
	for (size_t i = 0; i < map->n; i++) {
		free(map->pairs[i].key);
		free(map->pairs[i].value);
	}
	free(map->pairs);
	*map = (struct hyp_map){ 0 };
}
