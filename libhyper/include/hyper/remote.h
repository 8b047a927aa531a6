/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Several servers: hyperds that have a name on this machine, and what one needs
 * to know of a server before one trusts it. A name is opened as `remote:NAME`.
 */
#ifndef HYPER_REMOTE_H
#define HYPER_REMOTE_H

#include <hyper/conn.h>

HYPER_BEGIN_DECLS

/** A server that has a name. Immutable. */
typedef struct hyper_remote hyper_remote;

/** Servers that have names. Immutable. */
typedef struct hyper_remotes hyper_remotes;

/**
 * Give a server a name, and keep what it takes to reach it, in a file of mode
 * 0600 below $XDG_CONFIG_HOME/hyper/remotes, or ~/.config/hyper/remotes. The
 * server is not asked.
 *
 * @param name         [borrowed] a letter, then letters, digits and "-", at
 *                     most 63; not "local"
 * @param uri          [borrowed] of a hyperd, as for hyper_open(); with the
 *                     fingerprint behind a "#", if one pins it
 * @param token        [borrowed] what it wants to have, or NULL. It is sent to
 *                     that server only, and never told again
 * @param client_cert  [borrowed] the absolute path of a PEM file with the
 *                     certificate that we show and its key, or NULL
 * @param flags        0
 * @param err          INVALID, EXISTS, DENIED (the token would travel in the
 *                     clear), IO, NOMEM
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_remote_add(const char *name, const char *uri,
			       const char *token, const char *client_cert,
			       uint32_t flags, hyper_error **err);

/**
 * Choose the server that `remote:` without a name means, which is what hyperctl
 * opens when it is told nothing else. hyper_open() with NULL opens the state
 * directory of this machine as before.
 *
 * @param name   [borrowed] its name, or "local": none, so this machine
 * @param flags  0
 * @param err    INVALID, NOT_FOUND, DENIED, IO, NOMEM
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_remote_use(const char *name, uint32_t flags,
			       hyper_error **err);

/**
 * Forget a server, with its token.
 *
 * @param name   [borrowed] its name
 * @param flags  0
 * @param err    INVALID, NOT_FOUND, STATE (it is in use: choose another one
 *               first), DENIED, IO, NOMEM
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_remote_remove(const char *name, uint32_t flags,
				  hyper_error **err);

/**
 * All servers that have a name, by name.
 *
 * @param flags        0
 * @param ret_remotes  [new] free with hyper_remotes_free()
 * @param err          INVALID, DENIED (others may read the file of one), IO,
 *                     NOMEM
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_remote_list(uint32_t flags, hyper_remotes **ret_remotes,
				hyper_error **err);

/**
 * Ask a server for the fingerprint of its certificate: for its user to compare
 * with what hyperd has told in its log, before anything else is sent. A
 * connection to `https://host:port#FINGERPRINT` then trusts that key and no
 * other. Nothing but the TLS handshake is done.
 *
 * @param uri              [borrowed] `https://host[:port]`
 * @param flags            0
 * @param ret_fingerprint  [new] free with hyper_free(); as
 *                         hyper_certificate_fingerprint() tells it. NULL: an
 *                         authority that is trusted anyway vouches for the
 *                         server, so that there is no need to pin it
 * @param err              INVALID, CONNECT, NOMEM
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_remote_fingerprint(const char *uri, uint32_t flags,
				       char **ret_fingerprint,
				       hyper_error **err);

/**
 * The fingerprint of a certificate: "sha256//" and the base64 of the SHA-256 of
 * its public key, as curl's --pinnedpubkey takes it. So a new certificate for
 * the same key has the same one.
 *
 * @param pem              [borrowed] a certificate in PEM; of several, the
 *                         first one counts
 * @param flags            0
 * @param ret_fingerprint  [new] free with hyper_free()
 * @param err              INVALID, NOMEM
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_certificate_fingerprint(const char *pem, uint32_t flags,
					    char **ret_fingerprint,
					    hyper_error **err);

/** How many there are in a list. @return the number; 0 for NULL. @since 0.1 */
HYPER_API size_t hyper_remotes_count(const hyper_remotes *remotes);
/** An item of a list. @return [borrowed from remotes], or NULL past the last
 * and for NULL. @since 0.1 */
HYPER_API const hyper_remote *hyper_remotes_at(const hyper_remotes *remotes,
					       size_t index);
/** The list as a JSON array, without secrets. As hyper_machines_to_json().
 * @since 0.1 */
HYPER_API int hyper_remotes_to_json(const hyper_remotes *remotes,
				    uint32_t flags, char **ret_json,
				    hyper_error **err);
/** Free a list. @param remotes [takes] or NULL. @since 0.1 */
HYPER_API void hyper_remotes_free(hyper_remotes *remotes);

/**
 * @name Getters
 * What they return is [borrowed from remote]; NULL where there is none.
 * @since 0.1
 * @{
 */
/** Its name. */
HYPER_API const char *hyper_remote_name(const hyper_remote *remote);
/** Its URI, with the fingerprint if it is pinned. */
HYPER_API const char *hyper_remote_uri(const hyper_remote *remote);
/** The PEM file of the certificate that we show. */
HYPER_API const char *hyper_remote_client_cert(const hyper_remote *remote);
/** Whether there is a token for it. */
HYPER_API bool hyper_remote_has_token(const hyper_remote *remote);
/** Whether `remote:` without a name means it. */
HYPER_API bool hyper_remote_in_use(const hyper_remote *remote);
/** @} */

HYPER_END_DECLS

#endif
