/* SPDX-License-Identifier: MIT */
/* Does the library that runs have what we were compiled for? */
#include <hyper/hyper.h>
#include <stdio.h>

int main(void)
{
	if (hyper_version_number() < HYPER_VERSION_NUMBER) {
		fprintf(stderr, "needs hyper %s, but this is %s\n",
			HYPER_VERSION_STRING, hyper_version());
		return 1;
	}
	printf("hyper %s will do\n", hyper_version());
	return 0;
}
