/* SPDX-License-Identifier: MIT */
/*
 * One call of a driver, on a thread of its own, so that a driver that hangs
 * holds up nobody. Whoever wants the answer waits as long as it likes, and
 * may walk away: the job then frees itself when the driver returns.
 */
#ifndef HYP_LOCAL_JOB_H
#define HYP_LOCAL_JOB_H

#include "local/local.h"

/* The ops of struct hyper_driver. */
enum hyp_verb {
	HYP_VERB_PROBE,
	HYP_VERB_ADD,
	HYP_VERB_START,
	HYP_VERB_STOP,
	HYP_VERB_REMOVE,
	HYP_VERB_INSPECT,
	HYP_VERB_LIST,
	HYP_VERB_IMAGE_LIST,
	HYP_VERB_PULL,
	HYP_VERB_IMPORT,
	HYP_VERB_IMAGE_REMOVE,
	HYP_VERB_WATCH,
	HYP_VERB_FIND,
	HYP_VERB_CHANGE,
	HYP_VERB_PLAN
};

/* What machine_list found. */
struct hyp_found {
	char *id;
	char *uuid;
	hyper_machine *seen; /* without a state: it is there, and that is all */
	bool known;	     /* the database has it */
	bool copy;	     /* it has the marks of another; see list.h */
};

struct hyper_call {
	_Atomic bool cancelled;
	/* The call that it is a part of, and ends with; or NULL. */
	const struct hyper_call *parent;
	int64_t deadline; /* monotonic ms */
	const char *type; /* the driver's name */
	struct hyp_plugin *plugin;
	/* Guards progress, and what was found until the job has ended. */
	pthread_mutex_t lock;
	uint64_t done, total;
	char step[128];
	bool progressed; /* since it was last looked at */
	/* Results of the listing ops. Copies stand behind what was found. */
	struct hyp_found *found;
	size_t found_count;
	size_t copy_count;
	hyper_images *images;
	struct hyp_strv plan;
};

struct hyp_job {
	struct hyper_call call;
	struct hyp_plugin *plugin;
	enum hyp_verb verb;
	/* Arguments, all our own copies. */
	hyper_machine *machine;
	hyper_machine *to;     /* CHANGE, and a plan of one */
	enum hyp_verb planned; /* PLAN: of which */
	hyper_machines *known; /* LIST */
	char *name;
	char *path;
	uint32_t timeout_ms;
	uint32_t flags;
	bool decides; /* the listing ones: something depends on it */
	/* Results. */
	hyper_machine *seen;
	char *engine;
	int rc;
	hyper_error *error;
	_Atomic bool other_engine; /* … than the one that the machines are on */
	/* Joined by who waited to the end. */
	pthread_t thread;
	bool started;
	/* An observer waits for its end, among other things. */
	bool wakes;
	/* Called on the job's thread if nobody waited to the end. */
	void (*late)(struct hyp_job *job);

	/* Guards what follows. */
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool called; /* the driver has seen the call */
	bool ended;
	bool left;
};

/* How long an op may take, ms; see driver.h. A watch: for weeks. */
uint32_t hyp_verb_limit(enum hyp_verb verb);
bool hyp_driver_can(const hyper_driver *driver, enum hyp_verb verb);

/* A job, not started; arguments may then be put in. */
int hyp_job_new(struct hyp_plugin *plugin, enum hyp_verb verb,
		struct hyp_job **ret_job, hyper_error **err);
/* One that looks at all machines of a driver, of which these are known. */
int hyp_job_new_list(struct hyp_plugin *plugin, const hyper_machines *known,
		     struct hyp_job **ret_job, hyper_error **err);
/* Start it, with so many ms until its deadline. */
int hyp_job_start(struct hyp_job *job, uint32_t limit_ms, hyper_error **err);
/* Wait until it has ended or a monotonic time; true if it has ended. */
bool hyp_job_wait(struct hyp_job *job, int64_t until);
/* Wait to its deadline and a second more, unless it is given up already.
 * Returns what the driver did, TIMEOUT if it did nothing. */
int hyp_job_finish(struct hyp_job *job, hyper_error **err);
/* Give the driver up: nothing that has not begun begins any more. True if the
 * driver has seen the call, and so may have done anything. */
bool hyp_job_give_up(struct hyp_job *job);
/* The result of a job that has ended. */
int hyp_job_result(struct hyp_job *job, hyper_error **err);
/* [takes] a job: frees it, or leaves it to itself if it still runs. */
void hyp_job_leave(struct hyp_job *job);

HYP_DEFINE_CLEANUP(struct hyp_job, hyp_job_leave)
#define HYP_AUTOJOB HYP_CLEANUP(hyp_job_leave_p) struct hyp_job

/* new, start and finish in one. */
int hyp_job_call(struct hyp_job *job, hyper_error **err);

/* How much longer than its deadline a driver may take, ms. */
#define HYP_JOB_GRACE 1000
/* Each call that hangs holds a thread: with so many that change something, or
 * that only look, a driver gets no more of them. */
#define HYP_JOB_HUNG_MAX  256
#define HYP_LOOK_HUNG_MAX 16

#endif
