/* SPDX-License-Identifier: MIT */
#include "script.h"

#include <signal.h>
#include <string.h>

#include "util/mem.h"
#include "util/strv.h"
#include "util/text.h"
#include "util/time.h"

enum action { LATENCY, DEAF, ERROR, HANG, CRASH, IGNORE };

struct rule {
	char *op;
	uint64_t step;
	enum action action;
	uint32_t latency;
	int code;
};

static const char *const ops[] = {
	"probe", "add",	       "start",	   "stop",   "remove",	     "inspect",
	"list",	 "image-list", "pull",	   "import", "image-remove", "open",
	"watch", "find",       "identify", "plan",   "change",	     NULL
};

static int find_code(const char *name)
{
	for (int code = HYPER_ERR_INVALID; code >= HYPER_ERR_INTERNAL; code--)
		if (strcmp(hyper_code_name(code), name) == 0)
			return code;
	return 0;
}

/* Understand one rule, which is changed by that. */
static bool parse_rule(char *text, struct rule *rule)
{
	char *action = strchr(text, ':'), *value, *step;
	uint64_t number;

	if (!action)
		return false;
	*action++ = '\0';
	rule->op = text;
	rule->step = 1;
	step = strchr(text, '@');
	if (step) {
		*step++ = '\0';
		if (hyp_parse_uint(step, 3, &rule->step) || rule->step == 0)
			return false;
	}
	if (!hyp_words_have(ops, text))
		return false;
	value = strchr(action, '=');
	if (value)
		*value++ = '\0';
	rule->action = strcmp(action, "deaf") == 0 ? DEAF : LATENCY;
	if ((rule->action == DEAF || strcmp(action, "latency") == 0) && value) {
		if (hyp_parse_uint(value, 3600000, &number))
			return false;
		rule->latency = (uint32_t)number;
		return true;
	}
	if (strcmp(action, "error") == 0 && value) {
		rule->action = ERROR;
		rule->code = find_code(value);
		return rule->code != 0;
	}
	rule->action = strcmp(action, "hang") == 0    ? HANG
		       : strcmp(action, "crash") == 0 ? CRASH
						      : IGNORE;
	return !value &&
	       (rule->action != IGNORE || strcmp(action, "ignore") == 0);
}

/* Call fn for each rule until it returns something else than 0; -1 for a rule
 * that makes no sense. */
static int for_each_rule(const char *script,
			 int (*fn)(const struct rule *rule, void *data),
			 void *data)
{
	HYP_AUTOFREE char *copy = script ? strdup(script) : NULL;
	char *rest = copy, *text;
	int rc = 0;

	while (rc == 0 && (text = strsep(&rest, ";")) != NULL) {
		struct rule rule = { 0 };

		text += strspn(text, " ");
		for (size_t len = strlen(text); len && text[len - 1] == ' ';)
			text[--len] = '\0';
		if (*text == '\0')
			continue;
		rc = parse_rule(text, &rule) ? fn(&rule, data) : -1;
	}
	return rc;
}

static int accept_rule(const struct rule *rule, void *data)
{
	(void)rule;
	(void)data;
	return 0;
}

int script_check(const char *script, hyper_error **err)
{
	if (for_each_rule(script, accept_rule, NULL) == 0)
		return 0;
	return hyper_error_set(err, HYPER_ERR_INVALID, "options.script",
			       "script '%.200s': must be OP[@STEP]:ACTION, "
			       "with ';' between",
			       script);
}

struct step {
	const char *op;
	uint64_t number;
	hyper_call *call;
	hyper_error **err;
};

static int wait_for(hyper_call *call, uint32_t ms, hyper_error **err)
{
	int64_t until = hyp_mono_ms() + ms;
	int64_t left;
	int rc = 0;

	while (rc == 0 && (left = until - hyp_mono_ms()) > 0) {
		hyper_call_progress(call, ms - (uint64_t)left, ms, "waiting");
		hyp_sleep_ms(left < 10 ? (uint32_t)left : 10);
		rc = hyper_call_check(call, err);
	}
	return rc;
}

static int run_rule(const struct rule *rule, void *data)
{
	struct step *step = data;

	if (strcmp(rule->op, step->op) != 0 || rule->step != step->number)
		return 0;
	switch (rule->action) {
	case LATENCY:
		if (step->call)
			return wait_for(step->call, rule->latency, step->err);
		/* fallthrough */
	case DEAF:
		hyp_sleep_ms(rule->latency);
		return 0;
	case ERROR:
		return hyper_error_set(step->err, rule->code, NULL,
				       "the script says so");
	case HANG:
		/* As a broken driver does: without a look at the call. */
		for (;;)
			hyp_sleep_ms(1000);
	case CRASH:
		raise(SIGKILL);
		return 0;
	case IGNORE:
		break;
	}
	return 0;
}

int script_run(const char *script, const char *op, int number, hyper_call *call,
	       hyper_error **err)
{
	struct step step = { op, (uint64_t)number, call, err };

	return for_each_rule(script, run_rule, &step);
}

static int is_ignore(const struct rule *rule, void *data)
{
	const char *op = data;

	return rule->action == IGNORE && strcmp(rule->op, op) == 0;
}

bool script_ignores(const char *script, const char *op)
{
	union {
		const char *text;
		void *data;
	} what = { op };

	return for_each_rule(script, is_ignore, what.data) == 1;
}
