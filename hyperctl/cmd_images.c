/* SPDX-License-Identifier: MIT */
#include "args.h"
#include "jobs.h"
#include "out.h"

#include <string.h>
#include <unistd.h>

static const struct option options[] = {
	{ "type", required_argument, NULL, 't' },
	{ "name", required_argument, NULL, 'i' },
	{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
	{ "async", no_argument, NULL, OPT_ASYNC },
	{ 0 },
};

struct image_args {
	const char *type;
	const char *name; /* import: what it shall be called */
	bool async;
	bool dry_run;
};

/* Among several candidates: which one the user must have meant. */
struct choice {
	char *type; /* the first, or NULL */
	char *all;  /* "a, b" */
	size_t n;
};

static void choice_add(struct choice *choice, const char *type)
{
	char *all = choice->all ? must_printf("%s, %s", choice->all, type)
				: must(strdup(type));

	free(choice->all);
	choice->all = all;
	if (choice->n++ == 0)
		choice->type = must(strdup(type));
}

static bool has_feature(const hyper_driver_info *driver, const char *wanted)
{
	const char *feature;
	size_t i;

	for (i = 0; (feature = hyper_driver_info_feature(driver, i)); i++)
		if (strcmp(feature, wanted) == 0)
			return true;
	return false;
}

static void add_able(const hyper_drivers *drivers, const char *feature,
		     bool last_resort, struct choice *choice)
{
	const hyper_driver_info *d;
	size_t i;

	for (i = 0; (d = hyper_drivers_at(drivers, i)); i++)
		if (hyper_driver_info_available(d) &&
		    has_feature(d, "last-resort") == last_resort &&
		    has_feature(d, feature))
			choice_add(choice, hyper_driver_info_name(d));
}

/* The drivers that can do something with images now; those of last resort
 * only if no other can. */
static int choose_able(struct ctl *ctl, const char *feature,
		       struct choice *choice, hyper_error **err)
{
	AUTO(hyper_drivers_free) hyper_drivers *drivers = NULL;
	int r = hyper_driver_list(ctl->conn, 0, &drivers, err);

	if (r)
		return r;
	add_able(drivers, feature, false, choice);
	if (choice->n == 0)
		add_able(drivers, feature, true, choice);
	return 0;
}

/* The drivers that have an image. They are asked one by one, for an image has
 * more names than the one in lists: busybox is busybox:latest. */
static int choose_owner(struct ctl *ctl, const char *name,
			struct choice *choice, hyper_error **err)
{
	AUTO(hyper_drivers_free) hyper_drivers *drivers = NULL;
	int r = hyper_driver_list(ctl->conn, 0, &drivers, err);
	size_t i;

	for (i = 0; r == 0 && i < hyper_drivers_count(drivers); i++) {
		AUTO(hyper_image_free) hyper_image *image = NULL;
		const char *type =
			hyper_driver_info_name(hyper_drivers_at(drivers, i));

		if (hyper_driver_info_available(hyper_drivers_at(drivers, i)) &&
		    hyper_image_get(ctl->conn, type, name, 0, &image, NULL) ==
			    0)
			choice_add(choice, type);
	}
	return r;
}

/* [new] the type that is meant when none is given. */
static int choose_type(struct ctl *ctl, const char *verb, const char *name,
		       char **ret_type, hyper_error **err)
{
	bool rm = strcmp(verb, "rm") == 0;
	AUTO(free) char *feature = must_printf("image-%s", verb);
	struct choice choice = { 0 };
	int r = rm ? choose_owner(ctl, name, &choice, err)
		   : choose_able(ctl, feature, &choice, err);

	if (r == 0 && choice.n == 1)
		*ret_type = choice.type;
	else
		free(choice.type);
	if (r == 0 && choice.n == 0)
		r = rm ? hyper_error_set(err, HYPER_ERR_NOT_FOUND, "image",
					 "no driver has an image %s", name)
		       : hyper_error_set(err, HYPER_ERR_NO_DRIVER, "type",
					 "no driver that is available can %s "
					 "images",
					 verb);
	else if (r == 0 && choice.n > 1)
		r = hyper_error_set(err, HYPER_ERR_INVALID, "type",
				    "more than one driver %s: choose with "
				    "--type (%s)",
				    rm ? "has that image" : "can do that",
				    choice.all);
	free(choice.all);
	return r;
}

/* What a begin function needs to know. */
struct target {
	const char *type;
	const char *path;
};

static int begin_pull(hyper_conn *conn, const char *name, const void *data,
		      uint32_t flags, hyper_operation **ret_op,
		      hyper_error **err)
{
	const struct target *target = data;

	return hyper_image_pull(conn, target->type, name, flags, NULL, ret_op,
				err);
}

static int begin_import(hyper_conn *conn, const char *name, const void *data,
			uint32_t flags, hyper_operation **ret_op,
			hyper_error **err)
{
	const struct target *target = data;

	return hyper_image_import(conn, target->type, name, target->path, flags,
				  NULL, ret_op, err);
}

static int begin_rm(hyper_conn *conn, const char *name, const void *data,
		    uint32_t flags, hyper_operation **ret_op, hyper_error **err)
{
	const struct target *target = data;

	return hyper_image_remove(conn, target->type, name, flags, ret_op, err);
}

/* One image of one verb: choose its driver, do it. */
static int run_job(struct ctl *ctl, const struct image_args *image,
		   const char *verb, struct jobs *jobs, char *name,
		   const char *path)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	AUTO(free) char *chosen = NULL;
	struct target target = { .type = image->type, .path = path };

	if (!target.type) {
		if (choose_type(ctl, verb, name, &chosen, &err) < 0)
			return fail(ctl, err);
		target.type = chosen;
	}
	jobs->data = &target;
	jobs->async = image->async;
	jobs->dry_run = image->dry_run;
	return jobs_run(ctl, jobs, &name, 1);
}

/* [new] "debian12" from "/tmp/debian12.qcow2" */
static char *name_of_file(const char *path)
{
	static const char *const ends[] = { ".qcow2", ".img", ".raw", ".tar",
					    ".tar.gz" };
	const char *slash = strrchr(path, '/');
	char *name = must(strdup(slash ? slash + 1 : path));
	size_t len = strlen(name);
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t end = strlen(ends[i]);

		if (len > end && strcmp(name + len - end, ends[i]) == 0) {
			name[len - end] = '\0';
			break;
		}
	}
	return name;
}

static int import(struct ctl *ctl, const struct image_args *image,
		  const char *file)
{
	struct jobs jobs = { .begin = begin_import, .show = SHOW_IMAGE };
	AUTO(free) char *cwd = NULL;
	AUTO(free) char *path = NULL;
	AUTO(free) char *name = NULL;

	if (*file != '/') {
		if (text_starts(hyper_conn_uri(ctl->conn), "http"))
			return usage_error(&cmd_images,
					   "'%s' must be an absolute path: it "
					   "is one of the server",
					   file);
		cwd = must(getcwd(NULL, 0));
		path = must_printf("%s/%s", cwd, file);
	}
	name = image->name ? must(strdup(image->name)) : name_of_file(file);
	return run_job(ctl, image, "import", &jobs, name, path ? path : file);
}

static int list(struct ctl *ctl, const char *type)
{
	AUTO(hyper_error_free) hyper_error *err = NULL;
	AUTO(hyper_images_free) hyper_images *images = NULL;
	struct out out;
	size_t i;
	int r = 0;

	if (hyper_image_list(ctl->conn, type, 0, &images, &err) < 0)
		return fail(ctl, err);
	if (out_begin(&out, ctl, &out_images, OUT_TABLE, false, &err) < 0)
		return fail(ctl, err);
	for (i = 0; r == 0 && i < hyper_images_count(images); i++)
		r = out_item(&out, hyper_images_at(images, i), &err);
	out_end(&out);
	return r < 0 ? fail(ctl, err) : CTL_OK;
}

/* `word` is what stands behind the verb, or NULL. */
static int run_verb(struct ctl *ctl, const struct image_args *image,
		    const char *verb, char *word)
{
	struct jobs pull = { .begin = begin_pull, .show = SHOW_IMAGE };
	struct jobs rm = { .begin = begin_rm, .show = SHOW_NAME };

	if (strcmp(verb, "list") == 0)
		return list(ctl, word ? word : image->type);
	if (strcmp(verb, "import") == 0)
		return import(ctl, image, word);
	return run_job(ctl, image, verb,
		       strcmp(verb, "pull") == 0 ? &pull : &rm, word, NULL);
}

static bool is_verb(const char *word)
{
	const char *const *verb;

	for (verb = cmd_images.verbs; *verb; verb++)
		if (strcmp(word, *verb) == 0)
			return true;
	return false;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct image_args image = { 0 };
	const char *verb = "list";
	struct args args;
	int opt, exit;

	args_begin(&args, ctl, &cmd_images, argc, argv);
	while ((opt = args_next(&args)) != -1) {
		switch (opt) {
		case 't':
			image.type = optarg;
			break;
		case 'i':
			image.name = optarg;
			break;
		case OPT_DRY_RUN:
			image.dry_run = true;
			break;
		case OPT_ASYNC:
			image.async = true;
			break;
		default:
			return args.exit;
		}
	}
	if (args.count > 0)
		verb = args.operands[0];
	if (!is_verb(verb))
		return usage_error(args.command,
				   "images: there is no '%s', only list, pull, "
				   "import and rm",
				   verb);
	exit = args_count(&args, strcmp(verb, "list") == 0 ? 0 : 2, 2,
			  strcmp(verb, "import") == 0 ? "a file to import"
						      : "the name of an image");
	if (exit >= 0)
		return exit;
	exit = ctl_open(ctl);
	if (exit != CTL_OK)
		return exit;
	return run_verb(ctl, &image, verb,
			args.count > 1 ? args.operands[1] : NULL);
}

const struct command cmd_images = {
	.name = "images",
	.aliases = (const char *const[]){ "image", NULL },
	.brief = "images [list|pull|import|rm]",
	.usage = "images [list [TYPE]] [OPTION]...\n"
		 "   or: hyperctl images pull NAME [OPTION]...\n"
		 "   or: hyperctl images import FILE [-i NAME] [OPTION]...\n"
		 "   or: hyperctl images rm NAME [OPTION]...",
	.help = "List what machines can be made from; fetch an image from a "
		"registry; copy one in\n"
		"from a file (on the host of the driver); remove one.\n"
		"\n"
		"  -t, --type TYPE  the driver; may be left out when only one "
		"fits\n"
		"  -i, --name NAME  import: what it shall be called; without "
		"it as the file\n"
		"      --dry-run    only tell what would be done\n"
		"      --async      do not wait: print the number of the "
		"operation\n",
	.examples = "images\n"
		    "images pull busybox -t docker\n"
		    "images import debian12.qcow2 -i debian\n"
		    "images rm busybox\n",
	.see = "add, drivers",
	.operand = OPERAND_IMAGES,
	.options = options,
	.verbs = (const char *const[]){ "list", "pull", "import", "rm", NULL },
	.shows = &out_images,
	.run = run,
};
