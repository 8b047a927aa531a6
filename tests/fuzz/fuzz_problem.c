/* SPDX-License-Identifier: MIT */
/* Problem documents, as any server may send them: each becomes an error, and
 * that, written and read again, the same one. */
#include "fuzz.h"

#include "json/json.h"

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HYP_AUTOFREE char *json = NULL;
	hyper_error *error =
		hyp_json_read_problem((const char *)data, size, 500);
	hyper_error *again;
	const hyper_error *a = error, *b;

	FUZZ_CHECK(error, "no error");
	FUZZ_CHECK(hyp_json_problem(error, NULL, &json) == 0, "not written");
	FUZZ_CHECK(hyp_text_valid(json, strlen(json), false), "%s", json);
	b = again = hyp_json_read_problem(json, strlen(json), 400);
	for (; a || b; a = hyper_error_cause(a), b = hyper_error_cause(b)) {
		FUZZ_CHECK(hyper_error_code(a) == hyper_error_code(b), "%s",
			   json);
		FUZZ_CHECK(same(hyper_error_message(a), hyper_error_message(b)),
			   "%s", json);
		FUZZ_CHECK(same(hyper_error_field(a), hyper_error_field(b)),
			   "%s", json);
		FUZZ_CHECK(same(hyper_error_driver(a), hyper_error_driver(b)),
			   "%s", json);
	}
	hyper_error_free(again);
	fuzz_check_error(error);
	hyper_error_free(error);
	return 0;
}
