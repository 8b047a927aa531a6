/* SPDX-License-Identifier: MIT */
#include "jobs.h"

#include <signal.h>

#include "out.h"
#include "progress.h"

/* How often we look for Ctrl-C and draw. */
#define SLICE_MS 100

struct job {
	const char *name;
	hyper_operation *op; /* NULL: it did not begin */
};

/* All that belongs to one jobs_run(). */
struct run {
	struct ctl *ctl;
	const struct jobs *jobs;
	struct job *list;
	size_t n;
	struct out out;
	int64_t since;
	bool told;  /* of Ctrl-C, and those concerned were cancelled */
	bool leave; /* wait no longer */
	int exit;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

/* The first Ctrl-C asks to end in good order, the second ends us. A write that
 * is under way is finished: stdio loses what it had not written yet. */
static void catch_interrupt(struct sigaction *old)
{
	struct sigaction action = { .sa_handler = on_interrupt,
				    .sa_flags =
					    (int)(SA_RESETHAND | SA_RESTART) };

	interrupted = 0;
	sigaction(SIGINT, NULL, old);
	if (old->sa_handler != SIG_IGN)
		sigaction(SIGINT, &action, NULL);
}

/* With several operands, say which one it was. */
static void failed(struct run *run, const struct job *job,
		   const hyper_error *err)
{
	int code;

	run->ctl->operand = job->name;
	code = fail_on(run->ctl, run->n > 1 ? job->name : NULL, err);
	if (run->exit == CTL_OK)
		run->exit = code;
}

static void begin_all(struct run *run, char **names)
{
	const struct jobs *jobs = run->jobs;
	size_t i;

	for (i = 0; i < run->n && !interrupted; i++) {
		AUTO(hyper_error_free) hyper_error *err = NULL;
		struct job *job = &run->list[i];

		job->name = names[i];
		if (jobs->begin(run->ctl->conn, job->name, jobs->data,
				jobs->dry_run ? HYPER_DRY_RUN : HYPER_ASYNC,
				&job->op, &err) < 0)
			failed(run, job, err);
	}
}

/* What we began in this process is cancelled, and waited for: otherwise it
 * would die with us. What a server does goes on. */
static void handle_interrupt(struct run *run)
{
	bool ours = hyper_conn_is_local(run->ctl->conn) && !run->jobs->theirs;
	size_t i;

	run->told = true;
	run->leave = !ours;
	run->exit = CTL_INTERRUPTED;
	for (i = 0; i < run->n; i++) {
		hyper_operation *op = run->list[i].op;

		if (!op || hyper_operation_ended(op))
			continue;
		if (ours)
			/* That it has just ended is no failure. */
			hyper_operation_cancel(run->ctl->conn,
					       hyper_operation_id(op), 0, NULL,
					       NULL);
		else
			say("operation %llu (%s) goes on: 'hyperctl wait "
			    "%llu' waits for it, 'hyperctl operations "
			    "cancel %llu' ends it",
			    (unsigned long long)hyper_operation_id(op),
			    hyper_operation_kind(op),
			    (unsigned long long)hyper_operation_id(op),
			    (unsigned long long)hyper_operation_id(op));
	}
}

/* How long to wait now; 0 when the time is over. */
static uint32_t slice(const struct run *run)
{
	int64_t left = SLICE_MS;

	if (run->jobs->timed)
		left = run->since + run->jobs->timeout_ms - mono_ms();
	if (left < 0)
		return 0;
	return left < SLICE_MS ? (uint32_t)left : SLICE_MS;
}

static void replace(hyper_operation **op, hyper_operation *fresh)
{
	hyper_operation_free(*op);
	*op = fresh;
}

/* Wait until it has ended, or there is a reason not to: then false. */
static bool wait_one(struct run *run, struct job *job, size_t left)
{
	hyper_conn *conn = run->ctl->conn;
	uint64_t id = hyper_operation_id(job->op);

	while (!hyper_operation_ended(job->op)) {
		AUTO(hyper_error_free) hyper_error *err = NULL;
		hyper_operation *now = NULL;
		uint32_t ms = slice(run);
		int r;

		if (interrupted && !run->told)
			handle_interrupt(run);
		if (run->leave)
			return false;
		r = hyper_operation_wait(conn, id, ms, 0, &now, &err);
		if (r == HYPER_ERR_TIMEOUT && ms > 0) {
			if (!progress_wanted())
				continue;
			r = hyper_operation_get(conn, id, 0, &now, &err);
			if (r == 0)
				progress_draw(now, left, run->since);
		}
		if (r < 0) {
			progress_erase();
			failed(run, job, err);
			return false;
		}
		replace(&job->op, now);
	}
	progress_erase();
	return true;
}

static int show_machine(struct run *run, const hyper_operation *op,
			hyper_error **err)
{
	AUTO(hyper_machine_free) hyper_machine *machine = NULL;
	int r = hyper_machine_get(run->ctl->conn, hyper_operation_machine(op),
				  0, &machine, err);

	return r < 0 ? r : out_item(&run->out, machine, err);
}

static int show_image(struct run *run, const hyper_operation *op,
		      hyper_error **err)
{
	AUTO(hyper_image_free) hyper_image *image = NULL;
	int r = hyper_image_get(run->ctl->conn, hyper_operation_type(op),
				hyper_operation_image(op), 0, &image, err);

	return r < 0 ? r : out_item(&run->out, image, err);
}

void jobs_print_plan(const hyper_operation *op)
{
	const char *machine = hyper_operation_machine(op), *step;
	AUTO(free) char *head = NULL;
	size_t i;

	head = must_printf("would %s %s:", hyper_operation_kind(op),
			   machine ? machine : hyper_operation_image(op));
	out_line(head);
	for (i = 0; (step = hyper_operation_plan(op, i)); i++) {
		AUTO(free) char *line = must_printf("  %s", step);

		out_line(line);
	}
}

static void show_plan(struct run *run, const struct job *job)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;

	if (run->out.mode == OUT_KEYS)
		jobs_print_plan(job->op);
	else if (out_item(&run->out, job->op, &err) < 0)
		failed(run, job, err);
}

static void show(struct run *run, const struct job *job)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	bool keys = run->out.mode == OUT_KEYS && !run->jobs->async;
	int r = 0;

	switch (run->jobs->async ? SHOW_NOTHING : run->jobs->show) {
	case SHOW_MACHINE:
		if (keys)
			out_line(hyper_operation_machine(job->op));
		else
			r = show_machine(run, job->op, &err);
		break;
	case SHOW_IMAGE:
		if (keys)
			out_line(hyper_operation_image(job->op));
		else
			r = show_image(run, job->op, &err);
		break;
	case SHOW_NAME:
		if (keys) {
			out_line(job->name);
			break;
		}
		/* fall through */
	case SHOW_NOTHING:
		if (!keys)
			r = out_item(&run->out, job->op, &err);
		break;
	}
	if (r < 0)
		failed(run, job, err);
}

/* Tell how one ended. */
static void finish(struct run *run, const struct job *job)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;

	if (hyper_operation_state(job->op) == HYPER_OP_DONE) {
		show(run, job);
		return;
	}
	err = hyper_error_copy(hyper_operation_error(job->op));
	if (!err)
		hyper_error_set(
			&err, HYPER_ERR_CANCELLED, NULL, "%s %s", job->name,
			hyper_op_state_name(hyper_operation_state(job->op)));
	failed(run, job, err);
}

static const struct out_noun *noun(const struct jobs *jobs)
{
	if (jobs->async || jobs->dry_run)
		return &out_operations;
	if (jobs->show == SHOW_MACHINE)
		return &out_machines;
	return jobs->show == SHOW_IMAGE ? &out_images : &out_operations;
}

int jobs_run(struct ctl *ctl, const struct jobs *jobs, char **names, int n)
{
	struct run run = { .ctl = ctl, .jobs = jobs, .n = (size_t)n };
	AUTO(hyper_error_free) hyper_error *err = NULL;
	struct sigaction old;
	size_t i;

	run.exit = ctl_open(ctl);
	if (run.exit != CTL_OK)
		return run.exit;
	if (out_begin(&run.out, ctl, noun(jobs), OUT_KEYS, n == 1, &err) < 0)
		return fail(ctl, err);
	run.list = must(calloc(run.n, sizeof(*run.list)));
	run.since = mono_ms();
	catch_interrupt(&old);
	begin_all(&run, names);
	for (i = 0; i < run.n; i++) {
		struct job *job = &run.list[i];

		if (!job->op)
			continue;
		if (jobs->dry_run)
			show_plan(&run, job);
		else if (jobs->async)
			show(&run, job);
		else if (wait_one(&run, job, run.n - i))
			finish(&run, job);
	}
	out_end(&run.out);
	sigaction(SIGINT, &old, NULL);
	for (i = 0; i < run.n; i++)
		hyper_operation_free(run.list[i].op);
	free(run.list);
	return interrupted ? CTL_INTERRUPTED : run.exit;
}
