/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static void add(struct words *words, char *word)
{
	words->list = must(
		realloc(words->list, (words->n + 2) * sizeof(*words->list)));
	words->list[words->n++] = word;
	words->list[words->n] = NULL;
}

/* One word, copied to `to`. The end of it, or NULL when a quote is open. */
static const char *read_word(const char *at, char *to)
{
	char quote = '\0';

	for (; *at && (quote || !strchr(" \t\r\n", *at)); at++) {
		if (*at == quote) {
			quote = '\0';
		} else if (!quote && (*at == '\'' || *at == '"')) {
			quote = *at;
		} else if (*at == '\\' && quote != '\'' &&
			   (!quote || at[1] == '"' || at[1] == '\\')) {
			if (!*++at)
				return NULL;
			*to++ = *at;
		} else {
			*to++ = *at;
		}
	}
	*to = '\0';
	return quote ? NULL : at;
}

const char *words_split(const char *line, struct words *ret_words)
{
	struct words words = { 0 };

	for (;;) {
		char *word;

		line += strspn(line, " \t\r\n");
		if (!*line || *line == '#')
			break;
		word = must(malloc(strlen(line) + 1));
		line = read_word(line, word);
		if (!line) {
			free(word);
			words_free(&words);
			return "a quote is not closed";
		}
		add(&words, word);
	}
	*ret_words = words;
	return NULL;
}

void words_free(struct words *words)
{
	size_t i;

	for (i = 0; i < words->n; i++)
		free(words->list[i]);
	free(words->list);
	*words = (struct words){ 0 };
}
