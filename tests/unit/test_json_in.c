/* SPDX-License-Identifier: MIT */
/* What users send: how it is read, and what of it is refused. */
#include "parse_machine.h"

/* What refuses a text, and how. */
struct refusal {
	const char *text;
	int code;
	const char *field;
	const char *says; /* part of the message */
};

static void check_error(hyper_error *err, int rc, const struct refusal *want)
{
	const char *field = hyper_error_field(err);

	ck_assert_msg(rc == want->code, "%s: code %d", want->text, rc);
	ck_assert_int_eq(hyper_error_code(err), want->code);
	ck_assert_msg(field && strcmp(field, want->field) == 0, "%s: field %s",
		      want->text, field);
	ck_assert_msg(strstr(hyper_error_message(err), want->says) != NULL,
		      "%s: %s", want->text, hyper_error_message(err));
	hyper_error_free(err);
}

START_TEST(machine_in)
{
	hyper_machine *machine =
		parse("{\"id\":\"Web1\",\"type\":\"docker\",\"image\":\"b:1\","
		      "\"mem\":\"2G\",\"vcpus\":2,\"autostart\":true,"
		      "\"ports\":[\"8080:80/tcp\",{\"guest_port\":53,"
		      "\"protocol\":\"udp\",\"host_ip\":\"::1\"},"
		      "{\"host_ip\":null,\"host_port\":0,\"guest_port\":22,"
		      "\"protocol\":\"tcp\"}],"
		      "\"env\":{\"A\":\"1\"},\"labels\":"
		      "{\"t/x\":\"\\u00e4\"},\"options\":{},"
		      "\"command\":[\"sh\",\"-c\",\"x\\ny\"]}\r\n");

	ck_assert_str_eq(hyper_machine_id(machine), "web1");
	ck_assert_uint_eq(hyper_machine_mem(machine), 2048);
	ck_assert_uint_eq(hyper_machine_vcpus(machine), 2);
	ck_assert(hyper_machine_autostart(machine));
	ck_assert_uint_eq(hyper_machine_port(machine, 0)->host_port, 8080);
	ck_assert_str_eq(hyper_machine_port(machine, 1)->host_ip, "::1");
	ck_assert_uint_eq(hyper_machine_port(machine, 1)->host_port, 0);
	ck_assert_str_eq(hyper_machine_port(machine, 1)->protocol, "udp");
	ck_assert_ptr_null(hyper_machine_port(machine, 2)->host_ip);
	ck_assert_ptr_null(hyper_machine_port(machine, 3));
	ck_assert_str_eq(hyper_machine_env(machine, "A"), "1");
	ck_assert_ptr_null(hyper_machine_env(machine, "B"));
	ck_assert_str_eq(hyper_machine_label(machine, "t/x"), "\xc3\xa4");
	ck_assert_str_eq(hyper_machine_command(machine)[2], "x\ny");
	hyper_machine_free(machine);

	machine = parse("{\"image\":\"b\",\"id\":null,\"ports\":null,"
			"\"command\":null,\"mem\":null,\"env\":null}");
	ck_assert_ptr_null(hyper_machine_id(machine));
	ck_assert_ptr_null(hyper_machine_command(machine));
	hyper_machine_free(machine);
}
END_TEST

#define BAD HYPER_ERR_INVALID
static const struct refusal refusals[] = {
	/* what is no JSON */
	{ "", BAD, "body", "ends too early" },
	{ " \t\r\n", BAD, "body", "ends too early" },
	{ "{\"id\":", BAD, "body", "ends too early" },
	{ "{}x", BAD, "body", "at byte 3" },
	{ "{} {}", BAD, "body", "at byte 4" },
	{ "{\"id\":\"a\",}", BAD, "body", "at byte 11" },
	{ "{'id':\"a\"}", BAD, "body", "at byte 2" },
	{ "{id:\"a\"}", BAD, "body", "at byte" },
	{ "{\"mem\":01}", BAD, "body", "leading zero" },
	{ "{\"mem\":1.}", BAD, "body", "digit expected" },
	{ "{\"mem\":-}", BAD, "body", "digit expected" },
	{ "{\"mem\":1e}", BAD, "body", "digit expected" },
	{ "{\"mem\":NaN}", BAD, "body", "unexpected character" },
	{ "{\"mem\":Infinity}", BAD, "body", "unexpected character" },
	{ "{\"mem\":+1}", BAD, "body", "unexpected character" },
	{ "{\"mem\":0x10}", BAD, "body", "unexpected character" },
	{ "/**/{}", BAD, "body", "unexpected character" },
	{ "\xef\xbb\xbf{}", BAD, "body", "unexpected character" },
	{ "{\"id\":\"a\tb\"}", BAD, "body", "control characters" },
	{ "{\"id\":\"\xc0\x80\"}", BAD, "body", "UTF-8" },
	{ "{\"id\":\"\xed\xa0\x80\"}", BAD, "body", "UTF-8" },
	{ "{\"id\":\"a\\u0000\"}", BAD, "body", "NUL" },
	{ "{\"id\":\"a\\q\"}", BAD, "body", "at byte" },
	{ "{\"id\":\"a", BAD, "body", "inside a string" },
	{ "{\"id\":\"a\\", BAD, "body", "inside a string" },
	{ "{\"id\":\"a\",\"id\":\"b\"}", BAD, "body", "twice" },
	{ "{\"env\":{\"a\":\"1\",\"a\":\"1\"}}", BAD, "body", "twice" },
	{ "[[[[[[[[[[[[[[[[[[[[", BAD, "body", "too deep" },
	/* what is JSON, but not a machine */
	{ "[]", BAD, "body", "is an array: must be an object" },
	{ "null", BAD, "body", "is null: must be an object" },
	{ "12", BAD, "body", "is a number: must be an object" },
	{ "{\"state\":\"running\"}", BAD, "state", "set by hyper" },
	{ "{\"uuid\":null}", BAD, "uuid", "set by hyper" },
	{ "{\"memory\":1}", BAD, "memory", "known are id, type, image, mem" },
	{ "{\"a\\nb\":1}", BAD, "a b", "unknown field 'a b'" },
	{ "{\"mem\":[]}", BAD, "mem", "is an array" },
	{ "{\"mem\":1.5}", BAD, "mem", "with a fraction" },
	{ "{\"mem\":-1}", BAD, "mem", "-1: must not be negative" },
	{ "{\"mem\":99999999999999999999}", BAD, "mem", "at most" },
	{ "{\"mem\":1073741825}", BAD, "mem", "at most" },
	{ "{\"mem\":\"lots\"}", BAD, "mem", "'lots'" },
	{ "{\"vcpus\":\"2\"}", BAD, "vcpus", "is a string: must be a number" },
	{ "{\"vcpus\":4294967296}", BAD, "vcpus", "at most" },
	{ "{\"autostart\":1}", BAD, "autostart", "must be a boolean" },
	{ "{\"id\":5}", BAD, "id", "is a number: must be a string" },
	{ "{\"id\":\"-a\"}", BAD, "id", "'-a'" },
	{ "{\"labels\":[]}", BAD, "labels", "must be an object" },
	{ "{\"labels\":{\"t\":1}}", BAD, "labels.t", "must be a string" },
	{ "{\"env\":{\"A\":null}}", BAD, "env.A", "must be a string" },
	{ "{\"env\":{\"A B\":\"1\"}}", BAD, "env", "'A B'" },
	{ "{\"command\":\"sh\"}", BAD, "command", "must be an array" },
	{ "{\"command\":[1]}", BAD, "command", "array of strings" },
	{ "{\"ports\":[80]}", BAD, "ports[]", "\"8080:80\"" },
	{ "{\"ports\":[\"x\"]}", BAD, "ports", "'x'" },
	{ "{\"ports\":[{}]}", BAD, "ports", "0/tcp" },
	{ "{\"ports\":[{\"port\":1}]}", BAD, "port", "known are host_ip" },
	{ "{\"ports\":[{\"guest_port\":65536}]}", BAD, "guest_port",
	  "at most 65535" },
	{ "{\"ports\":[{\"guest_port\":1,\"host_ip\":\"::1]:5/udp\"}]}", BAD,
	  "ports", "must be" },
};

START_TEST(machine_refused)
{
	const struct refusal *want = &refusals[_i];
	hyper_machine *machine = NULL;
	hyper_error *err = NULL;
	int rc = hyp_json_parse_machine(want->text, strlen(want->text),
					&machine, &err);

	ck_assert_ptr_null(machine);
	check_error(err, rc, want);
}
END_TEST

START_TEST(nul_and_size_refused)
{
	static char big[(1 << 20) + 2];
	hyper_machine *machine = NULL;

	ck_assert_int_eq(hyp_json_parse_machine("{}\0", 3, &machine, NULL),
			 HYPER_ERR_INVALID);
	memset(big, ' ', sizeof(big));
	ck_assert_int_eq(
		hyp_json_parse_machine(big, sizeof(big), &machine, NULL),
		HYPER_ERR_LIMIT);
	ck_assert_ptr_null(machine);
}
END_TEST

START_TEST(state_change)
{
	static const struct refusal bad[] = {
		{ "{}", BAD, "state", "not given" },
		{ "{\"state\":\"paused\"}", BAD, "state", "is paused" },
		{ "{\"state\":\"on\"}", BAD, "state", "'on'" },
		{ "{\"state\":\"stopped\",\"timeout\":-1}", BAD, "timeout",
		  "is -1" },
		{ "{\"state\":\"stopped\",\"timeout\":1e400}", BAD, "timeout",
		  "must be 0 to" },
		{ "{\"state\":\"stopped\",\"timeout\":\"1\"}", BAD, "timeout",
		  "seconds" },
		{ "{\"state\":\"running\",\"force\":true}", BAD, "force",
		  "only with" },
		{ "{\"state\":\"running\",\"now\":true}", BAD, "now",
		  "known are state, force, timeout" },
	};
	struct hyp_state_change in = { HYPER_STATE_STOPPED, true, 1234 };
	struct hyp_state_change out = { 0 };
	hyper_error *err = NULL;
	char *json = NULL;

	ck_assert_int_eq(hyp_json_state_change(&in, &json, NULL), 0);
	ck_assert_str_eq(json, "{\"state\":\"stopped\",\"force\":true,"
			       "\"timeout\":1.234}");
	ck_assert_int_eq(
		hyp_json_parse_state_change(json, strlen(json), &out, NULL), 0);
	ck_assert_int_eq(out.state, HYPER_STATE_STOPPED);
	ck_assert(out.force);
	ck_assert_uint_eq(out.timeout_ms, 1234);
	free(json);
	in = (struct hyp_state_change){ HYPER_STATE_RUNNING, false,
					HYPER_TIMEOUT_DEFAULT };
	ck_assert_int_eq(hyp_json_state_change(&in, &json, NULL), 0);
	ck_assert_str_eq(json, "{\"state\":\"running\",\"force\":false,"
			       "\"timeout\":null}");
	ck_assert_int_eq(
		hyp_json_parse_state_change(json, strlen(json), &out, NULL), 0);
	ck_assert_uint_eq(out.timeout_ms, HYPER_TIMEOUT_DEFAULT);
	free(json);
	for (size_t i = 0; i < HYP_COUNT(bad); i++) {
		int rc = hyp_json_parse_state_change(
			bad[i].text, strlen(bad[i].text), &out, &err);

		check_error(hyp_steal(&err), rc, &bad[i]);
	}
}
END_TEST

START_TEST(image_request)
{
	struct hyp_image_request out = { 0 };
	hyper_error *err = NULL;
	char *json = NULL;

	ck_assert_int_eq(
		hyp_json_image_request("docker", "a/b:1", NULL, &json, NULL),
		0);
	ck_assert_str_eq(json, "{\"type\":\"docker\",\"name\":\"a/b:1\","
			       "\"path\":null}");
	ck_assert_int_eq(
		hyp_json_parse_image_request(json, strlen(json), &out, NULL),
		0);
	ck_assert_str_eq(out.name, "a/b:1");
	ck_assert_ptr_null(out.path);
	hyp_image_request_clear(&out);
	free(json);
	ck_assert_int_eq(hyp_json_parse_image_request("{\"type\":\"x\"}", 12,
						      &out, &err),
			 HYPER_ERR_INVALID);
	ck_assert_str_eq(hyper_error_field(err), "name");
	hyper_error_free(err);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json_in");
	TCase *all = tcase_create("json_in");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(all, machine_in);
	tcase_add_loop_test(all, machine_refused, 0, (int)HYP_COUNT(refusals));
	tcase_add_test(all, nul_and_size_refused);
	tcase_add_test(all, state_change);
	tcase_add_test(all, image_request);
	suite_add_tcase(suite, all);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
