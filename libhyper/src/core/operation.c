/* SPDX-License-Identifier: MIT */
#include "core/operation.h"

uint64_t hyper_operation_id(const hyper_operation *op)
{
	return op->id;
}

const char *hyper_operation_kind(const hyper_operation *op)
{
	return op->kind;
}

int hyper_operation_state(const hyper_operation *op)
{
	return op->state;
}

bool hyper_operation_ended(const hyper_operation *op)
{
	return op->state >= HYPER_OP_DONE;
}

const char *hyper_operation_type(const hyper_operation *op)
{
	return op->type;
}

const char *hyper_operation_machine(const hyper_operation *op)
{
	return op->machine;
}

const char *hyper_operation_image(const hyper_operation *op)
{
	return op->image;
}

uint64_t hyper_operation_done(const hyper_operation *op)
{
	return op->done;
}

uint64_t hyper_operation_total(const hyper_operation *op)
{
	return op->total;
}

const char *hyper_operation_step(const hyper_operation *op)
{
	return op->step;
}

const hyper_error *hyper_operation_error(const hyper_operation *op)
{
	return op->error;
}

int64_t hyper_operation_created_at(const hyper_operation *op)
{
	return op->created_at;
}

int64_t hyper_operation_started_at(const hyper_operation *op)
{
	return op->started_at;
}

int64_t hyper_operation_ended_at(const hyper_operation *op)
{
	return op->ended_at;
}

const char *hyper_operation_program(const hyper_operation *op)
{
	return op->program;
}

const char *hyper_operation_actor(const hyper_operation *op)
{
	return op->actor;
}

int64_t hyper_operation_pid(const hyper_operation *op)
{
	return op->pid;
}

int64_t hyper_operation_uid(const hyper_operation *op)
{
	return op->uid_1 - 1;
}

const char *hyper_operation_plan(const hyper_operation *op, size_t index)
{
	return index < op->plan.n ? op->plan.items[index] : NULL;
}

void hyper_operation_free(hyper_operation *op)
{
	if (!op)
		return;
	free(op->kind);
	free(op->type);
	free(op->machine);
	free(op->image);
	free(op->step);
	free(op->program);
	free(op->actor);
	hyp_strv_free(&op->plan);
	hyper_error_free(op->error);
	free(op);
}

int hyp_operation_unknown(uint64_t id, hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "operation",
			       "no operation %llu", (unsigned long long)id);
}

int hyp_operation_timeout(uint64_t id, uint32_t timeout_ms, hyper_error **err)
{
	return hyper_error_set(err, HYPER_ERR_TIMEOUT, NULL,
			       "operation %llu has not ended after %u ms",
			       (unsigned long long)id, timeout_ms);
}

int hyp_operation_result(const hyper_operation *op, hyper_error **err)
{
	int code = hyper_error_code(op->error);

	if (op->state == HYPER_OP_DONE)
		return 0;
	if (code == HYPER_OK)
		return hyper_error_set(err, HYPER_ERR_INTERNAL, NULL,
				       "operation %llu is %s without an error",
				       (unsigned long long)op->id,
				       hyper_op_state_name(op->state));
	if (err) {
		hyper_error *copy = hyper_error_copy(op->error);

		if (!copy)
			return hyp_nomem(err);
		hyp_error_move(err, &copy);
	}
	return code;
}
