/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Which drivers there are. (To write one, see driver.h.)
 */
#ifndef HYPER_DRIVER_LIST_H
#define HYPER_DRIVER_LIST_H

#include <hyper/conn.h>

HYPER_BEGIN_DECLS

/** What is known of a driver. Immutable. */
typedef struct hyper_driver_info hyper_driver_info;

/** Drivers, by name. Immutable. */
typedef struct hyper_drivers hyper_drivers;

/**
 * Every driver found in the driver directory, also those that cannot be used,
 * with the reason. This asks the engines (at most 10 s each).
 *
 * @param conn         the connection
 * @param flags        0
 * @param ret_drivers  [new] free with hyper_drivers_free()
 * @param err          CONNECT, NO_DRIVER (no driver directory), NOMEM, …
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_driver_list(hyper_conn *conn, uint32_t flags,
				hyper_drivers **ret_drivers, hyper_error **err);

/** How many there are in a list. @return the number; 0 for NULL. @since 0.1 */
HYPER_API size_t hyper_drivers_count(const hyper_drivers *drivers);
/** An item of a list. @return [borrowed from drivers], or NULL past the last
 * and for NULL. @since 0.1 */
HYPER_API const hyper_driver_info *
hyper_drivers_at(const hyper_drivers *drivers, size_t index);
/** The list as a JSON array. As hyper_machines_to_json(). @since 0.1 */
HYPER_API int hyper_drivers_to_json(const hyper_drivers *drivers,
				    uint32_t flags, char **ret_json,
				    hyper_error **err);
/** Free a list. @param drivers [takes] or NULL. @since 0.1 */
HYPER_API void hyper_drivers_free(hyper_drivers *drivers);

/**
 * @name Getters
 * What they return is [borrowed from info]; NULL where unknown.
 * @since 0.1
 * @{
 */
/** The name: what `type` of a machine says. */
HYPER_API const char *hyper_driver_info_name(const hyper_driver_info *info);
/** The driver's own version. */
HYPER_API const char *hyper_driver_info_version(const hyper_driver_info *info);
/** The file that it was loaded from. */
HYPER_API const char *hyper_driver_info_file(const hyper_driver_info *info);
/** The kinds of machine, "vm" or "container", from 0; NULL past the last. */
HYPER_API const char *hyper_driver_info_kind(const hyper_driver_info *info,
					     size_t index);
/** What it can do, from 0; NULL past the last. See driver.h. */
HYPER_API const char *hyper_driver_info_feature(const hyper_driver_info *info,
						size_t index);
/** Whether it can be used now. */
HYPER_API bool hyper_driver_info_available(const hyper_driver_info *info);
/** Why not. */
HYPER_API const char *hyper_driver_info_reason(const hyper_driver_info *info);
/** The engine behind it and its version, "Docker 20.10.24". */
HYPER_API const char *hyper_driver_info_engine(const hyper_driver_info *info);
/** @} */

HYPER_END_DECLS

#endif
