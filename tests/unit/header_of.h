/* SPDX-License-Identifier: MIT */
#ifndef HEADER_OF_H
#define HEADER_OF_H

#include <check.h>
#include <hyper/rest.h>
#include <string.h>

/* NULL when it is not there; must be there at most once. */
static inline const char *header_of(const hyper_rest_response *response,
				    const char *name)
{
	const char *found = NULL, *this_name, *value;

	for (size_t i = 0;
	     hyper_rest_response_header(response, i, &this_name, &value); i++)
		if (strcmp(this_name, name) == 0) {
			ck_assert_ptr_null(found);
			found = value;
		}
	return found;
}

#endif
