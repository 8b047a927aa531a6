/* SPDX-License-Identifier: MIT */
/* A small map from text to text, kept sorted by key (byte order). */
#ifndef HYP_UTIL_MAP_H
#define HYP_UTIL_MAP_H

#include <stdbool.h>
#include <stddef.h>

struct hyp_pair {
	char *key;
	char *value;
};

struct hyp_map {
	struct hyp_pair *pairs;
	size_t n;
};

/* Set a key, or take it out for a NULL value. 0, or -1: out of memory. */
int hyp_map_set(struct hyp_map *map, const char *key, const char *value);
/* The same of two [takes] texts, which it frees if it fails, or one is NULL. */
int hyp_map_take(struct hyp_map *map, char *key, char *value);
const char *hyp_map_get(const struct hyp_map *map, const char *key);
int hyp_map_copy(struct hyp_map *to, const struct hyp_map *from);
bool hyp_map_equal(const struct hyp_map *a, const struct hyp_map *b);
void hyp_map_free(struct hyp_map *map);

#define HYP_AUTOMAP __attribute__((cleanup(hyp_map_free))) struct hyp_map

#endif
