/* SPDX-License-Identifier: MIT */
/* Records to JSON and back: for users, for clients, for the store. */
#include "parse_machine.h"

#include "json/codec.h"

/* A machine with something in every field. */
static hyper_machine *full_machine(void)
{
	hyper_machine *m =
		parse("{\"id\":\"web1\",\"type\":\"test\",\"image\":"
		      "\"deb\",\"mem\":512,\"vcpus\":1,\"ports\":["
		      "\"127.0.0.1:8080:80\"],\"env\":{\"A\":\"1\"},"
		      "\"command\":[\"sh\"],\"labels\":{\"t\":\"x\"},"
		      "\"autostart\":true,\"options\":{\"o\":\"\"}}");

	m->state = HYPER_STATE_RUNNING;
	m->created_at = 1;
	m->updated_at = 1763882897123;
	m->generation = 7;
	ck_assert_int_eq(hyp_set_text(&m->uuid, "u-1", NULL), 0);
	ck_assert_int_eq(hyp_set_text(&m->driver_state, "up \x1b\xff", NULL),
			 0);
	ck_assert_int_eq(hyp_strv_add(&m->addresses, "10.0.0.2"), 0);
	return m;
}

static const char full_json[] =
	"{\"id\":\"web1\",\"uuid\":\"u-1\",\"type\":\"test\",\"image\":\"deb\","
	"\"mem\":512,\"vcpus\":1,\"state\":\"running\",\"driver_state\":"
	"\"up  "
	"?\",\"state_reason\":null,\"handle\":null,\"adopted\":false,"
	"\"observed_at\":null,"
	"\"stale\":false,\"created_at\":\"1970-01-01T00:00:00.001Z\","
	"\"updated_at\":\"2025-11-23T07:28:17.123Z\",\"addresses\":"
	"[\"10.0.0.2\"],\"ports\":[{\"host_ip\":\"127.0.0.1\",\"host_port\":"
	"8080,\"guest_port\":80,\"protocol\":\"tcp\"}],\"env\":{\"A\":\"1\"},"
	"\"command\":[\"sh\"],\"labels\":{\"t\":\"x\"},\"autostart\":true,"
	"\"generation\":7,\"options\":{\"o\":\"\"}}";

START_TEST(machine_out)
{
	hyper_machine *machine = full_machine(), *back = NULL;
	char *json = NULL;

	ck_assert_int_eq(hyp_json_machine(machine, HYP_FIELDS_ALL, &json, NULL),
			 0);
	ck_assert_str_eq(json, full_json);
	ck_assert_int_eq(hyp_json_read_machine(json, strlen(json), &back, NULL),
			 0);
	free(json);
	ck_assert_int_eq(hyper_machine_to_json(back, 0, &json, NULL), 0);
	ck_assert_str_eq(json, full_json);
	free(json);
	ck_assert_int_eq(hyp_json_machine(machine,
					  1u << HYP_MACHINE_id |
						  1u << HYP_MACHINE_command,
					  &json, NULL),
			 0);
	ck_assert_str_eq(json, "{\"id\":\"web1\",\"command\":[\"sh\"]}");
	free(json);
	ck_assert_int_eq(hyper_machine_to_json(back, 1, &json, NULL),
			 HYPER_ERR_INVALID);
	hyper_machine_free(machine);
	hyper_machine_free(back);
}
END_TEST

/* Written without a tree it is the same, whatever the texts are. */
START_TEST(as_json_c_writes)
{
	static const char *const texts[] = {
		"",
		"plain",
		"a \"b\"",
		"back\\slash",
		"a/b",
		"tab\there",
		"a\nb",
		"\x01\x1f\x7f",
		"ä € 😀",
		"broken \xff\xc3",
		"~!@#$%^&*()_+{}[]:;'<>,.?|`",
	};
	static const uint64_t numbers[] = {
		0, 9, 10, 99, 1234567890, UINT64_MAX
	};

	for (size_t i = 0; i < HYP_COUNT(texts); i++) {
		hyper_machine *m = hyper_machine_new();

		hyp_set_text(&m->id, texts[i], NULL);
		hyp_set_text(&m->driver_state, texts[i], NULL);
		hyp_map_set(&m->labels, "k", texts[i]);
		hyp_map_set(&m->env, "PATH", "/bin");
		hyp_strv_add(&m->command, texts[i]);
		hyp_strv_add(&m->command, "x");
		m->state = HYPER_STATE_RUNNING;
		m->mem = m->generation = numbers[i % HYP_COUNT(numbers)];
		m->created_at = 1795000000123 + (int64_t)i;
		m->stale = i % 2;
		hyper_machine_add_port(m, "[::1]:80:80/udp", NULL);
		for (uint32_t mask = 6; mask;
		     mask = mask == 6 ? UINT32_MAX : 0) {
			struct json_object *tree = hyp_json_write_record(
				hyp_json_machine_members, mask, m);
			char *text = NULL;

			ck_assert_int_eq(hyp_json_machine(m, mask, &text, NULL),
					 0);
			ck_assert_str_eq(text, json_object_to_json_string_ext(
						       tree, HYP_JSON_FORMAT));
			free(text);
			json_object_put(tree);
		}
		hyper_machine_free(m);
	}
}
END_TEST

/* What the store keeps is read as json-c reads it. */
START_TEST(as_json_c_reads)
{
	static const char *const texts[] = {
		"{}",
		"{\"a\":\"1\"}",
		"{\"a\":\"1\",\"b\":\"\"}",
		"{\"a\":\"\\\"\"}",
		"{ \"a\" : \"1\" }",
		"{\"ä\":\"€\"}",
		"{\"a\":1}",
		"{\"a\":\"1\",}",
		"{,}",
		"{\"a\"}",
		"",
		"{",
		"{\"a\":\"1\"",
		"{\"a\":\"1\"}x",
		"{\"a\" \"1\"}",
		"null",
		"{\"a\":\"x\ny\"}",
		"{\"a\":\"\xff\"}",
		"[]",
		"[\"a\"]",
		"[\"a\",\"b\"]",
		"[\"\\n\"]",
		"[ \"a\" ]",
		"[\"a\",]",
		"[1]",
		"[\"a\"",
		"[\"a\"]]",
		"[,\"a\"]",
	};

	for (size_t i = 0; i < HYP_COUNT(texts); i++) {
		struct hyp_map map = { 0 }, real_map = { 0 };
		struct hyp_strv list = { 0 }, real_list = { 0 };
		struct json_object *json = NULL;
		int rc = hyp_json_load(texts[i], strlen(texts[i]),
				       &hyp_json_store, &json, NULL);
		int map_rc = rc ? rc
				: hyp_json_get_map(&hyp_json_store, "it", json,
						   &real_map, NULL);
		int list_rc = rc ? rc
				 : hyp_json_get_strv(&hyp_json_store, "it",
						     json, &real_list, NULL);

		ck_assert_msg(hyp_json_read_map(texts[i], &map, NULL) == map_rc,
			      "%s", texts[i]);
		ck_assert_msg(hyp_json_read_strv(texts[i], &list, NULL) ==
				      list_rc,
			      "%s", texts[i]);
		if (list_rc == 0)
			ck_assert(hyp_strv_equal(&list, &real_list));
		if (map_rc == 0)
			ck_assert_uint_eq(map.n, real_map.n);
		for (size_t k = 0; map_rc == 0 && k < map.n; k++)
			ck_assert_str_eq(
				hyp_map_get(&real_map, map.pairs[k].key),
				map.pairs[k].value);
		json_object_put(json);
		hyp_map_free(&map);
		hyp_map_free(&real_map);
		hyp_strv_free(&list);
		hyp_strv_free(&real_list);
	}
}
END_TEST

START_TEST(machines_out_and_in)
{
	hyper_machines *list = hyp_machines_new(), *back = NULL;
	char *json = NULL;

	ck_assert_int_eq(hyp_json_machines(list, &json, NULL), 0);
	ck_assert_str_eq(json, "[]");
	free(json);
	ck_assert_int_eq(hyp_list_add(&list->list, full_machine()), 0);
	ck_assert_int_eq(hyp_list_add(&list->list, full_machine()), 0);
	ck_assert_int_eq(hyp_json_machines(list, &json, NULL), 0);
	ck_assert_int_eq(
		hyp_json_read_machines(json, strlen(json), &back, NULL), 0);
	ck_assert_uint_eq(hyper_machines_count(back), 2);
	ck_assert_str_eq(hyper_machine_id(hyper_machines_at(back, 1)), "web1");
	free(json);
	ck_assert_int_eq(hyper_machine_to_json(hyper_machines_at(back, 1), 0,
					       &json, NULL),
			 0);
	ck_assert_str_eq(json, full_json);
	free(json);
	list->list.fields = 1u << HYP_MACHINE_mem;
	ck_assert_int_eq(hyper_machines_to_json(list, 0, &json, NULL), 0);
	ck_assert_str_eq(json, "[{\"mem\":512},{\"mem\":512}]");
	free(json);
	hyper_machines_free(list);
	hyper_machines_free(back);
}
END_TEST

START_TEST(server_nonsense)
{
	static const char *const bad[] = {
		"",
		"<html>",
		"[]",
		"{}",
		"{\"id\":\"a\",\"type\":\"t\"}",
		"{\"id\":\"a\",\"type\":\"t\",\"state\":\"odd\"}",
		"{\"id\":\"a\",\"type\":null,\"state\":\"running\"}",
		"{\"id\":1,\"type\":\"t\",\"state\":\"running\"}",
		"{\"id\":\"a\",\"type\":\"t\",\"state\":\"running\","
		"\"created_at\":\"soon\"}",
		"{\"id\":\"a\",\"type\":\"t\",\"state\":\"running\","
		"\"ports\":[{\"guest_port\":70000}]}",
		"{\"id\":\"a\",\"type\":\"t\",\"state\":\"running\","
		"\"addresses\":[null]}",
	};
	hyper_machine *machine = NULL;
	const char *more = "{\"id\":\"a\",\"type\":\"t\",\"new\":[{}],"
			   "\"state\":\"running\"}";

	for (size_t i = 0; i < HYP_COUNT(bad); i++) {
		HYP_AUTOERROR *err = NULL;

		ck_assert_int_eq(hyp_json_read_machine(bad[i], strlen(bad[i]),
						       &machine, &err),
				 HYPER_ERR_PROTOCOL);
		ck_assert_ptr_null(machine);
		ck_assert_ptr_null(hyper_error_field(err));
	}
	/* An old client reads a newer server. */
	ck_assert_int_eq(
		hyp_json_read_machine(more, strlen(more), &machine, NULL), 0);
	hyper_machine_free(machine);
}
END_TEST

/* DRIVER over CONNECT, both of docker. */
static hyper_error *make_error(void)
{
	hyper_error *err = NULL;

	hyper_error_set(&err, HYPER_ERR_CONNECT, NULL, "no route \"home\"");
	hyper_error_wrap(&err, HYPER_ERR_DRIVER, "image", "pull failed");
	hyp_error_set_driver(err, "docker");
	return err;
}

static void check_same(const hyper_error *a, const hyper_error *b)
{
	for (; a; a = hyper_error_cause(a), b = hyper_error_cause(b)) {
		const char *field = hyper_error_field(a);

		ck_assert_ptr_nonnull(b);
		ck_assert_int_eq(hyper_error_code(a), hyper_error_code(b));
		ck_assert_str_eq(hyper_error_message(a),
				 hyper_error_message(b));
		ck_assert_str_eq(hyper_error_driver(a), hyper_error_driver(b));
		ck_assert_str_eq(field ? field : "",
				 hyper_error_field(b) ? hyper_error_field(b)
						      : "");
	}
	ck_assert_ptr_null(b);
}

/* Whatever an engine or a server put into its text. */
START_TEST(errors_are_one_line)
{
	HYP_AUTOERROR *err = NULL;

	hyper_error_set(&err, HYPER_ERR_BUSY, "a\nb", "%s", "in\ttwo\n \1.\r");
	hyp_error_set_driver(err, "c\nd\xff");
	ck_assert_str_eq(hyper_error_message(err), "in two");
	ck_assert_str_eq(hyper_error_field(err), "a b");
	ck_assert_str_eq(hyper_error_driver(err), "c d?");
	/* One that says nothing at all */
	hyper_error_set(&err, HYPER_ERR_TIMEOUT, NULL, "%s", " .\n");
	ck_assert_str_eq(hyper_error_message(err),
			 hyp_problem_of_code(HYPER_ERR_TIMEOUT)->title);
}
END_TEST

START_TEST(problem)
{
	hyper_error *err = make_error(), *back;
	char *json = NULL;

	ck_assert_int_eq(hyper_error_to_json(err, 0, &json), 0);
	ck_assert_str_eq(
		json,
		"{\"type\":\"urn:hyper:problem:driver\",\"title\":\"The engine "
		"failed\",\"status\":500,\"detail\":\"pull failed\",\"code\":"
		"\"DRIVER\",\"field\":\"image\",\"driver\":\"docker\","
		"\"causes\":[{\"detail\":\"no route \\\"home\\\"\",\"code\":"
		"\"CONNECT\",\"driver\":\"docker\"}]}");
	back = hyp_json_read_problem(json, strlen(json), 500);
	check_same(err, back);
	hyper_error_free(back);
	free(json);
	ck_assert_int_eq(hyp_json_problem(err,
					  hyp_problem_of_slug("bad-parameter"),
					  &json),
			 0);
	ck_assert_ptr_nonnull(strstr(json, "urn:hyper:problem:bad-parameter"));
	ck_assert_ptr_nonnull(strstr(json, "\"status\":400"));
	free(json);
	hyper_error_free(err);
	ck_assert_int_eq(hyper_error_to_json(NULL, 0, &json),
			 HYPER_ERR_INVALID);
}
END_TEST

START_TEST(no_problem)
{
	static const char *const texts[] = { "",
					     "<html>",
					     "[]",
					     "{}",
					     "{\"code\":\"STATE\"}",
					     "{\"detail\":\"x\"}" };
	const char *slug = "{\"type\":\"urn:hyper:problem:busy\","
			   "\"detail\":\"x\",\"code\":\"NEWER\"}";
	hyper_error *err;

	for (size_t i = 0; i < HYP_COUNT(texts); i++) {
		err = hyp_json_read_problem(texts[i], strlen(texts[i]), 418);
		ck_assert_int_eq(hyper_error_code(err), HYPER_ERR_PROTOCOL);
		ck_assert_ptr_nonnull(strstr(hyper_error_message(err), "418"));
		hyper_error_free(err);
	}
	err = hyp_json_read_problem(slug, strlen(slug), 409);
	ck_assert_int_eq(hyper_error_code(err), HYPER_ERR_BUSY);
	hyper_error_free(err);
}
END_TEST

START_TEST(operation)
{
	static char kind[] = "pull", type[] = "docker", image[] = "b";
	static char step[] = "layer 1", program[] = "hyperd";
	hyper_operation op = { .id = 12,
			       .kind = kind,
			       .state = HYPER_OP_FAILED,
			       .type = type,
			       .image = image,
			       .done = 5,
			       .total = 10,
			       .step = step,
			       .error = make_error(),
			       .created_at = 1000,
			       .ended_at = 2000,
			       .program = program,
			       .pid = 77,
			       .uid_1 = 1 };
	hyper_operation *back = NULL;
	char *json = NULL, *again = NULL;

	ck_assert_int_eq(hyper_operation_to_json(&op, 0, &json, NULL), 0);
	ck_assert_ptr_nonnull(strstr(
		json, "{\"id\":12,\"kind\":\"pull\",\"state\":\"failed\","
		      "\"type\":\"docker\",\"machine\":null,\"image\":\"b\","
		      "\"progress\":{\"done\":5,\"total\":10,\"step\":"
		      "\"layer 1\"},\"error\":{\"type\":"));
	ck_assert_int_eq(
		hyp_json_read_operation(json, strlen(json), &back, NULL), 0);
	check_same(op.error, back->error);
	ck_assert_int_eq(hyper_operation_to_json(back, 0, &again, NULL), 0);
	ck_assert_str_eq(json, again);
	hyper_operation_free(back);
	hyper_error_free(op.error);
	free(json);
	free(again);
}
END_TEST

START_TEST(other_records)
{
	static const char images[] = "[{\"name\":\"b\",\"type\":\"docker\","
				     "\"handle\":null,\"format\":\"oci\","
				     "\"size\":5000000000,\"created_at\":"
				     "null}]";
	static const char drivers[] =
		"[{\"name\":\"test\",\"version\":\"1\",\"kinds\":[\"vm\"],"
		"\"features\":[],\"available\":true,\"reason\":null,"
		"\"engine\":null,\"file\":\"/d/drv_test.so\"}]";
	static const char info[] = "{\"name\":\"hyper\",\"version\":\"0.1.0\","
				   "\"api\":1,\"instance\":\"u\","
				   "\"features\":[\"x\"]}";
	hyper_images *image_list = NULL;
	hyper_drivers *driver_list = NULL;
	hyper_info *hyper = NULL;
	char *json = NULL;

	ck_assert_int_eq(hyp_json_read_images(images, sizeof(images) - 1,
					      &image_list, NULL),
			 0);
	ck_assert_int_eq(hyper_images_to_json(image_list, 0, &json, NULL), 0);
	ck_assert_str_eq(json, images);
	free(json);
	hyper_images_free(image_list);

	ck_assert_int_eq(hyp_json_read_drivers(drivers, sizeof(drivers) - 1,
					       &driver_list, NULL),
			 0);
	ck_assert_int_eq(hyper_drivers_to_json(driver_list, 0, &json, NULL), 0);
	ck_assert_str_eq(json, drivers);
	free(json);
	hyper_drivers_free(driver_list);

	ck_assert_int_eq(
		hyp_json_read_info(info, sizeof(info) - 1, &hyper, NULL), 0);
	ck_assert_int_eq(hyper_info_to_json(hyper, 0, &json, NULL), 0);
	ck_assert_str_eq(json, info);
	free(json);
	hyper_info_free(hyper);
	hyper = NULL;
	ck_assert_int_eq(
		hyp_json_read_info("{\"name\":\"nginx\",\"version\":\"1\","
				   "\"instance\":\"\"}",
				   46, &hyper, NULL),
		HYPER_ERR_PROTOCOL);
	ck_assert_ptr_null(hyper);
}
END_TEST

START_TEST(store_values)
{
	HYP_AUTOSTRV strv = { 0 };
	HYP_AUTOMAP map = { 0 };
	struct hyp_ports ports = { 0 };
	char *json = NULL;

	ck_assert_int_eq(hyp_json_read_strv("[\"a\",\"\"]", &strv, NULL), 0);
	ck_assert_int_eq(hyp_json_strv(&strv, &json, NULL), 0);
	ck_assert_str_eq(json, "[\"a\",\"\"]");
	free(json);
	ck_assert_int_eq(
		hyp_json_read_map("{\"b\":\"1\",\"a\":\"2\"}", &map, NULL), 0);
	ck_assert_int_eq(hyp_json_map(&map, &json, NULL), 0);
	ck_assert_str_eq(json, "{\"a\":\"2\",\"b\":\"1\"}");
	free(json);
	ck_assert_int_eq(
		hyp_json_read_ports("[{\"guest_port\":80}]", &ports, NULL), 0);
	ck_assert_int_eq(hyp_json_ports(&ports, &json, NULL), 0);
	ck_assert_str_eq(json, "[{\"host_ip\":null,\"host_port\":0,"
			       "\"guest_port\":80,\"protocol\":\"tcp\"}]");
	free(json);
	hyp_ports_free(&ports);
	ck_assert_int_eq(hyp_json_read_strv("{}", &strv, NULL),
			 HYPER_ERR_INTERNAL);
	ck_assert_uint_eq(strv.n, 2);
}
END_TEST

START_TEST(problem_table)
{
	const struct hyp_problem *row, *other;

	for (size_t i = 0; (row = hyp_problem_at(i)); i++) {
		ck_assert_ptr_eq(hyp_problem_of_slug(row->slug), row);
		ck_assert(row->status >= 400 && row->status < 600);
		for (size_t j = 0; j < i; j++) {
			other = hyp_problem_at(j);
			ck_assert_str_ne(other->slug, row->slug);
		}
	}
	for (int code = HYPER_ERR_INVALID; code >= HYPER_ERR_INTERNAL; code--) {
		row = hyp_problem_of_code(code);
		ck_assert_int_eq(row->code, code);
		ck_assert_int_eq(hyper_code_http_status(code), row->status);
		ck_assert_str_eq(hyper_code_slug(code), row->slug);
		ck_assert_str_ne(hyper_code_name(code), "UNKNOWN");
	}
	ck_assert_ptr_null(hyp_problem_of_slug("nonsense"));
	ck_assert_int_eq(hyper_code_http_status(0), 200);
	ck_assert_int_eq(hyper_code_http_status(-99), 500);
	ck_assert_int_eq(hyper_code_http_status(7), 500);
	ck_assert_str_eq(hyper_code_name(0), "OK");
	ck_assert_str_eq(hyper_code_name(-18), "INTERNAL");
	ck_assert_str_eq(hyper_code_name(-99), "UNKNOWN");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json");
	TCase *all = tcase_create("json");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(all, machine_out);
	tcase_add_test(all, as_json_c_writes);
	tcase_add_test(all, as_json_c_reads);
	tcase_add_test(all, machines_out_and_in);
	tcase_add_test(all, server_nonsense);
	tcase_add_test(all, errors_are_one_line);
	tcase_add_test(all, problem);
	tcase_add_test(all, no_problem);
	tcase_add_test(all, operation);
	tcase_add_test(all, other_records);
	tcase_add_test(all, store_values);
	tcase_add_test(all, problem_table);
	suite_add_tcase(suite, all);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
