/* SPDX-License-Identifier: MIT */
/* From the words of a command line to a query. */
#include "args.h"

#include <string.h>

int args_query_option(struct args *args, struct args_query *query, int opt)
{
	switch (opt) {
	case OPT_LIMIT:
		if (!text_uint(optarg, UINT32_MAX, &query->limit) ||
		    query->limit == 0)
			return usage_error(args->command,
					   "'%s' is no limit: 1 or more",
					   optarg);
		return -1;
	case OPT_QUERY:
		query->filter = optarg;
		return -1;
	case OPT_SORT:
		query->sort = optarg;
		return -1;
	default:
		return args->exit;
	}
}

/* The length of "field=" (or another comparison) at the start of a word; 0
 * when it is a word of the language, such as "or". */
static size_t term_head(const char *word)
{
	size_t n = strcspn(word, "=!<>~ \t\"()");
	size_t op = strspn(word + n, "=!<>~");

	return n > 0 && op > 0 && op <= 2 ? n + op : 0;
}

/* The shell has taken the quotes of a value off: put them on again where the
 * language needs them. What stands in quotes is no pattern. */
static void put_word(FILE *to, const char *word)
{
	size_t head = term_head(word);
	const char *value = word + head;

	if (head == 0 || *value == '"' ||
	    (*value && !strpbrk(value, " \t\n\"()"))) {
		fputs(word, to);
		return;
	}
	fprintf(to, "%.*s\"", (int)head, word);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			fputc('\\', to);
		fputc(*value, to);
	}
	fputc('"', to);
}

hyper_query *args_query_make(const struct args_query *query, char **operands,
			     int count)
{
	hyper_query *made = must(hyper_query_new());
	AUTO(free) char *filter = NULL;
	size_t len;
	FILE *to = must(open_memstream(&filter, &len));
	int i;

	if (query->filter)
		fprintf(to, count ? "(%s)" : "%s", query->filter);
	for (i = 0; i < count; i++) {
		if (i > 0 || query->filter)
			fputc(' ', to);
		put_word(to, operands[i]);
	}
	if (fclose(to) != 0)
		must(NULL);
	if (hyper_query_set_filter(made, len ? filter : NULL) < 0 ||
	    hyper_query_set_sort(made, query->sort) < 0 ||
	    hyper_query_set_limit(made, query->limit > HYPER_LIMIT_MAX
						? HYPER_LIMIT_MAX
						: (uint32_t)query->limit) < 0)
		must(NULL);
	return made;
}
