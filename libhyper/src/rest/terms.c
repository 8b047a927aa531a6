/* SPDX-License-Identifier: MIT */
/* On which terms a change is asked for: If-Match, Idempotency-Key. */
#include <string.h>

#include "core/record.h"
#include "rest/rest.h"
#include "util/text.h"

#define KEY_MAX 255

/* The number in an ETag of ours; 0: it is weak, or of something else. */
static uint64_t generation_of(const char *item, size_t len)
{
	char number[24];
	uint64_t generation = 0;

	if (len < 3 || len >= sizeof(number) || item[0] != '"' ||
	    item[len - 1] != '"')
		return 0;
	memcpy(number, item + 1, len - 2);
	number[len - 2] = '\0';
	return hyp_parse_uint(number, INT64_MAX, &generation) ? 0 : generation;
}

/* RFC 9110 §13.1.1. Of several, the one that the machine is at; else any, for
 * it is looked at once more when the change is recorded. */
static int choose_generation(struct hyp_rest_call *call, uint64_t now,
			     bool *ret_any, uint64_t *ret_wanted)
{
	const char *list, *item;
	size_t len;
	int n = 0;

	for (size_t i = 0;
	     (list = hyp_rest_get_header(call->request, "If-Match", i)); i++)
		for (; hyp_rest_next_item(&list, &item, &len); n++) {
			uint64_t generation = generation_of(item, len);

			if (len == 1 && *item == '*')
				*ret_any = true;
			if (generation && (!*ret_wanted || *ret_wanted != now))
				*ret_wanted = generation;
		}
	return n;
}

static int take_generation(struct hyp_rest_call *call, hyper_error **err)
{
	HYP_CLEANUP(hyper_machine_free_p) hyper_machine *machine = NULL;
	uint64_t wanted = 0;
	bool any = false;
	int n, rc;

	if (!hyp_rest_get_header(call->request, "If-Match", 0))
		return 0;
	n = choose_generation(call, 0, &any, &wanted);
	/* One that is not there is NOT_FOUND in any case. */
	if (any)
		return 0;
	if (n == 1 && wanted)
		return hyper_conn_set_generation(call->view, wanted, err);
	rc = hyper_machine_get(call->conn, call->args[0], 0, &machine, err);
	if (rc)
		return rc;
	choose_generation(call, hyper_machine_generation(machine), &any,
			  &wanted);
	if (wanted)
		return hyper_conn_set_generation(call->view, wanted, err);
	return hyper_error_set(err, HYPER_ERR_STATE, "generation",
			       "If-Match names no ETag that machine '%s' could "
			       "have",
			       hyper_machine_id(machine));
}

/* A string of RFC 8941 into key; or what stands there without quotes. */
static bool read_key(const char *text, char key[KEY_MAX + 1])
{
	bool quoted = *text == '"';
	size_t n = 0;

	for (text += quoted; *text && !(quoted && *text == '"'); text++) {
		if (quoted && *text == '\\' &&
		    (text[1] == '"' || text[1] == '\\'))
			text++;
		else if (quoted ? *text == '\\'
				: strchr(" \",;\\", *text) != NULL)
			return false;
		if (*text < ' ' || *text > '~' || n == KEY_MAX)
			return false;
		key[n++] = *text;
	}
	key[n] = '\0';
	return n > 0 && strcmp(text, quoted ? "\"" : "") == 0;
}

static int take_key(struct hyp_rest_call *call, hyper_error **err)
{
	static const char name[] = "Idempotency-Key";
	const char *text = hyp_rest_get_header(call->request, name, 0);
	char key[KEY_MAX + 1];

	if (!text)
		return 0;
	if (hyp_rest_get_header(call->request, name, 1))
		return hyp_rest_fail(call, "bad-request", name, err,
				     "%s is given twice", name);
	if (!read_key(text, key))
		return hyp_rest_fail(call, "bad-request", name, err,
				     "%s is '%.100s': must be a string in "
				     "quotes, 1 to %d printable characters of "
				     "ASCII",
				     name, text, KEY_MAX);
	return hyper_conn_set_key(call->view, key, err);
}

/* What we do not do must not be passed over: somebody relies on it. */
static int refuse(struct hyp_rest_call *call, const char *name, bool taken,
		  hyper_error **err)
{
	if (taken || !hyp_rest_get_header(call->request, name, 0))
		return 0;
	return hyper_error_set(err, HYPER_ERR_NOT_SUPPORTED, name,
			       "%s is not supported here", name);
}

int hyp_rest_take_terms(struct hyp_rest_call *call, hyper_error **err)
{
	enum hyp_route route = call->route;
	int rc;

	if (strcmp(hyp_route_method(route), "GET") == 0)
		return 0;
	rc = refuse(call, "If-Match", hyp_route_takes_generation(route), err);
	if (!rc)
		rc = refuse(call, "If-Unmodified-Since", false, err);
	if (!rc)
		rc = refuse(call, "Idempotency-Key", hyp_route_takes_key(route),
			    err);
	if (!rc)
		rc = take_generation(call, err);
	return rc ? rc : take_key(call, err);
}
