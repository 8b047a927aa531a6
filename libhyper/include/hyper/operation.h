/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Operations: every change is one. It is written down before its driver is
 * called, and kept for days after it has ended: 7, or as many as
 * $HYPER_OPERATIONS_KEEP says.
 *
 * Operations are immutable snapshots: ask again to see progress.
 */
#ifndef HYPER_OPERATION_H
#define HYPER_OPERATION_H

#include <hyper/conn.h>
#include <hyper/query.h>

HYPER_BEGIN_DECLS

/** States of an operation. @since 0.1 */
enum hyper_op_state {
	HYPER_OP_QUEUED = 1, /**< waits for its turn on its machine */
	HYPER_OP_RUNNING,    /**< its driver is called */
	HYPER_OP_DONE,	     /**< ended with success */
	HYPER_OP_FAILED,     /**< ended: see hyper_operation_error() */
	HYPER_OP_CANCELLED,  /**< ended before its time, as somebody asked */
	HYPER_OP_PLANNED     /**< what HYPER_DRY_RUN would do; not recorded */
};

/**
 * The name of a state of an operation, as in JSON and queries: "queued".
 *
 * @param state  an enum hyper_op_state
 * @return [borrowed from the library] or NULL for a number that is none
 *
 * Any thread. @since 0.1
 */
HYPER_API const char *hyper_op_state_name(int state);

/** An operation. Immutable. */
typedef struct hyper_operation hyper_operation;

/** Operations. Immutable. */
typedef struct hyper_operations hyper_operations;

/**
 * Look up one operation.
 *
 * @param conn    the connection
 * @param id      its number
 * @param flags   0
 * @param ret_op  [new] free with hyper_operation_free()
 * @param err     NOT_FOUND, CONNECT, …
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_operation_get(hyper_conn *conn, uint64_t id, uint32_t flags,
				  hyper_operation **ret_op, hyper_error **err);

/**
 * The operations that match a query, newest first unless it sorts.
 *
 * @param conn     the connection
 * @param query    [borrowed] the query, or NULL for all
 * @param flags    0
 * @param ret_ops  [new] free with hyper_operations_free()
 * @param err      INVALID, CONNECT, …
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_operation_list(hyper_conn *conn, const hyper_query *query,
				   uint32_t flags, hyper_operations **ret_ops,
				   hyper_error **err);

/**
 * Wait until an operation has ended. That it failed is not a failure of the
 * wait: see its state and error.
 *
 * @param conn        the connection
 * @param id          its number
 * @param timeout_ms  how long, in ms; UINT32_MAX: as long as it takes
 * @param flags       0
 * @param ret_op      [new] the operation, ended
 * @param err         TIMEOUT (it goes on), NOT_FOUND, CONNECT, CANCELLED (by
 *                    hyper_conn_cancel()), …
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_operation_wait(hyper_conn *conn, uint64_t id,
				   uint32_t timeout_ms, uint32_t flags,
				   hyper_operation **ret_op, hyper_error **err);

/**
 * Ask an operation to stop. One that waits ends at once. One that runs ends as
 * soon as its driver can; a driver that does not listen is given up on after a
 * second. Then the engine is asked what is so, and what an add has made is
 * taken away, which may take some more seconds.
 *
 * A stop or a remove with HYPER_FORCE asks the same of what is before it on
 * its machine; see machine.h. The error of each of those, CANCELLED, then
 * begins with "operation 17 has overtaken it by force".
 *
 * @param conn    the connection
 * @param id      its number
 * @param flags   0
 * @param ret_op  [new] the operation as it is now, or NULL if not wanted
 * @param err     NOT_FOUND, STATE (it has ended), CONNECT, …
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_operation_cancel(hyper_conn *conn, uint64_t id,
				     uint32_t flags, hyper_operation **ret_op,
				     hyper_error **err);

/**
 * @name Getters
 * What they return is [borrowed from op].
 * @since 0.1
 * @{
 */
/** Its number, from 1. */
HYPER_API uint64_t hyper_operation_id(const hyper_operation *op);
/** "add", "start", "stop", "remove", "change", "adopt", "release", "pull",
 * "import", "image-remove"; there may be more one day. */
HYPER_API const char *hyper_operation_kind(const hyper_operation *op);
/** An enum hyper_op_state. */
HYPER_API int hyper_operation_state(const hyper_operation *op);
/** True once it is done, failed or cancelled. */
HYPER_API bool hyper_operation_ended(const hyper_operation *op);
/** The driver's name. */
HYPER_API const char *hyper_operation_type(const hyper_operation *op);
/** The machine's id, or NULL for operations on images. */
HYPER_API const char *hyper_operation_machine(const hyper_operation *op);
/** The image's name, or NULL for operations on machines other than add. */
HYPER_API const char *hyper_operation_image(const hyper_operation *op);
/** How far it is, in a unit of the driver's. */
HYPER_API uint64_t hyper_operation_done(const hyper_operation *op);
/** How much there is to do, in that unit; 0: unknown. */
HYPER_API uint64_t hyper_operation_total(const hyper_operation *op);
/** What it is doing, or NULL. */
HYPER_API const char *hyper_operation_step(const hyper_operation *op);
/** Why it failed or was cancelled, or NULL. */
HYPER_API const hyper_error *hyper_operation_error(const hyper_operation *op);
/** When it was recorded, ms. */
HYPER_API int64_t hyper_operation_created_at(const hyper_operation *op);
/** When it was begun, ms; 0: not yet. */
HYPER_API int64_t hyper_operation_started_at(const hyper_operation *op);
/** When it ended, ms; 0: not yet. */
HYPER_API int64_t hyper_operation_ended_at(const hyper_operation *op);
/** Who asked for it: "user:", "token:" or "cert:" and a name, or what
 * hyper_conn_set_actor() said. NULL: not known, as with the program. */
HYPER_API const char *hyper_operation_actor(const hyper_operation *op);
/** The program that was asked: the short name of the program that held the
 * state open, "hyperctl"; it is "hyperd" for all of its clients. NULL: not
 * known, as it was recorded by a hyper that did not keep that. */
HYPER_API const char *hyper_operation_program(const hyper_operation *op);
/** The process of that program, 0: not known. */
HYPER_API int64_t hyper_operation_pid(const hyper_operation *op);
/** The real user id of that process, -1: not known. */
HYPER_API int64_t hyper_operation_uid(const hyper_operation *op);
/** @} */

/**
 * What a change that was asked for with HYPER_DRY_RUN would do, step by step:
 * lines for people, whose wording may change. Such an operation has the number
 * 0 and the state HYPER_OP_PLANNED, and cannot be looked up.
 *
 * @param op     the operation
 * @param index  from 0
 * @return [borrowed from op] a line, or NULL: there are no more, as with all
 * that are not planned
 *
 * Any thread. @since 0.1
 */
HYPER_API const char *hyper_operation_plan(const hyper_operation *op,
					   size_t index);

/**
 * An operation as JSON: the body of `GET /hyper/operations/{id}`.
 *
 * @param op        the operation
 * @param flags     0
 * @param ret_json  [new] free with hyper_free()
 * @param err       INVALID, NOMEM
 * @return 0 or a negative code. @since 0.1
 */
HYPER_API int hyper_operation_to_json(const hyper_operation *op, uint32_t flags,
				      char **ret_json, hyper_error **err);

/** Free an operation. @param op [takes] or NULL. @since 0.1 */
HYPER_API void hyper_operation_free(hyper_operation *op);

/** How many there are in a list. @return the number; 0 for NULL. @since 0.1 */
HYPER_API size_t hyper_operations_count(const hyper_operations *ops);
/** An item of a list. @return [borrowed from ops], or NULL past the last and
 * for NULL. @since 0.1 */
HYPER_API const hyper_operation *
hyper_operations_at(const hyper_operations *ops, size_t index);
/** How many operations match in all. As hyper_machines_total(). @since 0.1 */
HYPER_API int64_t hyper_operations_total(const hyper_operations *ops);
/** Where the next page begins. As hyper_machines_next_cursor(). @since 0.1 */
HYPER_API const char *hyper_operations_next_cursor(const hyper_operations *ops);
/** The list as a JSON array. As hyper_machines_to_json(). @since 0.1 */
HYPER_API int hyper_operations_to_json(const hyper_operations *ops,
				       uint32_t flags, char **ret_json,
				       hyper_error **err);
/** Free a list. @param ops [takes] or NULL. @since 0.1 */
HYPER_API void hyper_operations_free(hyper_operations *ops);

HYPER_END_DECLS

#endif
