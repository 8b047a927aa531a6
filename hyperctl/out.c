/* SPDX-License-Identifier: MIT */
#include "out.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <libsmartcols.h>

enum out_mode out_mode(const struct ctl *ctl, enum out_mode plain)
{
	if (ctl->quiet)
		return OUT_KEYS;
	switch (ctl->format) {
	case FORMAT_TABLE:
		return OUT_TABLE;
	case FORMAT_JSON:
		return OUT_JSON;
	case FORMAT_CSV:
		return OUT_CSV;
	default:
		return plain;
	}
}

/* [new] what a column says of an item. */
static char *cell_text(const struct out_column *column, const void *item,
		       bool people)
{
	char *text;
	size_t len;
	FILE *to = must(open_memstream(&text, &len));

	column->put(to, item, people);
	if (fclose(to) != 0)
		must(NULL);
	return text;
}

static char *heading(const char *name)
{
	char *text = must(strdup(name));
	char *c;

	for (c = text; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return text;
}

/* Programs get texts as they are, a terminal never does. */
static void put_text(const char *text)
{
	AUTO(free) char *clean = NULL;

	if (isatty(STDOUT_FILENO))
		text = clean = text_clean(text);
	fputs(text, stdout);
}

void out_line(const char *text)
{
	put_text(text);
	putchar('\n');
}

/* RFC 4180 */
static void put_csv(const char *text, bool first)
{
	if (!first)
		putchar(',');
	if (!text[strcspn(text, ",\"\r\n")]) {
		put_text(text);
		return;
	}
	putchar('"');
	while (*text) {
		size_t n = strcspn(text, "\"");
		AUTO(free) char *part = must(strndup(text, n));

		put_text(part);
		text += n;
		if (*text == '"') {
			fputs("\"\"", stdout);
			text++;
		}
	}
	putchar('"');
}

/* A row of CSV; of the columns' names for no item. */
static void csv_row(const struct out_noun *noun, const void *item)
{
	const struct out_column *column;
	bool first = true;

	for (column = noun->columns; column->name; column++) {
		AUTO(free) char *text = NULL;

		if (column->flags & OUT_PEOPLE)
			continue;
		if (item)
			text = cell_text(column, item, false);
		put_csv(item ? text : column->name, first);
		first = false;
	}
	fputs("\r\n", stdout);
}

static void table_begin(struct out *out)
{
	const struct out_column *column;

	out->table = must(scols_new_table());
	for (column = out->noun->columns; column->name; column++) {
		AUTO(free) char *name = heading(column->name);
		int flags = 0;

		if (column->flags & OUT_RIGHT)
			flags |= SCOLS_FL_RIGHT;
		if (column->flags & OUT_TRUNC)
			flags |= SCOLS_FL_TRUNC;
		if (!(column->flags & OUT_DATA))
			must(scols_table_new_column(out->table, name, 0,
						    flags));
	}
}

static void table_row(const struct out *out, const void *item)
{
	const struct out_column *column;
	struct libscols_line *line =
		must(scols_table_new_line(out->table, NULL));
	size_t n = 0;

	for (column = out->noun->columns; column->name; column++) {
		AUTO(free) char *text = NULL;

		if (column->flags & OUT_DATA)
			continue;
		text = cell_text(column, item, true);
		if (scols_line_set_data(line, n++, *text ? text : "-") < 0)
			must(NULL);
	}
}

static void table_end(struct out *out)
{
	const struct out_column *column;
	size_t n = 0;

	if (out->rows > 0) {
		scols_print_table(out->table);
	} else { /* of which libsmartcols prints nothing */
		for (column = out->noun->columns; column->name; column++) {
			AUTO(free) char *name = heading(column->name);

			if (!(column->flags & OUT_DATA))
				printf("%s%s", n++ > 0 ? " " : "", name);
		}
		putchar('\n');
	}
	scols_unref_table(out->table);
}

void out_begin(struct out *out, const struct out_noun *noun, enum out_mode mode,
	       bool one)
{
	*out = (struct out){ .noun = noun, .mode = mode, .one = one };
	if (mode == OUT_TABLE)
		table_begin(out);
	else if (mode == OUT_CSV)
		csv_row(noun, NULL);
}

int out_item(struct out *out, const void *item, hyper_error **err)
{
	AUTO(free) char *key = NULL;
	AUTO(hyper_free) char *json = NULL;
	int r;

	switch (out->mode) {
	case OUT_KEYS:
		key = cell_text(&out->noun->columns[0], item, false);
		out_line(key);
		break;
	case OUT_TABLE:
		table_row(out, item);
		break;
	case OUT_JSON:
		r = out->noun->to_json(item, &json, err);
		if (r < 0)
			return r;
		/* The items are documents; this is only the frame. */
		if (!out->one)
			fputs(out->rows == 0 ? "[" : ",\n ", stdout);
		put_text(json);
		break;
	case OUT_CSV:
		csv_row(out->noun, item);
		break;
	}
	out->rows++;
	return 0;
}

void out_end(struct out *out)
{
	if (out->mode == OUT_TABLE)
		table_end(out);
	else if (out->mode == OUT_JSON && !out->one)
		puts(out->rows == 0 ? "[]" : "]");
	else if (out->mode == OUT_JSON && out->rows > 0)
		putchar('\n');
}

struct libscols_table *out_pairs_begin(void)
{
	struct libscols_table *pairs = must(scols_new_table());

	scols_table_enable_noheadings(pairs, 1);
	must(scols_table_new_column(pairs, "name", 0, 0));
	must(scols_table_new_column(pairs, "value", 0, 0));
	return pairs;
}

void out_pair(struct libscols_table *pairs, const char *name,
	      const char *format, ...)
{
	struct libscols_line *line;
	AUTO(free) char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = must(NULL);
	va_end(args);
	if (!*text)
		return;
	line = must(scols_table_new_line(pairs, NULL));
	if (scols_line_set_data(line, 0, name) < 0 ||
	    scols_line_set_data(line, 1, text) < 0)
		must(NULL);
}

void out_pairs_end(struct libscols_table *pairs)
{
	scols_print_table(pairs);
	scols_unref_table(pairs);
}
