/* SPDX-License-Identifier: MIT */
/*
 * bare PORT FILE: an ulfius program that answers every request with the bytes
 * of FILE, in the mode of hyperd's: a thread for each connection. What hyperd
 * takes longer is what it does.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ulfius.h>

static char body[65536];
static size_t len;

static int answer(const struct _u_request *in, struct _u_response *out,
		  void *data)
{
	(void)in;
	(void)data;
	u_map_put(out->map_header, "Content-Type", "application/json");
	ulfius_set_binary_body_response(out, 200, body, len);
	return U_CALLBACK_COMPLETE;
}

int main(int argc, char **argv)
{
	unsigned int flags = MHD_USE_THREAD_PER_CONNECTION |
			     MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
			     MHD_USE_ITC;
	struct MHD_OptionItem options[] = {
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)mhd_request_completed,
		  NULL },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)ulfius_uri_logger,
		  NULL },
		{ MHD_OPTION_END, 0, NULL },
	};
	struct _u_instance instance;
	sigset_t set;
	FILE *file;
	int signal;

	if (argc != 3 || !(file = fopen(argv[2], "r")))
		return 2;
	len = fread(body, 1, sizeof(body), file);
	fclose(file);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (ulfius_init_instance(&instance,
				 (unsigned int)strtoul(argv[1], NULL, 10), NULL,
				 NULL) != U_OK ||
	    ulfius_set_default_endpoint(&instance, answer, NULL) != U_OK ||
	    ulfius_start_framework_with_mhd_options(&instance, flags,
						    options) != U_OK)
		return 1;
	puts("ready");
	fflush(stdout);
	sigwait(&set, &signal);
	ulfius_stop_framework(&instance);
	ulfius_clean_instance(&instance);
	return 0;
}
