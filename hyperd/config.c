/* SPDX-License-Identifier: MIT */
/*
 * Where settings come from: the command line, else the environment, else the
 * file, else what is built in.
 */
#include "hyperd.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_FILE "/etc/hyper/hyperd.conf"
#define SECTION	     "hyperd"
/* What inih takes, without "\r\n" and the end of the text. */
#define FILE_LINE_MAX (INI_MAX_LINE - 3)

/* A variable that is set and not empty, or NULL. */
static const char *environment(const char *name)
{
	const char *value = secure_getenv(name);

	return value && *value ? value : NULL;
}

/* --- the file --- */

struct file {
	struct config *config;
	const char *path;
	FILE *stream;
	int line;
	bool failed;
};

static int file_error(struct file *file, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static int file_error(struct file *file, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	hyper_log(HYPER_LOG_ERROR, "%s:%d: %s", file->path, file->line, text);
	file->failed = true;
	return 0;
}

/* inih does not tell its handler the line, and cuts long ones silently: so
 * both are seen to where it reads. */
static char *read_line(char *line, int size, void *data)
{
	struct file *file = data;

	if (file->failed || !fgets(line, size, file->stream))
		return NULL;
	file->line++;
	if (!strchr(line, '\n') && !feof(file->stream)) {
		file_error(file, "the line is longer than %d bytes", size - 3);
		return NULL;
	}
	return line;
}

static int on_key(void *data, const char *section, const char *key,
		  const char *value)
{
	struct file *file = data;
	enum setting setting = setting_find(key);
	char *origin;
	int rc;

	if (!*section)
		return file_error(file,
				  "%s = %s: must stand below [" SECTION "]",
				  key, value);
	if (strcmp(section, SECTION) != 0)
		return file_error(file, "unknown section [%s]", section);
	if (setting == SET_COUNT)
		return file_error(file, "unknown key: %s = %s", key, value);
	if (asprintf(&origin, "%s:%d", file->path, file->line) < 0)
		return file_error(file, "out of memory");
	rc = config_set(file->config, setting, value, LEVEL_FILE, origin);
	free(origin);
	file->failed = rc != 0;
	return rc == 0;
}

static int load_file(struct config *config, const char *path, bool optional)
{
	struct file file = { .config = config, .path = path };
	int rc;

	file.stream = fopen(path, "re");
	if (!file.stream) {
		if (optional && errno == ENOENT)
			return 0;
		hyper_log(HYPER_LOG_ERROR, "%s: %s", path, strerror(errno));
		return -1;
	}
	rc = ini_parse_stream(read_line, &file, on_key, &file);
	if (rc != 0 && !file.failed) {
		file.line = rc;
		file_error(&file, "must be KEY = VALUE or [" SECTION "]");
	}
	if (ferror(file.stream))
		file_error(&file, "cannot be read");
	fclose(file.stream);
	return file.failed ? -1 : 0;
}

/* --- the environment --- */

static void variable_name(enum setting setting, char *out, size_t size)
{
	snprintf(out, size, "HYPERD_%s", setting_info[setting].name);
	for (; *out; out++)
		*out = *out == '-' ? '_' : (char)toupper((unsigned char)*out);
}

/* Several addresses stand there by commas. */
static int set_words(struct config *config, enum setting setting,
		     const char *value, const char *origin)
{
	char *words = strdup(value), *rest = words, *word;
	int rc = words ? 0 : -1;

	while (rc == 0 && (word = strsep(&rest, ",")) != NULL)
		rc = config_set(config, setting, word, LEVEL_ENVIRONMENT,
				origin);
	free(words);
	return rc;
}

static int load_environment(struct config *config)
{
	int rc = 0;

	for (enum setting i = 0; i < SET_COUNT && rc == 0; i++) {
		char name[64];
		const char *value;

		variable_name(i, name, sizeof(name));
		value = environment(name);
		if (value && i == SET_LISTEN)
			rc = set_words(config, i, value, name);
		else if (value)
			rc = config_set(config, i, value, LEVEL_ENVIRONMENT,
					name);
	}
	return rc;
}

/* --- the command line --- */

enum { OPT_CONFIG = SET_COUNT, OPT_CHECK, OPT_HELP, OPT_VERSION, OPT_COUNT };

static void make_options(struct option options[OPT_COUNT + 1])
{
	memset(options, 0, (OPT_COUNT + 1) * sizeof(options[0]));
	for (enum setting i = 0; i < SET_COUNT; i++)
		options[i] = (struct option){
			.name = setting_info[i].name,
			.has_arg = setting_info[i].value ? required_argument
							 : no_argument,
			.val = (int)i,
		};
	options[OPT_CONFIG] = (struct option){ "config", required_argument,
					       NULL, OPT_CONFIG };
	options[OPT_CHECK] =
		(struct option){ "check-config", no_argument, NULL, OPT_CHECK };
	options[OPT_HELP] =
		(struct option){ "help", no_argument, NULL, OPT_HELP };
	options[OPT_VERSION] =
		(struct option){ "version", no_argument, NULL, OPT_VERSION };
}

static void print_option(const char *name, const char *value, const char *help)
{
	const char *line_end;
	int width = printf("  --%s%s%s", name, value ? " " : "",
			   value ? value : "");

	while ((line_end = strchr(help, '\n')) != NULL) {
		printf("%*s%.*s\n", 28 - width, "", (int)(line_end - help),
		       help);
		help = line_end + 1;
		width = 0;
	}
	printf("%*s%s\n", 28 - width, "", help);
}

static void print_help(void)
{
	puts("Usage: hyperd [option]...\n"
	     "Serves hyper's virtual machines and containers over HTTP.\n");
	for (enum setting i = 0; i < SET_COUNT; i++)
		print_option(setting_info[i].name, setting_info[i].value,
			     setting_info[i].help);
	print_option(
		"config", "FILE",
		"read settings from it ($HYPERD_CONFIG, else\n" DEFAULT_FILE
		")");
	print_option("check-config", NULL, "print the settings and exit");
	print_option("help", NULL, "print this and exit");
	print_option("version", NULL, "print the version and exit");
	puts("\nA setting may also stand in the file (socket_mode = 0660) or "
	     "in the\nenvironment (HYPERD_SOCKET_MODE). See hyperd(8).");
}

/* Take what is no setting; settings must wait until the file is read. */
static int read_options(int argc, char **argv, const char **ret_file,
			enum action *ret_action)
{
	struct option options[OPT_COUNT + 1];
	int opt;

	*ret_action = ACTION_SERVE;
	make_options(options);
	optind = 1;
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case OPT_CONFIG:
			*ret_file = optarg;
			break;
		case OPT_CHECK:
			*ret_action = ACTION_CHECK;
			break;
		case OPT_HELP:
			print_help();
			*ret_action = ACTION_EXIT;
			return 0;
		case OPT_VERSION:
			printf("hyperd %s\n", hyper_version());
			*ret_action = ACTION_EXIT;
			return 0;
		case '?':
			return -1; /* getopt has said it */
		}
	}
	if (optind < argc) {
		hyper_log(HYPER_LOG_ERROR,
			  "%s: hyperd takes no arguments; see --help",
			  argv[optind]);
		return -1;
	}
	return 0;
}

static int load_options(struct config *config, int argc, char **argv)
{
	struct option options[OPT_COUNT + 1];
	int opt, rc = 0;

	make_options(options);
	optind = 1;
	while (rc == 0 &&
	       (opt = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (opt < SET_COUNT)
			rc = config_set(config, (enum setting)opt,
					optarg ? optarg : "yes", LEVEL_FLAG,
					"command line");
	return rc;
}

/* --- all together --- */

/* What no setting can tell for itself. */
static int check_together(const struct config *config)
{
	const char *cert = config->text[SET_TLS_CERT];
	const char *key = config->text[SET_TLS_KEY];
	const char *sock = config->text[SET_SOCKET];

	if (!cert != !key) {
		hyper_log(HYPER_LOG_ERROR,
			  "%s: tls-cert and tls-key need each other",
			  config->origin[cert ? SET_TLS_CERT : SET_TLS_KEY]);
		return -1;
	}
	if (config->text[SET_TLS_CLIENT] && !config->text[SET_TLS_CLIENT_CA]) {
		hyper_log(HYPER_LOG_ERROR, "%s: tls-client needs tls-client-ca",
			  config->origin[SET_TLS_CLIENT]);
		return -1;
	}
	if (sock && strcmp(sock, "none") == 0 && config->n_listen == 0 &&
	    config->n_passed == 0) {
		hyper_log(HYPER_LOG_ERROR,
			  "%s: socket is \"none\" and there is no listen: "
			  "nobody could come in",
			  config->origin[SET_SOCKET]);
		return -1;
	}
	return 0;
}

static int load_defaults(struct config *config)
{
	int rc = 0;

	for (enum setting i = 0; i < SET_COUNT && rc == 0; i++)
		if (setting_info[i].fallback)
			rc = config_set(config, i, setting_info[i].fallback,
					LEVEL_DEFAULT, "default");
	return rc;
}

int config_load(struct config *config, int argc, char **argv,
		enum action *ret_action)
{
	const char *file = NULL;
	bool optional = false;

	*config = (struct config){ 0 };
	if (read_options(argc, argv, &file, ret_action) != 0)
		return EXIT_CONFIG;
	if (*ret_action == ACTION_EXIT)
		return 0;
	if (!file)
		file = environment("HYPERD_CONFIG");
	if (!file) {
		file = DEFAULT_FILE;
		optional = true;
	}
	if (load_defaults(config) != 0 ||
	    load_file(config, file, optional) != 0 ||
	    load_environment(config) != 0 ||
	    load_options(config, argc, argv) != 0 ||
	    (config->n_passed = systemd_sockets(&config->passed)) < 0 ||
	    check_together(config) != 0)
		return EXIT_CONFIG;
	return 0;
}

/* Would it be read as it is? A `;` at the beginning, or behind a space, begins
 * a comment, and spaces around a value are none of it. */
static bool is_sayable(const char *value)
{
	const size_t len = strlen(value);

	for (size_t i = 0; i < len; i++)
		if (value[i] == '\n' ||
		    (value[i] == ';' &&
		     (i == 0 || isspace((unsigned char)value[i - 1]))))
			return false;
	return len == 0 || (!isspace((unsigned char)value[0]) &&
			    !isspace((unsigned char)value[len - 1]));
}

/* "key = value ; where", as far as a line of a file may have it. */
static void print_line(const char *key, const char *value, const char *origin)
{
	size_t len = strlen(key) + strlen(" = ") + strlen(value);

	if (!is_sayable(value) || len > FILE_LINE_MAX)
		printf("; %s is what no line of this file can say\n", key);
	else if (len + strlen(" ; ") + strlen(origin) <= FILE_LINE_MAX)
		printf("%s = %s ; %s\n", key, value, origin);
	else
		printf("%s = %s\n", key, value);
}

/* In the file's own form, so that it can become one. */
void config_print(const struct config *config)
{
	puts("[" SECTION "]");
	for (enum setting i = 0; i < SET_COUNT; i++) {
		size_t n = i == SET_LISTEN ? config->n_listen
					   : config->text[i] != NULL;
		char key[64];

		snprintf(key, sizeof(key), "%s", setting_info[i].name);
		for (char *p = key; *p; p++)
			*p = *p == '-' ? '_' : *p;
		for (size_t j = 0; j < n; j++)
			print_line(key,
				   i == SET_LISTEN ? config->listen[j].text
						   : config->text[i],
				   config->origin[i]);
		if (n == 0)
			printf("; %s is not set\n", key);
	}
}
