/* SPDX-License-Identifier: MIT */
/* What came of a change of one machine among many. */
#include "core/record.h"

const char *hyper_outcome_id(const hyper_outcome *outcome)
{
	return outcome->id;
}

const hyper_machine *hyper_outcome_machine(const hyper_outcome *outcome)
{
	return outcome->machine;
}

const hyper_operation *hyper_outcome_operation(const hyper_outcome *outcome)
{
	return outcome->operation;
}

const hyper_error *hyper_outcome_error(const hyper_outcome *outcome)
{
	return outcome->error;
}

size_t hyper_outcomes_failed(const hyper_outcomes *outcomes)
{
	size_t n = 0;

	for (size_t i = 0; outcomes && i < outcomes->list.n; i++) {
		const hyper_outcome *outcome = outcomes->list.items[i];

		n += outcome->error != NULL;
	}
	return n;
}

void hyp_outcome_free(hyper_outcome *outcome)
{
	if (!outcome)
		return;
	free(outcome->id);
	hyper_machine_free(outcome->machine);
	hyper_operation_free(outcome->operation);
	hyper_error_free(outcome->error);
	free(outcome);
}
