/* SPDX-License-Identifier: MIT */
#include <hyper/version.h>

#include <stdlib.h>

const char *hyper_version(void)
{
	return HYPER_VERSION_STRING;
}

uint32_t hyper_version_number(void)
{
	return HYPER_VERSION_NUMBER;
}

void hyper_free(void *p)
{
	free(p);
}
