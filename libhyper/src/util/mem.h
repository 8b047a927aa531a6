/* SPDX-License-Identifier: MIT */
/* Cleanup attributes: locals free themselves, hyp_steal() keeps one. */
#ifndef HYP_UTIL_MEM_H
#define HYP_UTIL_MEM_H

#include <stdlib.h>
#include <unistd.h>

static inline void hyp_cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void hyp_cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define HYP_CLEANUP(fn) __attribute__((cleanup(fn)))
/* For any malloc()ed pointer. */
#define HYP_AUTOFREE HYP_CLEANUP(hyp_cleanup_free)
/* For a file descriptor, -1 for none. */
#define HYP_AUTOCLOSE HYP_CLEANUP(hyp_cleanup_close)

/* Define the cleanup function name##_p for a destructor name(type *). */
#define HYP_DEFINE_CLEANUP(type, name)         \
	static inline void name##_p(type **pp) \
	{                                      \
		name(*pp);                     \
	}

/* The value of a pointer, which becomes NULL: ownership leaves the scope. */
#define hyp_steal(pp)                            \
	__extension__({                          \
		__typeof__(*(pp)) stolen = *(pp); \
		*(pp) = NULL;                    \
		stolen;                          \
	})

#define HYP_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
