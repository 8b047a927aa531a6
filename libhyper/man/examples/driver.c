/* SPDX-License-Identifier: MIT */
/*
 * drv_shelf: machines that are files. The name of each is a machine's
 * id; in it stand the instance of hyper, the machine's uuid, and its
 * state as a number.
 */
#define _GNU_SOURCE
#include <hyper/driver.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

struct shelf {
	hyper_driver_host *host;
	const char *image; /* there is one, and the settings name it */
};

static void path_of(struct shelf *shelf, const char *id,
		    char path[4096])
{
	snprintf(path, 4096, "%s/%s", hyper_driver_dir(shelf->host),
		 id);
}

static int failed(hyper_error **err, const char *what)
{
	return hyper_error_set(err, HYPER_ERR_IO, NULL, "%s: %s", what,
			       strerror(errno));
}

/* Read one: its state, or 0 when it is not there or not ours. */
static int read_file(struct shelf *shelf, const char *id, char uuid[37])
{
	char path[4096], instance[37] = "";
	int state = 0;
	FILE *f;

	path_of(shelf, id, path);
	f = fopen(path, "re");
	if (f && fscanf(f, "%36s %36s %d", instance, uuid, &state) != 3)
		state = 0;
	if (f)
		fclose(f);
	return strcmp(instance, hyper_driver_instance(shelf->host))
		       ? 0
		       : state;
}

/* Write one, whole or not at all. */
static int write_file(struct shelf *shelf, const hyper_machine *machine,
		      int state, hyper_error **err)
{
	char path[4096], made[4096];
	FILE *f;

	path_of(shelf, hyper_machine_id(machine), path);
	path_of(shelf, ".new", made);
	strncat(made, hyper_machine_id(machine), 64);
	f = fopen(made, "we");
	if (!f)
		return failed(err, made);
	fprintf(f, "%s %s %d\n", hyper_driver_instance(shelf->host),
		hyper_machine_uuid(machine), state);
	if (fclose(f) || rename(made, path))
		return failed(err, path);
	return 0;
}

/* Tell the host what was seen of a machine. */
static int saw(hyper_machine *seen, const char *id, int state,
	       hyper_error **err)
{
	hyper_port port = { .host_port = 8080,
			    .guest_port = 80,
			    .protocol = "tcp" };
	int rc = hyper_machine_saw_handle(seen, id, err);

	if (rc == 0)
		rc = hyper_machine_saw_state(seen, state, NULL, NULL,
					     err);
	if (rc == 0 && state == HYPER_STATE_RUNNING)
		rc = hyper_machine_saw_address(seen, "192.0.2.1", err);
	if (rc == 0 && state == HYPER_STATE_RUNNING)
		rc = hyper_machine_saw_port(seen, &port, err);
	return rc;
}

/* Engines for one process only are claimed here. */
static int shelf_open(hyper_driver_host *host, void **ret_self,
		      hyper_error **err)
{
	struct shelf *shelf;
	int rc = 0;

	if (!strcmp(hyper_driver_setting(host, "alone", "no"), "yes"))
		rc = hyper_driver_claim(host, err);
	if (rc)
		return rc;
	shelf = calloc(1, sizeof(*shelf));
	if (!shelf)
		return hyper_error_set(err, HYPER_ERR_NOMEM, NULL,
				       "out of memory");
	shelf->host = host;
	shelf->image = hyper_driver_setting(host, "image", "book");
	*ret_self = shelf;
	return 0;
}

static void shelf_close(void *self)
{
	free(self);
}

/* The state of a machine: this one, and not another one of its name. */
static int state_of(struct shelf *shelf, const hyper_machine *machine)
{
	char uuid[37] = "";
	int state = read_file(shelf, hyper_machine_id(machine), uuid);

	return strcmp(uuid, hyper_machine_uuid(machine)) ? 0 : state;
}

static int inspect(void *self, hyper_call *call,
		   const hyper_machine *machine, hyper_machine *seen,
		   hyper_error **err)
{
	int state = state_of(self, machine);

	(void)call;
	if (!state)
		return hyper_error_set(err, HYPER_ERR_NOT_FOUND, NULL,
				       "'%s' is not on the shelf",
				       hyper_machine_id(machine));
	return saw(seen, hyper_machine_id(machine), state, err);
}

/* Work takes time, but not more than the call has. */
static void work(hyper_call *call, uint32_t ms)
{
	uint32_t left = hyper_call_remaining(call);

	poll(NULL, 0, (int)(ms < left ? ms : left));
}

/* What add and its plan refuse. */
static int check(struct shelf *shelf, const hyper_machine *machine,
		 hyper_error **err)
{
	if (strcmp(hyper_machine_image(machine), shelf->image) == 0)
		return 0;
	return hyper_error_set(err, HYPER_ERR_NOT_FOUND, "image",
			       "no image '%s'",
			       hyper_machine_image(machine));
}

/* In steps, to show how one ends in time and tells how far it is. */
static int add(void *self, hyper_call *call,
	       const hyper_machine *machine, hyper_machine *seen,
	       hyper_error **err)
{
	struct shelf *shelf = self;
	int rc = check(shelf, machine, err);

	for (unsigned int page = 0; rc == 0 && page < 3; page++) {
		rc = hyper_call_check(call, err);
		if (rc)
			break;
		hyper_call_progress(call, page, 3, "printing");
		work(call, 1);
	}
	if (rc == 0)
		rc = write_file(shelf, machine, HYPER_STATE_STOPPED,
				err);
	return rc ? rc : inspect(self, call, machine, seen, err);
}

static int put(struct shelf *shelf, hyper_call *call,
	       const hyper_machine *machine, int state,
	       hyper_machine *seen, hyper_error **err)
{
	int was = state_of(shelf, machine);
	int rc = was && was != state
			 ? write_file(shelf, machine, state, err)
			 : 0;

	return rc ? rc : inspect(shelf, call, machine, seen, err);
}

static int start(void *self, hyper_call *call,
		 const hyper_machine *machine, hyper_machine *seen,
		 hyper_error **err)
{
	return put(self, call, machine, HYPER_STATE_RUNNING, seen, err);
}

/* One that is glued does not heed: wait, and then use force if we may.
 */
static int stop(void *self, hyper_call *call,
		const hyper_machine *machine, uint32_t timeout_ms,
		uint32_t flags, hyper_machine *seen, hyper_error **err)
{
	bool heeds = !hyper_machine_option(machine, "glued") ||
		     state_of(self, machine) != HYPER_STATE_RUNNING;

	for (uint32_t ms = 0; !heeds && ms < timeout_ms; ms += 10) {
		int rc = hyper_call_check(call, err);

		if (rc)
			return rc;
		work(call, 10);
	}
	if (!heeds && !(flags & HYPER_FORCE))
		return hyper_error_set(err, HYPER_ERR_TIMEOUT, NULL,
				       "it is glued to the shelf");
	return put(self, call, machine, HYPER_STATE_STOPPED, seen, err);
}

static int drop(void *self, hyper_call *call,
		const hyper_machine *machine, uint32_t flags,
		hyper_error **err)
{
	int state = state_of(self, machine);
	char path[4096];

	(void)call;
	if (!state)
		return 0; /* it is gone already */
	if (state == HYPER_STATE_RUNNING && !(flags & HYPER_FORCE))
		return hyper_error_set(err, HYPER_ERR_STATE, NULL,
				       "it runs");
	path_of(self, hyper_machine_id(machine), path);
	return unlink(path) && errno != ENOENT ? failed(err, path) : 0;
}

/* What the others would do: nothing is touched here. */
static int plan(void *self, hyper_call *call, const hyper_plan *plan,
		hyper_error **err)
{
	static const char *const verbs[] = {
		[HYPER_PLAN_ADD] = "write",
		[HYPER_PLAN_START] = "open",
		[HYPER_PLAN_STOP] = "close",
		[HYPER_PLAN_REMOVE] = "throw away",
	};
	char path[4096];
	int rc = plan->kind == HYPER_PLAN_ADD
			 ? check(self, plan->machine, err)
			 : 0;

	if (rc)
		return rc;
	path_of(self, hyper_machine_id(plan->machine), path);
	return hyper_call_plan(call, err, "%s %s", verbs[plan->kind],
			       path);
}

/* All that bear our mark. What cannot be read holds up no others. */
static int list(void *self, hyper_call *call, hyper_error **err)
{
	DIR *dir =
		opendir(hyper_driver_dir(((struct shelf *)self)->host));
	struct dirent *entry;
	int rc = dir ? 0 : failed(err, "the shelf");

	while (rc == 0 && (entry = readdir(dir))) {
		hyper_machine *seen = hyper_machine_new();
		char uuid[37] = "";
		int state =
			entry->d_name[0] == '.'
				? 0
				: read_file(self, entry->d_name, uuid);

		if (seen && state) {
			rc = saw(seen, entry->d_name, state, err);
			if (rc == 0)
				rc = hyper_call_found_machine(
					call, entry->d_name, uuid, seen,
					err);
		}
		hyper_machine_free(seen);
	}
	if (dir)
		closedir(dir);
	return rc;
}

static int images(void *self, hyper_call *call, const char *name,
		  hyper_error **err)
{
	struct shelf *shelf = self;

	if (name && strcmp(name, shelf->image))
		return 0;
	return hyper_call_found_image(call, shelf->image, NULL, "paper",
				      0, 0, err);
}

/* Tell of changes: first that we watch, then which file has changed. */
static int watch(void *self, hyper_call *call, hyper_error **err)
{
	const char *dir =
		hyper_driver_dir(((struct shelf *)self)->host);
	struct pollfd wait = { .fd = inotify_init1(IN_CLOEXEC |
						   IN_NONBLOCK),
			       .events = POLLIN };
	union {
		struct inotify_event event;
		char room[sizeof(struct inotify_event) + NAME_MAX + 1];
	} news;

	if (inotify_add_watch(wait.fd, dir, IN_MOVED_TO | IN_DELETE) <
	    0) {
		close(wait.fd);
		return hyper_error_set(err, HYPER_ERR_CONNECT, NULL,
				       "the shelf is gone");
	}
	hyper_call_changed(call, NULL);
	while (!hyper_call_cancelled(call)) {
		poll(&wait, 1, 100);
		/* One at a time, for there is room for one only. */
		while (read(wait.fd, &news, sizeof(news)) > 0)
			hyper_call_changed_handle(call,
						  news.event.name);
	}
	close(wait.fd);
	return hyper_call_check(call, err);
}

HYPER_DRIVER_ENTRY
{
	static const char *const kinds[] = { "container", NULL };
	static const char *const none[] = { NULL };
	static const char *const options[] = { "glued", NULL };
	static const char *const settings[] = { "alone", "image",
						NULL };
	static const hyper_driver shelf = {
		.abi = HYPER_DRIVER_ABI,
		.size = sizeof(shelf),
		.name = "shelf",
		.version = "1.0",
		.kinds = kinds,
		.features = none,
		.options = options,
		.settings = settings,
		.open = shelf_open,
		.close = shelf_close,
		.machine_add = add,
		.machine_start = start,
		.machine_stop = stop,
		.machine_remove = drop,
		.machine_inspect = inspect,
		.machine_list = list,
		.image_list = images,
		.watch = watch,
		.plan = plan,
	};

	return host_abi == HYPER_DRIVER_ABI ? &shelf : NULL;
}
