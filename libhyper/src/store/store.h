/* SPDX-License-Identifier: MIT */
/*
 * The state of a hyper, in SQLite (WAL). Transactions are short, and are
 * never open while a driver works.
 */
#ifndef HYP_STORE_STORE_H
#define HYP_STORE_STORE_H

#include "core/query.h"
#include "core/record.h"
#include "core/state.h"
#include "util/proc.h"
#include "util/text.h"

struct hyp_store;
struct hyp_db;

/* path: of the database. Readonly creates and changes nothing. */
int hyp_store_open(const char *path, bool readonly,
		   struct hyp_store **ret_store, hyper_error **err);
/* No transaction is open any more. */
void hyp_store_close(struct hyp_store *store);
/* The uuid of this state. [borrowed from store] */
const char *hyp_store_instance(const struct hyp_store *store);
/* How many events are kept: $HYPER_EVENTS_KEEP. */
int64_t hyp_store_events_keep(const struct hyp_store *store);
/* How long operations are, in ms: $HYPER_OPERATIONS_KEEP (days). */
int64_t hyp_store_operations_keep(const struct hyp_store *store);

/* What SQLite finds wrong with the database; empty: nothing. */
struct hyp_tx;
int hyp_store_check(struct hyp_tx *tx, struct hyp_strv *ret_problems,
		    hyper_error **err);

/*
 * A transaction, on the stack:
 *
 *     HYP_AUTOTX tx = HYP_TX_INIT;
 *     rc = hyp_tx_write(store, &tx, err);
 *     … calls with &tx …
 *     rc = hyp_tx_commit(&tx, err);
 *
 * What is not committed at the end of the scope is rolled back. Declare tx
 * before the statements that use it, for they must end first. One writer at
 * a time, in this process and among all; any number of readers, each of which
 * sees one moment.
 */
struct hyp_tx {
	struct hyp_store *store;
	struct hyp_db *db;
	/* What holds a reader's moment; NULL: it writes. */
	struct sqlite3_stmt *snapshot;
};
#define HYP_TX_INIT                                                            \
	{                                                                      \
		0                                                              \
	}
int hyp_tx_write(struct hyp_store *store, struct hyp_tx *tx, hyper_error **err);
int hyp_tx_read(struct hyp_store *store, struct hyp_tx *tx, hyper_error **err);
int hyp_tx_commit(struct hyp_tx *tx, hyper_error **err);
void hyp_tx_end(struct hyp_tx *tx);
#define HYP_AUTOTX HYP_CLEANUP(hyp_tx_end) struct hyp_tx

/* Machines (machine.c). update: generation and updated_at grow. */
int hyp_machine_insert(struct hyp_tx *tx, hyper_machine *machine,
		       hyper_error **err);
int hyp_machine_update(struct hyp_tx *tx, hyper_machine *machine,
		       hyper_error **err);
int hyp_machine_delete(struct hyp_tx *tx, const char *id, hyper_error **err);
/* NOT_FOUND when there is none. */
int hyp_machine_load(struct hyp_tx *tx, const char *id,
		     hyper_machine **ret_machine, hyper_error **err);
int hyp_machine_query(struct hyp_tx *tx, const hyper_query *query,
		      hyper_machines **ret_machines, hyper_error **err);
/* All machines of a driver. */
int hyp_machine_of_driver(struct hyp_tx *tx, const char *driver,
			  hyper_machines **ret_machines, hyper_error **err);
/* [new] the id of the machine that an engine knows by a handle; *ret_id stays
 * NULL when there is none. */
int hyp_machine_of_handle(struct hyp_tx *tx, const char *driver,
			  const char *handle, char **ret_id, hyper_error **err);
/* [new] the ids of (at most 5) machines made from an image, "a, b"; NULL in
 * *ret_ids when there are none. */
int hyp_machine_of_image(struct hyp_tx *tx, const char *driver,
			 const char *image, char **ret_ids, hyper_error **err);
/* The names of drivers that have machines. */
int hyp_machine_drivers(struct hyp_tx *tx, struct hyp_strv *ret_names,
			hyper_error **err);

/* When one machine was seen, with nothing new: its generation stays. */
int hyp_machine_seen(struct hyp_tx *tx, const char *uuid, int64_t at,
		     hyper_error **err);
/* When all machines of a driver were seen; reason: why they cannot be. */
int hyp_driver_seen(struct hyp_tx *tx, const char *driver, int64_t at,
		    const char *reason, hyper_error **err);
/* [new] the identity of the engine that its machines are on; *ret_engine stays
 * NULL when it is not known. */
int hyp_driver_engine(struct hyp_tx *tx, const char *driver, char **ret_engine,
		      hyper_error **err);
/* NULL: whichever answers next. */
int hyp_driver_set_engine(struct hyp_tx *tx, const char *driver,
			  const char *engine, hyper_error **err);

/* digest.c: SHA-256 in hexadecimal, of what is a secret or may hold one. */
#define HYP_DIGEST_SIZE 65
void hyp_digest(const void *data, size_t len, char out[HYP_DIGEST_SIZE]);

/* Tokens (token.c). insert: EXISTS. The secret is kept as a hash. */
int hyp_token_insert(struct hyp_tx *tx, const hyper_token *token,
		     hyper_error **err);
/* *ret_token stays NULL when it is nobody's secret. */
int hyp_token_find(struct hyp_tx *tx, const char *secret,
		   hyper_token **ret_token, hyper_error **err);
int hyp_token_list(struct hyp_tx *tx, hyper_tokens **ret_tokens,
		   hyper_error **err);
int hyp_token_delete(struct hyp_tx *tx, const char *name, hyper_error **err);

/* An operation as it is kept: what is shown, and what it takes to run it. */
struct hyp_op_row {
	hyper_operation *shown; /* [borrowed] on the way in */
	int action;
	char *queue;
	char *uuid;
	char *path;
	char *changes; /* JSON, or NULL */
	uint32_t flags;
	uint32_t timeout_ms;
	int64_t owner;
	/* Of a request that may be repeated; else NULL. */
	char *key;
	char *request; /* what it is known by */
};
void hyp_op_row_clear(struct hyp_op_row *row);

/* Operations (operation.c). insert sets shown->id. */
int hyp_op_insert(struct hyp_tx *tx, struct hyp_op_row *row, hyper_error **err);
/* state, progress, error and times of op. */
int hyp_op_update(struct hyp_tx *tx, const hyper_operation *op,
		  hyper_error **err);
int hyp_op_progress(struct hyp_tx *tx, uint64_t id, uint64_t done,
		    uint64_t total, const char *step, hyper_error **err);
int hyp_op_load(struct hyp_tx *tx, uint64_t id, hyper_operation **ret_op,
		hyper_error **err);
int hyp_op_load_row(struct hyp_tx *tx, uint64_t id, struct hyp_op_row *ret_row,
		    hyper_error **err);
/* The operation that an actor's key stands for, and [new] its request; id 0:
 * none. */
int hyp_op_of_key(struct hyp_tx *tx, const char *actor, const char *key,
		  uint64_t *ret_id, char **ret_request, hyper_error **err);
int hyp_op_query(struct hyp_tx *tx, const hyper_query *query,
		 hyper_operations **ret_ops, hyper_error **err);
int hyp_op_cancel(struct hyp_tx *tx, uint64_t id, hyper_error **err);
/* All open ones of an owner. */
int hyp_op_cancel_owner(struct hyp_tx *tx, int64_t owner, hyper_error **err);
/* Cancel what is open in its queue for a stop or remove by force. */
int hyp_op_overtake(struct hyp_tx *tx, const struct hyp_op_row *row,
		    hyper_error **err);
/* 0: it is not cancelled; HYP_BY_REQUEST, or the operation that overtook it. */
#define HYP_BY_REQUEST 1
int hyp_op_cancelled(struct hyp_tx *tx, uint64_t id, uint64_t *ret_by,
		     hyper_error **err);
/* The oldest open operation of a queue and its owner; id 0: none. */
int hyp_op_head(struct hyp_tx *tx, const char *queue, uint64_t *ret_id,
		int64_t *ret_owner, hyper_error **err);
/* Is it open, and an owner's? */
int hyp_op_is_open(struct hyp_tx *tx, uint64_t id, int64_t owner,
		   bool *ret_open, hyper_error **err);
int hyp_op_set_owner(struct hyp_tx *tx, uint64_t id, int64_t owner,
		     hyper_error **err);
/* Add the drivers with adds that failed lately, after a time in ms. */
int hyp_op_failed_adds(struct hyp_tx *tx, int64_t since, struct hyp_strv *names,
		       hyper_error **err);
/* Was this machine to be added, but that failed, and there is none? */
int hyp_op_is_failed_add(struct hyp_tx *tx, const char *machine,
			 const char *uuid, bool *ret_failed, hyper_error **err);
/* Forget (some of) what ended before a time, ms. */
int hyp_op_trim(struct hyp_tx *tx, int64_t before, hyper_error **err);

/* Processes (process.c). */
struct hyp_process {
	int64_t id;
	struct hyp_proc_id proc;
	char *program;
	char *endpoint; /* or NULL */
};
void hyp_process_clear(struct hyp_process *process);
int hyp_process_insert(struct hyp_tx *tx, const struct hyp_proc_id *proc,
		       const char *program, int64_t *ret_id, hyper_error **err);
int hyp_process_announce(struct hyp_tx *tx, int64_t id, const char *endpoint,
			 hyper_error **err);
/* NOT_FOUND when there is none. by pid: the newest that announced itself. */
int hyp_process_load(struct hyp_tx *tx, int64_t id,
		     struct hyp_process *ret_process, hyper_error **err);
int hyp_process_by_pid(struct hyp_tx *tx, int64_t pid,
		       struct hyp_process *ret_process, hyper_error **err);
/* All processes, and all owners of open operations. [new] ids, ended by 0. */
int hyp_process_owners(struct hyp_tx *tx, int64_t **ret_ids, hyper_error **err);
/* The open operations of an owner, oldest first. [new] ids, ended by 0. */
int hyp_op_of_owner(struct hyp_tx *tx, int64_t owner, int64_t **ret_ids,
		    hyper_error **err);
int hyp_process_delete(struct hyp_tx *tx, int64_t id, hyper_error **err);

/* What happened (event.c). insert forgets what is too old; machine or NULL, op
 * 0 for none, state 0 for none. */
int hyp_event_insert(struct hyp_tx *tx, const char *kind, const char *machine,
		     uint64_t op, int state, hyper_error **err);
int hyp_event_insert_driver(struct hyp_tx *tx, const char *kind,
			    const char *driver, hyper_error **err);
/* Those after one, the oldest first. INVALID, LIMIT: see hyper_event_list(). */
int hyp_event_query(struct hyp_tx *tx, uint64_t after, uint32_t limit,
		    hyper_events **ret_events, hyper_error **err);
/* The seq of the newest, or 0. */
int hyp_event_newest(struct hyp_tx *tx, uint64_t *ret_seq, hyper_error **err);

#endif
