/* SPDX-License-Identifier: MIT */
/*
 * The contract: what the public API promises, on whatever $HYPER_TEST_URI
 * names. It runs on a state directory and on a hyperd, unchanged; what it
 * writes to $HYPER_TEST_TRANSCRIPT must then be equal, byte by byte.
 *
 * Each test runs in a process of its own, opens its own connection and
 * removes what it made. The driver is `test`.
 */
#ifndef CONTRACT_H
#define CONTRACT_H

#include <check.h>
#include <hyper/hyper.h>

extern const char *test_uri;

hyper_conn *connect_to(const char *uri, uint32_t flags);
#define CONNECT() connect_to(test_uri, 0)

/* A line of the transcript. */
void say(const char *format, ...) HYPER_PRINTF(1, 2);
/* The same for JSON [takes], with what differs from run to run as "*". */
void say_json(const char *what, char *json);
void say_machine(const char *what, const hyper_machine *machine);

/*
 * Check what a call gave, and write it down. `err` must be in scope; it is
 * NULL again afterwards.
 */
#define OK(call) expect(__FILE__, __LINE__, #call, 0, NULL, (call), &err)
#define FAILS(want, field, call)                                               \
	expect(__FILE__, __LINE__, #call, want, field, (call), &err)
void expect(const char *file, int line, const char *call, int want,
	    const char *field, int ret, hyper_error **err);

/* [new] a record from JSON text. */
hyper_machine *spec_of(const char *json);
/* Add a machine of type test from image demo: its id, a script for its driver
 * or NULL, and a label `t`. */
void add_machine(hyper_conn *conn, const char *id, const char *script,
		 const char *label);
/* Remove with force; it must have been there. */
void remove_machine(hyper_conn *conn, const char *id);
int state_of(hyper_conn *conn, const char *id);
/* Wait until an operation has ended; [new]. */
hyper_operation *wait_for_end(hyper_conn *conn, uint64_t id);
/* The ids of the machines that match, in order, as "a b c"; [new]. */
char *ids_of(hyper_conn *conn, const char *filter, const char *sort);

int64_t now_ms(void);
void sleep_ms(unsigned int ms);
/* Run this program again with these arguments: its exit status, or 128 + the
 * signal that ended it. */
int run_again(const char *what, const char *id);

TCase *open_tests(void);
TCase *machine_tests(void);
TCase *adopt_tests(void);
TCase *invalid_tests(void);
TCase *change_tests(void);
TCase *terms_tests(void);
TCase *plan_tests(void);
TCase *bulk_tests(void);
TCase *query_tests(void);
TCase *operation_tests(void);
TCase *event_tests(void);
TCase *image_tests(void);
TCase *token_tests(void);
TCase *rest_tests(void);
TCase *thread_tests(void);
TCase *process_tests(void);
/* What run_again() does in the new process. */
int process_main(const char *what, const char *id);

#endif
