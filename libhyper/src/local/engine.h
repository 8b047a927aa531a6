/* SPDX-License-Identifier: MIT */
/*
 * Operations: each is written down, waits its turn in the queue of its
 * machine or image, calls the driver, and is ended in the same transaction as
 * what came of it.
 */
#ifndef HYP_LOCAL_ENGINE_H
#define HYP_LOCAL_ENGINE_H

#include "local/job.h"
#include "local/local.h"

/* How an operation came out. */
struct hyp_outcome {
	int rc;
	hyper_error *error;	   /* of rc */
	struct hyp_job *job;	   /* the last call of the driver, or NULL */
	const hyper_machine *seen; /* what that saw, or NULL */
	bool gone;		   /* for sure the engine does not have it */
	bool left;		   /* the driver was given up on */
	bool unknown;		   /* nobody could see what has become of it */
};

/* One operation that this process runs. */
struct hyp_run {
	struct hyp_local *local;
	struct hyp_op_row row;
	hyper_machine *machine; /* as it was at the beginning; or NULL */
	hyper_changes *changes; /* those of the row, or NULL */
	bool begun;		/* it has its turn, and is marked as running */
	bool recover;		/* its process died: drive it to an end */
	bool patient;		/* … also while the connection closes */
	bool over;		/* its outcome is known */
	bool settled;		/* … and written down */
	uint64_t repeats;      /* not run: what it asks for is that operation */
	uint64_t cancelled_by; /* as hyp_op_cancelled() tells */
	struct hyp_outcome outcome;
	/* What the database said at the end of the last transaction: what
	 * the caller is told. */
	hyper_machine *told_machine;
	hyper_operation *told_op;
};
void hyp_run_free(struct hyp_run *run);
HYP_DEFINE_CLEANUP(struct hyp_run, hyp_run_free)
#define HYP_AUTORUN HYP_CLEANUP(hyp_run_free_p) struct hyp_run

/* What is wanted. */
struct hyp_request {
	enum hyp_action action;
	const char *id;		   /* of the machine, or NULL */
	const hyper_machine *spec; /* add: as it was given */
	hyper_machine *machine;	   /* add: the complete record */
	const char *type;	   /* images: the driver */
	const char *image;	   /* images: the name */
	const hyper_changes *changes;
	const char *path;    /* import */
	uint32_t timeout_ms; /* stop */
	uint32_t flags;
	/* hyp_request_set_terms(): of the connection; and what a request with
	 * a key is known by, else empty. */
	const struct hyp_terms *terms;
	char print[HYP_DIGEST_SIZE];
};

/* repeat.c: once all of the request that counts is there. */
int hyp_request_set_terms(struct hyp_request *request,
			  const struct hyp_terms *terms, hyper_error **err);
/* The operation that a request with a key stands for already; 0: none. INVALID
 * when the key is that of another request. */
int hyp_repeat_find(struct hyp_tx *tx, const struct hyp_request *request,
		    uint64_t *ret_id, hyper_error **err);

/* record.c: write an operation down; begins it at once if nothing is before
 * it. Or only say which one it repeats. */
int hyp_engine_record(struct hyp_local *local,
		      const struct hyp_request *request,
		      struct hyp_run **ret_run, hyper_error **err);
/* May a machine be added? Nobody may have the id, and nobody may be taking the
 * image away. */
int hyp_engine_check_add(struct hyp_tx *tx, const hyper_machine *machine,
			 hyper_error **err);
/* Is it the one that was meant, with nothing under way that will change it? */
int hyp_engine_check_generation(const struct hyp_run *run, uint64_t wanted,
				uint64_t head, hyper_error **err);
/* The row of an operation on the machine of a run, or on an image. */
int hyp_engine_describe(struct hyp_run *run, const struct hyp_request *request,
			hyper_error **err);
/* Read the changes of its row, if there are any. */
int hyp_engine_read_changes(struct hyp_run *run, hyper_error **err);
/* Read what the caller is told, in tx. */
int hyp_engine_tell(struct hyp_run *run, struct hyp_tx *tx, hyper_error **err);

/* engine.c: run it on this thread to its end. 0 or its error; if it is then
 * not settled, it must be spawned, which goes on trying. */
int hyp_engine_run(struct hyp_run *run, hyper_error **err);
/* [takes] Run it on a thread of its own. */
int hyp_engine_spawn(struct hyp_run *run, hyper_error **err);
/* What such a thread does with its run. [takes] */
void hyp_engine_run_main(void *data);

/* turn.c: wait until nothing older is open in the queue of the run, and begin
 * it, unless it is one to recover. */
int hyp_turn_wait(struct hyp_run *run, hyper_error **err);
/* Mark it as running, and its machine as passing, in tx. STATE or BUSY when
 * that is not legal now. */
int hyp_turn_begin(struct hyp_run *run, struct hyp_tx *tx, hyper_error **err);

/* May it be done with the machine as it is now? *ret_nothing: it is so
 * already. */
int hyp_turn_check(struct hyp_run *run, const hyper_machine *now,
		   bool *ret_nothing, hyper_error **err);
/* May the image be removed? */
int hyp_turn_check_image(struct hyp_run *run, struct hyp_tx *tx,
			 hyper_error **err);

/* drive.c: the op that an action calls; and, [new], its call for a run, or that
 * of a plan of it. */
enum hyp_verb hyp_verb_of(int action);
int hyp_run_job(struct hyp_run *run, enum hyp_verb verb,
		struct hyp_job **ret_job, hyper_error **err);
/* Have the driver do it; sets the outcome. */
void hyp_drive(struct hyp_run *run);
/* Call the driver about the machine or image of a run, for at most so many ms:
 * look at it (INSPECT, IMAGE_LIST), make sure that nothing is left of it
 * (REMOVE), or finish it (ADD). The job is there for what it saw; NULL if it
 * could not begin. */
int hyp_ask(struct hyp_run *run, enum hyp_verb verb, uint32_t limit_ms,
	    struct hyp_job **ret_job, hyper_error **err);

/* Who wants the operation to end now, as hyp_op_cancelled() tells. */
uint64_t hyp_run_cancelled_by(struct hyp_run *run);

/* settle.c: end the operation, and say of the machine what is known. */
int hyp_settle(struct hyp_run *run, hyper_error **err);

/* What a dead process left is left to the next one when we are closing. */
static inline bool hyp_run_hurries(const struct hyp_run *run)
{
	return run->recover && !run->patient && hyp_local_closing(run->local);
}

/* recover.c: take over the operations of dead processes, and end them in the
 * background. */
int hyp_recover_all(struct hyp_local *local, hyper_error **err);
/* The same for one that stands before ours in a queue; nothing if its owner
 * lives. */
int hyp_recover_head(struct hyp_local *local, uint64_t id, int64_t owner,
		     hyper_error **err);
/* [new] the open operations whose processes have died, ended by 0. */
int hyp_recover_orphans(struct hyp_local *local, int64_t **ret_ids,
			hyper_error **err);
/* It cannot be recovered here and now: anybody may take it over again. */
void hyp_recover_hand_back(struct hyp_run *run);

/* verdict.c: one that was taken over and has its turn, if it had begun. Sets
 * the outcome; false: it cannot be known here and now. */
bool hyp_recover(struct hyp_run *run);

#endif
