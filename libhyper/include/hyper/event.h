/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Events: what happened to machines and operations, in the order in which it
 * did. Each has a number, `seq`, that grows by one; events are written in the
 * transaction that makes the change, so that none is missing and none comes
 * before its change can be seen.
 *
 * Whoever knows the last `seq` that he has seen gets all that came after it,
 * from whatever connection. The oldest are forgotten when there are more than
 * $HYPER_EVENTS_KEEP (100000): who asks for what is gone is told so, and
 * nothing is ever left out silently.
 */
#ifndef HYPER_EVENT_H
#define HYPER_EVENT_H

#include <hyper/conn.h>
#include <hyper/query.h>

HYPER_BEGIN_DECLS

/** An event. Immutable. */
typedef struct hyper_event hyper_event;

/** Events, the oldest first. Immutable. */
typedef struct hyper_events hyper_events;

/**
 * The events behind one that is known, the oldest first; if there is none yet,
 * wait for one. An empty list says that none came in time.
 *
 * To follow what happens, call it again with the `seq` of the last event that
 * it gave. To know a list of machines and all that changes from then on, begin
 * with hyper_machines_seq().
 *
 * @param conn        the connection
 * @param after       the seq of the last event that is known; 0: from the
 *                    oldest that is kept
 * @param limit       at most so many, up to HYPER_LIMIT_MAX; 0: 100
 * @param timeout_ms  how long to wait, in ms; 0: not at all; UINT32_MAX: until
 *                    there is one
 * @param flags       0
 * @param ret_events  [new] free with hyper_events_free()
 * @param err         LIMIT with the field "after" (some of what came after it
 *                    is forgotten; the text names the oldest that is kept,
 *                    which is also the first of after 0), INVALID (there is no
 *                    such event yet), CANCELLED (by hyper_conn_cancel()),
 *                    CONNECT, …
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_event_list(hyper_conn *conn, uint64_t after, uint32_t limit,
			       uint32_t timeout_ms, uint32_t flags,
			       hyper_events **ret_events, hyper_error **err);

/**
 * @name Getters
 * What they return is [borrowed from event].
 * @since 0.1
 * @{
 */
/** Its number, from 1. */
HYPER_API uint64_t hyper_event_seq(const hyper_event *event);
/** When it happened, ms. The clock may be set: only seq tells the order. */
HYPER_API int64_t hyper_event_at(const hyper_event *event);
/** "machine-adding", "machine-adopted", "machine-state", "machine-changed"
 * (something else of it: its addresses, why it is in its state),
 * "machine-removed", "operation-ended", "driver-lost" (its engine cannot be
 * asked: its machines are stale), "driver-back"; there may be more one day. */
HYPER_API const char *hyper_event_kind(const hyper_event *event);
/** The machine's id, or NULL if it is about none. */
HYPER_API const char *hyper_event_machine(const hyper_event *event);
/** The driver that it is about, or NULL: with "driver-lost" and
 * "driver-back". */
HYPER_API const char *hyper_event_driver(const hyper_event *event);
/** The operation that did it, or 0: it happened by itself. */
HYPER_API uint64_t hyper_event_operation(const hyper_event *event);
/** Who asked for that operation, see hyper_operation_actor(); or NULL. */
HYPER_API const char *hyper_event_actor(const hyper_event *event);
/** The name of the state that the machine is in from then on, or with
 * "operation-ended" the operation; NULL if it is in none. */
HYPER_API const char *hyper_event_state(const hyper_event *event);
/** @} */

/**
 * A copy of an event, which stays when its list is freed.
 *
 * @param event  the event
 * @return [new] or NULL when out of memory. @since 0.1
 */
HYPER_API hyper_event *hyper_event_copy(const hyper_event *event);

/**
 * An event as JSON: one line of what `GET /hyper/events` streams.
 *
 * @param event     the event
 * @param flags     0
 * @param ret_json  [new] free with hyper_free()
 * @param err       INVALID, NOMEM
 * @return 0 or a negative code. @since 0.1
 */
HYPER_API int hyper_event_to_json(const hyper_event *event, uint32_t flags,
				  char **ret_json, hyper_error **err);

/** Free an event that is a copy. @param event [takes] or NULL. @since 0.1 */
HYPER_API void hyper_event_free(hyper_event *event);

/** How many there are in a list. @return the number; 0 for NULL. @since 0.1 */
HYPER_API size_t hyper_events_count(const hyper_events *events);
/** An item of a list. @return [borrowed from events], or NULL past the last and
 * for NULL. @since 0.1 */
HYPER_API const hyper_event *hyper_events_at(const hyper_events *events,
					     size_t index);
/** The list as a JSON array. As hyper_machines_to_json(). @since 0.1 */
HYPER_API int hyper_events_to_json(const hyper_events *events, uint32_t flags,
				   char **ret_json, hyper_error **err);
/** Free a list. @param events [takes] or NULL. @since 0.1 */
HYPER_API void hyper_events_free(hyper_events *events);

/** Events one by one. Not locked. */
typedef struct hyper_event_stream hyper_event_stream;

/**
 * Begin to read events one by one.
 *
 * @param conn        the connection; it must stay open for longer
 * @param after       as for hyper_event_list()
 * @param flags       0
 * @param ret_stream  [new] end it with hyper_event_stream_close()
 * @param err         as hyper_event_list()
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_event_stream_open(hyper_conn *conn, uint64_t after,
				      uint32_t flags,
				      hyper_event_stream **ret_stream,
				      hyper_error **err);

/**
 * The next event; if there is none yet, wait for it. After a failure one may
 * try again: it goes on where it was, also with a hyperd that was restarted.
 *
 * @param stream      the stream
 * @param timeout_ms  as for hyper_event_list()
 * @param ret_event   [borrowed from stream] until the next call; NULL: none
 *                    came in time
 * @param err         LIMIT (the reader was so slow that what comes next is
 *                    forgotten; nothing is left out), CANCELLED, CONNECT, …
 * @return 0 or a negative code
 *
 * One thread at a time. @since 0.1
 */
HYPER_API int hyper_event_stream_next(hyper_event_stream *stream,
				      uint32_t timeout_ms,
				      const hyper_event **ret_event,
				      hyper_error **err);

/**
 * A descriptor for the program's own loop: poll(2) or epoll(7) say that it can
 * be read (POLLIN) when there is an event, or none can be had. Then call
 * hyper_event_stream_next() with a timeout of 0 until it gives none or fails;
 * from then on the descriptor is about what comes next. Do nothing else with
 * it. A thread of the library's waits for the events meanwhile.
 *
 * @param stream  the stream
 * @param flags   0
 * @param ret_fd  [borrowed from stream] valid until it is closed; the same at
 *                each call
 * @param err     INVALID, NOMEM, IO (there can be no more descriptors)
 * @return 0 or a negative code
 *
 * As hyper_event_stream_next(). Closing such a stream takes up to half a
 * second, and 10 s more where a hyperd hangs. @since 0.1
 */
HYPER_API int hyper_event_stream_fd(hyper_event_stream *stream, uint32_t flags,
				    int *ret_fd, hyper_error **err);

/** End a stream. @param stream [takes] or NULL. @since 0.1 */
HYPER_API void hyper_event_stream_close(hyper_event_stream *stream);

/**
 * What is called for each event, in order, on a thread of the library's. It
 * must not end its own subscription.
 *
 * @param event  [borrowed] during the call; NULL: it ends here, see err
 * @param err    [borrowed] during the call; why there will be no more, as of
 *               hyper_event_stream_next(); else NULL
 * @param data   as given to hyper_event_subscribe()
 *
 * @since 0.1
 */
typedef void (*hyper_event_cb)(const hyper_event *event, const hyper_error *err,
			       void *data);

/** A subscription. Not locked. */
typedef struct hyper_event_subscription hyper_event_subscription;

/**
 * Have a function called for each event.
 *
 * @param conn      the connection; it must stay open for longer
 * @param after     as for hyper_event_list()
 * @param flags     0
 * @param callback  what to call
 * @param data      for the callback
 * @param ret_sub   [new] end it with hyper_event_unsubscribe()
 * @param err       as hyper_event_list()
 * @return 0 or a negative code
 *
 * Any thread. @since 0.1
 */
HYPER_API int hyper_event_subscribe(hyper_conn *conn, uint64_t after,
				    uint32_t flags, hyper_event_cb callback,
				    void *data,
				    hyper_event_subscription **ret_sub,
				    hyper_error **err);

/**
 * End a subscription. The callback is not called any more when this returns,
 * which takes as long as a call that is under way, and half a second at most
 * beside; 10 s more where a hyperd hangs. Needed also when it has ended by
 * itself.
 *
 * @param sub  [takes] or NULL
 *
 * Any thread but that of the callback. @since 0.1
 */
HYPER_API void hyper_event_unsubscribe(hyper_event_subscription *sub);

HYPER_END_DECLS

#endif
