/* SPDX-License-Identifier: MIT */
/*
 * Dry runs: what a change would do, and whether it would be refused. Nothing
 * is written down, and the engine is only looked at.
 */
#include <stdarg.h>
#include <string.h>

#include "local/images.h"
#include "local/observe.h"
#include "local/perform.h"
#include "util/time.h"

static int add_step(struct hyp_run *run, hyper_error **err, const char *format,
		    ...) HYPER_PRINTF(3, 4);
static int add_step(struct hyp_run *run, hyper_error **err, const char *format,
		    ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	rc = hyp_strv_addfv(&run->row.shown->plan, format, args);
	va_end(args);
	return rc ? hyp_nomem(err) : 0;
}

/* As record.c, but for the writing. */
static int load(struct hyp_run *run, const struct hyp_request *request,
		uint64_t *ret_head, hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	int64_t owner;
	int rc = hyp_tx_read(run->local->store, &tx, err);

	if (rc)
		return rc;
	if (request->action == HYP_ADD) {
		run->machine = hyper_machine_copy(request->machine);
		rc = run->machine ? hyp_engine_check_add(&tx, run->machine, err)
				  : hyp_nomem(err);
	} else if (request->id) {
		rc = hyp_machine_load(&tx, request->id, &run->machine, err);
	}
	if (rc == 0)
		rc = hyp_engine_describe(run, request, err);
	if (rc)
		return rc;
	run->row.shown->state = HYPER_OP_PLANNED;
	run->row.shown->created_at = hyp_now_ms();
	rc = hyp_op_head(&tx, run->row.queue, ret_head, &owner, err);
	if (rc == 0)
		rc = hyp_engine_check_generation(
			run, request->terms->generation, *ret_head, err);
	if (rc == 0 && request->action == HYP_IMAGE_REMOVE)
		rc = hyp_turn_check_image(run, &tx, err);
	return rc;
}

static int load_again(struct hyp_run *run, hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	hyper_machine *now = NULL;
	int rc = hyp_tx_read(run->local->store, &tx, err);

	if (rc == 0)
		rc = hyp_machine_load(&tx, run->machine->id, &now, err);
	if (rc)
		return rc;
	hyper_machine_free(run->machine);
	run->machine = now;
	return 0;
}

/* May it be done now? As when it has its turn, what is refused is looked at
 * once more. */
static int check(struct hyp_run *run, bool *ret_nothing, hyper_error **err)
{
	HYP_AUTOERROR *refusal = NULL;
	int rc = hyp_turn_check(run, run->machine, ret_nothing, &refusal);

	if (rc == HYPER_ERR_STATE &&
	    hyp_observe_machine(run->local, run->machine, 0) == 0) {
		rc = load_again(run, err);
		return rc ? rc
			  : hyp_turn_check(run, run->machine, ret_nothing, err);
	}
	if (rc)
		hyp_error_move(err, &refusal);
	return rc;
}

/* What the host does itself. */
static int plan_labels(struct hyp_run *run, hyper_error **err)
{
	const hyper_changes *changes = run->changes;
	const struct hyp_map *labels = &changes->to->labels;
	const struct hyp_map *old = &run->machine->labels;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < changes->unlabel.n; i++)
		if (hyp_map_get(old, changes->unlabel.items[i]))
			rc = add_step(run, err, "take the label %s away",
				      changes->unlabel.items[i]);
	for (size_t i = 0; rc == 0 && i < labels->n; i++) {
		const char *value = hyp_map_get(old, labels->pairs[i].key);

		if (!value || strcmp(value, labels->pairs[i].value) != 0)
			rc = add_step(run, err, "set the label %s to \"%s\"",
				      labels->pairs[i].key,
				      labels->pairs[i].value);
	}
	return rc;
}

/* Of a driver that does not tell, or cannot tell yet. */
static int plan_generic(struct hyp_run *run, hyper_error **err)
{
	const hyper_operation *op = run->row.shown;

	return add_step(run, err, "let driver %s %s %s '%s'", op->type,
			op->machine			  ? op->kind
			: op->kind[0] == 'p'		  ? "pull"
			: strcmp(op->kind, "import") == 0 ? "import"
							  : "remove",
			op->machine ? "machine" : "image",
			op->machine ? op->machine : op->image);
}

/* What any driver would refuse. */
static int check_image(struct hyp_run *run, const struct hyp_plugin *plugin,
		       hyper_error **err)
{
	HYP_CLEANUP(hyper_images_free_p) hyper_images *images = NULL;
	const char *image = run->machine->image;
	int rc;

	if (!plugin->driver.image_list)
		return 0;
	rc = hyp_images_find(run->local, plugin->name, image, &images, err);
	if (rc == 0 && images->list.n == 0)
		rc = hyper_error_set(err, HYPER_ERR_NOT_FOUND, "image",
				     "driver '%s' has no image '%s'",
				     plugin->name, image);
	return rc;
}

static int ask_driver(struct hyp_run *run, hyper_error **err)
{
	HYP_AUTOJOB *job = NULL;
	int rc = hyp_run_job(run, HYP_VERB_PLAN, &job, err);

	if (rc)
		return rc;
	job->late = NULL;
	rc = hyp_job_call(job, err);
	for (size_t i = 0; rc == 0 && i < job->call.plan.n; i++)
		rc = add_step(run, err, "%s", job->call.plan.items[i]);
	return rc;
}

static int plan_driver(struct hyp_run *run, hyper_error **err)
{
	struct hyp_plugin *plugin;
	int rc =
		hyp_plugin_find(run->local, run->row.shown->type, &plugin, err);

	if (rc)
		return rc;
	if (!hyp_driver_can(&plugin->driver, hyp_verb_of(run->row.action)))
		return hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, NULL,
				       "driver '%s' cannot do that",
				       plugin->name);
	if (plugin->driver.plan)
		return ask_driver(run, err);
	if (run->row.action == HYP_ADD)
		rc = check_image(run, plugin, err);
	return rc ? rc : plan_generic(run, err);
}

/* Nothing is under way: what would be done now. */
static int plan_now(struct hyp_run *run, hyper_error **err)
{
	bool nothing = false;
	int rc = run->machine ? check(run, &nothing, err) : 0;

	if (rc)
		return rc;
	if (nothing)
		return add_step(run, err, "nothing: it is %s already",
				hyper_state_name(run->machine->state));
	if (run->row.action == HYP_RELEASE)
		return add_step(run, err,
				"forget machine '%s', and leave what it is "
				"with its engine",
				run->machine->id);
	if (!run->changes || hyp_changes_engine(run->changes, run->machine))
		rc = plan_driver(run, err);
	if (rc == 0 && run->changes)
		rc = plan_labels(run, err);
	if (rc == 0 && run->row.shown->plan.n == 0)
		rc = add_step(run, err, "nothing: it is so already");
	return rc;
}

/* Something is, and what it leaves is what will be changed. */
static int plan_later(struct hyp_run *run, uint64_t head, hyper_error **err)
{
	int rc = add_step(run, err,
			  run->row.flags & HYPER_FORCE && run->machine
				  ? "overtake operation %llu on it by force"
				  : "wait for the end of operation %llu",
			  (unsigned long long)head);

	return rc ? rc : plan_generic(run, err);
}

/* The machine as it would be. */
static int foresee(struct hyp_run *run, hyper_error **err)
{
	int target = hyp_action_target((enum hyp_action)run->row.action);
	bool changed;

	if (target)
		run->machine->state = target;
	return run->changes ? hyp_changes_apply(run->changes, run->machine,
						&changed, err)
			    : 0;
}

int hyp_local_plan(hyper_conn *conn, const struct hyp_request *request,
		   hyper_machine **ret_machine, hyper_operation **ret_op,
		   hyper_error **err)
{
	HYP_AUTORUN *run = calloc(1, sizeof(*run));
	uint64_t head = 0;
	int rc;

	if (!run)
		return hyp_nomem(err);
	run->local = hyp_local_of(conn);
	rc = load(run, request, &head, err);
	if (rc == 0)
		rc = head ? plan_later(run, head, err) : plan_now(run, err);
	if (rc == 0 && run->machine)
		rc = foresee(run, err);
	if (rc)
		return rc;
	if (ret_machine)
		*ret_machine = hyp_steal(&run->machine);
	if (ret_op)
		*ret_op = hyp_steal(&run->row.shown);
	return 0;
}
