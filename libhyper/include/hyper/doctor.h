/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The doctor: is all well? Does what the database says agree with itself, with
 * the engines and with the files in the state directory? And if not, mend it.
 */
#ifndef HYPER_DOCTOR_H
#define HYPER_DOCTOR_H

#include <hyper/conn.h>

HYPER_BEGIN_DECLS

/** One thing that is not as it should be. Immutable. */
typedef struct hyper_finding hyper_finding;

/** All that were found. Immutable. */
typedef struct hyper_findings hyper_findings;

/**
 * Look for what is wrong, and with HYPER_REPAIR mend what can be mended
 * without losing anything: no machine is removed, and no file but those that
 * hyper makes for itself. Asks all engines (at most 10 s), but on a read-only
 * connection none.
 *
 * @param conn          the connection
 * @param flags         HYPER_REPAIR
 * @param ret_findings  [new] free with hyper_findings_free(); empty: all is
 *                      well
 * @param err           DENIED (repair on a read-only connection), CONNECT, IO,
 *                      NOMEM, …
 * @return 0, whatever was found, or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_doctor(hyper_conn *conn, uint32_t flags,
			   hyper_findings **ret_findings, hyper_error **err);

/** How many there are in a list. @return the number; 0 for NULL. @since 0.1 */
HYPER_API size_t hyper_findings_count(const hyper_findings *findings);
/** An item of a list. @return [borrowed from findings], or NULL past the last
 * and for NULL. @since 0.1 */
HYPER_API const hyper_finding *hyper_findings_at(const hyper_findings *findings,
						 size_t index);
/** The list as a JSON array: the body of `GET /hyper/doctor`. As
 * hyper_machines_to_json(). @since 0.1 */
HYPER_API int hyper_findings_to_json(const hyper_findings *findings,
				     uint32_t flags, char **ret_json,
				     hyper_error **err);
/** Free a list. @param findings [takes] or NULL. @since 0.1 */
HYPER_API void hyper_findings_free(hyper_findings *findings);

/**
 * @name Getters
 * What they return is [borrowed from finding]; NULL where there is none.
 * @since 0.1
 * @{
 */
/**
 * What kind of thing is wrong; others may come:
 *
 *  - "database": SQLite finds it damaged
 *  - "operation": it is open, but its process has died; repair ends it
 *  - "machine-stuck": it is between two states, but nothing is under way;
 *    repair asks its engine
 *  - "machine-copy": its engine has another one with the marks of this
 *    machine, which hyper leaves alone
 *  - "machine-missing": its engine does not have it; only you know whether to
 *    remove it
 *  - "machine-unknown": an engine has one of ours that the database does not;
 *    repair takes it in, as it is
 *  - "engine-changed": another engine answers than the one that the machines
 *    of the driver are on; repair takes it for theirs from then on
 *  - "driver": it has machines, but its engine cannot be asked about them
 *  - "file": hyper left it half-made; repair removes it
 */
HYPER_API const char *hyper_finding_kind(const hyper_finding *finding);
/** The driver's name. */
HYPER_API const char *hyper_finding_type(const hyper_finding *finding);
/** The machine's id. */
HYPER_API const char *hyper_finding_machine(const hyper_finding *finding);
/** What is wrong, in a line. */
HYPER_API const char *hyper_finding_detail(const hyper_finding *finding);
/** What was done about it, in a line. */
HYPER_API const char *hyper_finding_action(const hyper_finding *finding);
/** Whether it is right again. */
HYPER_API bool hyper_finding_repaired(const hyper_finding *finding);
/** @} */

HYPER_END_DECLS

#endif
