/* SPDX-License-Identifier: MIT */
/* What the doctor found. */
#include "core/record.h"

const char *hyper_finding_kind(const hyper_finding *finding)
{
	return finding->kind;
}

const char *hyper_finding_type(const hyper_finding *finding)
{
	return finding->type;
}

const char *hyper_finding_machine(const hyper_finding *finding)
{
	return finding->machine;
}

const char *hyper_finding_detail(const hyper_finding *finding)
{
	return finding->detail;
}

const char *hyper_finding_action(const hyper_finding *finding)
{
	return finding->action;
}

bool hyper_finding_repaired(const hyper_finding *finding)
{
	return finding->repaired;
}

void hyp_finding_free(hyper_finding *finding)
{
	if (!finding)
		return;
	free(finding->kind);
	free(finding->type);
	free(finding->machine);
	free(finding->detail);
	free(finding->action);
	free(finding);
}
