/* SPDX-License-Identifier: MIT */
/**
 * @file
 * One change of all machines that match a query.
 *
 * The query is asked once, and each machine that it found is changed by an
 * operation of its own, many at the same time. What fails for one does not keep
 * it from the others: each has its outcome.
 */
#ifndef HYPER_BULK_H
#define HYPER_BULK_H

#include <hyper/machine.h>
#include <hyper/operation.h>
#include <hyper/query.h>

HYPER_BEGIN_DECLS

/** What came of it for one machine. Immutable. */
typedef struct hyper_outcome hyper_outcome;

/** The same for all that were meant, in the order of the query. Immutable. */
typedef struct hyper_outcomes hyper_outcomes;

/**
 * @name Calls
 * They succeed once the machines are known, whatever comes of each: look at
 * hyper_outcomes_failed(). Without HYPER_ASYNC they return when all operations
 * have ended, with it when all are recorded; with HYPER_DRY_RUN nothing is
 * changed, and the operations tell what would be done. A view with a key or a
 * generation is refused.
 *
 * @param conn          the connection
 * @param query         [borrowed] which ones: its filter, sort and limit count.
 *                      The filter must be given; "id=*" means all
 *
 * Errors of all: INVALID (the query has no filter, or a wrong one), DENIED (the
 * connection is read-only), NOT_SUPPORTED (a key, a generation), CONNECT, AUTH,
 * IO, NOMEM, …
 *
 * Any thread. @since 0.1
 * @{
 */

/**
 * hyper_machine_start() for each.
 *
 * @param conn          the connection
 * @param query         [borrowed] which ones
 * @param flags         HYPER_ASYNC, HYPER_DRY_RUN
 * @param ret_outcomes  [new] free with hyper_outcomes_free()
 * @param err           see above
 * @return 0 or a negative code
 */
HYPER_API int hyper_machine_start_all(hyper_conn *conn,
				      const hyper_query *query, uint32_t flags,
				      hyper_outcomes **ret_outcomes,
				      hyper_error **err);

/**
 * hyper_machine_stop() for each.
 *
 * @param conn          the connection
 * @param query         [borrowed] which ones
 * @param timeout_ms    how long each may take, in ms; HYPER_TIMEOUT_DEFAULT
 * @param flags         HYPER_ASYNC, HYPER_FORCE, HYPER_DRY_RUN
 * @param ret_outcomes  [new] free with hyper_outcomes_free()
 * @param err           see above
 * @return 0 or a negative code
 */
HYPER_API int hyper_machine_stop_all(hyper_conn *conn, const hyper_query *query,
				     uint32_t timeout_ms, uint32_t flags,
				     hyper_outcomes **ret_outcomes,
				     hyper_error **err);

/**
 * hyper_machine_change() for each.
 *
 * @param conn          the connection
 * @param query         [borrowed] which ones
 * @param changes       [borrowed] what to change
 * @param flags         HYPER_ASYNC, HYPER_DRY_RUN
 * @param ret_outcomes  [new] free with hyper_outcomes_free()
 * @param err           see above
 * @return 0 or a negative code
 */
HYPER_API int
hyper_machine_change_all(hyper_conn *conn, const hyper_query *query,
			 const hyper_changes *changes, uint32_t flags,
			 hyper_outcomes **ret_outcomes, hyper_error **err);

/**
 * hyper_machine_remove() for each.
 *
 * @param conn          the connection
 * @param query         [borrowed] which ones
 * @param flags         HYPER_ASYNC, HYPER_FORCE, HYPER_KEEP, HYPER_DRY_RUN
 * @param ret_outcomes  [new] free with hyper_outcomes_free()
 * @param err           see above
 * @return 0 or a negative code
 */
HYPER_API int hyper_machine_remove_all(hyper_conn *conn,
				       const hyper_query *query, uint32_t flags,
				       hyper_outcomes **ret_outcomes,
				       hyper_error **err);
/** @} */

/**
 * How many machines were meant.
 *
 * @param outcomes  the outcomes
 * @return the number of outcomes
 *
 * Any thread. @since 0.1
 */
HYPER_API size_t hyper_outcomes_count(const hyper_outcomes *outcomes);

/**
 * One of them.
 *
 * @param outcomes  the outcomes
 * @param index     from 0
 * @return [borrowed from outcomes] or NULL: there are no more
 *
 * Any thread. @since 0.1
 */
HYPER_API const hyper_outcome *hyper_outcomes_at(const hyper_outcomes *outcomes,
						 size_t index);

/**
 * How many of them have an error.
 *
 * @param outcomes  the outcomes
 * @return their number; 0: it was done for all, or they are NULL
 *
 * Any thread. @since 0.1
 */
HYPER_API size_t hyper_outcomes_failed(const hyper_outcomes *outcomes);

/**
 * All of them as a JSON array: of each `id`, `machine`, `operation` and
 * `error`.
 *
 * @param outcomes  the outcomes
 * @param flags     0
 * @param ret_json  [new] free with hyper_free()
 * @param err       INVALID, NOMEM
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_outcomes_to_json(const hyper_outcomes *outcomes,
				     uint32_t flags, char **ret_json,
				     hyper_error **err);

/** Free them, or NULL. @since 0.1 */
HYPER_API void hyper_outcomes_free(hyper_outcomes *outcomes);

/**
 * @name Getters
 * What they return is [borrowed from outcome].
 *
 * @param outcome  the outcome
 *
 * Any thread. @since 0.1
 * @{
 */
/** The machine's id. */
HYPER_API const char *hyper_outcome_id(const hyper_outcome *outcome);
/** The machine as it is then; NULL: it failed, or there is none any more. */
HYPER_API const hyper_machine *
hyper_outcome_machine(const hyper_outcome *outcome);
/** Its operation; NULL: none was recorded. */
HYPER_API const hyper_operation *
hyper_outcome_operation(const hyper_outcome *outcome);
/** Why it failed, or NULL. */
HYPER_API const hyper_error *hyper_outcome_error(const hyper_outcome *outcome);
/** @} */

HYPER_END_DECLS

#endif
