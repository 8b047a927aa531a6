/* SPDX-License-Identifier: MIT */
/* What libFuzzer's own main is to a fuzzed target, where there is none: runs
 * each file of the directories that it is given, once. */
#include "fuzz.h"

#include <dirent.h>
#include <sys/stat.h>

#include "util/fs.h"
#include "util/mem.h"

#define FILE_MAX (1u << 20)

#pragma weak LLVMFuzzerInitialize

static void run(const char *path)
{
	size_t len;
	HYP_AUTOFREE char *data = hyp_read_file(path, FILE_MAX, &len);
	uint8_t *exact;

	FUZZ_CHECK(data, "%s cannot be read", path);
	/* Without the NUL behind it, which would hide a read too far. */
	exact = malloc(len ? len : 1);
	FUZZ_CHECK(exact, "out of memory");
	memcpy(exact, data, len);
	fprintf(stderr, "%s\n", path); /* the last one is to blame */
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
}

static unsigned int run_all(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	unsigned int n = 0;

	FUZZ_CHECK(dir, "%s is no directory", path);
	while ((entry = readdir(dir))) {
		HYP_AUTOFREE char *file = hyp_path_join(path, entry->d_name);
		struct stat st;

		FUZZ_CHECK(file && stat(file, &st) == 0, "%s has gone", file);
		if (!S_ISREG(st.st_mode))
			continue;
		run(file);
		n++;
	}
	closedir(dir);
	return n;
}

int main(int argc, char **argv)
{
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++) {
		unsigned int n = run_all(argv[i]);

		FUZZ_CHECK(n, "%s has no files", argv[i]);
		printf("%u files of %s\n", n, argv[i]);
	}
	return argc > 1 ? 0 : 2;
}
