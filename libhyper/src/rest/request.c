/* SPDX-License-Identifier: MIT */
#include "rest/rest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#define BLANKS	" \t"
#define ID_SIZE 17 /* 16 digits */

/* 64 random bits tell the requests of a log apart. */
static int make_id(char id[ID_SIZE])
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		return -1;
	snprintf(id, ID_SIZE, "%016" PRIx64, number);
	return 0;
}

/* Words that logs and headers can hold without quotes. */
static bool is_id(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= HYP_REQUEST_ID_MAX &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789-._~+/=:@") == len;
}

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
	if (request->method && request->path && (!mark || request->query) &&
	    make_id(request->id) == 0)
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
	if (strcasecmp(name, "X-Request-Id") == 0 && is_id(value))
		memcpy(request->id, value, strlen(value) + 1);
	return 0;
}

const char *hyper_rest_request_id(const hyper_rest_request *request)
{
	return request->id;
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
	free(request->actor);
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

bool hyp_rest_is_known(const hyper_rest_request *request, const char *etag)
{
	const char *list;

	for (size_t i = 0;
	     (list = hyp_rest_get_header(request, "If-None-Match", i)); i++)
		if (strstr(list, etag) || strcmp(list, "*") == 0)
			return true;
	return false;
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

/* The length of the word that an item begins with, up to a `;` or its end. */
static size_t word_length(const char *item, size_t len)
{
	const char *end = memchr(item, ';', len);

	if (end)
		len = (size_t)(end - item);
	while (len && strchr(BLANKS, item[len - 1]))
		len--;
	return len;
}

static bool is_word(const char *item, size_t len, const char *word)
{
	len = word_length(item, len);
	return len == strlen(word) && strncasecmp(item, word, len) == 0;
}

/* "0.25" in thousandths; what is no number is no refusal. */
static unsigned int thousandths(const char *text, const char *end)
{
	unsigned int value = 0;

	if (text >= end || !strchr("0.", *text))
		return 1000;
	text += *text == '0';
	if (text < end && *text == '.')
		text++;
	for (unsigned int unit = 100;
	     text < end && *text >= '0' && *text <= '9'; text++, unit /= 10)
		value += unit * (unsigned int)(*text - '0');
	return value;
}

/* The parameter q of an item of Accept (RFC 9110 §12.4.2) in thousandths. */
static unsigned int quality_of(const char *item, size_t len)
{
	const char *end = item + len, *at = item;

	while ((at = memchr(at, ';', (size_t)(end - at)))) {
		do
			at++; /* a `;` may be the last of an item */
		while (at < end && strchr(BLANKS, *at));
		if (end - at >= 3 && strncasecmp(at, "q=", 2) == 0)
			return thousandths(at + 2, end);
	}
	return 1000;
}

/* How closely a range of Accept names a type: 0 not at all, 3 by its name. */
static unsigned int closeness_of(const char *item, size_t len, const char *type)
{
	size_t major = strcspn(type, "/") + 1;

	if (is_word(item, len, type))
		return 3;
	if (word_length(item, len) == major + 1 && item[major] == '*' &&
	    strncasecmp(item, type, major) == 0)
		return 2;
	return is_word(item, len, "*/*");
}

struct welcome {
	unsigned int quality; /* 0: refused */
	unsigned int closeness;
};

/* How welcome is a type? The most specific range that fits decides. */
static struct welcome welcome_of(const hyper_rest_request *request,
				 const char *type)
{
	struct welcome best = { .quality = 1000 }; /* without any Accept */
	const char *list, *item;
	size_t len;

	for (size_t i = 0; (list = hyp_rest_get_header(request, "Accept", i));
	     i++) {
		while (hyp_rest_next_item(&list, &item, &len)) {
			unsigned int closeness = closeness_of(item, len, type);

			if (best.closeness == 0)
				best.quality = 0;
			if (closeness && closeness >= best.closeness) {
				best.closeness = closeness;
				best.quality = quality_of(item, len);
			}
		}
	}
	return best;
}

enum hyp_rest_media hyp_rest_choose_media(const hyper_rest_request *request,
					  bool streams)
{
	static const struct {
		const char *type;
		enum hyp_rest_media media;
	} offers[] = {
		{ "application/json", HYP_MEDIA_JSON },
		{ "application/problem+json", HYP_MEDIA_JSON },
		{ HYP_MEDIA_TYPE_SSE, HYP_MEDIA_SSE },
		{ HYP_MEDIA_TYPE_NDJSON, HYP_MEDIA_NDJSON },
	};
	enum hyp_rest_media chosen = HYP_MEDIA_NONE;
	struct welcome best = { 0 };

	for (size_t i = 0; i < HYP_COUNT(offers); i++) {
		struct welcome this = welcome_of(request, offers[i].type);

		if (!streams && offers[i].media != HYP_MEDIA_JSON)
			break;
		/* Of two that are as good, the one that was named. */
		if (this.quality > best.quality ||
		    (chosen && this.quality == best.quality &&
		     this.closeness > best.closeness)) {
			best = this;
			chosen = offers[i].media;
		}
	}
	return chosen;
}

bool hyp_rest_body_is(const hyper_rest_request *request, const char *type)
{
	const char *said = hyp_rest_get_header(request, "Content-Type", 0);

	return said && is_word(said, strlen(said), type);
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
