/* SPDX-License-Identifier: MIT */
/* From a plain request to a plain response, over a connection to nothing. */
#include "exchange.h"

#define ASYNC	      "Prefer: respond-async"
#define RUNNING	      "{\"state\":\"running\"}"
#define PROBLEM(slug) "\"type\":\"urn:hyper:problem:" slug "\""

static const struct exchange good[] = {
	{ "GET", "/hyper", NULL, NULL, 200, "\"name\":\"hyper\"", NULL, NULL },
	{ "GET", "/hyper/drivers", NULL, NULL, 200, "[{\"name\":\"fake\"", NULL,
	  NULL },
	{ "GET", "/hyper/machines", NULL, NULL, 200, "\"id\":\"b\"", NULL,
	  "list - sort=- limit=0 cursor=- count=0 flags=0" },
	{ "GET", "/hyper/machines?", NULL, NULL, 200, "\"id\":\"b\"", NULL,
	  NULL },
	{ "GET",
	  "/hyper/machines?query=mem%3E%3D5+type%3Dx&sort=-mem&limit=3&cursor="
	  "c&count=1&refresh=true&&",
	  NULL, NULL, 200, NULL, "Hyper-Total-Count: 5",
	  "list mem>=5 type=x sort=-mem limit=3 cursor=c count=1 flags=4" },
	{ "GET", "/hyper/machines?fields=id,state&query", NULL, NULL, 200,
	  "[{\"id\":\"a\",\"state\":\"running\"},"
	  "{\"id\":\"b\",\"state\":\"stopped\"}]",
	  NULL, NULL },
	/* What a cursor holds cannot break the header. */
	{ "GET", "/hyper/machines?limit=2&query=a%3Db%26c", NULL, NULL, 200,
	  NULL,
	  "Link: </hyper/machines?cursor=c%0D%0A~2&limit=2&query=a%3Db%26c>; "
	  "rel=\"next\"",
	  NULL },
	{ "GET", "/hyper/machines?limit=2", NULL, NULL, 200, NULL,
	  "Hyper-Next-Cursor: c%0D%0A~2", NULL },
	{ "GET", "/hyper/machines?refresh=0", NULL, NULL, 200, NULL, NULL,
	  "list - sort=- limit=0 cursor=- count=0 flags=0" },
	{ "GET", "/hyper/machines/Web1", NULL, NULL, 200, "\"id\":\"web1\"",
	  "ETag: \"7\"", "get web1 flags=0" },
	{ "HEAD", "/hyper/machines/web1", NULL, NULL, 200, NULL, "ETag: \"7\"",
	  "get web1 flags=0" },
	{ "GET", "/hyper/machines/web1?refresh=1", NULL, NULL, 200, NULL, NULL,
	  "get web1 flags=4" },
	{ "GET", "/hyper/machines/web1", NULL, "If-None-Match: \"1\", W/\"7\"",
	  304, NULL, "ETag: \"7\"", NULL },
	{ "GET", "/hyper/machines/web1", NULL, "If-None-Match: \"77\"", 200,
	  NULL, NULL, NULL },
	{ "POST", "/hyper/machines",
	  "{\"id\":\"web1\",\"image\":\"deb\",\"mem\":64}", NULL, 201,
	  "\"id\":\"web1\"", "Location: /hyper/machines/web1",
	  "add web1 - deb mem=64 port=0 flags=0" },
	{ "POST", "/hyper/machines", "{\"image\":\"deb\"}", NULL, 201, NULL,
	  "Hyper-Operation: 42", NULL },
	{ "POST", "/hyper/machines", "{\"image\":\"deb\"}", ASYNC, 202,
	  "{\"id\":42,\"kind\":\"add\",\"state\":\"running\"",
	  "Location: /hyper/operations/42",
	  "add - - deb mem=0 port=0 flags=1" },
	{ "PUT", "/hyper/machines/web1", RUNNING, NULL, 200,
	  "\"state\":\"running\"", "Hyper-Operation: 42",
	  "start web1 flags=0" },
	{ "PUT", "/hyper/machines/web1", RUNNING, ASYNC, 202, "\"id\":42",
	  "Preference-Applied: respond-async", "start web1 flags=1" },
	{ "PUT", "/hyper/machines/web1",
	  "{\"state\":\"stopped\",\"force\":true,\"timeout\":0.5}", NULL, 200,
	  "\"state\":\"stopped\"", NULL, "stop web1 500 ms flags=2" },
	{ "PUT", "/hyper/machines/web1", "{\"state\":\"stopped\"}", NULL, 200,
	  NULL, "ETag: \"7\"", "stop web1 4294967295 ms flags=0" },
	{ "PUT", "/hyper/machines/web1", RUNNING, "If-Match: \"5\"", 200, NULL,
	  NULL, "start web1 flags=0 generation=5" },
	{ "PUT", "/hyper/machines/web1", RUNNING, "If-Match: *", 200, NULL,
	  NULL, "start web1 flags=0" },
	/* Of several, the one that it is at. */
	{ "PUT", "/hyper/machines/web1", RUNNING,
	  "If-Match: \"8\", W/\"3\", \"7\", \"x\", \"9\"", 200, NULL, NULL,
	  "start web1 flags=0 generation=7" },
	{ "PUT", "/hyper/machines/web1", RUNNING, "If-Match: \"8\",\"9\"", 200,
	  NULL, NULL, "start web1 flags=0 generation=9" },
	{ "PATCH", "/hyper/machines/web1",
	  "{\"mem\":\"1G\",\"labels\":{\"a\":\"b\",\"c\":null,\"d\":null}}",
	  NULL, 200, "\"id\":\"web1\"", "ETag: \"7\"",
	  "change web1 fields=10 mem=1024 vcpus=0 labels=1-2 flags=0" },
	{ "PATCH", "/hyper/machines/web1", "{}", ASYNC, 202,
	  "\"kind\":\"change\"", "Location: /hyper/operations/42",
	  "change web1 fields=0 mem=0 vcpus=0 labels=0-0 flags=1" },
	{ "PATCH", "/hyper/machines/web1", "{\"vcpus\":3,\"autostart\":false}",
	  "If-Match: \"6\"", 200, NULL, "Hyper-Operation: 42",
	  "change web1 fields=100020 mem=0 vcpus=3 labels=0-0 flags=0 "
	  "generation=6" },
	{ "DELETE", "/hyper/machines/web1", NULL, "If-Match: \"5\"", 204, "",
	  NULL, "remove web1 flags=0 generation=5" },
	{ "POST", "/hyper/machines", "{\"image\":\"deb\"}",
	  "Idempotency-Key: \"a \\\"b\\\\\"", 201, NULL, NULL,
	  "add - - deb mem=0 port=0 flags=0 key=a \"b\\" },
	{ "POST", "/hyper/images", "{\"type\":\"fake\",\"name\":\"a\"}",
	  "Idempotency-Key: 8e03978e-40d5-43dd", 201, NULL, NULL, NULL },
	{ "DELETE", "/hyper/machines/web1", NULL, NULL, 204, "",
	  "Hyper-Operation: 42", "remove web1 flags=0" },
	{ "DELETE", "/hyper/machines/web1?force=1", NULL, ASYNC, 202,
	  "\"kind\":\"remove\"", "Location: /hyper/operations/42",
	  "remove web1 flags=3" },
	{ "DELETE", "/hyper/machines/web1?keep=1", NULL, NULL, 204, "",
	  "Hyper-Operation: 42", "remove web1 flags=16" },
	{ "POST", "/hyper/adopt", "{\"name\":\"My_DB\"}", NULL, 201,
	  "\"state\":\"running\"", "Location: /hyper/machines/m-1",
	  "adopt - My_DB - flags=0" },
	{ "POST", "/hyper/adopt",
	  "{\"name\":\"x y\",\"type\":\"fake\",\"id\":\"Db\",\"force\":true}",
	  NULL, 201, "\"id\":\"db\"", "Hyper-Operation: 42",
	  "adopt fake x y db flags=2" },
	{ "GET", "/hyper/images?type=fake", NULL, NULL, 200,
	  "[{\"name\":\"deb\"", NULL, "images fake -" },
	{ "GET", "/hyper/images/fake/a/b%3A1", NULL, NULL, 200,
	  "\"name\":\"a/b:1\"", NULL, "images fake a/b:1" },
	{ "POST", "/hyper/images", "{\"type\":\"fake\",\"name\":\"a/b:1\"}",
	  NULL, 201, "\"size\":5000000000",
	  "Location: /hyper/images/fake/a/b:1",
	  "image add fake a/b:1 - flags=0" },
	{ "POST", "/hyper/images",
	  "{\"type\":\"fake\",\"name\":\"deb\",\"path\":\"/x\"}", ASYNC, 202,
	  "\"kind\":\"import\"", "Location: /hyper/operations/42",
	  "image add fake deb /x flags=1" },
	{ "DELETE", "/hyper/images/fake/a/b", NULL, NULL, 204, NULL,
	  "Hyper-Operation: 42", "image remove fake a/b flags=0" },
	{ "DELETE", "/hyper/images/fake/a/b", NULL, ASYNC, 202, NULL, NULL,
	  "image remove fake a/b flags=1" },
	{ "GET", "/hyper/operations?query=state%3Dqueued&count=1", NULL, NULL,
	  200, "[{\"id\":42", "Hyper-Total-Count: 1",
	  "operations state=queued" },
	{ "GET", "/hyper/operations/42", NULL, NULL, 200, "\"state\":\"done\"",
	  NULL, NULL },
	{ "GET", "/hyper/operations/42?wait=0.25", NULL, NULL, 200,
	  "\"state\":\"done\"", NULL, "wait 42 250 ms" },
	{ "GET", "/hyper/operations/42?wait=60.0", NULL, NULL, 200, NULL, NULL,
	  "wait 42 60000 ms" },
	{ "GET", "/hyper/machines?sort=id", NULL, NULL, 200, NULL,
	  "Hyper-Seq: 17", NULL },
	{ "GET", "/hyper/events", NULL, NULL, 200,
	  "[{\"seq\":1,\"at\":\"1970-01-01T00:00:01.000Z\","
	  "\"kind\":\"machine-state\",\"machine\":\"a\",\"driver\":null,"
	  "\"operation\":42,\"actor\":null,"
	  "\"state\":\"running\"}]",
	  NULL, "events 0 limit=100 0 ms" },
	{ "GET", "/hyper/events?after=7&limit=2&wait=1.5", NULL, NULL, 200,
	  "\"seq\":8", NULL, "events 7 limit=2 1500 ms" },
	{ "DELETE", "/hyper/operations/42", NULL, NULL, 202, "\"id\":42",
	  "Location: /hyper/operations/42", "cancel 42" },
	{ "GET", "/hyper/doctor", NULL, NULL, 200,
	  "[{\"kind\":\"machine-missing\",\"type\":null,\"machine\":\"a\","
	  "\"detail\":\"not there\",\"action\":null,\"repaired\":false}]",
	  NULL, "doctor flags=0" },
	{ "POST", "/hyper/doctor", "{\"repair\":true}", NULL, 200, "[{", NULL,
	  "doctor flags=8" },
	{ "POST", "/hyper/doctor", "{}", NULL, 200, "[{", NULL,
	  "doctor flags=0" },
	{ "OPTIONS", "/hyper/machines/web1", NULL, NULL, 204, NULL,
	  "Allow: GET, PUT, PATCH, DELETE, HEAD, OPTIONS", NULL },
};

START_TEST(answers)
{
	check_exchange(&good[_i]);
}
END_TEST

static const struct exchange bad[] = {
	{ "GET", "/hyper/events?after=x", NULL, NULL, 400,
	  PROBLEM("bad-parameter"), NULL, "" },
	{ "GET", "/hyper/events?limit=10001", NULL, NULL, 400,
	  PROBLEM("bad-parameter"), NULL, "" },
	{ "GET", "/hyper/events?wait=61", NULL, NULL, 400,
	  PROBLEM("bad-parameter"), NULL, "" },
	{ "GET", "/hyper/events?query=x", NULL, NULL, 400,
	  PROBLEM("bad-parameter"), NULL, "" },
	{ "GET", "/hyper/nonsense", NULL, NULL, 404, PROBLEM("no-route"), NULL,
	  "" },
	{ "GET", "/", NULL, NULL, 404, PROBLEM("no-route"), NULL, "" },
	{ "OPTIONS", "*", NULL, NULL, 404, PROBLEM("no-route"), NULL, "" },
	{ "GET", "/hyper/%zz", NULL, NULL, 400, PROBLEM("bad-request"), NULL,
	  "" },
	{ "GET", "/hyper/machines/%00", NULL, NULL, 400, PROBLEM("bad-request"),
	  NULL, "" },
	{ "GET", "/hyper/machines/%ff", NULL, NULL, 400, PROBLEM("bad-request"),
	  NULL, "" },
	{ "BREW", "/hyper/machines", "{}", NULL, 405,
	  PROBLEM("method-not-allowed"),
	  "Allow: GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS", "" },
	{ "DELETE", "/hyper/machines", NULL, NULL, 400,
	  PROBLEM("bad-parameter"), NULL, "" },
	{ "DELETE", "/hyper", NULL, NULL, 405, NULL,
	  "Allow: GET, HEAD, OPTIONS", "" },
	{ "GET", "/hyper", NULL, "Accept: text/html", 406,
	  PROBLEM("not-acceptable"), NULL, "" },
	/* A parameter that is missing: nothing behind it is read. */
	{ "GET", "/hyper", NULL, "Accept: application/json; , text/html", 200,
	  NULL, NULL, NULL },
	{ "GET", "/hyper", NULL, "Accept: application/json; , */*;q=0", 200,
	  NULL, NULL, NULL },
	{ "GET", "/hyper", NULL, "Accept: application/json;q=0", 406,
	  PROBLEM("not-acceptable"), NULL, "" },
	{ "POST", "/hyper/machines", NULL, NULL, 411,
	  PROBLEM("length-required"), NULL, "" },
	{ "POST", "/hyper/machines", NULL, "Content-Length: 0", 400,
	  PROBLEM("bad-json"), NULL, "" },
	{ "PUT", "/hyper/machines/a", NULL, NULL, 411,
	  PROBLEM("length-required"), NULL, "" },
	{ "POST", "/hyper/machines", "{", NULL, 400, PROBLEM("bad-json"), NULL,
	  "" },
	{ "POST", "/hyper/machines", "[]", NULL, 400, PROBLEM("bad-json"), NULL,
	  "" },
	{ "POST", "/hyper/machines", "{\"id\":\"a\"}", NULL, 422,
	  "\"field\":\"image\"", NULL, "" },
	{ "POST", "/hyper/machines", "{\"image\":\"a\",\"id\":\"-\"}", NULL,
	  422, PROBLEM("invalid"), NULL, "" },
	{ "POST", "/hyper/machines", "{\"image\":\"a\",\"state\":\"on\"}", NULL,
	  422, "\"field\":\"state\"", NULL, "" },
	{ "PUT", "/hyper/machines/a", "{\"state\":\"on\"}", NULL, 422,
	  PROBLEM("invalid"), NULL, "" },
	{ "PUT", "/hyper/machines/-a", RUNNING, NULL, 400,
	  PROBLEM("bad-parameter"), NULL, "" },
	{ "GET", "/hyper/machines/-a", NULL, NULL, 400,
	  PROBLEM("bad-parameter"), NULL, "" },
	{ "DELETE", "/hyper/machines/-a", NULL, NULL, 400, "\"field\":\"id\"",
	  NULL, "" },
	{ "GET", "/hyper/machines?nonsense=1", NULL, NULL, 400,
	  "\"field\":\"nonsense\"", NULL, "" },
	{ "GET", "/hyper?x", NULL, NULL, 400, "known here: none", NULL, "" },
	{ "GET", "/hyper/machines?limit=1&limit=1", NULL, NULL, 400,
	  "\"field\":\"limit\"", NULL, "" },
	{ "GET", "/hyper/machines?limit=", NULL, NULL, 400,
	  PROBLEM("bad-parameter"), NULL, "" },
	{ "GET", "/hyper/machines?limit=-1", NULL, NULL, 400,
	  PROBLEM("bad-parameter"), NULL, "" },
	{ "GET", "/hyper/machines?limit=10001", NULL, NULL, 400,
	  PROBLEM("bad-parameter"), NULL, "" },
	{ "GET", "/hyper/machines?count=yes", NULL, NULL, 400,
	  "\"field\":\"count\"", NULL, "" },
	{ "GET", "/hyper/machines?query=%zz", NULL, NULL, 400,
	  "\"field\":\"query\"", NULL, "" },
	{ "GET", "/hyper/machines?fields=x", NULL, NULL, 400,
	  "\"field\":\"fields\"", NULL, NULL },
	{ "DELETE", "/hyper/machines/a?force=maybe", NULL, NULL, 400,
	  PROBLEM("bad-parameter"), NULL, "" },
	{ "DELETE", "/hyper/machines/a", "{\"force\":true}", NULL, 400,
	  PROBLEM("bad-request"), NULL, "" },
	{ "POST", "/hyper/machines?force=1", "{\"image\":\"a\"}", NULL, 400,
	  PROBLEM("bad-parameter"), NULL, "" },
	{ "POST", "/hyper/machines", "{\"image\":\"a\"}", "If-Match: \"7\"",
	  501, "\"field\":\"If-Match\"", NULL, "" },
	{ "DELETE", "/hyper/images/fake/a", NULL, "If-Match: *", 501,
	  PROBLEM("not-supported"), NULL, "" },
#define PATCH(body, status, says)                                              \
	{                                                                      \
		"PATCH", "/hyper/machines/a", body, NULL, status, says, NULL,  \
			""                                                     \
	}
	PATCH("{\"image\":\"b\"}", 422, "add a new machine"),
	PATCH("{\"image\":\"b\"}", 422, "\"field\":\"image\""),
	PATCH("{\"ports\":[]}", 422, "\"field\":\"ports\""),
	PATCH("{\"state\":\"running\"}", 422, "PUT it"),
	PATCH("{\"uuid\":\"x\"}", 422, "uuid is read-only"),
	PATCH("{\"speed\":1}", 422, "unknown field 'speed'"),
	PATCH("{\"mem\":0}", 422, "\"field\":\"mem\""),
	PATCH("{\"mem\":null}", 422, "mem is null"),
	PATCH("{\"mem\":-1}", 422, "\"field\":\"mem\""),
	PATCH("{\"mem\":9999999999}", 422, "\"field\":\"mem\""),
	PATCH("{\"vcpus\":0}", 422, "\"field\":\"vcpus\""),
	PATCH("{\"vcpus\":\"2\"}", 422, "\"field\":\"vcpus\""),
	PATCH("{\"autostart\":1}", 422, "\"field\":\"autostart\""),
	PATCH("{\"labels\":null}", 422, "labels is null"),
	PATCH("{\"labels\":[]}", 422, "\"field\":\"labels\""),
	PATCH("{\"labels\":{\"a\":1}}", 422, "\"field\":\"labels\""),
	PATCH("{\"labels\":{\" \":\"1\"}}", 422, "\"field\":\"labels\""),
	PATCH("{\"labels\":{\" \":null}}", 422, "\"field\":\"labels\""),
	PATCH("[]", 400, PROBLEM("bad-json")),
	PATCH("null", 400, PROBLEM("bad-json")),
	PATCH("{", 400, PROBLEM("bad-json")),
#undef PATCH
	{ "PUT", "/hyper/machines/a", RUNNING, "If-Unmodified-Since: x", 501,
	  "\"field\":\"If-Unmodified-Since\"", NULL, "" },
	{ "POST", "/hyper/adopt", "{\"name\":\"a\"}", "Idempotency-Key: \"x\"",
	  501, PROBLEM("not-supported"), NULL, "" },
	{ "DELETE", "/hyper/operations/42", NULL, "Idempotency-Key: x", 501,
	  PROBLEM("not-supported"), NULL, "" },
	/* What is weak, or no number, matches nothing. */
	{ "PUT", "/hyper/machines/a", RUNNING, "If-Match: W/\"7\"", 412,
	  PROBLEM("precondition-failed"), NULL, "get a flags=0" },
	{ "PUT", "/hyper/machines/a", RUNNING, "If-Match: \"seven\", 7", 412,
	  "\"field\":\"generation\"", NULL, "get a flags=0" },
	{ "PUT", "/hyper/machines/a", RUNNING, "If-Match: ", 412,
	  PROBLEM("precondition-failed"), NULL, "get a flags=0" },
#define KEY(key)                                                               \
	{                                                                      \
		"POST", "/hyper/machines", "{\"image\":\"a\"}",                \
			"Idempotency-Key: " key, 400,                          \
			"\"field\":\"Idempotency-Key\"", NULL, ""              \
	}
	KEY(""),
	KEY("\"\""),
	KEY("\"a"),
	KEY("\"a\" "),
	KEY("a b"),
	KEY("a\"b"),
	KEY("\"a\\b\""),
	KEY("\"a\\"),
	KEY("\"\xc3\xa9\""),
	KEY("\"a\"; b=c"),
#undef KEY
	{ "POST", "/hyper/images", "{\"type\":\"fake\"}", NULL, 422,
	  "\"field\":\"name\"", NULL, "" },
	{ "POST", "/hyper/images",
	  "{\"type\":\"fake\",\"name\":\"a\",\"path\":\"x\"}", NULL, 422,
	  "\"field\":\"path\"", NULL, "" },
	{ "GET", "/hyper/images/fake/none", NULL, NULL, 404,
	  PROBLEM("not-found"), NULL, NULL },
	{ "GET", "/hyper/images/FAKE/a", NULL, NULL, 400, "\"field\":\"type\"",
	  NULL, "" },
	{ "POST", "/hyper/adopt", "{\"type\":\"fake\"}", NULL, 422,
	  "\"field\":\"name\"", NULL, "" },
	{ "POST", "/hyper/adopt", "{\"name\":\"\"}", NULL, 422,
	  "\"field\":\"name\"", NULL, "" },
	{ "POST", "/hyper/adopt", "{\"name\":\"a\",\"image\":\"b\"}", NULL, 422,
	  "\"field\":\"image\"", NULL, "" },
	{ "POST", "/hyper/adopt", "{\"name\":\"a\",\"id\":\"-\"}", NULL, 422,
	  "\"field\":\"id\"", NULL, "" },
	{ "POST", "/hyper/doctor", "{\"mend\":1}", NULL, 422,
	  PROBLEM("invalid"), NULL, NULL },
	{ "GET", "/hyper/operations/1", NULL, NULL, 404, PROBLEM("not-found"),
	  NULL, NULL },
	{ "GET", "/hyper/operations/abc", NULL, NULL, 404, PROBLEM("not-found"),
	  NULL, "" },
	{ "DELETE", "/hyper/operations/-1", NULL, NULL, 404,
	  PROBLEM("not-found"), NULL, "" },
	{ "GET", "/hyper/operations/99999999999999999999", NULL, NULL, 404,
	  PROBLEM("not-found"), NULL, "" },
	{ "GET", "/hyper/operations/42?wait=60.001", NULL, NULL, 400,
	  "\"field\":\"wait\"", NULL, "" },
	{ "GET", "/hyper/operations/42?wait=1e1", NULL, NULL, 400,
	  PROBLEM("bad-parameter"), NULL, "" },
	{ "GET", "/hyper/operations/42?wait=.5", NULL, NULL, 400,
	  PROBLEM("bad-parameter"), NULL, "" },
	{ "GET", "/hyper/operations?fields=id", NULL, NULL, 400,
	  PROBLEM("bad-parameter"), NULL, "" },
	{ "GET", "/hyper", NULL, "Content-Length: 5", 400,
	  PROBLEM("truncated-body"), NULL, "" },
	{ "POST", "/hyper/machines", "{}", "Content-Length: 3", 400,
	  PROBLEM("truncated-body"), NULL, "" },
	{ "POST", "/hyper/machines", "{}", "Content-Length: x", 400,
	  PROBLEM("bad-request"), NULL, "" },
	{ "POST", "/hyper/machines", "{}", "Content-Length: 1048577", 413,
	  PROBLEM("body-too-large"), NULL, "" },
};

START_TEST(refusals)
{
	check_exchange(&bad[_i]);
}
END_TEST

/* What fields tell apart. */
START_TEST(terms_refused)
{
	const struct exchange ask = { "PUT",   "/hyper/machines/a",
				      RUNNING, "If-Match: \"5\"",
				      412,     PROBLEM("precondition-failed"),
				      NULL,    NULL };
	struct exchange key = ask;

	fake.fail = HYPER_ERR_STATE;
	fake.field = "generation";
	check_exchange(&ask);
	fake.fail = HYPER_ERR_INVALID;
	fake.field = "key";
	key.header = "Idempotency-Key: x";
	key.status = 422;
	key.says = PROBLEM("idempotency-key-reused");
	check_exchange(&key);
	fake.field = NULL;
}
END_TEST

/* Each code of the library, by each kind of route. */
START_TEST(codes)
{
	const struct exchange asks[] = {
		{ "GET", "/hyper/machines/a", NULL, NULL, 0, NULL, NULL, NULL },
		{ "POST", "/hyper/machines", "{\"image\":\"a\"}", NULL, 0, NULL,
		  NULL, NULL },
		{ "POST", "/hyper/machines", "{\"image\":\"a\"}", ASYNC, 0,
		  NULL, NULL, NULL },
		{ "PUT", "/hyper/machines/a", RUNNING, NULL, 0, NULL, NULL,
		  NULL },
		{ "DELETE", "/hyper/machines/a", NULL, NULL, 0, NULL, NULL,
		  NULL },
		{ "POST", "/hyper/images", "{\"type\":\"fake\",\"name\":\"a\"}",
		  NULL, 0, NULL, NULL, NULL },
	};

	for (int code = HYPER_ERR_NOT_FOUND; code >= HYPER_ERR_INTERNAL;
	     code--) {
		const struct hyp_problem *row = hyp_problem_of_code(code);

		fake.fail = code;
		for (size_t i = 0; i < HYP_COUNT(asks); i++) {
			struct exchange want = asks[i];
			char type[64];

			snprintf(type, sizeof(type), PROBLEM("%s"), row->slug);
			want.status = row->status;
			want.says = type;
			if (code == HYPER_ERR_BUSY)
				want.has = "Retry-After: 1";
			if (code == HYPER_ERR_AUTH)
				want.has = "WWW-Authenticate: Bearer "
					   "realm=\"hyper\"";
			check_exchange(&want);
			want.says = "\"causes\":[{\"detail\":\"the cause\"";
			check_exchange(&want);
		}
	}
}
END_TEST

START_TEST(media_type_of_patch)
{
	hyper_rest_request *request =
		hyper_rest_request_new("PATCH", "/hyper/machines/a");
	hyper_rest_response *response = NULL;

	hyper_rest_request_access(request, HYPER_ROLE_ADMIN, NULL);
	hyper_rest_request_body(request, "{}", 2);
	hyper_rest_dispatch(&fake.conn, request, 0, &response);
	ck_assert_int_eq(hyper_rest_response_status(response), 415);
	hyper_rest_response_free(response);
	hyper_rest_request_header(request, "Content-Type",
				  "application/merge-patch+json");
	hyper_rest_dispatch(&fake.conn, request, 0, &response);
	ck_assert_int_eq(hyper_rest_response_status(response), 200);
	hyper_rest_response_free(response);
	hyper_rest_request_free(request);
}
END_TEST

START_TEST(media_type)
{
	hyper_rest_request *request =
		hyper_rest_request_new("POST", "/hyper/machines");
	hyper_rest_response *response = NULL;

	hyper_rest_request_access(request, HYPER_ROLE_ADMIN, NULL);
	hyper_rest_request_body(request, "{}", 2);
	hyper_rest_dispatch(&fake.conn, request, 0, &response);
	ck_assert_int_eq(hyper_rest_response_status(response), 415);
	hyper_rest_response_free(response);
	hyper_rest_request_header(request, "Content-Type", "text/plain");
	hyper_rest_dispatch(&fake.conn, request, 0, &response);
	ck_assert_int_eq(hyper_rest_response_status(response), 415);
	hyper_rest_response_free(response);
	hyper_rest_request_free(request);
}
END_TEST

START_TEST(large_body)
{
	static char body[HYPER_REST_BODY_MAX + 2];
	hyper_rest_response *response;

	memset(body, ' ', sizeof(body) - 1);
	response = ask("POST", "/hyper/machines", body, NULL);
	ck_assert_int_eq(hyper_rest_response_status(response), 413);
	hyper_rest_response_free(response);
}
END_TEST

/* Nothing to do: a change is answered at once even if async is preferred. */
START_TEST(nothing_to_do)
{
	static const struct exchange asks[] = {
		{ "PUT", "/hyper/machines/a", RUNNING, ASYNC, 200,
		  "\"state\":\"running\"", "ETag: \"7\"", NULL },
		{ "DELETE", "/hyper/machines/a", NULL, ASYNC, 204, "", NULL,
		  NULL },
	};

	fake.no_op = true;
	check_exchange(&asks[0]);
	check_exchange(&asks[1]);
}
END_TEST

START_TEST(wait_runs_out)
{
	static const struct exchange asks[] = {
		{ "GET", "/hyper/operations/42?wait=0", NULL, NULL, 200,
		  "\"state\":\"running\"", NULL, "wait 42 0 ms" },
	};

	fake.endless = true;
	check_exchange(&asks[0]);
}
END_TEST

START_TEST(head_has_the_length_of_get)
{
	hyper_rest_response *head = ask("HEAD", "/hyper", NULL, NULL);
	hyper_rest_response *get = ask("GET", "/hyper", NULL, NULL);
	size_t head_len, get_len;

	ck_assert_str_eq(hyper_rest_response_body(head, &head_len),
			 hyper_rest_response_body(get, &get_len));
	hyper_rest_response_free(head);
	hyper_rest_response_free(get);
}
END_TEST

START_TEST(arguments)
{
	hyper_rest_request *request = hyper_rest_request_new("GET", "/hyper");
	hyper_rest_response *response = NULL;

	ck_assert_int_eq(hyper_rest_dispatch(NULL, request, 0, &response),
			 HYPER_ERR_INVALID);
	ck_assert_int_eq(hyper_rest_dispatch(&fake.conn, NULL, 0, &response),
			 HYPER_ERR_INVALID);
	ck_assert_int_eq(hyper_rest_dispatch(&fake.conn, request, 1, &response),
			 HYPER_ERR_INVALID);
	ck_assert_ptr_null(response);
	hyper_rest_request_free(request);
	hyper_rest_request_free(NULL);
	hyper_rest_response_free(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dispatch");
	TCase *all = tcase_create("dispatch");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(all, setup, NULL);
	tcase_add_loop_test(all, answers, 0, (int)HYP_COUNT(good));
	tcase_add_loop_test(all, refusals, 0, (int)HYP_COUNT(bad));
	tcase_add_test(all, terms_refused);
	tcase_add_test(all, codes);
	tcase_add_test(all, media_type_of_patch);
	tcase_add_test(all, media_type);
	tcase_add_test(all, large_body);
	tcase_add_test(all, nothing_to_do);
	tcase_add_test(all, wait_runs_out);
	tcase_add_test(all, head_has_the_length_of_get);
	tcase_add_test(all, arguments);
	suite_add_tcase(suite, all);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
