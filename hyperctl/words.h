/* SPDX-License-Identifier: MIT */
/* A line of the shell as words. */
#ifndef CTL_WORDS_H
#define CTL_WORDS_H

#include <stddef.h>

struct words {
	char **list; /* NULL-terminated */
	size_t n;
};

/*
 * Split as a POSIX shell does, without any expansion: blanks part words, '…'
 * keeps everything, "…" all but \" and \\, a backslash keeps the next
 * character, # begins a comment. Returns NULL, or what is wrong.
 */
const char *words_split(const char *line, struct words *ret_words);
void words_free(struct words *words);

#endif
