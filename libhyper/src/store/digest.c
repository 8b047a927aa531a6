/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include <sha2.h>

void hyp_digest(const void *data, size_t len, char out[HYP_DIGEST_SIZE])
{
	_Static_assert(HYP_DIGEST_SIZE == SHA256_DIGEST_STRING_LENGTH,
		       "hexadecimal");
	SHA256Data(data, len, out);
}
