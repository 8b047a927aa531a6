/* SPDX-License-Identifier: MIT */
/*
 * The same request again. Whoever does not know whether it was done gives it
 * with the key that it had: that stands for one operation of its actor, and the
 * answer is how that came out.
 */
#include <string.h>

#include "core/operation.h"
#include "json/json.h"
#include "local/ops.h"
#include "local/perform.h"
#include "util/buf.h"

/* A part of it, told apart from the next one and from none. */
static void add_part(struct hyp_buf *buf, const char *text)
{
	if (text)
		hyp_buf_addf(buf, "%zu:%s\n", strlen(text), text);
	else
		hyp_buf_adds(buf, "-\n");
}

/* Only its hash is kept: a request may hold secrets. */
int hyp_request_set_terms(struct hyp_request *request,
			  const struct hyp_terms *terms, hyper_error **err)
{
	const uint32_t flags = request->flags & ~(uint32_t)HYPER_ASYNC;
	HYP_AUTOBUF buf = HYP_BUF_INIT;
	HYP_AUTOFREE char *spec = NULL, *changes = NULL;
	int rc = 0;

	request->terms = terms;
	if (!terms->key || *request->print)
		return 0;
	if (request->spec)
		rc = hyp_json_machine(request->spec, HYP_FIELDS_SPEC, &spec,
				      err);
	if (rc == 0 && request->changes)
		rc = hyp_json_changes(request->changes, &changes, err);
	if (rc)
		return rc;
	hyp_buf_addf(&buf, "%s %u %u\n", hyp_action_name(request->action),
		     flags, request->timeout_ms);
	add_part(&buf, request->id);
	add_part(&buf, request->type);
	add_part(&buf, request->image);
	add_part(&buf, request->path);
	add_part(&buf, spec);
	add_part(&buf, changes);
	if (buf.failed)
		return hyp_nomem(err);
	hyp_digest(buf.data, buf.len, request->print);
	return 0;
}

int hyp_repeat_find(struct hyp_tx *tx, const struct hyp_request *request,
		    uint64_t *ret_id, hyper_error **err)
{
	const char *key = request->terms->key;
	HYP_AUTOFREE char *before = NULL;
	uint64_t id = 0;
	int rc;

	if (!key)
		return 0;
	rc = hyp_op_of_key(tx, hyp_terms_actor(request->terms), key, &id,
			   &before, err);
	if (rc)
		return rc;
	if (id && (!before || strcmp(request->print, before) != 0))
		return hyper_error_set(err, HYPER_ERR_INVALID, "key",
				       "key '%s' was given with another "
				       "request before",
				       key);
	*ret_id = id;
	return 0;
}

/* The machine of an operation that was asked for again. */
static int load_machine(hyper_conn *conn, const hyper_operation *op,
			hyper_machine **ret_machine, hyper_error **err)
{
	HYP_AUTOERROR *error = NULL;
	int rc = hyp_local_machine_get(conn, op->machine, 0, ret_machine,
				       &error);

	if (rc == HYPER_ERR_NOT_FOUND)
		return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "id",
				       "machine '%s' has gone again",
				       op->machine);
	if (rc)
		hyp_error_move(err, &error);
	return rc;
}

int hyp_local_answer(hyper_conn *conn, const struct hyp_request *request,
		     uint64_t id, hyper_machine **ret_machine,
		     hyper_operation **ret_op, hyper_error **err)
{
	bool waits = !(request->flags & HYPER_ASYNC);
	HYP_CLEANUP(hyper_operation_free_p) hyper_operation *op = NULL;
	int rc =
		waits ? hyp_local_operation_wait(conn, id, UINT32_MAX, &op, err)
		      : hyp_local_operation_get(conn, id, &op, err);

	if (rc == 0 && waits)
		rc = hyp_operation_result(op, err);
	if (rc == 0 && ret_machine)
		rc = load_machine(conn, op, ret_machine, err);
	if (rc == 0 && ret_op)
		*ret_op = hyp_steal(&op);
	return rc;
}

int hyp_local_repeat(hyper_conn *conn, struct hyp_request *request,
		     bool *ret_repeated, hyper_machine **ret_machine,
		     hyper_operation **ret_op, hyper_error **err)
{
	uint64_t id = 0;
	int rc = hyp_request_set_terms(request, &conn->terms, err);

	/* A dry run is none that a key stands for. */
	if (rc || !conn->terms.key || (request->flags & HYPER_DRY_RUN))
		return rc;
	{
		HYP_AUTOTX tx = HYP_TX_INIT;

		rc = hyp_tx_read(hyp_local_of(conn)->store, &tx, err);
		if (rc == 0)
			rc = hyp_repeat_find(&tx, request, &id, err);
	}
	*ret_repeated = id != 0;
	return rc || id == 0 ? rc
			     : hyp_local_answer(conn, request, id, ret_machine,
						ret_op, err);
}
