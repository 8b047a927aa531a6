/* SPDX-License-Identifier: MIT */
/*
 * Configuration files: an input is one of hyperd's, and a drivers.conf. What
 * is wrong with it is told, and what hyperd prints of it is such a file, too.
 */
#include "fuzz.h"

#include <fcntl.h>

#include "hyperd.h"
#include "local/settings.h"

static char file[600];
static unsigned int told;

static void on_log(int level, const char *text, void *data)
{
	(void)data;
	FUZZ_CHECK(*text && hyp_text_valid(text, strlen(text), false),
		   "logged '%s'", text);
	told += level == HYPER_LOG_ERROR;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	snprintf(file, sizeof(file), "%s/conf", fuzz_dir());
	hyper_log_set(on_log, HYPER_LOG_DEBUG, NULL);
	return 0;
}

static void write_file(const void *data, size_t size)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size, "%s",
		   file);
	close(fd);
}

static int load(struct config *config)
{
	char *argv[] = { (char[]){ "hyperd" }, (char[]){ "--config" }, file,
			 NULL };
	enum action action;
	int rc;

	told = 0;
	rc = config_load(config, 3, argv, &action);
	FUZZ_CHECK(rc == 0 ? !told : rc == EXIT_CONFIG && told,
		   "%d with %u messages", rc, told);
	return rc;
}

/* [new] what hyperd --check-config says, without where each setting is from. */
static char *print(const struct config *config, size_t *ret_len)
{
	FILE *out = stdout;
	char *text = NULL;

	stdout = open_memstream(&text, ret_len);
	FUZZ_CHECK(stdout, "out of memory");
	config_print(config);
	fclose(stdout);
	stdout = out;
	for (char *from; (from = strstr(text, " ; "));) {
		char *end = strchr(from, '\n');

		memmove(from, end, strlen(end) + 1);
	}
	*ret_len = strlen(text);
	return text;
}

/* Was it printed? What no line of a file can hold is only told of. */
static bool is_there(const char *text, enum setting i)
{
	char comment[128];

	snprintf(comment, sizeof(comment), "; %s is what no line",
		 setting_info[i].name);
	for (char *p = comment; *p; p++)
		if (*p == '-')
			*p = '_';
	return !strstr(text, comment);
}

static void check_again(const struct config *config)
{
	size_t len;
	HYP_AUTOFREE char *text = print(config, &len);
	struct config again;

	write_file(text, len);
	FUZZ_CHECK(load(&again) == 0, "%s", text);
	FUZZ_CHECK(!is_there(text, SET_LISTEN) ||
			   config->n_listen == again.n_listen,
		   "%s", text);
	for (enum setting i = 0; i < SET_COUNT; i++)
		FUZZ_CHECK(
			!is_there(text, i) ||
				(!config->text[i] == !again.text[i] &&
				 (!config->text[i] ||
				  strcmp(config->text[i], again.text[i]) == 0)),
			"%s of %s", setting_info[i].name, text);
	config_free(&again);
}

static void hyperd(void)
{
	struct config config;

	if (load(&config) == 0)
		check_again(&config);
	config_free(&config);
}

static bool fits(const char *text, size_t max)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		if (len > max)
			return false;
		text += len + (text[len] != '\0');
	}
	return true;
}

static void drivers(const char *text)
{
	static const char *const keys[] = { "uri", "network", NULL };
	struct hyp_settings settings = { 0 };
	hyper_error *err = NULL;

	if (fuzz_end_user(hyp_settings_read(file, &settings, &err), &err))
		return;
	FUZZ_CHECK(fits(text, 199), "a line was cut");
	for (size_t i = 0; i < settings.map.n; i++) {
		const struct hyp_pair *pair = &settings.map.pairs[i];

		FUZZ_CHECK(*pair->key != '\n' && strchr(pair->key, '\n')[1],
			   "key '%s'", pair->key);
		FUZZ_CHECK(!strchr(pair->value, '\n') &&
				   hyp_text_valid(pair->value,
						  strlen(pair->value), true),
			   "value '%s'", pair->value);
	}
	fuzz_end_user(hyp_settings_check(&settings, "libvirt", keys, &err),
		      &err);
	hyp_settings_free(&settings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HYP_AUTOFREE char *text = NULL;

	write_file(data, size);
	text = fuzz_part(&data, &size, '\0');
	drivers(text);
	hyperd();
	return 0;
}
