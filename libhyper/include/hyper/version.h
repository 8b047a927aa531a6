/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The version of hyper. This file is the only place that states it; the build
 * system, the pkg-config file and the programs read it from here.
 */
#ifndef HYPER_VERSION_H
#define HYPER_VERSION_H

#include <hyper/common.h>

/** The first number of the version. */
#define HYPER_VERSION_MAJOR 0
/** The second one: another one is another interface, until 1.0. */
#define HYPER_VERSION_MINOR 1
/** The third one: the interface stays. */
#define HYPER_VERSION_PATCH 0
/** All three of them. */
#define HYPER_VERSION_STRING "0.1.0"

/** The version as one number, for comparison: 0xMMmmpp. */
#define HYPER_VERSION_NUMBER                                        \
	((HYPER_VERSION_MAJOR << 16) | (HYPER_VERSION_MINOR << 8) | \
	 HYPER_VERSION_PATCH)

HYPER_BEGIN_DECLS

/**
 * The version of the library that is running (the macros tell the version
 * that the program was compiled with).
 *
 * @return [borrowed from the library] such as "0.1.0"
 *
 * Any thread. @since 0.1
 */
HYPER_API const char *hyper_version(void);

/**
 * The version of the library that is running, as a number: comparable with
 * HYPER_VERSION_NUMBER.
 *
 * @return 0xMMmmpp
 *
 * Any thread. @since 0.1
 */
HYPER_API uint32_t hyper_version_number(void);

HYPER_END_DECLS

#endif
