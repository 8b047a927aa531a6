/* SPDX-License-Identifier: MIT */
/* Is all well? If not, what is wrong, and what was done about it? */
#include <hyper/hyper.h>
#include <stdio.h>

static void show(const hyper_finding *finding)
{
	const char *type = hyper_finding_type(finding);
	const char *machine = hyper_finding_machine(finding);
	const char *action = hyper_finding_action(finding);

	printf("%s", hyper_finding_kind(finding));
	if (machine)
		printf(" (machine %s%s%s)", machine, type ? " of " : "",
		       type ? type : "");
	printf(": %s\n", hyper_finding_detail(finding));
	if (hyper_finding_repaired(finding))
		printf("\tmended%s%s\n", action ? ": " : "",
		       action ? action : "");
}

static int examine(hyper_conn *conn, uint32_t flags, hyper_error **err)
{
	hyper_findings *findings = NULL;
	char *json = NULL;
	int failed = hyper_doctor(conn, flags, &findings, err) ||
		     hyper_findings_to_json(findings, 0, &json, err);

	if (!failed) {
		printf("%zu found\n", hyper_findings_count(findings));
		for (size_t i = 0; i < hyper_findings_count(findings);
		     i++)
			show(hyper_findings_at(findings, i));
		fprintf(stderr, "%s\n", json);
	}
	hyper_free(json);
	hyper_findings_free(findings);
	return failed;
}

/* doctor [URI]: look, mend, and look again. */
int main(int argc, char **argv)
{
	hyper_conn *conn = NULL;
	hyper_error *err = NULL;
	int failed =
		hyper_open(argc > 1 ? argv[1] : NULL, 0, &conn, &err) ||
		examine(conn, 0, &err) ||
		examine(conn, HYPER_REPAIR, &err) ||
		examine(conn, 0, &err);

	if (failed)
		fprintf(stderr, "%s\n", hyper_error_message(err));
	hyper_error_free(err);
	hyper_close(conn);
	return failed;
}
