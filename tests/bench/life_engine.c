/* SPDX-License-Identifier: MIT */
/*
 * life_engine SOCKET BODY: the same life of a container by the Engine API
 * alone. BODY is the JSON that makes the container.
 */
#include <string.h>

#include "bench.h"
#include "http.h"

#define NAME "/v1.40/containers/raw"

static void call(struct http *http, const char *method, const char *target,
		 const char *body)
{
	int status = http_call(http, method, target, body);

	if (status < 200 || status > 299)
		fprintf(stderr, "%d %s\n", status,
			http->body ? http->body : "");
	need(status >= 200 && status <= 299, target);
}

int main(int argc, char **argv)
{
	struct http http;

	need(argc == 3, "run: life_engine SOCKET BODY");
	need(http_open(&http, argv[1]), "connect");
	while (next_round()) {
		double begin = now_us(), then;

		call(&http, "POST", "/v1.40/containers/create?name=raw",
		     argv[2]);
		then = took("add", begin);
		call(&http, "POST", NAME "/start", NULL);
		then = took("start", then);
		call(&http, "POST", NAME "/stop?t=0", NULL);
		then = took("stop", then);
		call(&http, "DELETE", NAME "?v=1", NULL);
		took("rm", then);
		took("all", begin);
	}
	http_close(&http);
	return 0;
}
