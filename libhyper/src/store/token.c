/* SPDX-License-Identifier: MIT */
/* Tokens in the database. A secret has 256 bits of chance, so that a plain hash
 * of it is enough: there is nothing to be guessed (unlike passwords). */
#include "store/store.h"

#include <sha2.h>
#include <string.h>

#include "store/db.h"

#define SHOWN "name, role, created_at, expires_at"

static void hash(const char *secret, char out[SHA256_DIGEST_STRING_LENGTH])
{
	SHA256Data((const uint8_t *)secret, strlen(secret), out);
}

int hyp_token_insert(struct hyp_tx *tx, const hyper_token *token,
		     hyper_error **err)
{
	char digest[SHA256_DIGEST_STRING_LENGTH];
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(tx->db,
				  "INSERT INTO token (name, role, created_at, "
				  "expires_at, hash) VALUES "
				  "(?1, ?2, ?3, ?4, ?5) "
				  "ON CONFLICT (name) DO NOTHING",
				  &stmt, err);

	if (rc)
		return rc;
	hash(token->secret, digest);
	hyp_bind_text(stmt, 1, token->name);
	hyp_bind_int(stmt, 2, token->role);
	hyp_bind_int(stmt, 3, token->created_at);
	hyp_bind_int(stmt, 4, token->expires_at);
	hyp_bind_text(stmt, 5, digest);
	rc = hyp_db_run(tx->db, stmt, err);
	if (rc == 0 && sqlite3_changes(tx->db->handle) == 0)
		rc = hyper_error_set(
			err, HYPER_ERR_EXISTS, "name",
			"token '%s' exists already: choose another "
			"name, or remove it first",
			token->name);
	return rc;
}

static int read_token(sqlite3_stmt *stmt, hyper_token **ret_token,
		      hyper_error **err)
{
	HYP_CLEANUP(hyper_token_free_p)
	hyper_token *token = calloc(1, sizeof(*token));
	int rc = token ? hyp_column_text(stmt, 0, &token->name, err)
		       : hyp_nomem(err);

	if (rc)
		return rc;
	token->role = sqlite3_column_int(stmt, 1);
	token->created_at = sqlite3_column_int64(stmt, 2);
	token->expires_at = sqlite3_column_int64(stmt, 3);
	*ret_token = hyp_steal(&token);
	return 0;
}

int hyp_token_find(struct hyp_tx *tx, const char *secret,
		   hyper_token **ret_token, hyper_error **err)
{
	char digest[SHA256_DIGEST_STRING_LENGTH];
	HYP_AUTOSTMT *stmt = NULL;
	int rc = hyp_db_statement(tx->db,
				  "SELECT " SHOWN " FROM token "
				  "WHERE hash = ?1",
				  &stmt, err);

	if (rc)
		return rc;
	hash(secret, digest);
	hyp_bind_text(stmt, 1, digest);
	rc = hyp_db_step(tx->db, stmt, err);
	return rc == 1 ? read_token(stmt, ret_token, err) : rc;
}

int hyp_token_list(struct hyp_tx *tx, hyper_tokens **ret_tokens,
		   hyper_error **err)
{
	HYP_CLEANUP(hyper_tokens_free_p)
	hyper_tokens *tokens = hyp_tokens_new();
	HYP_AUTOSTMT *stmt = NULL;
	int rc = tokens ? hyp_db_statement(tx->db,
					   "SELECT " SHOWN " FROM token "
					   "ORDER BY name",
					   &stmt, err)
			: hyp_nomem(err);

	if (rc)
		return rc;
	while ((rc = hyp_db_step(tx->db, stmt, err)) == 1) {
		HYP_CLEANUP(hyper_token_free_p) hyper_token *token = NULL;

		rc = read_token(stmt, &token, err);
		if (rc == 0 && hyp_list_add(&tokens->list, token))
			rc = hyp_nomem(err);
		if (rc)
			return rc;
		token = NULL;
	}
	if (rc == 0)
		*ret_tokens = hyp_steal(&tokens);
	return rc;
}

int hyp_token_delete(struct hyp_tx *tx, const char *name, hyper_error **err)
{
	sqlite3_stmt *stmt;
	int rc = hyp_db_statement(tx->db, "DELETE FROM token WHERE name = ?1",
				  &stmt, err);

	if (rc)
		return rc;
	hyp_bind_text(stmt, 1, name);
	rc = hyp_db_run(tx->db, stmt, err);
	if (rc == 0 && sqlite3_changes(tx->db->handle) == 0)
		rc = hyper_error_set(err, HYPER_ERR_NOT_FOUND, "name",
				     "there is no token '%s'", name);
	return rc;
}
