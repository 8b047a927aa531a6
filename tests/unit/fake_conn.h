/* SPDX-License-Identifier: MIT */
/*
 * A connection to nothing: it writes down what it is asked, and answers with
 * one machine, image and operation, or with an error if it is told so.
 */
#ifndef FAKE_CONN_H
#define FAKE_CONN_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "conn/conn.h"
#include "core/event.h"
#include "core/operation.h"
#include "core/query.h"
#include "core/record.h"

struct fake {
	hyper_conn conn;
	int fail;	   /* a code: fail with it */
	const char *field; /* of that error */
	bool no_op;	   /* changes find nothing to do */
	bool endless;	   /* the operation does not end */
	bool gone;	   /* there is no machine to get */
	/* Events that are kept; newest 0: there is always one more. */
	uint64_t oldest, newest;
	unsigned int event_lists; /* how often they were asked for */
	int waits;
	char said[512]; /* the last call */
};

static struct fake *fake_of(hyper_conn *conn)
{
	return (struct fake *)hyp_conn_base(conn);
}

static int fake_fail(hyper_conn *conn, hyper_error **err)
{
	struct fake *fake = fake_of(conn);

	if (!fake->fail)
		return 0;
	hyper_error_set(err, HYPER_ERR_IO, NULL, "the cause");
	hyper_error_wrap(err, fake->fail, fake->field, "told to fail");
	if (err)
		hyp_error_set_driver(*err, "fake");
	return fake->fail;
}

static const char *shown(const char *text)
{
	return text ? text : "-";
}

#define SAY(conn, ...)                                                         \
	snprintf(fake_of(conn)->said, sizeof(fake_of(conn)->said), __VA_ARGS__)

static hyper_machine *fake_machine(const char *id, int state)
{
	hyper_machine *machine = hyper_machine_new();

	hyp_set_text(&machine->id, id, NULL);
	hyp_set_text(&machine->uuid, "u-1", NULL);
	hyp_set_text(&machine->type, "fake", NULL);
	hyp_set_text(&machine->image, "deb", NULL);
	machine->state = state;
	machine->generation = 7;
	machine->mem = 512;
	hyper_machine_add_port(machine, "[::1]:8080:80", NULL);
	return machine;
}

static hyper_operation *fake_operation(uint64_t id, const char *kind,
				       const char *machine, int state)
{
	hyper_operation *op = calloc(1, sizeof(*op));

	op->id = id;
	op->state = state;
	hyp_set_text(&op->kind, kind, NULL);
	hyp_set_text(&op->type, "fake", NULL);
	hyp_set_text(&op->machine, machine, NULL);
	op->created_at = 1000;
	return op;
}

static hyper_image *fake_image(const char *type, const char *name)
{
	hyper_image *image = calloc(1, sizeof(*image));

	hyp_set_text(&image->type, type, NULL);
	hyp_set_text(&image->name, name, NULL);
	image->size = 5000000000;
	return image;
}

/* On which terms it was asked. */
static void fake_say_terms(hyper_conn *conn)
{
	char *said = fake_of(conn)->said;
	size_t len = strlen(said), left = sizeof(fake_of(conn)->said) - len;

	if (conn->terms.generation)
		snprintf(said + len, left, " generation=%llu",
			 (unsigned long long)conn->terms.generation);
	if (conn->terms.key)
		snprintf(said + len, left, " key=%s", conn->terms.key);
}

/* The end of a change. */
static int fake_changed(hyper_conn *conn, const char *kind, const char *id,
			int state, uint32_t flags, hyper_machine **ret_machine,
			hyper_operation **ret_op, hyper_error **err)
{
	int rc = fake_fail(conn, err);

	fake_say_terms(conn);
	if (rc)
		return rc;
	if (ret_machine)
		*ret_machine = fake_machine(id, state);
	if (ret_op && !fake_of(conn)->no_op)
		*ret_op = fake_operation(42, kind, id,
					 flags & HYPER_ASYNC ? HYPER_OP_RUNNING
							     : HYPER_OP_DONE);
	return 0;
}

static int fake_info(hyper_conn *conn, hyper_info **ret_info, hyper_error **err)
{
	int rc = fake_fail(conn, err);

	if (rc)
		return rc;
	*ret_info = calloc(1, sizeof(**ret_info));
	hyp_set_text(&(*ret_info)->version, "0.1.0", NULL);
	hyp_set_text(&(*ret_info)->instance, "u-0", NULL);
	return 0;
}

static int fake_driver_list(hyper_conn *conn, hyper_drivers **ret_drivers,
			    hyper_error **err)
{
	hyper_driver_info *info = calloc(1, sizeof(*info));

	(void)conn;
	(void)err;
	hyp_set_text(&info->name, "fake", NULL);
	*ret_drivers = hyp_drivers_new();
	return hyp_list_add(&(*ret_drivers)->list, info);
}

static int fake_machine_add(hyper_conn *conn, const hyper_machine *spec,
			    uint32_t flags, hyper_machine **ret_machine,
			    hyper_operation **ret_op, hyper_error **err)
{
	const hyper_port *port = hyper_machine_port(spec, 0);

	SAY(conn, "add %s %s %s mem=%llu port=%d flags=%u", shown(spec->id),
	    shown(spec->type), shown(spec->image),
	    (unsigned long long)spec->mem, port ? port->guest_port : 0, flags);
	return fake_changed(conn, "add", spec->id ? spec->id : "m-1",
			    HYPER_STATE_STOPPED, flags, ret_machine, ret_op,
			    err);
}

static int fake_machine_start(hyper_conn *conn, const char *id, uint32_t flags,
			      hyper_machine **ret_machine,
			      hyper_operation **ret_op, hyper_error **err)
{
	SAY(conn, "start %s flags=%u", id, flags);
	return fake_changed(conn, "start", id, HYPER_STATE_RUNNING, flags,
			    ret_machine, ret_op, err);
}

static int fake_machine_stop(hyper_conn *conn, const char *id,
			     uint32_t timeout_ms, uint32_t flags,
			     hyper_machine **ret_machine,
			     hyper_operation **ret_op, hyper_error **err)
{
	SAY(conn, "stop %s %u ms flags=%u", id, timeout_ms, flags);
	return fake_changed(conn, "stop", id, HYPER_STATE_STOPPED, flags,
			    ret_machine, ret_op, err);
}

static int fake_machine_remove(hyper_conn *conn, const char *id, uint32_t flags,
			       hyper_operation **ret_op, hyper_error **err)
{
	SAY(conn, "remove %s flags=%u", id, flags);
	return fake_changed(conn, "remove", id, 0, flags, NULL, ret_op, err);
}

static int fake_machine_change(hyper_conn *conn, const char *id,
			       const hyper_changes *changes, uint32_t flags,
			       hyper_machine **ret_machine,
			       hyper_operation **ret_op, hyper_error **err)
{
	const hyper_machine *to = changes->to;

	SAY(conn,
	    "change %s fields=%x mem=%llu vcpus=%u labels=%zu-%zu flags=%u", id,
	    changes->fields, (unsigned long long)to->mem, to->vcpus,
	    to->labels.n, changes->unlabel.n, flags);
	return fake_changed(conn, "change", id, HYPER_STATE_RUNNING, flags,
			    ret_machine, ret_op, err);
}

static int fake_machine_adopt(hyper_conn *conn, const char *type,
			      const char *name, const char *id, uint32_t flags,
			      hyper_machine **ret_machine,
			      hyper_operation **ret_op, hyper_error **err)
{
	SAY(conn, "adopt %s %s %s flags=%u", shown(type), name, shown(id),
	    flags);
	return fake_changed(conn, "adopt", id ? id : "m-1", HYPER_STATE_RUNNING,
			    0, ret_machine, ret_op, err);
}

/* One machine, of which nothing is wrong. */
static int fake_machine_bulk(hyper_conn *conn, const hyper_query *query,
			     const struct hyp_bulk *bulk, uint32_t flags,
			     hyper_outcomes **ret_outcomes, hyper_error **err)
{
	hyper_outcome *outcome = calloc(1, sizeof(*outcome));
	int rc = fake_fail(conn, err);

	SAY(conn, "bulk '%s' limit=%u %s %u ms flags=%u", query->filter,
	    query->limit,
	    bulk->changes ? "change"
	    : bulk->state ? hyper_state_name(bulk->state)
			  : "remove",
	    bulk->timeout_ms, flags);
	if (rc) {
		free(outcome);
		return rc;
	}
	hyp_set_text(&outcome->id, "web", NULL);
	*ret_outcomes = hyp_outcomes_new();
	return hyp_list_add(&(*ret_outcomes)->list, outcome);
}

static int fake_machine_get(hyper_conn *conn, const char *id, uint32_t flags,
			    hyper_machine **ret_machine, hyper_error **err)
{
	int rc = fake_fail(conn, err);

	SAY(conn, "get %s flags=%u", id, flags);
	if (fake_of(conn)->gone)
		rc = hyper_error_set(err, HYPER_ERR_NOT_FOUND, "id", "gone");
	if (!rc)
		*ret_machine = fake_machine(id, HYPER_STATE_RUNNING);
	return rc;
}

static int fake_machine_list(hyper_conn *conn, const hyper_query *query,
			     uint32_t flags, hyper_machines **ret_machines,
			     hyper_error **err)
{
	int rc = fake_fail(conn, err);
	uint32_t fields = HYP_FIELDS_ALL;
	hyper_machines *list;

	SAY(conn, "list %s sort=%s limit=%u cursor=%s count=%d flags=%u",
	    shown(query ? query->filter : NULL),
	    shown(query ? query->sort : NULL), query ? query->limit : 0,
	    shown(query ? query->cursor : NULL), query && query->count, flags);
	if (!rc && query && query->fields)
		rc = hyp_fields_parse(query->fields, &fields, err);
	if (rc)
		return rc;
	list = hyp_machines_new();
	hyp_list_add(&list->list, fake_machine("a", HYPER_STATE_RUNNING));
	hyp_list_add(&list->list, fake_machine("b", HYPER_STATE_STOPPED));
	list->list.fields = fields;
	list->seq = 17;
	if (query && query->limit == 2)
		hyp_set_text(&list->list.next_cursor, "c\r\n~2", NULL);
	if (query && query->count)
		list->list.total = 5;
	*ret_machines = list;
	return 0;
}

static int fake_operation_get(hyper_conn *conn, uint64_t id,
			      hyper_operation **ret_op, hyper_error **err)
{
	struct fake *fake = fake_of(conn);
	int rc = fake_fail(conn, err);

	if (!rc && id != 42)
		rc = hyp_operation_unknown(id, err);
	if (!rc)
		*ret_op = fake_operation(42, "start", "a",
					 fake->endless ? HYPER_OP_RUNNING
						       : HYPER_OP_DONE);
	return rc;
}

static int fake_operation_list(hyper_conn *conn, const hyper_query *query,
			       hyper_operations **ret_ops, hyper_error **err)
{
	int rc = fake_fail(conn, err);

	SAY(conn, "operations %s", shown(query ? query->filter : NULL));
	if (rc)
		return rc;
	*ret_ops = hyp_operations_new();
	(*ret_ops)->list.total = query && query->count ? 1 : -1;
	return hyp_list_add(&(*ret_ops)->list,
			    fake_operation(42, "add", "a", HYPER_OP_QUEUED));
}

static int fake_operation_wait(hyper_conn *conn, uint64_t id,
			       uint32_t timeout_ms, hyper_operation **ret_op,
			       hyper_error **err)
{
	struct fake *fake = fake_of(conn);

	SAY(conn, "wait %llu %u ms", (unsigned long long)id, timeout_ms);
	fake->waits++;
	return fake->endless ? hyp_operation_timeout(id, timeout_ms, err)
			     : fake_operation_get(conn, id, ret_op, err);
}

static int fake_operation_cancel(hyper_conn *conn, uint64_t id,
				 hyper_operation **ret_op, hyper_error **err)
{
	SAY(conn, "cancel %llu", (unsigned long long)id);
	return fake_operation_get(conn, id, ret_op, err);
}

static hyper_event *fake_event(uint64_t seq)
{
	hyper_event *event = calloc(1, sizeof(*event));

	event->seq = seq;
	event->at = 1000;
	event->operation = 42;
	hyp_set_text(&event->kind, "machine-state", NULL);
	hyp_set_text(&event->machine, "a", NULL);
	hyp_set_text(&event->state, "running", NULL);
	return event;
}

static int fake_event_list(hyper_conn *conn, uint64_t after, uint32_t limit,
			   uint32_t timeout_ms, hyper_events **ret_events,
			   hyper_error **err)
{
	struct fake *fake = fake_of(conn);
	uint64_t newest = fake->newest ? fake->newest : after + 1;
	int rc = fake_fail(conn, err);

	SAY(conn, "events %llu limit=%u %u ms", (unsigned long long)after,
	    limit, timeout_ms);
	fake->event_lists++;
	if (!rc && fake->newest)
		rc = hyp_event_check(after, fake->oldest, newest, err);
	if (rc)
		return rc;
	if (fake->oldest && after < fake->oldest)
		after = fake->oldest - 1;
	*ret_events = hyp_events_new();
	for (; after < newest && limit; limit--)
		hyp_list_add(&(*ret_events)->list, fake_event(++after));
	return 0;
}

static int fake_image_list(hyper_conn *conn, const char *type, const char *name,
			   hyper_images **ret_images, hyper_error **err)
{
	int rc = fake_fail(conn, err);

	SAY(conn, "images %s %s", shown(type), shown(name));
	if (rc)
		return rc;
	*ret_images = hyp_images_new();
	if (name && strcmp(name, "none") == 0)
		return 0;
	return hyp_list_add(
		&(*ret_images)->list,
		fake_image(type ? type : "fake", name ? name : "deb"));
}

static int fake_image_add(hyper_conn *conn, const char *type, const char *name,
			  const char *path, uint32_t flags,
			  hyper_image **ret_image, hyper_operation **ret_op,
			  hyper_error **err)
{
	int rc = fake_changed(conn, path ? "import" : "pull", NULL, 0, flags,
			      NULL, ret_op, err);

	SAY(conn, "image add %s %s %s flags=%u", type, name, shown(path),
	    flags);
	if (!rc && ret_image && !(flags & HYPER_ASYNC))
		*ret_image = fake_image(type, name);
	return rc;
}

static int fake_image_remove(hyper_conn *conn, const char *type,
			     const char *name, uint32_t flags,
			     hyper_operation **ret_op, hyper_error **err)
{
	SAY(conn, "image remove %s %s flags=%u", type, name, flags);
	return fake_changed(conn, "image-remove", NULL, 0, flags, NULL, ret_op,
			    err);
}

static int fake_doctor(hyper_conn *conn, uint32_t flags,
		       hyper_findings **ret_findings, hyper_error **err)
{
	int rc = fake_fail(conn, err);
	hyper_finding *finding;

	SAY(conn, "doctor flags=%u", flags);
	if (rc)
		return rc;
	finding = calloc(1, sizeof(*finding));
	hyp_set_text(&finding->kind, "machine-missing", NULL);
	hyp_set_text(&finding->detail, "not there", NULL);
	hyp_set_text(&finding->machine, "a", NULL);
	*ret_findings = hyp_findings_new();
	return hyp_list_add(&(*ret_findings)->list, finding);
}

static int fake_metrics(hyper_conn *conn, char **ret_text, hyper_error **err)
{
	SAY(conn, "metrics");
	if (fake_fail(conn, err))
		return fake_of(conn)->fail;
	*ret_text = strdup("fake 1\n");
	return 0;
}

static int fake_ready(hyper_conn *conn, hyper_error **err)
{
	SAY(conn, "ready");
	return fake_fail(conn, err);
}

static hyper_token *fake_token(const char *name, int role, int64_t expires_at)
{
	hyper_token *token = calloc(1, sizeof(*token));

	hyp_set_text(&token->name, name, NULL);
	token->role = role;
	token->created_at = 1000;
	token->expires_at = expires_at;
	return token;
}

static int fake_token_add(hyper_conn *conn, const char *name, int role,
			  int64_t expires_at, hyper_token **ret_token,
			  hyper_error **err)
{
	int rc = fake_fail(conn, err);

	SAY(conn, "token add %s role=%d expires=%lld for %s", name, role,
	    (long long)expires_at, shown(conn->terms.actor));
	if (rc)
		return rc;
	*ret_token = fake_token(name, role, expires_at);
	return hyp_set_text(&(*ret_token)->secret, "hyper_secret", err);
}

static int fake_token_list(hyper_conn *conn, hyper_tokens **ret_tokens,
			   hyper_error **err)
{
	int rc = fake_fail(conn, err);

	SAY(conn, "tokens");
	if (rc)
		return rc;
	*ret_tokens = hyp_tokens_new();
	return hyp_list_add(&(*ret_tokens)->list,
			    fake_token("ci", HYPER_ROLE_VIEWER, 0));
}

static int fake_token_remove(hyper_conn *conn, const char *name,
			     hyper_error **err)
{
	SAY(conn, "token remove %s for %s", name, shown(conn->terms.actor));
	return fake_fail(conn, err);
}

static const struct hyp_conn_ops fake_ops = {
	.info = fake_info,
	.metrics = fake_metrics,
	.ready = fake_ready,
	.driver_list = fake_driver_list,
	.machine_add = fake_machine_add,
	.machine_start = fake_machine_start,
	.machine_stop = fake_machine_stop,
	.machine_remove = fake_machine_remove,
	.machine_change = fake_machine_change,
	.machine_adopt = fake_machine_adopt,
	.machine_get = fake_machine_get,
	.machine_list = fake_machine_list,
	.machine_bulk = fake_machine_bulk,
	.operation_get = fake_operation_get,
	.operation_list = fake_operation_list,
	.operation_wait = fake_operation_wait,
	.operation_cancel = fake_operation_cancel,
	.event_list = fake_event_list,
	.image_list = fake_image_list,
	.image_add = fake_image_add,
	.image_remove = fake_image_remove,
	.doctor = fake_doctor,
	.token_add = fake_token_add,
	.token_list = fake_token_list,
	.token_remove = fake_token_remove,
};

static char fake_uri[] = "file:/fake";
#define FAKE_INIT                                                              \
	{                                                                      \
		.conn = {.ops = &fake_ops, .uri = fake_uri }                   \
	}

#endif
