/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The plug-in interface: how to write a driver.
 *
 * A driver is a shared object `drv_<name>.so` in the driver directory, linked
 * to libhyper, that exports one symbol, hyper_driver_entry(). The host reads
 * the struct that it returns, opens the driver when it is first needed, and
 * calls its ops from threads of its own. libhyper/docs/DRIVERS.md walks
 * through one; examples/driver/ is one of 150 lines.
 *
 * Rules for every op:
 *  - It may block. The host never holds a lock meanwhile.
 *  - It may run at the same time as other ops, on several threads. Ops on one
 *    machine do not overlap, save one that the host gave up on (below).
 *  - Each call has a deadline, hyper_call_remaining(), and may be cancelled,
 *    hyper_call_cancelled(). Look at both in loops and return TIMEOUT or
 *    CANCELLED. A call that does neither is given up on a second later: its
 *    thread is left alone, and what it returns in the end is only used to
 *    look at the machine again.
 *  - On failure it returns a negative enum hyper_code after
 *    hyper_error_set(); the host adds the driver's name.
 *  - CONNECT means that the engine was not reached, and nothing was done. An
 *    engine that goes away in the middle of a change, or cannot be asked what
 *    became of it, is PROTOCOL, for then nobody knows.
 *  - It must leave nothing half-made: undo, or be able to go on when called
 *    again, for the process may die at any point.
 *  - What it makes is marked with hyper_driver_instance() and the machine's
 *    id and uuid, so that it can be told from other people's machines.
 */
#ifndef HYPER_DRIVER_H
#define HYPER_DRIVER_H

#include <hyper/error.h>
#include <hyper/log.h>
#include <hyper/machine.h>

HYPER_BEGIN_DECLS

/** The interface described here. Grows only when ops change their meaning;
 * new ops are appended, and seen by `size`. */
#define HYPER_DRIVER_ABI 1

/** The host, as an open driver sees it. Shared freely between threads. */
typedef struct hyper_driver_host hyper_driver_host;

/** One call of an op. */
typedef struct hyper_call hyper_call;

/** Flags of a driver. @since 0.1 */
enum hyper_driver_flags {
	/** For a machine that names no type, it is taken only if no other
	 * driver has the image; shown as the feature "last-resort". */
	HYPER_DRIVER_LAST_RESORT = 1u << 0
};

/** What a plan is of. @since 0.1 */
enum hyper_plan_kind {
	HYPER_PLAN_ADD = 1,	/**< machine_add */
	HYPER_PLAN_START,	/**< machine_start */
	HYPER_PLAN_STOP,	/**< machine_stop */
	HYPER_PLAN_REMOVE,	/**< machine_remove */
	HYPER_PLAN_CHANGE,	/**< machine_change */
	HYPER_PLAN_PULL,	/**< image_pull */
	HYPER_PLAN_IMPORT,	/**< image_import */
	HYPER_PLAN_IMAGE_REMOVE /**< image_remove */
};

/** The arguments of the op that a plan is of; those that it has not are NULL
 * or 0. Grows only at its end, together with hyper_plan_kind. @since 0.1 */
typedef struct hyper_plan {
	int kind;		      /**< enum hyper_plan_kind */
	const hyper_machine *machine; /**< the record as it is */
	const hyper_machine *to;      /**< CHANGE: as it shall be */
	const char *name;	      /**< of the image */
	const char *path;	      /**< IMPORT */
	uint32_t timeout_ms;	      /**< STOP, in ms */
	uint32_t flags;		      /**< STOP, REMOVE: HYPER_FORCE */
} hyper_plan;

/**
 * What a driver is. All pointers are to constant data of the driver's. An op
 * that is NULL answers NOT_SUPPORTED.
 *
 * @since 0.1
 */
typedef struct hyper_driver {
	/** HYPER_DRIVER_ABI. */
	uint32_t abi;
	/** sizeof(struct hyper_driver), as the driver was compiled. */
	uint32_t size;
	/** The machine type it handles; the `<name>` of its file: lower case
	 * letters, digits, `-` and `_`. */
	const char *name;
	/** The driver's own version. */
	const char *version;
	/** "vm", "container"; NULL-terminated. */
	const char *const *kinds;
	/** Which optional fields of a machine it honours: "mem", "vcpus",
	 * "env", "command", "ports", "autostart"; NULL-terminated. The host
	 * refuses the others with NOT_SUPPORTED. */
	const char *const *features;
	/** Which `options` keys it knows; NULL-terminated. */
	const char *const *options;
	/** Which settings it knows; NULL-terminated. Others in its section
	 * of drivers.conf are refused. */
	const char *const *settings;
	/** What a machine gets that asks for nothing, in MiB; 0: no limit. */
	uint64_t default_mem;
	/** The same of vcpus, how many; 0: no limit. */
	uint32_t default_vcpus;
	/** enum hyper_driver_flags. */
	uint32_t flags;

	/**
	 * Mandatory. Make the driver ready; called again when it failed, at
	 * the next need. Need not reach the engine.
	 *
	 * @param host      for settings and places; valid until close
	 * @param ret_self  whatever the other ops want as `self`
	 */
	int (*open)(hyper_driver_host *host, void **ret_self,
		    hyper_error **err);

	/** Mandatory. Let go of everything; machines go on running. No call
	 * is under way. */
	void (*close)(void *self);

	/**
	 * Reach the engine. At most 10 s.
	 *
	 * @param ret_engine  malloc()ed text, such as "Docker 20.10.24"
	 */
	int (*probe)(void *self, hyper_call *call, char **ret_engine,
		     hyper_error **err);

	/**
	 * Make the machine, stopped. Idempotent: what this driver made
	 * earlier for the same uuid is finished. At most 10 min.
	 *
	 * @param machine  [borrowed] the record, complete
	 * @param seen     [borrowed] fill in with hyper_machine_saw_*()
	 * @param err      EXISTS (the engine has another of that name),
	 *                 NOT_FOUND (no such image), INVALID with the field
	 */
	int (*machine_add)(void *self, hyper_call *call,
			   const hyper_machine *machine, hyper_machine *seen,
			   hyper_error **err);

	/** Start it; success when it runs already. At most 2 min. */
	int (*machine_start)(void *self, hyper_call *call,
			     const hyper_machine *machine, hyper_machine *seen,
			     hyper_error **err);

	/**
	 * Stop it; success when it is stopped already. Ask the guest, wait up
	 * to timeout_ms, then kill it if flags has HYPER_FORCE, else fail
	 * with TIMEOUT. At most timeout_ms + 30 s.
	 */
	int (*machine_stop)(void *self, hyper_call *call,
			    const hyper_machine *machine, uint32_t timeout_ms,
			    uint32_t flags, hyper_machine *seen,
			    hyper_error **err);

	/**
	 * Remove it and its disk; with HYPER_FORCE in flags also when it
	 * runs. Success when it is not there any more. Touches nothing that
	 * is not marked as ours. At most 2 min.
	 */
	int (*machine_remove)(void *self, hyper_call *call,
			      const hyper_machine *machine, uint32_t flags,
			      hyper_error **err);

	/** Look at one machine; NOT_FOUND when the engine does not have it.
	 * At most 10 s. */
	int (*machine_inspect)(void *self, hyper_call *call,
			       const hyper_machine *machine,
			       hyper_machine *seen, hyper_error **err);

	/** Look at all that are marked as ours: hyper_call_found_machine()
	 * for each. At most 10 s. */
	int (*machine_list)(void *self, hyper_call *call, hyper_error **err);

	/**
	 * hyper_call_found_image() for each image. At most 10 s.
	 *
	 * @param name  [borrowed] only this one (what is not there is no
	 *              error), or NULL for all
	 */
	int (*image_list)(void *self, hyper_call *call, const char *name,
			  hyper_error **err);

	/** Fetch an image from a registry. At most 1 h. */
	int (*image_pull)(void *self, hyper_call *call, const char *name,
			  hyper_error **err);

	/**
	 * Copy an image in. At most 1 h.
	 *
	 * @param path  [borrowed] absolute
	 */
	int (*image_import)(void *self, hyper_call *call, const char *name,
			    const char *path, hyper_error **err);

	/** Remove an image. The host has seen to it that no machine of ours
	 * uses it; BUSY when somebody else does. At most 2 min. */
	int (*image_remove)(void *self, hyper_call *call, const char *name,
			    hyper_error **err);

	/**
	 * Tell of what happens to our machines, as it happens:
	 * hyper_call_changed() once it hears of everything from then on, and
	 * then for each machine that may have changed. Without this op, and
	 * while it does not run, machine_list is called every 2 s, else every
	 * 10 s.
	 *
	 * It blocks until the call is cancelled or the engine is lost, and
	 * returns within 200 ms of either. It has no deadline; one at a time
	 * runs for each open driver, after machine_list has succeeded. When it
	 * ends it is called again after a pause, which grows from 0.25 to
	 * 30 s; not after NOT_SUPPORTED.
	 *
	 * @param err  CONNECT (the engine is lost), CANCELLED, NOT_SUPPORTED
	 *             (this engine tells nothing), …
	 */
	int (*watch)(void *self, hyper_call *call, hyper_error **err);

	/**
	 * Look for a machine that hyper did not make, by what the engine calls
	 * it: its name or its handle. Touches nothing. At most 10 s.
	 *
	 * From then on its record says hyper_machine_adopted(): the ops above
	 * find it by its handle, and not by a mark, which it has not; inspect
	 * is called for it after machine_list; and remove takes away nothing
	 * that its user may still want, such as disks and volumes.
	 *
	 * @param name   [borrowed] the name or the handle
	 * @param flags  HYPER_FORCE: also one with the mark of another hyper
	 * @param found  [borrowed] fill in what inspect would see, the handle
	 *               included, and what is known of image, mem, vcpus and
	 *               autostart, with hyper_machine_set_*(); and the id,
	 * where the engine's name for it can be one
	 * @param err    NOT_FOUND, EXISTS (it bears the mark of a hyper)
	 */
	int (*machine_find)(void *self, hyper_call *call, const char *name,
			    uint32_t flags, hyper_machine *found,
			    hyper_error **err);

	/**
	 * Which engine is it? Called before a machine is made or removed, and
	 * when the engine has not what it should have. While another one
	 * answers than the one that our machines are on, and has none of them,
	 * the host fails with CONNECT: it would take them for missing. At most
	 * 10 s.
	 *
	 * @param ret_identity  malloc()ed text that stays the same when the
	 *                      engine restarts or is updated, and differs from
	 *                      those of others as well as can be
	 * @param err           NOT_SUPPORTED: this engine has none; CONNECT, …
	 */
	int (*identify)(void *self, hyper_call *call, char **ret_identity,
			hyper_error **err);

	/**
	 * Give a machine other mem, vcpus or autostart; other fields of the
	 * two records do not differ in what an engine has (labels are the
	 * host's). Idempotent: called once more when nobody knows whether it
	 * was done. All of it, or nothing. At most 2 min.
	 *
	 * @param machine  [borrowed] the record as it is
	 * @param to       [borrowed] the record as it shall be; of mem, vcpus
	 *                 and autostart, what is equal in both is to stay
	 * @param seen     [borrowed] fill in with hyper_machine_saw_*()
	 * @param err      STATE (not while it runs), INVALID with the field, …
	 */
	int (*machine_change)(void *self, hyper_call *call,
			      const hyper_machine *machine,
			      const hyper_machine *to, hyper_machine *seen,
			      hyper_error **err);

	/**
	 * Tell what one of the changing ops would do, and do nothing: look
	 * at what it would look at, fail as it would as far as that can be
	 * known beforehand, and hyper_call_plan() for each step. No step means
	 * that there is nothing to do. Without this op the host only says
	 * which op it would call. At most 10 s.
	 */
	int (*plan)(void *self, hyper_call *call, const hyper_plan *plan,
		    hyper_error **err);
} hyper_driver;

/**
 * The one symbol that a driver exports.
 *
 * @param host_abi  the HYPER_DRIVER_ABI of the host
 * @return [borrowed from the driver] its description, or NULL when it cannot
 * work with such a host
 */
typedef const hyper_driver *(*hyper_driver_entry_fn)(uint32_t host_abi);

/** For the driver's definition: exported, with the right type. */
#define HYPER_DRIVER_ENTRY                                                     \
	HYPER_API const hyper_driver *hyper_driver_entry(uint32_t host_abi);   \
	HYPER_API const hyper_driver *hyper_driver_entry(uint32_t host_abi)

/**
 * @name The host
 * What they return is [borrowed from host], valid until close.
 *
 * @param host  the host
 *
 * Any thread. @since 0.1
 * @{
 */

/**
 * The uuid of the state directory: mark with it what you make.
 *
 * @return [borrowed from host] in the text form of RFC 9562
 */
HYPER_API const char *hyper_driver_instance(const hyper_driver_host *host);

/**
 * A directory of the driver's own, there and writable.
 *
 * @return [borrowed from host] its path, `STATE/<name>`
 */
HYPER_API const char *hyper_driver_dir(const hyper_driver_host *host);

/**
 * A setting of the driver: `$HYPER_<NAME>_<KEY>` (upper case, `-` as `_`), else
 * `key` in the section `[<name>]` of STATE/drivers.conf, else the fallback.
 *
 * @param key       [borrowed] lower case
 * @param fallback  [borrowed] or NULL
 * @return [borrowed from host] its value, or the fallback as it was given
 */
HYPER_API const char *hyper_driver_setting(const hyper_driver_host *host,
					   const char *key,
					   const char *fallback);

/**
 * Claim the engine for this process, for engines that allow only one: held
 * until close or the end of the process.
 *
 * @param err  BUSY (names the process that has it, and its socket), IO
 * @return 0 or a negative code
 */
HYPER_API int hyper_driver_claim(hyper_driver_host *host, hyper_error **err);
/** @} */

/**
 * @name A call
 * It is valid while the op runs.
 *
 * @param call  the call, as the op got it
 *
 * Any thread of the driver's. @since 0.1
 * @{
 */

/**
 * Whether somebody wants the call to end. Cheap.
 *
 * @return true from then on
 */
HYPER_API bool hyper_call_cancelled(const hyper_call *call);

/**
 * How much time there is left. Cheap.
 *
 * @return ms, 0 when there are none
 */
HYPER_API uint32_t hyper_call_remaining(const hyper_call *call);

/**
 * Whether the call shall end, and why.
 *
 * @param err  TIMEOUT, CANCELLED
 * @return 0 or a negative code
 */
HYPER_API int hyper_call_check(const hyper_call *call, hyper_error **err);

/**
 * Tell how far it is. Cheap; may be called often.
 *
 * @param done   in any unit, of
 * @param total  in that unit; 0: unknown
 * @param step   [borrowed] what it is doing, a few words, or NULL
 */
HYPER_API void hyper_call_progress(hyper_call *call, uint64_t done,
				   uint64_t total, const char *step);

/**
 * plan: one step that would be done, in the order in which they would.
 *
 * @param err     NOMEM
 * @param format  [borrowed] a line for people as in printf(3), in the
 *                imperative, without a full stop: "stop container web"
 * @return 0 or a negative code, which the op returns
 */
HYPER_API int hyper_call_plan(hyper_call *call, hyper_error **err,
			      const char *format, ...) HYPER_PRINTF(3, 4);

/**
 * watch: a machine may have changed, or appeared, or gone. Cheap; may be called
 * often, for one time too many does no harm: the host looks at the machine with
 * machine_inspect or machine_list, at most 5 times a second. The first call
 * says that the watch has begun, and the host looks at all.
 *
 * @param id  [borrowed] as it is marked, or NULL: any of ours
 */
HYPER_API void hyper_call_changed(hyper_call *call, const char *id);

/**
 * watch: the same of the machine that has a handle; if none of ours has, it is
 * of no importance. For engines that do not tell whether a machine is ours.
 *
 * @param handle  [borrowed] as given to hyper_machine_saw_handle()
 */
HYPER_API void hyper_call_changed_handle(hyper_call *call, const char *handle);

/**
 * machine_list: one that bears a machine's mark; there may be several, told
 * from each other by their handles. Of one that is there, but cannot be looked
 * at, no state is told: the host then takes over nothing of it, and does not
 * take it for missing either. It must not make the list fail, nor hold it up.
 *
 * @param id    [borrowed] as it is marked
 * @param uuid  [borrowed] as it is marked
 * @param seen  [borrowed] what was seen of it; without a state: nothing
 * @param err   INVALID, NOMEM
 * @return 0 or a negative code, which the op returns
 */
HYPER_API int hyper_call_found_machine(hyper_call *call, const char *id,
				       const char *uuid,
				       const hyper_machine *seen,
				       hyper_error **err);

/**
 * image_list: one image.
 *
 * @param name        [borrowed] what `image` of a machine would say
 * @param handle      [borrowed] the engine's own id, or NULL
 * @param format      [borrowed] "qcow2", "oci", … or NULL
 * @param size        bytes on disk, 0: unknown
 * @param created_at  ms, 0: unknown
 * @param err         NOMEM
 * @return 0 or a negative code, which the op returns
 */
HYPER_API int hyper_call_found_image(hyper_call *call, const char *name,
				     const char *handle, const char *format,
				     uint64_t size, int64_t created_at,
				     hyper_error **err);
/** @} */

/**
 * @name What a driver saw of a machine
 * What is told is copied. A second state replaces the first; addresses and
 * ports add up.
 *
 * @param seen  the record that the op fills in
 * @param err   INVALID with the field's name, LIMIT, NOMEM
 * @return 0 or a negative code
 *
 * One thread at a time. @since 0.1
 * @{
 */

/**
 * The state that a machine is in.
 *
 * @param state         stopped, starting, running, paused, stopping or error
 * @param driver_state  [borrowed] the engine's word for it, or NULL
 * @param reason        [borrowed] why, or NULL
 */
HYPER_API int hyper_machine_saw_state(hyper_machine *seen, int state,
				      const char *driver_state,
				      const char *reason, hyper_error **err);
/**
 * The engine's own name of a machine.
 *
 * @param handle  [borrowed] container id, domain uuid, …
 */
HYPER_API int hyper_machine_saw_handle(hyper_machine *seen, const char *handle,
				       hyper_error **err);
/**
 * An address that a machine has.
 *
 * @param address  [borrowed] IPv4 or IPv6, numeric
 */
HYPER_API int hyper_machine_saw_address(hyper_machine *seen,
					const char *address, hyper_error **err);
/**
 * A port of a machine as it really is.
 *
 * @param port  [borrowed] its host_port is the one that was chosen
 */
HYPER_API int hyper_machine_saw_port(hyper_machine *seen,
				     const hyper_port *port, hyper_error **err);
/** @} */

HYPER_END_DECLS

#endif
