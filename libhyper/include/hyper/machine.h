/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Machines: the record, and what one does with them.
 *
 * A machine is a virtual machine or a container. It goes in and comes out as
 * the same record. Fill in a new one with the setters, or from JSON, and give
 * it to hyper_machine_add(); what comes back is a snapshot that nobody
 * changes any more.
 */
#ifndef HYPER_MACHINE_H
#define HYPER_MACHINE_H

#include <hyper/conn.h>
#include <hyper/operation.h>
#include <hyper/query.h>

HYPER_BEGIN_DECLS

/** Longest machine id, in bytes: a DNS label (RFC 1123 §2.1). */
#define HYPER_ID_MAX 63

/** Wait as long as the default says: 30 s. */
#define HYPER_TIMEOUT_DEFAULT UINT32_MAX

/** States of a machine. @since 0.1 */
enum hyper_state {
	HYPER_STATE_CREATING = 1, /**< being added */
	HYPER_STATE_STOPPED,	  /**< there, and not running */
	HYPER_STATE_STARTING,	  /**< being started */
	HYPER_STATE_RUNNING,	  /**< it runs */
	HYPER_STATE_PAUSED,	  /**< it keeps its memory and gets no CPU */
	HYPER_STATE_STOPPING,	  /**< being stopped */
	HYPER_STATE_REMOVING,	  /**< being removed */
	HYPER_STATE_ERROR,	  /**< see hyper_machine_state_reason() */
	HYPER_STATE_MISSING	  /**< known, but its engine has it no more */
};

/**
 * The name of a state, as in JSON and queries: "running".
 *
 * @param state  an enum hyper_state
 * @return [borrowed from the library] or NULL for a number that is none
 *
 * Any thread. @since 0.1
 */
HYPER_API const char *hyper_state_name(int state);

/** A machine. Many threads may read one; only its owner calls its setters. */
typedef struct hyper_machine hyper_machine;

/** Machines, in the order asked for. Immutable. */
typedef struct hyper_machines hyper_machines;

/** A published port. @since 0.1 */
typedef struct hyper_port {
	const char *host_ip;  /**< NULL: every address of the host */
	uint16_t host_port;   /**< 0: chosen by the engine */
	uint16_t guest_port;  /**< 1 to 65535 */
	const char *protocol; /**< "tcp" or "udp" */
} hyper_port;

/**
 * A new, empty record.
 *
 * @return [new] or NULL when out of memory; free with hyper_machine_free()
 *
 * Any thread. @since 0.1
 */
HYPER_API hyper_machine *hyper_machine_new(void);

/**
 * A record from JSON: the body of `POST /hyper/machines`. Only the fields
 * that a user may set are allowed; any other is refused by its name.
 *
 * @param text         [borrowed] a JSON object (RFC 8259)
 * @param len          its length in bytes
 * @param flags        0
 * @param ret_machine  [new] the record
 * @param err          INVALID with the field's name, LIMIT, NOMEM
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_machine_from_json(const char *text, size_t len,
				      uint32_t flags,
				      hyper_machine **ret_machine,
				      hyper_error **err);

/**
 * A record as JSON: the same that REST shows.
 *
 * @param machine   the record
 * @param flags     0
 * @param ret_json  [new] one line; free with hyper_free()
 * @param err       INVALID, NOMEM
 * @return 0 or a negative code
 *
 * @since 0.1
 */
HYPER_API int hyper_machine_to_json(const hyper_machine *machine,
				    uint32_t flags, char **ret_json,
				    hyper_error **err);

/**
 * A copy of a record that the caller may change.
 *
 * @param machine  the record
 * @return [new] or NULL when out of memory
 *
 * @since 0.1
 */
HYPER_API hyper_machine *hyper_machine_copy(const hyper_machine *machine);

/** Free a record. @param machine [takes] or NULL. @since 0.1 */
HYPER_API void hyper_machine_free(hyper_machine *machine);

/**
 * @name Setters
 * Each checks its value and copies it.
 *
 * @param machine  a record of one's own
 * @param err      INVALID with the field's name, LIMIT, NOMEM
 * @return 0 or a negative code; the record is unchanged on failure
 *
 * @since 0.1
 * @{
 */

/** id: a letter, then letters, digits and `-`, not ending in `-`, at most
 * HYPER_ID_MAX; NULL: generated. Case does not matter; it is kept lower. */
HYPER_API int hyper_machine_set_id(hyper_machine *machine, const char *id,
				   hyper_error **err);
/** type: the driver's name; NULL: the one driver that has the image. */
HYPER_API int hyper_machine_set_type(hyper_machine *machine, const char *type,
				     hyper_error **err);
/** image: its name, as hyper_image_list() shows it. */
HYPER_API int hyper_machine_set_image(hyper_machine *machine, const char *image,
				      hyper_error **err);
/** mem: MiB; 0: the driver's default. */
HYPER_API int hyper_machine_set_mem(hyper_machine *machine, uint64_t mem_mib,
				    hyper_error **err);
/** vcpus: how many; 0: the driver's default. */
HYPER_API int hyper_machine_set_vcpus(hyper_machine *machine, uint32_t vcpus,
				      hyper_error **err);
/** autostart: start it with the engine. */
HYPER_API int hyper_machine_set_autostart(hyper_machine *machine,
					  bool autostart, hyper_error **err);
/** labels: one's own notes; a NULL value takes the key out. Keys are letters,
 * digits, `.`, `_`, `-` and `/`, at most 128 bytes. */
HYPER_API int hyper_machine_set_label(hyper_machine *machine, const char *key,
				      const char *value, hyper_error **err);
/** env (containers): a variable; a NULL value takes it out. */
HYPER_API int hyper_machine_set_env(hyper_machine *machine, const char *name,
				    const char *value, hyper_error **err);
/** options: the driver's own, see its page; NULL takes the key out. */
HYPER_API int hyper_machine_set_option(hyper_machine *machine, const char *key,
				       const char *value, hyper_error **err);
/** command (containers): NULL-terminated; NULL: the image's own. */
HYPER_API int hyper_machine_set_command(hyper_machine *machine,
					const char *const *argv,
					hyper_error **err);
/** ports: one more, as `[[HOST_IP:]HOST_PORT:]GUEST_PORT[/tcp|/udp]`; an IPv6
 * address stands in brackets. */
HYPER_API int hyper_machine_add_port(hyper_machine *machine, const char *port,
				     hyper_error **err);
/** @} */

/**
 * @name Getters
 * What they return is [borrowed from machine]; NULL, 0 or false where
 * nothing is known or set.
 *
 * @since 0.1
 * @{
 */
/** The id, under which all calls know it. */
HYPER_API const char *hyper_machine_id(const hyper_machine *machine);
/** The uuid that hyper gave it; never used twice, also when the id is. */
HYPER_API const char *hyper_machine_uuid(const hyper_machine *machine);
/** The driver's name. */
HYPER_API const char *hyper_machine_type(const hyper_machine *machine);
/** The image that it was made from. */
HYPER_API const char *hyper_machine_image(const hyper_machine *machine);
/** MiB; 0: no limit of its own. */
HYPER_API uint64_t hyper_machine_mem(const hyper_machine *machine);
/** How many; 0: no limit of its own. */
HYPER_API uint32_t hyper_machine_vcpus(const hyper_machine *machine);
/** Whether it is started with its engine. */
HYPER_API bool hyper_machine_autostart(const hyper_machine *machine);
/** An enum hyper_state. */
HYPER_API int hyper_machine_state(const hyper_machine *machine);
/** What the engine calls the state. */
HYPER_API const char *hyper_machine_driver_state(const hyper_machine *machine);
/** Why it is in that state, where there is something to say. */
HYPER_API const char *hyper_machine_state_reason(const hyper_machine *machine);
/** The engine's own name of it: container id, domain uuid. */
HYPER_API const char *hyper_machine_handle(const hyper_machine *machine);
/** True when hyper did not make it: see hyper_machine_adopt(). */
HYPER_API bool hyper_machine_adopted(const hyper_machine *machine);
/** When its engine was last asked, ms; 0: never. */
HYPER_API int64_t hyper_machine_observed_at(const hyper_machine *machine);
/** True when the engine could not be asked of late: the state may be old. */
HYPER_API bool hyper_machine_stale(const hyper_machine *machine);
/** When it was added, ms. */
HYPER_API int64_t hyper_machine_created_at(const hyper_machine *machine);
/** When anything of it changed last, ms. */
HYPER_API int64_t hyper_machine_updated_at(const hyper_machine *machine);
/** Grows with each change: the ETag. */
HYPER_API uint64_t hyper_machine_generation(const hyper_machine *machine);
/** The addresses seen, from 0; NULL past the last. */
HYPER_API const char *hyper_machine_address(const hyper_machine *machine,
					    size_t index);
/** The ports, from 0; NULL past the last. */
HYPER_API const hyper_port *hyper_machine_port(const hyper_machine *machine,
					       size_t index);
/** The command, NULL-terminated; NULL: the image's own. */
HYPER_API const char *const *
hyper_machine_command(const hyper_machine *machine);
/** The value of a label; NULL when it has none. */
HYPER_API const char *hyper_machine_label(const hyper_machine *machine,
					  const char *key);
/** The value of a variable; NULL when it has none. */
HYPER_API const char *hyper_machine_env(const hyper_machine *machine,
					const char *name);
/** The value of an option; NULL when it has none. */
HYPER_API const char *hyper_machine_option(const hyper_machine *machine,
					   const char *key);
/** The keys of the labels in order, from 0; NULL past the last. */
HYPER_API const char *hyper_machine_label_key(const hyper_machine *machine,
					      size_t index);
/** The names of the variables in order, from 0; NULL past the last. */
HYPER_API const char *hyper_machine_env_key(const hyper_machine *machine,
					    size_t index);
/** The keys of the options in order, from 0; NULL past the last. */
HYPER_API const char *hyper_machine_option_key(const hyper_machine *machine,
					       size_t index);
/** @} */

/**
 * @name Calls
 * Each of the changing ones is recorded as an operation before the driver is
 * called. Without HYPER_ASYNC they return when it has ended; with it at once,
 * and the machine returned is the one as it was accepted (in a passing
 * state). `ret_machine` and `ret_op` may be NULL if not wanted.
 *
 * With HYPER_DRY_RUN nothing is recorded or changed, whatever the other flags
 * say: the call fails as the change would, as far as that can be known
 * beforehand; else the operation tells what would be done
 * (hyper_operation_plan()), and the machine is the one that would come of it.
 *
 * Errors of all: INVALID, DENIED (the connection is read-only), CONNECT, AUTH,
 * TIMEOUT, CANCELLED, BUSY, DRIVER, NO_DRIVER, NOT_SUPPORTED, IO, NOMEM.
 *
 * @param conn  the connection
 *
 * Any thread; calls on one machine queue, calls on different ones do not wait
 * for each other.
 * @{
 */

/**
 * Add a machine: make it in its engine, stopped.
 *
 * @param conn         the connection
 * @param spec         [borrowed] the record; image is needed
 * @param flags        HYPER_ASYNC, HYPER_DRY_RUN
 * @param ret_machine  [new] the machine, or NULL
 * @param ret_op       [new] the operation, or NULL
 * @param err          EXISTS (the id is taken), NOT_FOUND (no such image)
 * @return 0 or a negative code
 *
 * @since 0.1
 */
HYPER_API int hyper_machine_add(hyper_conn *conn, const hyper_machine *spec,
				uint32_t flags, hyper_machine **ret_machine,
				hyper_operation **ret_op, hyper_error **err);

/**
 * Start a machine. A running one is left as it is, with success; a paused one
 * goes on.
 *
 * @param conn         the connection
 * @param id           [borrowed] its id
 * @param flags        HYPER_ASYNC, HYPER_DRY_RUN
 * @param ret_machine  [new] the machine, or NULL
 * @param ret_op       [new] the operation, or NULL
 * @param err          NOT_FOUND, STATE
 * @return 0 or a negative code
 *
 * @since 0.1
 */
HYPER_API int hyper_machine_start(hyper_conn *conn, const char *id,
				  uint32_t flags, hyper_machine **ret_machine,
				  hyper_operation **ret_op, hyper_error **err);

/**
 * Stop a machine: ask the guest, wait, then fail with TIMEOUT or, with
 * HYPER_FORCE, kill it. A stopped one is left as it is, with success.
 *
 * Operations on one machine wait for each other, but with HYPER_FORCE it does
 * not wait for a start, or for a stop without force: those are cancelled, and
 * their errors name the operation that has overtaken them.
 *
 * @param conn         the connection
 * @param id           [borrowed] its id
 * @param timeout_ms   how long the guest may take, in ms; with HYPER_FORCE, 0
 *                     kills at once; HYPER_TIMEOUT_DEFAULT is 30 s
 * @param flags        HYPER_ASYNC, HYPER_FORCE, HYPER_DRY_RUN
 * @param ret_machine  [new] the machine, or NULL
 * @param ret_op       [new] the operation, or NULL
 * @param err          NOT_FOUND, STATE
 * @return 0 or a negative code
 *
 * @since 0.1
 */
HYPER_API int hyper_machine_stop(hyper_conn *conn, const char *id,
				 uint32_t timeout_ms, uint32_t flags,
				 hyper_machine **ret_machine,
				 hyper_operation **ret_op, hyper_error **err);

/**
 * Remove a machine and its disk. A running one is refused with STATE unless
 * HYPER_FORCE is given; with it, removal works from every state, and cancels
 * what is under way on the machine, save another removal with force. An add
 * that is cancelled may have taken all back: then there is nothing left to
 * remove, which is NOT_FOUND.
 *
 * Of an adopted one the container or domain is removed, but no volume, disk or
 * other file: hyper did not make those. With HYPER_KEEP it is only forgotten,
 * in whatever state it is, and its engine is not even asked; what hyper made
 * cannot be left so (STATE).
 *
 * @param conn    the connection
 * @param id      [borrowed] its id
 * @param flags   HYPER_ASYNC, HYPER_FORCE, HYPER_KEEP, HYPER_DRY_RUN
 * @param ret_op  [new] the operation, or NULL
 * @param err     NOT_FOUND, STATE
 * @return 0 or a negative code
 *
 * @since 0.1
 */
HYPER_API int hyper_machine_remove(hyper_conn *conn, const char *id,
				   uint32_t flags, hyper_operation **ret_op,
				   hyper_error **err);

/** What is to change of a machine; the rest stays. */
typedef struct hyper_changes hyper_changes;

/**
 * Begin a set of changes, with none in it.
 *
 * @return [new] free with hyper_changes_free(); NULL: out of memory
 *
 * Any thread. @since 0.1
 */
HYPER_API hyper_changes *hyper_changes_new(void);

/** Free changes. @param changes [takes] or NULL. @since 0.1 */
HYPER_API void hyper_changes_free(hyper_changes *changes);

/**
 * @name What is to change
 * The last word on a thing counts.
 *
 * @param changes  the changes
 * @param err      INVALID with the field's name, LIMIT, NOMEM
 * @return 0 or a negative code
 *
 * One thread at a time. @since 0.1
 * @{
 */
/**
 * The memory.
 *
 * @param mem_mib  from 1, MiB
 */
HYPER_API int hyper_changes_set_mem(hyper_changes *changes, uint64_t mem_mib,
				    hyper_error **err);
/**
 * The CPUs.
 *
 * @param vcpus  from 1, how many
 */
HYPER_API int hyper_changes_set_vcpus(hyper_changes *changes, uint32_t vcpus,
				      hyper_error **err);
/**
 * Whether it is started with its engine.
 *
 * @param autostart  true if it shall be
 */
HYPER_API int hyper_changes_set_autostart(hyper_changes *changes,
					  bool autostart, hyper_error **err);
/**
 * One label.
 *
 * @param key    [borrowed] as of hyper_machine_set_label()
 * @param value  [borrowed] its new value, or NULL to remove it
 */
HYPER_API int hyper_changes_set_label(hyper_changes *changes, const char *key,
				      const char *value, hyper_error **err);
/** @} */

/**
 * Read changes from JSON: a merge patch (RFC 7396) of the machine, the body of
 * `PATCH /hyper/machines/{id}`, such as
 * `{"mem": 1024, "labels": {"tier": "front", "old": null}}`. It has members
 * `mem`, `vcpus`, `autostart` and `labels`; others are refused by name.
 *
 * @param text         [borrowed] UTF-8
 * @param len          its length in bytes
 * @param flags        0
 * @param ret_changes  [new] free with hyper_changes_free()
 * @param err          INVALID with the field, LIMIT, NOMEM
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_changes_from_json(const char *text, size_t len,
				      uint32_t flags,
				      hyper_changes **ret_changes,
				      hyper_error **err);

/**
 * Change a machine that is there: memory, CPUs, autostart, labels. What has
 * that value already is left as it is, with success; all of it is changed, or
 * nothing.
 *
 * Labels are hyper's own, and change at any time. The rest is done by the
 * engine: containers take it also while they run; domains take mem and vcpus
 * only while they are stopped, else it is STATE.
 *
 * @param conn         the connection
 * @param id           [borrowed] its id
 * @param changes      [borrowed] what is to change
 * @param flags        HYPER_ASYNC, HYPER_DRY_RUN
 * @param ret_machine  [new] the machine, or NULL if not wanted
 * @param ret_op       [new] the operation, or NULL if not wanted
 * @param err          NOT_FOUND, STATE, NOT_SUPPORTED (its driver cannot),
 *                     LIMIT (too many labels), INVALID, …
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_machine_change(hyper_conn *conn, const char *id,
				   const hyper_changes *changes, uint32_t flags,
				   hyper_machine **ret_machine,
				   hyper_operation **ret_op, hyper_error **err);

/**
 * Take a machine in that hyper did not make: a container or a domain that its
 * engine has. Nothing of it is touched; it goes on as it is, and bears no mark
 * of hyper's. From then on it is listed, watched, started, stopped and removed
 * as others are. hyper_machine_remove() with HYPER_KEEP lets it go again.
 *
 * @param conn         the connection
 * @param type         [borrowed] the driver's name; NULL: the one driver whose
 *                     engine has it
 * @param name         [borrowed] what its engine calls it, by name or by
 *                     handle (container id, domain uuid)
 * @param id           [borrowed] the id that it gets; NULL: the engine's name
 *                     for it, if that can be one
 * @param flags        HYPER_DRY_RUN; HYPER_FORCE: also one that bears the mark
 *                     of another hyper, which may still work with it
 * @param ret_machine  [new] the machine, or NULL
 * @param ret_op       [new] the operation, which has ended, or NULL
 * @param err          NOT_FOUND (no engine has it), EXISTS (the id is taken,
 *                     or it is a machine of ours or of another hyper already),
 *                     INVALID with the field (several engines have it; its
 *                     name cannot be an id)
 * @return 0 or a negative code. It takes as long as the engine takes to tell
 * of it, at most 10 s.
 *
 * @since 0.1
 */
HYPER_API int hyper_machine_adopt(hyper_conn *conn, const char *type,
				  const char *name, const char *id,
				  uint32_t flags, hyper_machine **ret_machine,
				  hyper_operation **ret_op, hyper_error **err);
/** @} */

/**
 * Look up one machine.
 *
 * @param conn         the connection
 * @param id           [borrowed] its id
 * @param flags        HYPER_REFRESH
 * @param ret_machine  [new] the machine
 * @param err          NOT_FOUND, INVALID, CONNECT, …
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_machine_get(hyper_conn *conn, const char *id,
				uint32_t flags, hyper_machine **ret_machine,
				hyper_error **err);

/**
 * The machines that match a query. The answer comes from the database: it is
 * fast whatever the engines do, and each machine tells how old it is.
 *
 * @param conn          the connection
 * @param query         [borrowed] the query, or NULL for all
 * @param flags         HYPER_REFRESH
 * @param ret_machines  [new] free with hyper_machines_free()
 * @param err           INVALID (the field names the part of the query),
 *                      CONNECT, …
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_machine_list(hyper_conn *conn, const hyper_query *query,
				 uint32_t flags, hyper_machines **ret_machines,
				 hyper_error **err);

/** How many there are in a list. @return the number; 0 for NULL. @since 0.1 */
HYPER_API size_t hyper_machines_count(const hyper_machines *machines);

/**
 * An item of a list.
 *
 * @param machines  the list; NULL is one without items, for each getter of a
 *                  list
 * @param index     from 0
 * @return [borrowed from machines], or NULL past the last. @since 0.1
 */
HYPER_API const hyper_machine *hyper_machines_at(const hyper_machines *machines,
						 size_t index);

/**
 * How many machines match in all, whatever the limit. Known only when the
 * query asked for it with hyper_query_set_count().
 *
 * @param machines  the list
 * @return the number, or -1 when it was not asked for. @since 0.1
 */
HYPER_API int64_t hyper_machines_total(const hyper_machines *machines);

/**
 * The event up to which the list is true: it was read in one moment, right
 * after this event and before the next one. What hyper_event_list() gives
 * after this number is all that has changed since.
 *
 * @param machines  the list
 * @return the seq of that event; 0 when there was none yet
 *
 * @since 0.1
 */
HYPER_API uint64_t hyper_machines_seq(const hyper_machines *machines);

/**
 * Where the next page begins.
 *
 * @param machines  the list
 * @return [borrowed from machines] for hyper_query_set_cursor(), or NULL when
 * this page is the last. @since 0.1
 */
HYPER_API const char *
hyper_machines_next_cursor(const hyper_machines *machines);

/**
 * The list as a JSON array. Its machines have only the fields that the query
 * asked for.
 *
 * @param machines  the list
 * @param flags     0
 * @param ret_json  [new] free with hyper_free()
 * @param err       INVALID, NOMEM
 * @return 0 or a negative code. @since 0.1
 */
HYPER_API int hyper_machines_to_json(const hyper_machines *machines,
				     uint32_t flags, char **ret_json,
				     hyper_error **err);

/** Free a list. @param machines [takes] or NULL. @since 0.1 */
HYPER_API void hyper_machines_free(hyper_machines *machines);

HYPER_END_DECLS

#endif
