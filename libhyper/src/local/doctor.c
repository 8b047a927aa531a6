/* SPDX-License-Identifier: MIT */
/*
 * The doctor: the database, the engines and the files of the state directory,
 * held against each other. Repair takes nothing away that could be wanted.
 */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "local/doctor.h"
#include "local/engine.h"
#include "local/ops.h"
#include "util/buf.h"
#include "util/fs.h"
#include "util/text.h"

/* How long to wait for the end of what a dead process left, ms. */
#define RECOVER_LIMIT 60000

hyper_finding *hyp_exam_found(struct hyp_exam *exam, const char *kind,
			      const char *type, const char *machine,
			      const char *format, ...)
{
	hyper_finding *finding = calloc(1, sizeof(*finding));
	va_list args;
	int len = -1;

	if (finding) {
		va_start(args, format);
		len = vasprintf(&finding->detail, format, args);
		va_end(args);
		if (len < 0)
			finding->detail = NULL;
	}
	if (len < 0 || hyp_set_text(&finding->kind, kind, NULL) ||
	    hyp_set_text(&finding->type, type, NULL) ||
	    hyp_set_text(&finding->machine, machine, NULL) ||
	    hyp_list_add(&exam->findings->list, finding)) {
		hyp_finding_free(finding);
		hyp_nomem(exam->err);
		return NULL;
	}
	hyp_text_clean(finding->detail);
	return finding;
}

int hyp_exam_acted(struct hyp_exam *exam, hyper_finding *finding,
		   const char *action, bool repaired)
{
	finding->repaired = repaired;
	return hyp_set_text(&finding->action, action, exam->err);
}

static int check_database(struct hyp_exam *exam)
{
	HYP_AUTOSTRV problems = { 0 };
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_read(exam->local->store, &tx, exam->err);

	if (rc == 0)
		rc = hyp_store_check(&tx, &problems, exam->err);
	for (size_t i = 0; rc == 0 && i < problems.n; i++)
		if (!hyp_exam_found(exam, "database", NULL, NULL, "%s",
				    problems.items[i]))
			rc = HYPER_ERR_NOMEM;
	return rc;
}

/* Their ends may be seen to only after all have been found. */
static int check_operations(struct hyp_exam *exam)
{
	hyper_conn *conn = &exam->local->base;
	HYP_AUTOFREE int64_t *ids = NULL;
	size_t first = exam->findings->list.n;
	int rc = hyp_recover_orphans(exam->local, &ids, exam->err);

	for (size_t i = 0; rc == 0 && ids[i]; i++) {
		HYP_CLEANUP(hyper_operation_free_p) hyper_operation *op = NULL;

		rc = hyp_local_operation_get(conn, (uint64_t)ids[i], &op,
					     exam->err);
		if (rc == 0 &&
		    !hyp_exam_found(
			    exam, "operation", op->type, op->machine,
			    "operation %llu (%s) is open, and its process has "
			    "died",
			    (unsigned long long)op->id, op->kind))
			rc = HYPER_ERR_NOMEM;
	}
	if (rc || !exam->repair)
		return rc;
	rc = hyp_recover_all(exam->local, exam->err);
	for (size_t i = 0; rc == 0 && ids[i]; i++) {
		HYP_CLEANUP(hyper_operation_free_p) hyper_operation *op = NULL;
		HYP_AUTOBUF text = HYP_BUF_INIT;

		/* One that goes on is no failure of the doctor's. */
		if (hyp_local_operation_wait(conn, (uint64_t)ids[i],
					     RECOVER_LIMIT, &op, NULL))
			continue;
		hyp_buf_addf(&text, "ended: %s",
			     hyper_op_state_name(op->state));
		rc = text.failed
			     ? hyp_nomem(exam->err)
			     : hyp_exam_acted(
				       exam,
				       exam->findings->list.items[first + i],
				       text.data, true);
	}
	return rc;
}

/* "hyper.db.v1.bak.part": a backup that was not finished. */
static bool is_leftover(const char *name)
{
	static const char before[] = "hyper.db.v", after[] = ".bak.part";
	size_t len = strlen(name);

	return hyp_starts_with(name, before) && len > strlen(after) &&
	       strcmp(name + len - strlen(after), after) == 0;
}

static int check_file(struct hyp_exam *exam, const char *name)
{
	HYP_AUTOFREE char *path = hyp_path_join(exam->local->dir, name);
	HYP_AUTOTX tx = HYP_TX_INIT;
	hyper_finding *finding;
	int rc;

	/* Whoever makes one holds the database meanwhile. */
	if (exam->repair) {
		rc = hyp_tx_write(exam->local->store, &tx, exam->err);
		if (rc)
			return rc;
	}
	if (!path)
		return hyp_nomem(exam->err);
	if (access(path, F_OK))
		return 0;
	finding = hyp_exam_found(exam, "file", NULL, NULL,
				 "%s is half a backup, and nobody's", path);
	if (!finding)
		return HYPER_ERR_NOMEM;
	if (!exam->repair)
		return 0;
	return unlink(path)
		       ? hyp_exam_acted(exam, finding, strerror(errno), false)
		       : hyp_exam_acted(exam, finding, "removed", true);
}

static int check_files(struct hyp_exam *exam)
{
	DIR *list = opendir(exam->local->dir);
	struct dirent *entry;
	int rc = 0;

	if (!list)
		return hyp_errno(exam->err, "cannot read %s", exam->local->dir);
	while (rc == 0 && (entry = readdir(list)))
		if (is_leftover(entry->d_name))
			rc = check_file(exam, entry->d_name);
	closedir(list);
	return rc;
}

int hyp_local_doctor(hyper_conn *conn, uint32_t flags,
		     hyper_findings **ret_findings, hyper_error **err)
{
	HYP_CLEANUP(hyper_findings_free_p)
	hyper_findings *findings = hyp_findings_new();
	struct hyp_exam exam = { .local = hyp_local_of(conn),
				 .repair = flags & HYPER_REPAIR,
				 .findings = findings,
				 .err = err };
	int rc = findings ? check_database(&exam) : hyp_nomem(err);

	if (rc == 0)
		rc = check_operations(&exam);
	if (rc == 0)
		rc = hyp_exam_engines(&exam);
	if (rc == 0)
		rc = check_files(&exam);
	if (rc)
		return rc;
	*ret_findings = hyp_steal(&findings);
	return 0;
}
