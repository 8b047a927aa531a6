/* SPDX-License-Identifier: MIT */
/*
 * hyper-driver-check: what every driver must do, on its real engine, through
 * the public API. It prints `ok TEXT` or `FAIL TEXT` lines. See its page.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <hyper/hyper.h>

#include "place.h"

#define BOOT_MS 120000

static const char *type, *image, *stubborn_value;
static char *stubborn;
static hyper_conn *conn;
static const hyper_driver_info *driver;
static int failures;

static bool step(bool good, const char *text, hyper_error **err)
{
	printf("%s %s\n", good ? "ok  " : "FAIL", text);
	for (const hyper_error *e = *err; !good && e; e = hyper_error_cause(e))
		printf("     | %s %s: %s\n",
		       hyper_code_name(hyper_error_code(e)),
		       hyper_error_field(e) ? hyper_error_field(e) : "",
		       hyper_error_message(e));
	fflush(stdout);
	failures += !good;
	hyper_error_free(*err);
	*err = NULL;
	return good;
}

/* One call: that it succeeds, or fails with a code. */
#define OK(text, call)		step((call) == 0, text, &err)
#define FAILS(code, text, call) step((call) == (code), text, &err)
#define TRUE(text, condition)	step((condition), text, &err)

static bool has_feature(const char *name)
{
	const char *feature;

	for (size_t i = 0; (feature = hyper_driver_info_feature(driver, i));
	     i++)
		if (!strcmp(feature, name))
			return true;
	return false;
}

/* A record of a machine whose guest heeds a stop, or (containers) does not. */
static hyper_machine *spec_of(const char *id, bool heeds)
{
	static const char *const polite[] = {
		"/bin/sh", "-c",
		"trap 'exit 0' TERM; while :; do sleep 0.1; done", NULL
	};
	static const char *const deaf[] = {
		"/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done",
		NULL
	};
	hyper_machine *spec = hyper_machine_new();

	if (!spec || hyper_machine_set_id(spec, id, NULL) ||
	    hyper_machine_set_type(spec, type, NULL) ||
	    hyper_machine_set_image(spec, image, NULL) ||
	    hyper_machine_set_label(spec, "suite", "conformance", NULL) ||
	    (has_feature("mem") && hyper_machine_set_mem(spec, 128, NULL)) ||
	    (has_feature("command") &&
	     hyper_machine_set_command(spec, heeds ? polite : deaf, NULL)) ||
	    (!heeds && stubborn &&
	     hyper_machine_set_option(spec, stubborn, stubborn_value, NULL)))
		exit(3);
	return spec;
}

static int add(const char *id, bool heeds, hyper_machine **ret,
	       hyper_error **err)
{
	hyper_machine *spec = spec_of(id, heeds);
	int code = hyper_machine_add(conn, spec, 0, ret, NULL, err);

	hyper_machine_free(spec);
	return code;
}

static int state_of(const char *id)
{
	hyper_machine *machine = NULL;
	int state = hyper_machine_get(conn, id, HYPER_REFRESH, &machine, NULL);

	if (!state)
		state = hyper_machine_state(machine);
	hyper_machine_free(machine);
	return state;
}

static bool is(const char *id, int state)
{
	return state_of(id) == state;
}

static int remove_it(const char *id, uint32_t flags, hyper_error **err)
{
	return hyper_machine_remove(conn, id, flags, NULL, err);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static bool driver_is_there(void)
{
	static hyper_drivers *drivers; /* `driver` points into it */
	const hyper_driver_info *info;
	hyper_error *err = NULL;

	if (!OK("drivers are listed",
		hyper_driver_list(conn, 0, &drivers, &err)))
		return false;
	for (size_t i = 0; (info = hyper_drivers_at(drivers, i)); i++)
		if (!strcmp(hyper_driver_info_name(info), type))
			driver = info;
	if (!TRUE("ours is among them", driver != NULL))
		return false;
	if (!hyper_driver_info_available(driver))
		printf("     | %s\n", hyper_driver_info_reason(driver));
	return TRUE("and it is available", hyper_driver_info_available(driver));
}

static void images(void)
{
	hyper_images *list = NULL;
	hyper_image *one = NULL;
	const hyper_image *each;
	hyper_error *err = NULL;
	bool found = false;

	/* "busybox" may be called "busybox:latest" */
	OK("the image", hyper_image_get(conn, type, image, 0, &one, &err));
	if (!OK("images are listed",
		hyper_image_list(conn, type, 0, &list, &err)))
		return;
	for (size_t i = 0; (each = hyper_images_at(list, i)); i++)
		found = found || (one && !strcmp(hyper_image_name(each),
						 hyper_image_name(one)));
	TRUE("it is in the list", found);
	hyper_images_free(list);
	hyper_image_free(one);
	one = NULL;
	FAILS(HYPER_ERR_NOT_FOUND, "an image that is not there",
	      hyper_image_get(conn, type, "nosuch", 0, &one, &err));
}

static void refusals(void)
{
	hyper_machine *spec = spec_of("conf-none", true);
	hyper_error *err = NULL;
	int code;

	hyper_machine_set_image(spec, "nosuch", NULL);
	FAILS(HYPER_ERR_NOT_FOUND, "add from an image that is not there",
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	FAILS(HYPER_ERR_NOT_FOUND, "leaves nothing",
	      remove_it("conf-none", HYPER_FORCE, &err));
	hyper_machine_set_image(spec, image, NULL);
	hyper_machine_set_option(spec, "nonsense", "1", NULL);
	FAILS(HYPER_ERR_INVALID, "an option that the driver does not know",
	      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	hyper_machine_set_option(spec, "nonsense", NULL, NULL);
	if (!has_feature("env")) {
		hyper_machine_set_env(spec, "A", "b", NULL);
		FAILS(HYPER_ERR_NOT_SUPPORTED, "env, which it cannot",
		      hyper_machine_add(conn, spec, 0, NULL, NULL, &err));
	}
	hyper_machine_free(spec);
	code = hyper_image_remove(conn, type, image, 0, NULL, &err);
	TRUE("an image in use is not removed",
	     code == HYPER_ERR_BUSY || code == HYPER_ERR_NOT_SUPPORTED);
}

static void add_and_start(void)
{
	hyper_machine *made = NULL, *once = NULL, *twice = NULL;
	hyper_error *err = NULL;

	if (!OK("add", add("conf-a", false, &made, &err)))
		return;
	TRUE("it is stopped", is("conf-a", HYPER_STATE_STOPPED));
	hyper_machine_free(made);
	FAILS(HYPER_ERR_EXISTS, "the same id again",
	      add("conf-a", false, NULL, &err));
	refusals();
	OK("stop of a stopped one",
	   hyper_machine_stop(conn, "conf-a", 0, 0, NULL, NULL, &err));
	OK("start", hyper_machine_start(conn, "conf-a", 0, &once, NULL, &err));
	TRUE("it runs", is("conf-a", HYPER_STATE_RUNNING));
	OK("start again",
	   hyper_machine_start(conn, "conf-a", 0, &twice, NULL, &err));
	TRUE("changes nothing",
	     once && twice &&
		     hyper_machine_generation(once) ==
			     hyper_machine_generation(twice));
	if (once && hyper_machine_address(once, 0))
		printf("     | address %s\n", hyper_machine_address(once, 0));
	hyper_machine_free(once);
	hyper_machine_free(twice);
}

/* A guest that does not heed the stop: a container that ignores the signal, a
 * machine that has not booted yet. */
static void stop_and_force(void)
{
	hyper_error *err = NULL;
	int64_t begun = now_ms();

	FAILS(HYPER_ERR_STATE, "remove of a running one",
	      remove_it("conf-a", 0, &err));
	FAILS(HYPER_ERR_TIMEOUT, "stop of a guest that does not heed it",
	      hyper_machine_stop(conn, "conf-a", 1000, 0, NULL, NULL, &err));
	TRUE("ends in its time", now_ms() - begun < 10000);
	TRUE("it still runs", is("conf-a", HYPER_STATE_RUNNING));
	OK("stop with force",
	   hyper_machine_stop(conn, "conf-a", 500, HYPER_FORCE, NULL, NULL,
			      &err));
	TRUE("it is stopped", is("conf-a", HYPER_STATE_STOPPED));
	OK("start after that",
	   hyper_machine_start(conn, "conf-a", 0, NULL, NULL, &err));
	OK("remove with force", remove_it("conf-a", HYPER_FORCE, &err));
	FAILS(HYPER_ERR_NOT_FOUND, "it is gone",
	      remove_it("conf-a", HYPER_FORCE, &err));
}

static void boot_and_stop(void)
{
	hyper_error *err = NULL;
	int64_t end;
	int code;

	if (!OK("add one that heeds a stop", add("conf-b", true, NULL, &err)))
		return;
	OK("start", hyper_machine_start(conn, "conf-b", 0, NULL, NULL, &err));
	end = now_ms() + BOOT_MS;
	/* A guest hears it once it is far enough, which takes a while. */
	do {
		hyper_error_free(err);
		err = NULL;
		code = hyper_machine_stop(conn, "conf-b", 2000, 0, NULL, NULL,
					  &err);
	} while (code == HYPER_ERR_TIMEOUT && now_ms() < end);
	TRUE("stop without force", code == 0);
	TRUE("it is stopped", is("conf-b", HYPER_STATE_STOPPED));
	OK("remove", remove_it("conf-b", 0, &err));
}

/* All that the driver can change, or labels alone: they are hyper's own. */
static hyper_changes *changes_of(bool all)
{
	hyper_changes *changes = hyper_changes_new();

	hyper_changes_set_label(changes, "conf", "yes", NULL);
	if (all && has_feature("mem"))
		hyper_changes_set_mem(changes, 192, NULL);
	if (all && has_feature("vcpus"))
		hyper_changes_set_vcpus(changes, 2, NULL);
	if (all && has_feature("autostart"))
		hyper_changes_set_autostart(changes, true, NULL);
	return changes;
}

/* Can the engine do what its driver can? Some of one kind cannot, and then
 * nothing is changed. */
static bool can_change(void)
{
	hyper_changes *changes = changes_of(true);
	hyper_machine *machine = NULL;
	hyper_error *err = NULL;
	int rc = hyper_machine_change(conn, "conf-c", changes, 0, NULL, NULL,
				      NULL);

	hyper_changes_free(changes);
	if (rc != HYPER_ERR_NOT_SUPPORTED)
		return true;
	TRUE("what cannot be changed is as it was",
	     hyper_machine_get(conn, "conf-c", 0, &machine, NULL) == 0 &&
		     !hyper_machine_label(machine, "conf") &&
		     hyper_machine_mem(machine) != 192);
	hyper_machine_free(machine);
	return false;
}

static void change(void)
{
	hyper_changes *changes;
	hyper_machine *machine = NULL;
	hyper_error *err = NULL;
	bool can, mem;

	if (!OK("add one to change", add("conf-c", true, NULL, &err)))
		return;
	can = has_feature("change") && can_change();
	mem = can && has_feature("mem");
	changes = changes_of(can);
	OK(can ? "change it" : "change its labels",
	   hyper_machine_change(conn, "conf-c", changes, 0, &machine, NULL,
				&err));
	TRUE("it has the label",
	     machine && hyper_machine_label(machine, "conf"));
	TRUE("… and the memory",
	     machine && (!mem || hyper_machine_mem(machine) == 192));
	OK("once more",
	   hyper_machine_change(conn, "conf-c", changes, 0, NULL, NULL, &err));
	TRUE("it is stopped", is("conf-c", HYPER_STATE_STOPPED));
	OK("start it",
	   hyper_machine_start(conn, "conf-c", 0, NULL, NULL, &err));
	TRUE("it runs", is("conf-c", HYPER_STATE_RUNNING));
	OK("remove it", remove_it("conf-c", HYPER_FORCE, &err));
	hyper_machine_free(machine);
	hyper_changes_free(changes);
}

/* A step for each thing that would be done, and nothing done. [takes] op */
static bool tells(hyper_operation *op, const char *kind)
{
	const char *step;
	bool good = op && strcmp(hyper_operation_kind(op), kind) == 0 &&
		    hyper_operation_plan(op, 0);

	for (size_t i = 0; op && (step = hyper_operation_plan(op, i)); i++)
		printf("     | would %s\n", step);
	hyper_operation_free(op);
	return good;
}

/* What a driver would do: it must not do it. */
static void plan(void)
{
	hyper_changes *changes = changes_of(has_feature("change"));
	hyper_machine *spec = spec_of("conf-p", true), *wrong, *machine = NULL;
	hyper_operation *op = NULL;
	hyper_error *err = NULL;

	OK("plan to add",
	   hyper_machine_add(conn, spec, HYPER_DRY_RUN, NULL, &op, &err));
	TRUE("it tells how", tells(op, "add"));
	FAILS(HYPER_ERR_NOT_FOUND, "nothing was added",
	      hyper_machine_get(conn, "conf-p", HYPER_REFRESH, &machine, &err));
	wrong = spec_of("conf-p", true);
	hyper_machine_set_image(wrong, "no-such-image-of-ours", NULL);
	FAILS(HYPER_ERR_NOT_FOUND, "plan to add from no image",
	      hyper_machine_add(conn, wrong, HYPER_DRY_RUN, NULL, NULL, &err));
	hyper_machine_free(wrong);
	if (!OK("add it", hyper_machine_add(conn, spec, 0, NULL, NULL, &err)))
		goto out;
	op = NULL;
	OK("plan to start",
	   hyper_machine_start(conn, "conf-p", HYPER_DRY_RUN, NULL, &op, &err));
	TRUE("it tells how", tells(op, "start"));
	TRUE("it is stopped", is("conf-p", HYPER_STATE_STOPPED));
	op = NULL;
	OK("plan to change it",
	   hyper_machine_change(conn, "conf-p", changes, HYPER_DRY_RUN, NULL,
				&op, &err));
	TRUE("it tells how", tells(op, "change"));
	OK("start it",
	   hyper_machine_start(conn, "conf-p", 0, NULL, NULL, &err));
	op = NULL;
	OK("plan to stop",
	   hyper_machine_stop(conn, "conf-p", 0, HYPER_FORCE | HYPER_DRY_RUN,
			      NULL, &op, &err));
	TRUE("it tells how", tells(op, "stop"));
	TRUE("it runs", is("conf-p", HYPER_STATE_RUNNING));
	FAILS(HYPER_ERR_STATE, "plan to remove a running one",
	      hyper_machine_remove(conn, "conf-p", HYPER_DRY_RUN, NULL, &err));
	op = NULL;
	OK("plan to remove with force",
	   hyper_machine_remove(conn, "conf-p", HYPER_FORCE | HYPER_DRY_RUN,
				&op, &err));
	TRUE("it tells how", tells(op, "remove"));
	TRUE("it runs", is("conf-p", HYPER_STATE_RUNNING));
	OK("remove it", remove_it("conf-p", HYPER_FORCE, &err));
out:
	hyper_machine_free(spec);
	hyper_changes_free(changes);
}

/* Two machines from one image at the same time, and a short id. */
static void two_at_once(void)
{
	hyper_machine *spec = spec_of("x", true);
	hyper_operation *ops[2] = { NULL }, *op = NULL;
	hyper_error *err = NULL;

	OK("add, a short id",
	   hyper_machine_add(conn, spec, HYPER_ASYNC, NULL, &ops[0], &err));
	hyper_machine_set_id(spec, NULL, NULL);
	OK("add, an id made up",
	   hyper_machine_add(conn, spec, HYPER_ASYNC, NULL, &ops[1], &err));
	for (int i = 0; i < 2 && ops[i]; i++) {
		const char *id = hyper_operation_machine(ops[i]);

		OK("wait",
		   hyper_operation_wait(conn, hyper_operation_id(ops[i]), 60000,
					0, &op, &err));
		if (op && hyper_operation_error(op))
			err = hyper_error_copy(hyper_operation_error(op));
		TRUE("done", op && hyper_operation_state(op) == HYPER_OP_DONE);
		hyper_operation_free(op);
		op = NULL;
		OK("start it",
		   hyper_machine_start(conn, id, 0, NULL, NULL, &err));
	}
	for (int i = 0; i < 2 && ops[i]; i++) {
		const char *id = hyper_operation_machine(ops[i]);

		TRUE("runs beside the other", is(id, HYPER_STATE_RUNNING));
		OK("remove it", remove_it(id, HYPER_FORCE, &err));
		hyper_operation_free(ops[i]);
	}
	hyper_machine_free(spec);
}

/* What an earlier run that crashed has left. */
static void remove_old(void)
{
	static const char *const ids[] = { "conf-a", "conf-b",	  "conf-c",
					   "conf-p", "conf-none", "x" };

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		remove_it(ids[i], HYPER_FORCE, NULL);
}

static const char usage[] =
	"Usage: hyper-driver-check [OPTION]... drv_TYPE.so [CONFIG]\n"
	"       hyper-driver-check [OPTION]... --type TYPE --uri URI\n"
	"\n"
	"Checks that a driver does what hyper expects of every driver. It gets "
	"a\n"
	"state directory of its own, in which CONFIG is its drivers.conf, or "
	"uses\n"
	"one that is there (URI).\n"
	"\n"
	"  --image IMAGE            make machines of this; default: the first "
	"one\n"
	"  --stubborn OPTION=VALUE  with this option a guest does not heed a "
	"stop,\n"
	"                           where a command or one that still boots "
	"does\n"
	"  --help                   this help\n"
	"\n"
	"Ends with 0 when all is well, 1 when something fails, 2 for a wrong "
	"use.\n";

/* The first image of the driver's. */
static bool choose_image(void)
{
	hyper_images *list = NULL;
	hyper_error *err = NULL;
	static char *chosen;

	if (image)
		return true;
	if (hyper_image_list(conn, type, 0, &list, &err) == 0 &&
	    hyper_images_count(list) > 0)
		image = chosen =
			strdup(hyper_image_name(hyper_images_at(list, 0)));
	hyper_images_free(list);
	return TRUE("it has an image", image != NULL);
}

static void check(const char *uri)
{
	hyper_error *err = NULL;

	if (!OK("open", hyper_open(uri, 0, &conn, &err)))
		return;
	if (driver_is_there() && choose_image()) {
		remove_old();
		images();
		add_and_start();
		stop_and_force();
		boot_and_stop();
		change();
		plan();
		two_at_once();
	}
	hyper_close(conn);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "type", required_argument, NULL, 't' },
		{ "image", required_argument, NULL, 'i' },
		{ "uri", required_argument, NULL, 'u' },
		{ "stubborn", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	struct place place = { 0 };
	const char *uri = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 't')
			type = optarg;
		else if (c == 'i')
			image = optarg;
		else if (c == 'u')
			uri = optarg;
		else if (c == 's' && strchr(optarg, '='))
			stubborn = optarg;
		else {
			fputs(usage, c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : 2;
		}
	}
	if (uri || type ? !uri || !type || optind < argc
			: argc - optind < 1 || argc - optind > 2) {
		fputs(usage, stderr);
		return 2;
	}
	if (stubborn) {
		stubborn_value = stubborn + strcspn(stubborn, "=") + 1;
		stubborn[strcspn(stubborn, "=")] = '\0';
	}
	if (!uri) {
		if (!place_make(&place, argv[optind], argv[optind + 1])) {
			place_remove(&place);
			return 2;
		}
		type = place.type;
		uri = place.state;
	}
	check(uri);
	place_remove(&place);
	printf("%s\n", failures ? "it has failed" : "all is well");
	return failures ? 1 : 0;
}
