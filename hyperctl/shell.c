/* SPDX-License-Identifier: MIT */
/* Commands from stdin: with editing, history and completion when it is a
 * terminal, plainly when it is not. */
#include "ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <histedit.h>

#include "words.h"

#define HISTORY_LINES 1000
#define HISTORY_FILE  "hyperctl_history"

struct shell {
	struct ctl *ctl;
	EditLine *el; /* NULL when stdin is no terminal */
	History *history;
	char *path; /* of the history, or NULL */
	bool done;
	int last_failure;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

/* Run one line with its own options; the connection stays open. */
static int run_words(struct shell *shell, const struct words *words)
{
	static char name[] = "hyperctl";
	struct ctl *ctl = shell->ctl;
	struct ctl line = *ctl;
	/* A copy, since the words in it are moved about. */
	char **argv = must(calloc(words->n + 2, sizeof(*argv)));
	int code;

	argv[0] = name;
	memcpy(argv + 1, words->list, words->n * sizeof(*argv));
	code = ctl_run(&line, (int)words->n + 1, argv);
	free(argv);
	if (line.uri == ctl->uri)
		ctl->conn = line.conn;
	else
		hyper_close(line.conn);
	shell->done = line.leave;
	return code;
}

static void run_line(struct shell *shell, const char *text)
{
	struct words words;
	const char *problem = words_split(text, &words);
	int code = CTL_OK;

	if (problem) {
		say("%s", problem);
		shell->last_failure = CTL_USAGE;
		return;
	}
	if (words.n > 0)
		code = run_words(shell, &words);
	if (code != CTL_OK)
		shell->last_failure = code;
	words_free(&words);
	fflush(stdout);
}

/* $XDG_STATE_HOME/hyper/…, with directories as the XDG specification wants
 * them. [new] or NULL when there is no place for it. */
static char *history_path(void)
{
	const char *state = secure_getenv("XDG_STATE_HOME");
	const char *home = secure_getenv("HOME");
	AUTO(free) char *path = NULL;
	char *slash;
	int fd;

	if (state && *state == '/')
		path = must_printf("%s/hyper/%s", state, HISTORY_FILE);
	else if (home && *home == '/')
		path = must_printf("%s/.local/state/hyper/%s", home,
				   HISTORY_FILE);
	else
		return NULL;
	for (slash = strchr(path + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return NULL;
		*slash = '/';
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return NULL;
	(void)fchmod(fd, 0600);
	close(fd);
	slash = path;
	path = NULL;
	return slash;
}

static char *prompt(EditLine *el)
{
	static char text[] = "hyper> ";

	(void)el;
	return text;
}

static void show_completions(const struct completions *found)
{
	size_t i;

	putchar('\n');
	for (i = 0; i < found->n; i++) {
		AUTO(free) char *clean = text_clean(found->words[i]);

		printf("%s%s", clean, i + 1 < found->n ? "  " : "\n");
	}
	fflush(stdout);
}

/* How much all of them have in common. */
static size_t common_length(const struct completions *found)
{
	const char *first = found->words[0];
	size_t length = strlen(first);
	size_t i;

	for (i = 1; i < found->n; i++) {
		size_t n = 0;

		while (n < length && found->words[i][n] == first[n])
			n++;
		length = n;
	}
	return length;
}

/* Insert what is sure; if that is nothing, show what is possible. */
static unsigned char on_tab(EditLine *el, int key)
{
	struct shell *shell;
	const LineInfo *info = el_line(el);
	size_t len = (size_t)(info->cursor - info->buffer);
	AUTO(free) char *line = must(strndup(info->buffer, len));
	AUTO(free) char *more = NULL;
	struct completions found;
	unsigned char result = CC_ERROR;

	(void)key;
	el_get(el, EL_CLIENTDATA, &shell);
	complete(shell->ctl, line, &found);
	if (found.n > 0) {
		const char *word = found.words[0];
		size_t length = common_length(&found);
		bool space = found.n == 1 && !strchr("=/.", word[length - 1]);

		more = must_printf("%.*s%s", (int)(length - found.typed),
				   word + found.typed, space ? " " : "");
		if (*more && el_insertstr(el, more) == 0) {
			result = CC_REFRESH;
		} else {
			show_completions(&found);
			result = CC_REDISPLAY;
		}
	}
	completions_clear(&found);
	return result;
}

static void editor_begin(struct shell *shell)
{
	HistEvent event;

	shell->el = must(el_init("hyperctl", stdin, stdout, stderr));
	shell->history = must(history_init());
	shell->path = history_path();
	history(shell->history, &event, H_SETSIZE, HISTORY_LINES);
	history(shell->history, &event, H_SETUNIQUE, 1);
	if (shell->path)
		history(shell->history, &event, H_LOAD, shell->path);
	el_set(shell->el, EL_CLIENTDATA, shell);
	el_set(shell->el, EL_PROMPT, prompt);
	el_set(shell->el, EL_EDITOR, "emacs");
	el_set(shell->el, EL_HIST, history, shell->history);
	el_set(shell->el, EL_SIGNAL, 1);
	/* (the narrow form leaks its copies) */
	el_wset(shell->el, EL_ADDFN, L"hyper-complete", L"complete a word",
		on_tab);
	el_set(shell->el, EL_BIND, "^I", "hyper-complete", NULL);
	el_set(shell->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	el_source(shell->el, NULL); /* ~/.editrc */
}

/* Kept after each line: a shell may be ended in many ways. */
static void remember(const struct shell *shell, const char *line)
{
	HistEvent event;

	if (!line[strspn(line, " \t\r\n")])
		return;
	history(shell->history, &event, H_ENTER, line);
	if (shell->path)
		history(shell->history, &event, H_SAVE, shell->path);
}

static void editor_end(struct shell *shell)
{
	history_end(shell->history);
	el_end(shell->el);
	free(shell->path);
}

static void interactive(struct shell *shell)
{
	struct sigaction action = { .sa_handler = on_interrupt };
	struct sigaction old;

	editor_begin(shell);
	while (!shell->done) {
		const char *line;
		int len;

		interrupted = 0;
		sigaction(SIGINT, &action, &old);
		line = el_gets(shell->el, &len);
		sigaction(SIGINT, &old, NULL);
		if (line && len > 0) {
			remember(shell, line);
			run_line(shell, line);
			continue;
		}
		putchar('\n');
		if (interrupted)
			el_reset(shell->el);
		else /* Ctrl-D */
			shell->done = true;
	}
	editor_end(shell);
}

static void script(struct shell *shell)
{
	AUTO(free) char *line = NULL;
	size_t size = 0;

	while (!shell->done && getline(&line, &size, stdin) >= 0)
		run_line(shell, line);
}

int shell_run(struct ctl *ctl)
{
	struct shell shell = { .ctl = ctl };

	ctl->shell = true;
	if (isatty(STDIN_FILENO)) {
		interactive(&shell);
		return CTL_OK;
	}
	script(&shell);
	return shell.last_failure;
}
