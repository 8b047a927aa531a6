/* SPDX-License-Identifier: MIT */
/* What could stand at the end of a line. Failing is no error here: then
 * there is nothing to offer. */
#include "ctl.h"

#include <glob.h>
#include <string.h>

#include "args.h"
#include "words.h"

/* More than this nobody wants to read. */
#define MACHINES_MAX 500

static void offer(struct completions *found, const char *prefix,
		  const char *word)
{
	if (!word || !text_starts(word, prefix))
		return;
	found->words =
		must(realloc(found->words, (found->n + 1) * sizeof(char *)));
	found->words[found->n++] = must(strdup(word));
}

static void offer_words(struct completions *found, const char *prefix,
			const char *const *words)
{
	for (; words && *words; words++)
		offer(found, prefix, *words);
}

static void offer_commands(struct completions *found, const char *prefix)
{
	const struct command *const *command;

	for (command = commands; *command; command++)
		offer(found, prefix, (*command)->name);
}

static void offer_options(struct completions *found, const char *prefix,
			  const struct option *options)
{
	for (; options && options->name; options++) {
		AUTO(free) char *word = must_printf("--%s", options->name);

		offer(found, prefix, word);
	}
}

/* Connect without a word about it when that fails. */
static bool connected(struct ctl *ctl)
{
	return ctl_connect(ctl, NULL) == 0;
}

static void offer_machines(struct completions *found, const char *prefix,
			   struct ctl *ctl)
{
	AUTO(hyper_query_free) hyper_query *query = must(hyper_query_new());
	AUTO(hyper_machines_free) hyper_machines *machines = NULL;
	AUTO(free) char *filter = must_printf("id=%s*", prefix);
	size_t i;

	if (prefix[strspn(prefix, "abcdefghijklmnopqrstuvwxyz0123456789-")])
		return;
	if (hyper_query_set_filter(query, filter) < 0 ||
	    hyper_query_set_limit(query, MACHINES_MAX) < 0 || !connected(ctl) ||
	    hyper_machine_list(ctl->conn, query, 0, &machines, NULL) < 0)
		return;
	for (i = 0; i < hyper_machines_count(machines); i++)
		offer(found, prefix,
		      hyper_machine_id(hyper_machines_at(machines, i)));
}

static void offer_images(struct completions *found, const char *prefix,
			 struct ctl *ctl)
{
	AUTO(hyper_images_free) hyper_images *images = NULL;
	size_t i;

	if (!connected(ctl) ||
	    hyper_image_list(ctl->conn, NULL, 0, &images, NULL) < 0)
		return;
	for (i = 0; i < hyper_images_count(images); i++)
		offer(found, prefix,
		      hyper_image_name(hyper_images_at(images, i)));
}

static void offer_operations(struct completions *found, const char *prefix,
			     struct ctl *ctl)
{
	AUTO(hyper_query_free) hyper_query *query = must(hyper_query_new());
	AUTO(hyper_operations_free) hyper_operations *ops = NULL;
	size_t i;

	if (hyper_query_set_filter(query, "state=queued or state=running") <
		    0 ||
	    !connected(ctl) ||
	    hyper_operation_list(ctl->conn, query, 0, &ops, NULL) < 0)
		return;
	for (i = 0; i < hyper_operations_count(ops); i++) {
		AUTO(free)
		char *id = must_printf("%llu",
				       (unsigned long long)hyper_operation_id(
					       hyper_operations_at(ops, i)));

		offer(found, prefix, id);
	}
}

static void offer_types(struct completions *found, const char *prefix,
			struct ctl *ctl)
{
	AUTO(hyper_drivers_free) hyper_drivers *drivers = NULL;
	size_t i;

	if (!connected(ctl) ||
	    hyper_driver_list(ctl->conn, 0, &drivers, NULL) < 0)
		return;
	for (i = 0; i < hyper_drivers_count(drivers); i++)
		offer(found, prefix,
		      hyper_driver_info_name(hyper_drivers_at(drivers, i)));
}

static void offer_files(struct completions *found, const char *prefix)
{
	AUTO(free) char *pattern = must_printf("%s*", prefix);
	glob_t files;
	size_t i;

	if (glob(pattern, GLOB_MARK, NULL, &files) != 0)
		return;
	for (i = 0; i < files.gl_pathc; i++)
		offer(found, prefix, files.gl_pathv[i]);
	globfree(&files);
}

static void offer_operands(struct completions *found, const char *prefix,
			   struct ctl *ctl, enum ctl_operand operand)
{
	static const char *const fields[] = {
		"addresses=", "created_at", "id=",   "image=", "label.",
		"mem",	      "state=",	    "type=", "vcpus",  NULL
	};

	switch (operand) {
	case OPERAND_NONE:
		break;
	case OPERAND_MACHINES:
		offer_machines(found, prefix, ctl);
		break;
	case OPERAND_IMAGES:
		offer_images(found, prefix, ctl);
		break;
	case OPERAND_OPERATIONS:
		offer_operations(found, prefix, ctl);
		break;
	case OPERAND_FILTER:
		offer_words(found, prefix, fields);
		break;
	case OPERAND_COMMANDS:
		offer_commands(found, prefix);
		break;
	case OPERAND_FILES:
		offer_files(found, prefix);
		break;
	}
}

/* The option whose value stands behind this word, or 0. */
static int option_before(const struct command *command, const char *word)
{
	const struct option *tables[] = { args_common, command->options };
	size_t i;

	for (i = 0; i < 2; i++) {
		const struct option *o = tables[i];

		for (; o && o->name; o++)
			if (o->has_arg && text_starts(word, "-") &&
			    ((word[1] == o->val && !word[2]) ||
			     (word[1] == '-' &&
			      strcmp(word + 2, o->name) == 0)))
				return o->val;
	}
	return 0;
}

static void offer_all(struct completions *found, struct ctl *ctl,
		      const struct words *words, const char *prefix)
{
	static const char *const formats[] = { "csv", "json", "table", NULL };
	const struct command *command =
		words->n > 0 ? command_find(words->list[0]) : NULL;
	int option;

	if (words->n == 0)
		offer_commands(found, prefix);
	if (!command)
		return;
	option = option_before(command, words->list[words->n - 1]);
	if (option == 'f') {
		offer_words(found, prefix, formats);
	} else if (option == 't' && command != &cmd_stop) {
		offer_types(found, prefix, ctl);
	} else if (option) {
		return;
	} else if (*prefix == '-') {
		offer_options(found, prefix, args_common);
		offer_options(found, prefix, command->options);
	} else if (words->n == 1 && command->verbs) {
		offer_words(found, prefix, command->verbs);
	} else if (words->n > 1 && strcmp(words->list[1], "import") == 0) {
		offer_operands(found, prefix, ctl, OPERAND_FILES);
	} else {
		offer_operands(found, prefix, ctl, command->operand);
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sort, and take out what is there twice: an image of two drivers. */
static void tidy(struct completions *found)
{
	size_t i, kept = 0;

	if (found->n == 0)
		return;
	qsort(found->words, found->n, sizeof(char *), by_text);
	for (i = 1; i < found->n; i++) {
		if (strcmp(found->words[kept], found->words[i]) == 0)
			free(found->words[i]);
		else
			found->words[++kept] = found->words[i];
	}
	found->n = kept + 1;
}

void complete(struct ctl *ctl, const char *line, struct completions *found)
{
	const char *word = line + strlen(line);
	AUTO(free) char *before = NULL;
	struct words words;

	*found = (struct completions){ 0 };
	while (word > line && !strchr(" \t", word[-1]))
		word--;
	before = must(strndup(line, (size_t)(word - line)));
	if (words_split(before, &words))
		return; /* within quotes */
	found->typed = strlen(word);
	offer_all(found, ctl, &words, word);
	tidy(found);
	words_free(&words);
}

void completions_clear(struct completions *found)
{
	size_t i;

	for (i = 0; i < found->n; i++)
		free(found->words[i]);
	free(found->words);
	*found = (struct completions){ 0 };
}
