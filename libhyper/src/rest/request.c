/* SPDX-License-Identifier: MIT */
#include "rest/rest.h"

#include <string.h>
#include <strings.h>

#define BLANKS " \t"

hyper_rest_request *hyper_rest_request_new(const char *method,
					   const char *target)
{
	hyper_rest_request *request = calloc(1, sizeof(*request));
	const char *mark = strchr(target, '?');

	if (!request)
		return NULL;
	request->method = strdup(method);
	request->path = mark ? strndup(target, (size_t)(mark - target))
			     : strdup(target);
	request->query = mark ? strdup(mark + 1) : NULL;
	request->body = "";
	if (request->method && request->path && (!mark || request->query))
		return request;
	hyper_rest_request_free(request);
	return NULL;
}

int hyper_rest_request_header(hyper_rest_request *request, const char *name,
			      const char *value)
{
	if (hyp_strv_add(&request->names, name))
		return HYPER_ERR_NOMEM;
	if (hyp_strv_add(&request->values, value)) {
		/* The two go together. */
		free(request->names.items[--request->names.n]);
		request->names.items[request->names.n] = NULL;
		return HYPER_ERR_NOMEM;
	}
	return 0;
}

void hyper_rest_request_body(hyper_rest_request *request, const void *body,
			     size_t len)
{
	request->body = len ? body : "";
	request->body_len = len;
}

void hyper_rest_request_free(hyper_rest_request *request)
{
	if (!request)
		return;
	free(request->method);
	free(request->path);
	free(request->query);
	hyp_strv_free(&request->names);
	hyp_strv_free(&request->values);
	free(request);
}

const char *hyp_rest_get_header(const hyper_rest_request *request,
				const char *name, size_t index)
{
	for (size_t i = 0; i < request->names.n; i++)
		if (strcasecmp(request->names.items[i], name) == 0 &&
		    index-- == 0)
			return request->values.items[i];
	return NULL;
}

bool hyp_rest_next_item(const char **list, const char **ret_item,
			size_t *ret_len)
{
	const char *item = *list + strspn(*list, BLANKS ",");
	size_t len = strcspn(item, ",");

	*list = item + len;
	while (len && strchr(BLANKS, item[len - 1]))
		len--;
	*ret_item = item;
	*ret_len = len;
	return len > 0;
}

/* Is a word, up to a `;` or the end of the item, this one? */
static bool is_word(const char *item, size_t len, const char *word)
{
	const char *end = memchr(item, ';', len);

	if (end)
		len = (size_t)(end - item);
	while (len && strchr(BLANKS, item[len - 1]))
		len--;
	return len == strlen(word) && strncasecmp(item, word, len) == 0;
}

/* Does an item of Accept have the parameter q=0 (RFC 9110 §12.4.2)? */
static bool is_refused(const char *item, size_t len)
{
	const char *end = item + len, *at = item;

	while ((at = memchr(at, ';', (size_t)(end - at)))) {
		do
			at++; /* a `;` may be the last of an item */
		while (at < end && strchr(BLANKS, *at));
		if (end - at >= 3 && strncasecmp(at, "q=", 2) == 0) {
			at += 2;
			at += strspn(at, "0.");
			return at >= end || strchr(BLANKS ";,", *at);
		}
	}
	return false;
}

/* The most specific range that fits decides. */
static bool accepts(const hyper_rest_request *request, const char *type)
{
	static const char *const ranges[] = { "*/*", "application/*" };
	const char *list, *item;
	size_t len, best = 0;
	bool good = true; /* without any Accept */

	for (size_t i = 0; (list = hyp_rest_get_header(request, "Accept", i));
	     i++) {
		while (hyp_rest_next_item(&list, &item, &len)) {
			size_t rank = 0;

			if (best == 0)
				good = false;
			for (size_t r = 0; r < HYP_COUNT(ranges); r++)
				if (is_word(item, len, ranges[r]))
					rank = r + 1;
			if (is_word(item, len, type))
				rank = HYP_COUNT(ranges) + 1;
			if (rank && rank >= best) {
				best = rank;
				good = !is_refused(item, len);
			}
		}
	}
	return good;
}

bool hyp_rest_accepts_json(const hyper_rest_request *request)
{
	return accepts(request, "application/json") ||
	       accepts(request, "application/problem+json");
}

bool hyp_rest_body_is_json(const hyper_rest_request *request)
{
	const char *type = hyp_rest_get_header(request, "Content-Type", 0);

	return type && is_word(type, strlen(type), "application/json");
}

bool hyp_rest_prefers_async(const hyper_rest_request *request)
{
	const char *list, *item;
	size_t len;

	for (size_t i = 0; (list = hyp_rest_get_header(request, "Prefer", i));
	     i++)
		while (hyp_rest_next_item(&list, &item, &len))
			if (is_word(item, len, "respond-async"))
				return true;
	return false;
}
