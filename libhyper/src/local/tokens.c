/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "core/log.h"
#include "local/local.h"
#include "local/ops.h"
#include "util/buf.h"
#include "util/text.h"
#include "util/time.h"

/* So that whoever finds one knows what it is. */
#define PREFIX	    "hyper_"
#define SECRET_SIZE 32

/* [new] in *ret_secret. */
static int make_secret(char **ret_secret, hyper_error **err)
{
	unsigned char bytes[SECRET_SIZE];
	HYP_AUTOFREE char *text = NULL;
	HYP_AUTOBUF secret = HYP_BUF_INIT;

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return hyp_errno(err, "no random bytes");
	text = hyp_base64url_encode(bytes, sizeof(bytes));
	hyp_buf_adds(&secret, PREFIX);
	if (text)
		hyp_buf_adds(&secret, text);
	*ret_secret = text ? hyp_buf_take(&secret) : NULL;
	return *ret_secret ? 0 : hyp_nomem(err);
}

int hyp_local_token_add(hyper_conn *conn, const char *name, int role,
			int64_t expires_at, hyper_token **ret_token,
			hyper_error **err)
{
	HYP_CLEANUP(hyper_token_free_p)
	hyper_token *token = calloc(1, sizeof(*token));
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = token ? hyp_set_text(&token->name, name, err) : hyp_nomem(err);

	if (rc == 0)
		rc = make_secret(&token->secret, err);
	if (rc)
		return rc;
	token->role = role;
	token->created_at = hyp_now_ms();
	token->expires_at = expires_at;
	rc = hyp_tx_write(hyp_local_of(conn)->store, &tx, err);
	if (rc == 0)
		rc = hyp_token_insert(&tx, token, err);
	if (rc == 0)
		rc = hyp_tx_commit(&tx, err);
	if (rc)
		return rc;
	hyp_info("token '%s' (%s) was added by %s", name, hyper_role_name(role),
		 hyp_terms_actor(&conn->terms));
	*ret_token = hyp_steal(&token);
	return 0;
}

int hyp_local_token_list(hyper_conn *conn, hyper_tokens **ret_tokens,
			 hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_read(hyp_local_of(conn)->store, &tx, err);

	return rc ? rc : hyp_token_list(&tx, ret_tokens, err);
}

int hyp_local_token_remove(hyper_conn *conn, const char *name,
			   hyper_error **err)
{
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_write(hyp_local_of(conn)->store, &tx, err);

	if (rc == 0)
		rc = hyp_token_delete(&tx, name, err);
	if (rc == 0)
		rc = hyp_tx_commit(&tx, err);
	if (rc == 0)
		hyp_info("token '%s' was removed by %s", name,
			 hyp_terms_actor(&conn->terms));
	return rc;
}

/* One error for both, so that nobody learns what was once good. */
int hyp_local_token_check(hyper_conn *conn, const char *secret,
			  hyper_token **ret_token, hyper_error **err)
{
	HYP_CLEANUP(hyper_token_free_p) hyper_token *token = NULL;
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_tx_read(hyp_local_of(conn)->store, &tx, err);

	if (rc == 0)
		rc = hyp_token_find(&tx, secret, &token, err);
	if (rc)
		return rc;
	if (!token || (token->expires_at && token->expires_at <= hyp_now_ms()))
		return hyper_error_set(err, HYPER_ERR_AUTH, NULL,
				       "the token is nobody's, was taken back, "
				       "or has expired");
	*ret_token = hyp_steal(&token);
	return 0;
}
