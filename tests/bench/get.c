/* SPDX-License-Identifier: MIT */
/*
 * get SOCKET COUNT TARGET: a round is COUNT GETs, one after the other, on one
 * connection. What each took is told.
 */
#include "bench.h"
#include "http.h"

int main(int argc, char **argv)
{
	struct http http;
	long count;

	need(argc == 4, "run: get SOCKET COUNT TARGET");
	count = strtol(argv[2], NULL, 10);
	need(http_open(&http, argv[1]), "connect");
	while (next_round()) {
		for (long i = 0; i < count; i++) {
			double then = now_us();

			need(http_call(&http, "GET", argv[3], NULL) == 200,
			     argv[3]);
			took("get", then);
		}
	}
	http_close(&http);
	return 0;
}
