/* SPDX-License-Identifier: MIT */
/* What every public call checks before it is passed on. */
#ifndef HYP_API_CHECK_H
#define HYP_API_CHECK_H

#include "conn/conn.h"
#include "core/record.h"

/* A connection, and flags that the call knows. */
int hyp_check_call(const hyper_conn *conn, uint32_t flags, uint32_t allowed,
		   hyper_error **err);
/* The same for a call that changes something. */
int hyp_check_change(const hyper_conn *conn, uint32_t flags, uint32_t allowed,
		     hyper_error **err);
/* A view. */
int hyp_check_view(const hyper_conn *view, hyper_error **err);
/* An argument that must be given. */
int hyp_check_given(const void *argument, const char *name, hyper_error **err);
/* An id; [new] its canonical form. */
int hyp_check_given_id(const char *id, char **ret_id, hyper_error **err);
/* The driver's name and the image's. */
int hyp_check_given_image(const char *type, const char *name,
			  hyper_error **err);

void hyp_view_free(hyper_conn *view);

#endif
