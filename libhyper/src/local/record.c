/* SPDX-License-Identifier: MIT */
/* From a request to an operation in the database. */
#include "local/engine.h"

#include <string.h>

#include "json/json.h"
#include "util/buf.h"

/* What a stop waits for the guest unless the caller says, ms. */
#define STOP_TIMEOUT 30000

static int set_queue(struct hyp_op_row *row, const char *id, const char *type,
		     const char *image)
{
	HYP_AUTOBUF queue = HYP_BUF_INIT;

	/* An id holds no slash, so the two never meet. */
	if (id)
		hyp_buf_adds(&queue, id);
	else
		hyp_buf_addf(&queue, "%s/%s", type, image);
	row->queue = hyp_buf_take(&queue);
	return row->queue ? 0 : -1;
}

int hyp_engine_read_changes(struct hyp_run *run, hyper_error **err)
{
	const char *json = run->row.changes;

	return json ? hyp_json_parse_changes(json, strlen(json), &run->changes,
					     err)
		    : 0;
}

int hyp_engine_describe(struct hyp_run *run, const struct hyp_request *request,
			hyper_error **err)
{
	const hyper_machine *m = run->machine;
	struct hyp_op_row *row = &run->row;
	hyper_operation *op = calloc(1, sizeof(*op));
	const char *type = m ? m->type : request->type;
	bool makes = request->action == HYP_ADD || request->action == HYP_ADOPT;
	const char *image = makes ? m->image : request->image;

	row->shown = op;
	if (!op ||
	    hyp_set_text(&op->kind, hyp_action_name(request->action), NULL) ||
	    hyp_set_text(&op->type, type, NULL) ||
	    hyp_set_text(&op->machine, m ? m->id : NULL, NULL) ||
	    hyp_set_text(&op->image, image, NULL) ||
	    hyp_set_text(&op->program, hyp_proc_name(), NULL) ||
	    hyp_set_text(&op->actor, hyp_terms_actor(request->terms), NULL) ||
	    hyp_set_text(&row->uuid, m ? m->uuid : NULL, NULL) ||
	    hyp_set_text(&row->path, request->path, NULL) ||
	    hyp_set_text(&row->key, request->terms->key, NULL) ||
	    hyp_set_text(&row->request, *request->print ? request->print : NULL,
			 NULL) ||
	    set_queue(row, m ? m->id : NULL, type, image))
		return hyp_nomem(err);
	op->pid = getpid();
	op->uid_1 = (int64_t)getuid() + 1;
	op->state = HYPER_OP_QUEUED;
	row->action = request->action;
	row->flags = request->flags & ~(uint32_t)(HYPER_ASYNC | HYPER_DRY_RUN);
	row->timeout_ms = request->timeout_ms == HYPER_TIMEOUT_DEFAULT
				  ? STOP_TIMEOUT
				  : request->timeout_ms;
	if (request->changes &&
	    hyp_json_changes(request->changes, &row->changes, err))
		return HYPER_ERR_NOMEM;
	return hyp_engine_read_changes(run, err);
}

int hyp_engine_check_generation(const struct hyp_run *run, uint64_t wanted,
				uint64_t head, hyper_error **err)
{
	const hyper_machine *m = run->machine;

	if (wanted == 0)
		return 0;
	if (m->generation != wanted)
		return hyper_error_set(err, HYPER_ERR_STATE, "generation",
				       "machine '%s' has changed: its "
				       "generation is %llu, not %llu",
				       m->id, (unsigned long long)m->generation,
				       (unsigned long long)wanted);
	if (head != run->row.shown->id)
		return hyper_error_set(err, HYPER_ERR_STATE, "generation",
				       "machine '%s' is being changed", m->id);
	return 0;
}

int hyp_engine_check_add(struct hyp_tx *tx, const hyper_machine *machine,
			 hyper_error **err)
{
	HYP_AUTOBUF queue = HYP_BUF_INIT;
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *other = NULL;
	struct hyp_op_row head = { 0 };
	uint64_t id;
	int64_t owner;
	int rc = hyp_machine_load(tx, machine->id, &other, NULL);

	if (rc == 0)
		return hyper_error_set(err, HYPER_ERR_EXISTS, "id",
				       "machine '%s' exists already",
				       machine->id);
	hyp_buf_addf(&queue, "%s/%s", machine->type, machine->image);
	if (queue.failed)
		return hyp_nomem(err);
	rc = hyp_op_head(tx, queue.data, &id, &owner, err);
	if (rc == 0 && id)
		rc = hyp_op_load_row(tx, id, &head, err);
	if (rc == 0 && head.action == HYP_IMAGE_REMOVE)
		rc = hyper_error_set(err, HYPER_ERR_BUSY, "image",
				     "image '%s' is being removed",
				     machine->image);
	hyp_op_row_clear(&head);
	return rc;
}

static int insert_machine(struct hyp_tx *tx, hyper_machine *machine,
			  hyper_error **err)
{
	int rc = hyp_engine_check_add(tx, machine, err);

	if (rc)
		return rc;
	machine->state = HYPER_STATE_CREATING;
	return hyp_machine_insert(tx, machine, err);
}

static int record_in_tx(struct hyp_run *run, struct hyp_tx *tx,
			const struct hyp_request *request, hyper_error **err)
{
	HYP_AUTOERROR *refusal = NULL;
	uint64_t head;
	int64_t owner;
	int rc = 0;

	if (request->action == HYP_ADD) {
		run->machine = hyper_machine_copy(request->machine);
		rc = run->machine ? insert_machine(tx, run->machine, err)
				  : hyp_nomem(err);
	} else if (request->id) {
		rc = hyp_machine_load(tx, request->id, &run->machine, err);
	}
	if (rc == 0)
		rc = hyp_engine_describe(run, request, err);
	if (rc == 0)
		rc = hyp_op_insert(tx, &run->row, err);
	if (rc == 0 && request->action == HYP_ADD)
		rc = hyp_event_insert(tx, "machine-adding", run->machine->id,
				      run->row.shown->id, run->machine->state,
				      err);
	if (rc == 0)
		rc = hyp_op_head(tx, run->row.queue, &head, &owner, err);
	if (rc == 0)
		rc = hyp_engine_check_generation(
			run, request->terms->generation, head, err);
	if (rc == 0 && request->id && (request->flags & HYPER_FORCE) &&
	    head != run->row.shown->id)
		rc = hyp_op_overtake(tx, &run->row, err);
	if (rc || head != run->row.shown->id)
		return rc;
	/* Its turn already: spare the second transaction. A refusal waits for
	 * a look at the machine as it really is. */
	rc = hyp_turn_begin(run, tx, &refusal);
	if (rc == HYPER_ERR_STATE || rc == HYPER_ERR_BUSY)
		rc = 0;
	if (rc)
		hyp_error_move(err, &refusal);
	return rc;
}

int hyp_engine_tell(struct hyp_run *run, struct hyp_tx *tx, hyper_error **err)
{
	HYP_CLEANUP(hyper_operation_free_p) hyper_operation *op = NULL;
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *machine = NULL;
	HYP_AUTOERROR *error = NULL;
	int rc = hyp_op_load(tx, run->row.shown->id, &op, &error);

	if (rc == 0 && run->machine && run->row.action != HYP_REMOVE)
		rc = hyp_machine_load(tx, op->machine, &machine, &error);
	/* A machine that is not there is nothing to tell. */
	if (rc && rc != HYPER_ERR_NOT_FOUND) {
		hyp_error_move(err, &error);
		return rc;
	}
	hyper_operation_free(run->told_op);
	hyper_machine_free(run->told_machine);
	run->told_op = hyp_steal(&op);
	run->told_machine = hyp_steal(&machine);
	return 0;
}

int hyp_engine_record(struct hyp_local *local,
		      const struct hyp_request *request,
		      struct hyp_run **ret_run, hyper_error **err)
{
	HYP_AUTORUN *run = calloc(1, sizeof(*run));
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc;

	if (!run)
		return hyp_nomem(err);
	run->local = local;
	rc = hyp_local_owner(local, &run->row.owner, err);
	if (rc == 0)
		rc = hyp_tx_write(local->store, &tx, err);
	if (rc == 0)
		rc = hyp_repeat_find(&tx, request, &run->repeats, err);
	if (rc == 0 && run->repeats) {
		*ret_run = hyp_steal(&run);
		return 0;
	}
	if (rc == 0)
		rc = record_in_tx(run, &tx, request, err);
	/* Later, it may be gone again. */
	if (rc == 0 && (request->flags & HYPER_ASYNC))
		rc = hyp_engine_tell(run, &tx, err);
	if (rc == 0)
		rc = hyp_tx_commit(&tx, err);
	if (rc)
		return rc;
	*ret_run = hyp_steal(&run);
	return 0;
}
