/* SPDX-License-Identifier: MIT */
/* What the fuzzed targets share. A broken promise ends the process, which is
 * how libFuzzer, and replay.c, get to know of it. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hyper/error.h>

#include "util/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Called once, before all inputs; a target may do without. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

#define FUZZ_CHECK(condition, ...)                                          \
	do {                                                                \
		if (!(condition)) {                                         \
			fprintf(stderr, "%s:%d: not so: %s: ", __FILE__,    \
				__LINE__, #condition);                      \
			fprintf(stderr, __VA_ARGS__);                       \
			fputc('\n', stderr);                                \
			abort();                                            \
		}                                                           \
	} while (0)

/* [new] the next part of an input, up to a byte that parts them (or to the
 * end), as text; whatever follows a NUL in it is not seen. */
static inline char *fuzz_part(const uint8_t **data, size_t *size, char end)
{
	const uint8_t *stop = *size ? memchr(*data, end, *size) : NULL;
	size_t len = stop ? (size_t)(stop - *data) : *size;
	char *text = malloc(len + 1);

	FUZZ_CHECK(text, "out of memory");
	if (len)
		memcpy(text, *data, len);
	text[len] = '\0';
	*data += len + (stop != NULL);
	*size -= len + (stop != NULL);
	return text;
}

/* All that an error says is one line of UTF-8. */
static inline void fuzz_check_error(const hyper_error *err)
{
	for (; err; err = hyper_error_cause(err)) {
		const char *says[] = { hyper_error_message(err),
				       hyper_error_field(err),
				       hyper_error_driver(err) };

		FUZZ_CHECK(says[0] && *says[0], "an error says nothing");
		for (size_t i = 0; i < 3; i++)
			FUZZ_CHECK(!says[i] || hyp_text_valid(says[i],
							      strlen(says[i]),
							      false),
				   "error says '%s'", says[i]);
	}
}

/* A call has done what it says of errors: it failed and tells why, or it did
 * not. Never by a fault of its own. Frees err; the code. */
static inline int fuzz_end(int rc, hyper_error **err)
{
	fuzz_check_error(*err);
	FUZZ_CHECK(rc == hyper_error_code(*err), "%d, but %d", rc,
		   hyper_error_code(*err));
	FUZZ_CHECK(rc != HYPER_ERR_INTERNAL && rc != HYPER_ERR_NOMEM, "%s",
		   hyper_error_message(*err));
	hyper_error_free(*err);
	*err = NULL;
	return rc;
}

/* The same of what a user wrote: INVALID, and it says which field. */
static inline int fuzz_end_user(int rc, hyper_error **err)
{
	FUZZ_CHECK(rc == 0 || (rc == HYPER_ERR_INVALID &&
			       hyper_error_field(*err)),
		   "%s", hyper_error_message(*err));
	return fuzz_end(rc, err);
}

/* A directory for one run, below $TMPDIR, which whoever runs it removes. */
static inline const char *fuzz_dir(void)
{
	static char dir[512];
	const char *top = getenv("TMPDIR");

	snprintf(dir, sizeof(dir), "%s/fuzz.XXXXXX", top ? top : "/tmp");
	FUZZ_CHECK(mkdtemp(dir), "no directory %s", dir);
	return dir;
}

#endif
