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
		return ctl->columns ? OUT_TABLE : plain;
	}
}

/* https://no-color.org */
static bool wants_color(const struct ctl *ctl)
{
	const char *no_color = secure_getenv("NO_COLOR");

	if (ctl->color != COLOR_AUTO)
		return ctl->color == COLOR_ALWAYS;
	return out_steers() && !(no_color && *no_color);
}

bool out_steers(void)
{
	const char *term = secure_getenv("TERM");

	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
}

/* How a state is shown: an escape sequence, or NULL. */
static const char *color_of(const char *state)
{
	static const char red[] = "\033[31m", green[] = "\033[32m",
			  yellow[] = "\033[33m";
	static const struct {
		const char *state, *color;
	} colors[] = {
		{ "running", green },	{ "done", green },
		{ "yes", green },	{ "error", red },
		{ "missing", red },	{ "failed", red },
		{ "no", red },		{ "creating", yellow },
		{ "starting", yellow }, { "stopping", yellow },
		{ "removing", yellow }, { "queued", yellow },
	};
	size_t i;

	if (strstr(state, "(stale)"))
		return yellow;
	for (i = 0; i < sizeof(colors) / sizeof(*colors); i++)
		if (strcmp(state, colors[i].state) == 0)
			return colors[i].color;
	return NULL;
}

static const struct out_column *find_column(const struct out_noun *noun,
					    const char *name, size_t len)
{
	const struct out_column *column;

	for (column = noun->columns; column->name; column++)
		if (strlen(column->name) == len &&
		    memcmp(column->name, name, len) == 0)
			return column;
	return NULL;
}

/* INVALID, with all columns that there are. */
static int no_column(const struct out_noun *noun, const char *name, size_t len,
		     hyper_error **err)
{
	const struct out_column *column;
	AUTO(free) char *known = NULL;
	size_t size;
	FILE *to = must(open_memstream(&known, &size));

	for (column = noun->columns; column->name; column++)
		fprintf(to, "%s%s", column == noun->columns ? "" : ", ",
			column->name);
	if (fclose(to) != 0)
		must(NULL);
	return hyper_error_set(err, HYPER_ERR_INVALID, "columns",
			       "there is no column '%.*s': choose from %s",
			       (int)len, name, known);
}

/* Those that --columns names, in its order, or the usual ones. */
static int choose_columns(struct out *out, const char *names, hyper_error **err)
{
	const int without =
		OUT_ASKED | (out->mode == OUT_CSV ? OUT_PEOPLE : OUT_DATA);
	const struct out_column *column = out->noun->columns;
	size_t n = 0, max = 1;

	while (column[max].name)
		max++;
	for (const char *at = names; at && (at = strchr(at, ',')); at++)
		max++;
	out->columns = must(calloc(max + 1, sizeof(*out->columns)));
	for (; !names && column->name; column++)
		if (!(column->flags & without))
			out->columns[n++] = column;
	while (names) {
		size_t len = strcspn(names, ",");

		column = find_column(out->noun, names, len);
		if (!column)
			return no_column(out->noun, names, len, err);
		out->columns[n++] = column;
		names = names[len] ? names + len + 1 : NULL;
	}
	return 0;
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
static void csv_row(const struct out *out, const void *item)
{
	size_t i;

	for (i = 0; out->columns[i]; i++) {
		AUTO(free) char *text = NULL;

		if (item)
			text = cell_text(out->columns[i], item, false);
		put_csv(item ? text : out->columns[i]->name, i == 0);
	}
	fputs("\r\n", stdout);
}

/* [new] what a table shows of an item, and how. */
static char *table_cell(const struct out *out, const struct out_column *column,
			const void *item, const char **ret_color)
{
	char *text = cell_text(column, item, true);

	*ret_color =
		out->color && column->flags & OUT_STATE ? color_of(text) : NULL;
	if (*text)
		return text;
	free(text);
	return must(strdup("-"));
}

/* A line of a table that is shown at once; the headings for no item. */
static void line_at_once(const struct out *out, const void *item)
{
	size_t i;

	for (i = 0; out->columns[i]; i++) {
		const struct out_column *column = out->columns[i];
		const char *color = NULL;
		AUTO(free)
		char *text = item ? table_cell(out, column, item, &color)
				  : heading(column->name);
		AUTO(free) char *clean = text_clean(text);
		bool last = !out->columns[i + 1];

		printf("%s%s%*s%s", i > 0 ? " " : "", color ? color : "",
		       last ? 0 : -(column->flags >> 8), clean,
		       color ? "\033[0m" : "");
	}
	putchar('\n');
}

static void table_begin(struct out *out)
{
	size_t i;

	out->table = must(scols_new_table());
	scols_table_enable_noheadings(out->table, !out->headers);
	scols_table_enable_colors(out->table, out->color);
	for (i = 0; out->columns[i]; i++) {
		AUTO(free) char *name = heading(out->columns[i]->name);
		int flags = 0;

		if (out->columns[i]->flags & OUT_RIGHT)
			flags |= SCOLS_FL_RIGHT;
		if (out->columns[i]->flags & OUT_TRUNC)
			flags |= SCOLS_FL_TRUNC;
		must(scols_table_new_column(out->table, name, 0, flags));
	}
}

static void table_row(const struct out *out, const void *item)
{
	struct libscols_line *line =
		must(scols_table_new_line(out->table, NULL));
	size_t i;

	for (i = 0; out->columns[i]; i++) {
		const char *color;
		AUTO(free)
		char *text = table_cell(out, out->columns[i], item, &color);

		if (scols_line_set_data(line, i, text) < 0 ||
		    (color && scols_cell_set_color(scols_line_get_cell(line, i),
						   color) < 0))
			must(NULL);
	}
}

static void table_end(struct out *out)
{
	size_t i;

	if (out->rows > 0) {
		scols_print_table(out->table);
	} else if (out->headers) { /* of which libsmartcols prints nothing */
		for (i = 0; out->columns[i]; i++) {
			AUTO(free) char *name = heading(out->columns[i]->name);

			printf("%s%s", i > 0 ? " " : "", name);
		}
		putchar('\n');
	}
	scols_unref_table(out->table);
}

static int prepare(struct out *out, const struct ctl *ctl,
		   const struct out_noun *noun, enum out_mode plain,
		   hyper_error **err)
{
	*out = (struct out){ .noun = noun,
			     .mode = out_mode(ctl, plain),
			     .headers = !ctl->no_headers,
			     .color = wants_color(ctl) };
	if (ctl->columns && out->mode != OUT_TABLE && out->mode != OUT_CSV)
		return hyper_error_set(err, HYPER_ERR_INVALID, "columns",
				       "--columns is for tables and CSV: leave "
				       "%s out",
				       ctl->quiet ? "--quiet" : "-f json");
	return choose_columns(out, ctl->columns, err);
}

int out_check(const struct ctl *ctl, const struct out_noun *noun,
	      hyper_error **err)
{
	struct out out;
	int r = prepare(&out, ctl, noun, OUT_TABLE, err);

	free(out.columns);
	return r;
}

int out_begin(struct out *out, const struct ctl *ctl,
	      const struct out_noun *noun, enum out_mode plain, bool one,
	      hyper_error **err)
{
	struct out fresh;
	int r = prepare(&fresh, ctl, noun, plain, err);

	if (r < 0) {
		free(fresh.columns);
		return r;
	}
	fresh.one = one || noun->at_once;
	if (fresh.mode == OUT_TABLE && !noun->at_once)
		table_begin(&fresh);
	else if (fresh.mode == OUT_CSV && fresh.headers)
		csv_row(&fresh, NULL);
	*out = fresh;
	return 0;
}

static int put_json(const struct out *out, const void *item, hyper_error **err)
{
	AUTO(hyper_free) char *json = NULL;
	int r = out->noun->to_json(item, &json, err);

	if (r < 0)
		return r;
	/* The items are documents; this is only the frame. */
	if (!out->one)
		fputs(out->rows == 0 ? "[" : ",\n ", stdout);
	put_text(json);
	if (out->noun->at_once)
		putchar('\n');
	return 0;
}

int out_item(struct out *out, const void *item, hyper_error **err)
{
	AUTO(free) char *key = NULL;
	int r = 0;

	switch (out->mode) {
	case OUT_KEYS:
		key = cell_text(&out->noun->columns[0], item, false);
		out_line(key);
		break;
	case OUT_TABLE:
		if (!out->noun->at_once) {
			table_row(out, item);
			break;
		}
		if (out->rows == 0 && out->headers)
			line_at_once(out, NULL);
		line_at_once(out, item);
		break;
	case OUT_JSON:
		r = put_json(out, item, err);
		break;
	case OUT_CSV:
		csv_row(out, item);
		break;
	}
	out->rows++;
	return r;
}

void out_end(struct out *out)
{
	if (out->table)
		table_end(out);
	else if (out->mode == OUT_JSON && !out->one)
		puts(out->rows == 0 ? "[]" : "]");
	else if (out->mode == OUT_JSON && out->rows > 0 && !out->noun->at_once)
		putchar('\n');
	free(out->columns);
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
