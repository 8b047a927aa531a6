/* SPDX-License-Identifier: MIT */
/* What could stand at the end of a line. Failing is no error here: then
 * there is nothing to offer. */
#include "ctl.h"

#include <glob.h>
#include <string.h>

#include "args.h"
#include "out.h"
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
		if ((*command)->brief)
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

/* Connect without a word about it when that fails. Who only reads the
 * database makes none, and waits for no engine. */
static bool connected(struct ctl *ctl, uint32_t flags)
{
	return ctl_connect(ctl, flags, NULL) == 0;
}

static void offer_machines(struct completions *found, const char *prefix,
			   struct ctl *ctl, const char *which)
{
	AUTO(hyper_query_free) hyper_query *query = must(hyper_query_new());
	AUTO(hyper_machines_free) hyper_machines *machines = NULL;
	AUTO(free)
	char *filter = must_printf("id=%s* %s", prefix, which ? which : "");
	size_t i;

	if (prefix[strspn(prefix, "abcdefghijklmnopqrstuvwxyz0123456789-")])
		return;
	if (hyper_query_set_filter(query, filter) < 0 ||
	    hyper_query_set_limit(query, MACHINES_MAX) < 0 ||
	    !connected(ctl, HYPER_OPEN_READONLY) ||
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

	if (!connected(ctl, 0) ||
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
	    !connected(ctl, HYPER_OPEN_READONLY) ||
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

	if (!connected(ctl, 0) ||
	    hyper_driver_list(ctl->conn, 0, &drivers, NULL) < 0)
		return;
	for (i = 0; i < hyper_drivers_count(drivers); i++)
		offer(found, prefix,
		      hyper_driver_info_name(hyper_drivers_at(drivers, i)));
}

/* Names, behind what is typed before one: "remote:" or nothing. */
static void offer_remotes(struct completions *found, const char *prefix,
			  const char *before)
{
	AUTO(hyper_remotes_free) hyper_remotes *remotes = NULL;
	size_t i;

	if (hyper_remote_list(0, &remotes, NULL) < 0)
		return;
	for (i = 0; i < hyper_remotes_count(remotes); i++) {
		AUTO(free)
		char *word = must_printf(
			"%s%s", before,
			hyper_remote_name(hyper_remotes_at(remotes, i)));

		offer(found, prefix, word);
	}
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

/* Of a list with commas, the last name. */
static void offer_columns(struct completions *found, const char *prefix,
			  const struct command *command)
{
	const char *comma = strrchr(prefix, ',');
	int before = comma ? (int)(comma - prefix + 1) : 0;
	const struct out_column *column =
		command->shows ? command->shows->columns : NULL;

	for (; column && column->name; column++) {
		AUTO(free)
		char *word =
			must_printf("%.*s%s", before, prefix, column->name);

		offer(found, prefix, word);
	}
}

/* What a query may begin with; states, once that is what is asked for. */
static void offer_filter(struct completions *found, const char *prefix)
{
	static const char *const fields[] = {
		"addresses=", "created_at", "id=",   "image=", "label.",
		"mem",	      "state=",	    "type=", "vcpus",  NULL
	};
	const char *name;
	int state;

	if (!text_starts(prefix, "state=")) {
		offer_words(found, prefix, fields);
		return;
	}
	for (state = HYPER_STATE_CREATING; (name = hyper_state_name(state));
	     state++) {
		AUTO(free) char *word = must_printf("state=%s", name);

		offer(found, prefix, word);
	}
}

static void offer_operands(struct completions *found, const char *prefix,
			   struct ctl *ctl, const struct command *command)
{
	switch (command->operand) {
	case OPERAND_NONE:
		offer_words(found, prefix, command->verbs);
		break;
	case OPERAND_MACHINES:
		offer_machines(found, prefix, ctl, command->which);
		break;
	case OPERAND_IMAGES:
		offer_images(found, prefix, ctl);
		break;
	case OPERAND_OPERATIONS:
		offer_operations(found, prefix, ctl);
		break;
	case OPERAND_FILTER:
		offer_filter(found, prefix);
		break;
	case OPERAND_COMMANDS:
		offer_commands(found, prefix);
		break;
	case OPERAND_FILES:
		offer_files(found, prefix);
		break;
	}
}

/* Is the word this option, with its value in the next one? */
static bool takes_next(const struct option *option, const char *word)
{
	if (!option->has_arg || word[0] != '-')
		return false;
	if (word[1] == '-')
		return strcmp(word + 2, option->name) == 0;
	return word[1] == option->val && !word[2];
}

/* The option whose value stands behind this word, or 0. */
static int option_before(const struct command *command, const char *word)
{
	const struct option *tables[] = { args_common,
					  command ? command->options : NULL };
	size_t i;

	for (i = 0; i < 2; i++) {
		const struct option *o = tables[i];

		for (; o && o->name; o++)
			if (takes_next(o, word))
				return o->val;
	}
	return 0;
}

/* What stands on a line before the word that is completed. */
struct parsed {
	const struct command *command; /* NULL: there is none yet */
	const char *verb;	       /* the first operand, or NULL */
	size_t operands;
	int option;  /* whose value the word is, or 0 */
	bool dashes; /* behind "--": there are no more options */
	bool wrong;  /* no such command: there is nothing to offer */
};

/* An option may say where to look. */
static void set_place(struct ctl *ctl, int option, const char *value)
{
	if (option == 'u')
		ctl_set_uri(ctl, value);
	else if (option == OPT_REMOTE)
		ctl_set_remote(ctl, value);
}

static void take_operand(struct parsed *line, const char *word)
{
	if (!line->command) {
		line->command = command_find(word);
		line->wrong = !line->command;
		return;
	}
	if (line->operands++ == 0)
		line->verb = word;
}

static struct parsed parse(struct ctl *ctl, const struct words *words)
{
	struct parsed line = { 0 };
	size_t i;

	for (i = 0; i < words->n && !line.wrong; i++) {
		const char *word = words->list[i];

		if (line.option) {
			set_place(ctl, line.option, word);
			line.option = 0;
		} else if (line.dashes || *word != '-') {
			take_operand(&line, word);
		} else if (strcmp(word, "--") == 0) {
			line.dashes = true;
		} else if (text_starts(word, "--uri=")) {
			set_place(ctl, 'u', word + strlen("--uri="));
		} else if (text_starts(word, "--remote=")) {
			set_place(ctl, OPT_REMOTE, word + strlen("--remote="));
		} else {
			line.option = option_before(line.command, word);
		}
	}
	return line;
}

static bool offer_value(struct completions *found, struct ctl *ctl,
			const struct parsed *line, const char *prefix)
{
	switch (line->option) {
	case 0:
		return false;
	case 'f':
		offer_words(found, prefix, args_formats);
		break;
	case OPT_COLOR:
		offer_words(found, prefix, args_colors);
		break;
	case OPT_COLUMNS:
		if (line->command)
			offer_columns(found, prefix, line->command);
		break;
	case OPT_REMOTE:
		offer_remotes(found, prefix, "");
		break;
	case 'u':
		offer_remotes(found, prefix, "remote:");
		break;
	case 't': /* a type, or seconds */
		if (line->command != &cmd_stop && line->command != &cmd_wait)
			offer_types(found, prefix, ctl);
		break;
	default:
		break;
	}
	return true;
}

static bool is_verb(const struct parsed *line, const char *verb)
{
	return line->verb && strcmp(line->verb, verb) == 0;
}

/* What stands behind a command, where that is not what each word of it is. */
static bool offer_special(struct completions *found, const char *prefix,
			  const struct parsed *line)
{
	/* What the machine runs: nobody here knows its files. */
	if (line->command == &cmd_add && line->operands > 0)
		return true;
	if (line->command == &cmd_images && is_verb(line, "import")) {
		offer_files(found, prefix);
		return true;
	}
	if (line->command != &cmd_remote || !line->verb)
		return false;
	if (line->operands > 1)
		return true;
	if (is_verb(line, "use"))
		offer(found, prefix, "local");
	if (is_verb(line, "use") || is_verb(line, "rm"))
		offer_remotes(found, prefix, "");
	return true;
}

static void offer_all(struct completions *found, struct ctl *ctl,
		      const struct words *words, const char *prefix)
{
	struct parsed line = parse(ctl, words);
	const struct command *command = line.command;

	if (line.wrong || offer_value(found, ctl, &line, prefix))
		return;
	if (*prefix == '-' && !line.dashes) {
		offer_options(found, prefix, args_common);
		if (command)
			offer_options(found, prefix, command->options);
	} else if (!command) {
		offer_commands(found, prefix);
	} else if (command->verbs && !line.verb) {
		offer_words(found, prefix, command->verbs);
	} else if (!offer_special(found, prefix, &line)) {
		offer_operands(found, prefix, ctl, command);
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
	struct ctl here = *ctl; /* the line may name another place */
	struct words words;

	*found = (struct completions){ 0 };
	while (word > line && !strchr(" \t", word[-1]))
		word--;
	before = must(strndup(line, (size_t)(word - line)));
	if (words_split(before, &words))
		return; /* within quotes */
	found->typed = strlen(word);
	offer_all(found, &here, &words, word);
	tidy(found);
	words_free(&words);
	if (here.conn != ctl->conn)
		hyper_close(here.conn);
}

void completions_clear(struct completions *found)
{
	size_t i;

	for (i = 0; i < found->n; i++)
		free(found->words[i]);
	free(found->words);
	*found = (struct completions){ 0 };
}
