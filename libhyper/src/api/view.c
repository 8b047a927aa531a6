/* SPDX-License-Identifier: MIT */
/* Views of a connection: the same one, for somebody. */
#include "api/check.h"

#include <string.h>

#include "util/text.h"

#define ACTOR_MAX 256

int hyper_conn_view(hyper_conn *conn, uint32_t flags, hyper_conn **ret_view,
		    hyper_error **err)
{
	hyper_conn *view;
	int rc = hyp_check_call(conn, flags, 0, err);

	if (rc == 0)
		rc = hyp_check_given(ret_view, "ret_view", err);
	if (rc)
		return rc;
	view = calloc(1, sizeof(*view));
	if (!view)
		return hyp_nomem(err);
	view->base = hyp_conn_base(conn);
	view->ops = view->base->ops;
	view->uri = view->base->uri;
	view->flags = view->base->flags;
	*ret_view = view;
	return 0;
}

void hyp_view_free(hyper_conn *view)
{
	free(view->terms.actor);
	free(view->terms.key);
	free(view);
}

int hyp_check_view(const hyper_conn *view, hyper_error **err)
{
	int rc = hyp_check_given(view, "view", err);

	if (rc == 0 && !view->base)
		rc = hyper_error_set(err, HYPER_ERR_INVALID, "view",
				     "view is a connection: make a view of it "
				     "with hyper_conn_view()");
	return rc;
}

int hyper_conn_set_actor(hyper_conn *view, const char *actor, hyper_error **err)
{
	int rc = hyp_check_view(view, err);

	if (rc == 0)
		rc = hyp_check_given(actor, "actor", err);
	if (rc)
		return rc;
	if (!hyper_conn_is_local(view))
		return hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, "actor",
				       "the server knows who asks");
	if (!*actor || strlen(actor) > ACTOR_MAX ||
	    !hyp_text_valid(actor, strlen(actor), false))
		return hyper_error_set(err, HYPER_ERR_INVALID, "actor",
				       "actor must be a line of UTF-8, 1 to %d "
				       "bytes",
				       ACTOR_MAX);
	return hyp_set_text(&view->terms.actor, actor, err);
}
