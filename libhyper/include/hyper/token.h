/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Who may do what over HTTP.
 */
#ifndef HYPER_TOKEN_H
#define HYPER_TOKEN_H

#include <hyper/conn.h>

HYPER_BEGIN_DECLS

/** What somebody may do; each may do what those before it may. @since 0.1 */
enum hyper_role {
	HYPER_ROLE_NONE = 0, /**< ask whether a server is well, no more */
	HYPER_ROLE_VIEWER,   /**< read */
	HYPER_ROLE_OPERATOR, /**< run machines, and add and remove them */
	HYPER_ROLE_ADMIN     /**< everything */
};

/**
 * The name of a role, as in JSON and on the command line: "viewer".
 *
 * @param role  an enum hyper_role
 * @return [borrowed from the library] or NULL for HYPER_ROLE_NONE and numbers
 *         that are no role
 *
 * Any thread. @since 0.1
 */
HYPER_API const char *hyper_role_name(int role);

HYPER_END_DECLS

#endif
