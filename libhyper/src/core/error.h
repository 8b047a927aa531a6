/* SPDX-License-Identifier: MIT */
/* Errors from inside: everything of <hyper/error.h> and what only we do. */
#ifndef HYP_CORE_ERROR_H
#define HYP_CORE_ERROR_H

#include <hyper/error.h>

#include "util/mem.h"

/*
 * The one table: slug, code, HTTP status, title. The first row of a code is
 * its default; the others are what only HTTP can get wrong. The client maps
 * a slug back to its code.
 */
struct hyp_problem {
	const char *slug;
	int code;
	int status;
	const char *title;
};

const struct hyp_problem *hyp_problem_of_code(int code);
/* NULL when there is none. */
const struct hyp_problem *hyp_problem_of_slug(const char *slug);
/* All rows, from 0; NULL past the last. */
const struct hyp_problem *hyp_problem_at(size_t index);

/* HYPER_ERR_NOMEM, without allocating. */
int hyp_nomem(hyper_error **err);
/* HYPER_ERR_IO (or DENIED, NOT_FOUND, NOMEM) from errno: "<what>: <errno>". */
int hyp_errno(hyper_error **err, const char *format, ...) HYPER_PRINTF(2, 3);
/* INVALID unless all bits of flags are among allowed. */
int hyp_check_flags(uint32_t flags, uint32_t allowed, hyper_error **err);

/* Name the driver that an error came from, where none is named yet. */
void hyp_error_set_driver(hyper_error *err, const char *driver);
/* Name the request that an error answers; without memory it has no name. */
void hyp_error_set_request_id(hyper_error *err, const char *id);
/* Put cause [takes] at the end of the chain of err. */
void hyp_error_set_cause(hyper_error *err, hyper_error *cause);
/* [takes] *from into *to (which may be NULL to drop it). */
void hyp_error_move(hyper_error **to, hyper_error **from);

HYP_DEFINE_CLEANUP(hyper_error, hyper_error_free)
#define HYP_AUTOERROR HYP_CLEANUP(hyper_error_free_p) hyper_error

#endif
