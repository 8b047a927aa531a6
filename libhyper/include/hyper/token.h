/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Who may do what over HTTP: tokens with a name and a role. A program that has
 * the state directory needs none; what it makes there, hyperd knows at once.
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

/** A token, or what is known of one. Immutable. */
typedef struct hyper_token hyper_token;

/** Tokens, by their names. Immutable. */
typedef struct hyper_tokens hyper_tokens;

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

/**
 * The role of a name.
 *
 * @param name  [borrowed] such as "viewer", or NULL
 * @return an enum hyper_role; HYPER_ROLE_NONE when it is no role's name
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_role_parse(const char *name);

/**
 * Make a token. Its secret is told here and never again: the database keeps
 * the SHA-256 of it.
 *
 * @param conn        the connection; a remote one must itself be an admin's
 * @param name        [borrowed] a new one, of the form that ids of machines
 *                    have; it stands on all that is done with the token
 * @param role        HYPER_ROLE_VIEWER, OPERATOR or ADMIN
 * @param expires_at  when it ends to be good, ms since the Epoch; 0: never
 * @param flags       0
 * @param ret_token   [new] with its secret; free with hyper_token_free()
 * @param err         INVALID, EXISTS, DENIED, IO, CONNECT, NOMEM
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_token_add(hyper_conn *conn, const char *name, int role,
			      int64_t expires_at, uint32_t flags,
			      hyper_token **ret_token, hyper_error **err);

/**
 * All tokens, also those that have expired; without their secrets.
 *
 * @param conn        the connection
 * @param flags       0
 * @param ret_tokens  [new] free with hyper_tokens_free()
 * @param err         DENIED, IO, CONNECT, NOMEM
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_token_list(hyper_conn *conn, uint32_t flags,
			       hyper_tokens **ret_tokens, hyper_error **err);

/**
 * Take a token back: from the next request on nobody gets in with it. What it
 * has begun goes on.
 *
 * @param conn   the connection
 * @param name   [borrowed] the token's
 * @param flags  0
 * @param err    INVALID, NOT_FOUND, DENIED, IO, CONNECT, NOMEM
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_token_remove(hyper_conn *conn, const char *name,
				 uint32_t flags, hyper_error **err);

/**
 * Whose secret is it? For servers.
 *
 * @param conn       a local connection
 * @param secret     [borrowed] what a client has sent
 * @param flags      0
 * @param ret_token  [new] its token, without the secret
 * @param err        AUTH (nobody's, or it has expired), INVALID,
 *                   NOT_SUPPORTED (a remote connection), IO, NOMEM
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_token_check(hyper_conn *conn, const char *secret,
				uint32_t flags, hyper_token **ret_token,
				hyper_error **err);

/**
 * @name Getters
 * What they return is [borrowed from token].
 * @since 0.1
 * @{
 */
/** Its name. */
HYPER_API const char *hyper_token_name(const hyper_token *token);
/** An enum hyper_role. */
HYPER_API int hyper_token_role(const hyper_token *token);
/** When it was made, ms. */
HYPER_API int64_t hyper_token_created_at(const hyper_token *token);
/** When it ends to be good, ms; 0: never. */
HYPER_API int64_t hyper_token_expires_at(const hyper_token *token);
/** The secret, where hyper_token_add() has just made it; else NULL. */
HYPER_API const char *hyper_token_secret(const hyper_token *token);
/** @} */

/**
 * A token as JSON: the answer to `POST /hyper/tokens`, with the secret if it
 * has that. As hyper_machine_to_json(). @since 0.1
 */
HYPER_API int hyper_token_to_json(const hyper_token *token, uint32_t flags,
				  char **ret_json, hyper_error **err);

/** Free a token. @param token [takes] or NULL. @since 0.1 */
HYPER_API void hyper_token_free(hyper_token *token);

/** How many there are in a list. @return the number; 0 for NULL. @since 0.1 */
HYPER_API size_t hyper_tokens_count(const hyper_tokens *tokens);
/** An item of a list. @return [borrowed from tokens], or NULL past the last and
 * for NULL. @since 0.1 */
HYPER_API const hyper_token *hyper_tokens_at(const hyper_tokens *tokens,
					     size_t index);
/** The list as a JSON array: the body of `GET /hyper/tokens`. As
 * hyper_machines_to_json(). @since 0.1 */
HYPER_API int hyper_tokens_to_json(const hyper_tokens *tokens, uint32_t flags,
				   char **ret_json, hyper_error **err);
/** Free a list. @param tokens [takes] or NULL. @since 0.1 */
HYPER_API void hyper_tokens_free(hyper_tokens *tokens);

HYPER_END_DECLS

#endif
