/* SPDX-License-Identifier: MIT */
/* SHA-256 (FIPS 180-4). */
#ifndef HYP_UTIL_SHA256_H
#define HYP_UTIL_SHA256_H

#include <stddef.h>

#define HYP_SHA256_SIZE	    32
#define HYP_SHA256_HEX_SIZE (2 * HYP_SHA256_SIZE + 1)

void hyp_sha256(const void *data, size_t len,
		unsigned char ret_hash[HYP_SHA256_SIZE]);
/* The same in lower-case hexadecimal. */
void hyp_sha256_hex(const void *data, size_t len,
		    char ret_hex[HYP_SHA256_HEX_SIZE]);

#endif
