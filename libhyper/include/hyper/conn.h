/* SPDX-License-Identifier: MIT */
/**
 * @file
 * A connection: to a state directory in this process, or to a hyperd. The
 * same calls, the same answers.
 */
#ifndef HYPER_CONN_H
#define HYPER_CONN_H

#include <hyper/error.h>

HYPER_BEGIN_DECLS

/**
 * A connection. Shared freely between threads; after fork() a child may only
 * call exec.
 */
typedef struct hyper_conn hyper_conn;

/** What a connection says of itself. Immutable. */
typedef struct hyper_info hyper_info;

/** Flags of hyper_open(). @since 0.1 */
enum hyper_open_flags {
	/** Refuse every change with HYPER_ERR_DENIED; create nothing but the
	 * files that SQLite needs beside the database while it reads. Opens
	 * no drivers, so their images and availability are not to be had. */
	HYPER_OPEN_READONLY = 1u << 0,
	/** Refuse remote URIs with HYPER_ERR_DENIED. */
	HYPER_OPEN_LOCAL_ONLY = 1u << 1
};

/**
 * Open a connection.
 *
 * | uri                               | what it opens                      |
 * |-----------------------------------|------------------------------------|
 * | NULL                              | $HYPER_URI, else the default state |
 * | `/path`, `./path`, `file:/path`   | a state directory, in this process |
 * | `unix:/path`                      | a hyperd on a unix socket          |
 * | `http://host[:port]`, `https://…` | a hyperd over TCP (port 7070)      |
 *
 * The default state directory is /var/lib/hyper for root, else
 * $XDG_STATE_HOME/hyper or ~/.local/state/hyper. A state directory is made
 * when it is not there. One whose disk is full or read-only can still be read:
 * changes fail with IO or DENIED until there is room.
 *
 * A remote connection is not tried before the first call. The token for TCP is
 * $HYPER_TOKEN, else the content of the file $HYPER_TOKEN_FILE, else, for a
 * server on loopback, that of `token` in the default state directory. It never
 * travels unencrypted to another host. For https, $HYPER_CA_FILE is a PEM file
 * of the certificates to trust; else those of the system are.
 *
 * @param uri       [borrowed] as above
 * @param flags     enum hyper_open_flags
 * @param ret_conn  [new] the connection
 * @param err       INVALID (an unknown scheme, a drivers.conf that is none, a
 *                  database of another program), DENIED, IO, NOT_FOUND
 *                  (read-only and not there), NOT_SUPPORTED (the database is
 *                  of a newer hyper), NOMEM
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_open(const char *uri, uint32_t flags, hyper_conn **ret_conn,
			 hyper_error **err);

/**
 * Close a connection: waits for the operations that it began (each has a
 * deadline; cancel them first to be quick). Machines go on running.
 *
 * @param conn  [takes] the connection, or NULL
 *
 * Any thread, once no other one uses the connection. @since 0.1
 */
HYPER_API void hyper_close(hyper_conn *conn);

/**
 * Another view of a connection: the same machines through the same connection,
 * for calls in somebody's name. A server has one for each request, say. Costs
 * next to nothing.
 *
 * @param conn      the connection, which must stay open as long as its view is;
 *                  of a view, the view has the same connection, and nothing of
 *                  what was set
 * @param flags     0
 * @param ret_view  [new] close it with hyper_close()
 * @param err       INVALID, NOMEM
 * @return 0 or a negative code
 *
 * Any thread. A view is used like a connection, once its setters were called.
 * @since 0.1
 */
HYPER_API int hyper_conn_view(hyper_conn *conn, uint32_t flags,
			      hyper_conn **ret_view, hyper_error **err);

/**
 * Say who asks for what is done through a view: it stands on each operation,
 * and on the events that those cause. Without it that is "user:" and the name
 * of the user of this process. hyperd says "user:", "token:" or "cert:" and a
 * name, or "anyone".
 *
 * @param view   a view of a local connection
 * @param actor  [borrowed] one line of UTF-8, 1 to 256 bytes
 * @param err    INVALID (no view, no such line), NOT_SUPPORTED (a remote one:
 *               the server knows who asks), NOMEM
 * @return 0 or a negative code
 *
 * Before the view is used. @since 0.1
 */
HYPER_API int hyper_conn_set_actor(hyper_conn *view, const char *actor,
				   hyper_error **err);

/**
 * The URI of a connection, in full: what hyper_open() made of its argument.
 *
 * @param conn  the connection
 * @return [borrowed from conn], such as "file:/var/lib/hyper"
 *
 * Any thread. @since 0.1
 */
HYPER_API const char *hyper_conn_uri(const hyper_conn *conn);

/**
 * Whether the machines are managed in this process.
 *
 * @param conn  the connection
 * @return true for a state directory, false for a hyperd
 *
 * Any thread. @since 0.1
 */
HYPER_API bool hyper_conn_is_local(const hyper_conn *conn);

/**
 * Tell others where this process can be reached: all that have the state
 * directory open. hyperd does, so that "busy" errors can name its socket.
 *
 * @param conn   the connection; local only
 * @param url    [borrowed] such as "unix:/run/hyper/hyperd.sock"
 * @param flags  0
 * @param err    INVALID, NOT_SUPPORTED (remote), DENIED (read-only), IO
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_conn_announce(hyper_conn *conn, const char *url,
				  uint32_t flags, hyper_error **err);

/**
 * Ask all that this connection began to stop: its open operations, as
 * hyper_operation_cancel() does; and its calls that wait for an operation or an
 * event, which end with CANCELLED. It is what one does before hyper_close()
 * when there is no time. The operations of other connections and processes go
 * on.
 *
 * @param conn   the connection; local only
 * @param flags  0
 * @param err    INVALID, NOT_SUPPORTED (remote: the server runs them), IO
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_conn_cancel(hyper_conn *conn, uint32_t flags,
				hyper_error **err);

/**
 * Ask a connection about itself: the version that serves it, the instance.
 *
 * @param conn      the connection
 * @param flags     0
 * @param ret_info  [new] free with hyper_info_free()
 * @param err       INVALID, CONNECT, AUTH, PROTOCOL, …
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_conn_info(hyper_conn *conn, uint32_t flags,
			      hyper_info **ret_info, hyper_error **err);

/** The version of the library that serves. @return [borrowed from info] such
 * as "0.1.0". @since 0.1 */
HYPER_API const char *hyper_info_version(const hyper_info *info);

/**
 * The uuid of the state directory, with which drivers mark what is ours.
 *
 * @param info  the info
 * @return [borrowed from info] in the text form of RFC 9562. @since 0.1
 */
HYPER_API const char *hyper_info_instance(const hyper_info *info);

/**
 * What the serving library can do beyond the basics.
 *
 * @param info   the info
 * @param index  from 0
 * @return [borrowed from info] a word, or NULL past the last. @since 0.1
 */
HYPER_API const char *hyper_info_feature(const hyper_info *info, size_t index);

/**
 * The info as JSON, the body of `GET /hyper`.
 *
 * @param info      the info
 * @param flags     0
 * @param ret_json  [new] free with hyper_free()
 * @param err       INVALID, NOMEM
 * @return 0 or a negative code. @since 0.1
 */
HYPER_API int hyper_info_to_json(const hyper_info *info, uint32_t flags,
				 char **ret_json, hyper_error **err);

/** Free an info. @param info [takes] or NULL. @since 0.1 */
HYPER_API void hyper_info_free(hyper_info *info);

HYPER_END_DECLS

#endif
