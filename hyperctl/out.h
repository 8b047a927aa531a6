/* SPDX-License-Identifier: MIT */
/* Results on stdout: a table for people, JSON or CSV for programs, or keys. */
#ifndef CTL_OUT_H
#define CTL_OUT_H

#include "ctl.h"

enum out_mode { OUT_KEYS, OUT_TABLE, OUT_JSON, OUT_CSV };

enum out_flags {
	OUT_RIGHT = 1 << 0,  /* numbers */
	OUT_TRUNC = 1 << 1,  /* may be cut to fit a terminal */
	OUT_PEOPLE = 1 << 2, /* only in tables, and */
	OUT_DATA = 1 << 3,   /* only in CSV, and */
	OUT_ASKED = 1 << 4,  /* in neither, unless --columns names it */
	OUT_STATE = 1 << 5   /* has a colour */
};
/* For what is shown at once: how wide a column is, as one of the flags. */
#define OUT_WIDTH(n) ((n) << 8)

struct out_column {
	const char *name;
	int flags; /* enum out_flags and OUT_WIDTH() */
	/* Write the value, or nothing where it is unknown: for people
	 * ("512M") or as data ("512"). */
	void (*put)(FILE *to, const void *item, bool people);
};

/* A kind of things to show. */
struct out_noun {
	/* Ended by an empty one; the first is the key. */
	const struct out_column *columns;
	/* Each is shown at once, since there may be no end: a line of a table
	 * or a JSON document. */
	bool at_once;
	/* [new, for hyper_free()] */
	int (*to_json)(const void *item, char **ret_json, hyper_error **err);
};
/* nouns.c */
extern const struct out_noun out_machines, out_operations, out_history,
	out_events, out_images, out_drivers, out_findings, out_remotes,
	out_tokens;

struct out {
	const struct out_noun *noun;
	enum out_mode mode;
	bool one;
	bool headers;
	bool color;
	size_t rows;
	const struct out_column **columns; /* those to show, NULL-terminated */
	struct libscols_table *table;
};

/* What the options ask for; `plain` when they do not say. */
enum out_mode out_mode(const struct ctl *ctl, enum out_mode plain);

/* Whether --columns can be shown, for who changes something first. 0 or
 * INVALID. */
int out_check(const struct ctl *ctl, const struct out_noun *noun,
	      hyper_error **err);

/* Show items: begin, each item, end. The mode is what out_mode() makes of
 * `plain`; JSON is an array unless `one`. 0, or INVALID if there is no such
 * column: then there is nothing to end. */
int out_begin(struct out *out, const struct ctl *ctl,
	      const struct out_noun *noun, enum out_mode plain, bool one,
	      hyper_error **err);
/* 0, or the negative code of to_json. */
int out_item(struct out *out, const void *item, hyper_error **err);
void out_end(struct out *out);

/* Whether stdout is a terminal that understands escape sequences. */
bool out_steers(void);

/* One line, safe when stdout is a terminal. */
void out_line(const char *text);

/* Lines of "name  value" for people: begin, add, end. Empty values are left
 * out. */
struct libscols_table *out_pairs_begin(void);
void out_pair(struct libscols_table *pairs, const char *name,
	      const char *format, ...) HYPER_PRINTF(3, 4);
void out_pairs_end(struct libscols_table *pairs);

#endif
