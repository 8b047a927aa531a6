/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define BAR_WIDTH 24
/* What is faster than this needs no progress. */
#define DELAY_MS 250

static bool drawn;

bool progress_wanted(void)
{
	const char *term = secure_getenv("TERM");

	return term && strcmp(term, "dumb") != 0 && isatty(STDERR_FILENO);
}

static size_t width(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
		return size.ws_col - 1; /* no wrap in the last column */
	return 79;
}

/* Cut a clean text to what fits into so many columns. */
static void cut(char *text, size_t columns)
{
	mbstate_t state = { 0 };
	size_t left = strlen(text);

	while (left > 0) {
		wchar_t wc;
		size_t n = mbrtowc(&wc, text, left, &state);
		int w = n > left ? -1 : wcwidth(wc);

		if (w < 0 || (size_t)w > columns) {
			*text = '\0';
			return;
		}
		columns -= (size_t)w;
		text += n;
		left -= n;
	}
}

static void put_bar(FILE *to, uint64_t done, uint64_t total)
{
	double part = done < total ? (double)done / (double)total : 1;
	int full = (int)(part * BAR_WIDTH);
	int i;

	fputs(" [", to);
	for (i = 0; i < BAR_WIDTH; i++)
		fputc(i < full ? '#' : '.', to);
	fprintf(to, "] %3.0f%%", part * 100);
}

/* [new] "| start web1 3s (2 more): booting" */
static char *describe(const hyper_operation *op, size_t left, int64_t since_ms)
{
	int64_t elapsed = mono_ms() - since_ms;
	const char *about = hyper_operation_machine(op);
	const char *step = hyper_operation_step(op);
	uint64_t total = hyper_operation_total(op);
	char *text;
	size_t len;
	FILE *to = must(open_memstream(&text, &len));

	if (!about)
		about = hyper_operation_image(op);
	fprintf(to, "%c %s %s", "|/-\\"[elapsed / 100 % 4],
		hyper_operation_kind(op), about ? about : "");
	if (total > 0)
		put_bar(to, hyper_operation_done(op), total);
	fprintf(to, " %llds", (long long)(elapsed / 1000));
	if (left > 1)
		fprintf(to, " (%zu more)", left - 1);
	if (hyper_operation_state(op) == HYPER_OP_QUEUED)
		fputs(": waits for its turn", to);
	else if (step)
		fprintf(to, ": %s", step);
	if (fclose(to) != 0)
		must(NULL);
	return text;
}

void progress_draw(const hyper_operation *op, size_t left, int64_t since_ms)
{
	AUTO(free) char *text = NULL;
	AUTO(free) char *clean = NULL;

	if (mono_ms() - since_ms < DELAY_MS)
		return;
	text = describe(op, left, since_ms);
	clean = text_clean(text);
	cut(clean, width());
	fprintf(stderr, "\r%s\033[K", clean);
	fflush(stderr);
	drawn = true;
}

void progress_erase(void)
{
	if (drawn)
		fputs("\r\033[K", stderr);
	drawn = false;
}
