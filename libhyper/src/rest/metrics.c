/* SPDX-License-Identifier: MIT */
/*
 * /metrics: what the library says of its state, and how requests went in this
 * process. Nothing is locked to count: a scrape may see a request in one
 * number and not yet in the next.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "rest/rest.h"
#include "util/metric.h"

/* "1xx" to "5xx" */
#define CLASSES 5

static const struct {
	int64_t us;
	const char *text;
} limits[] = {
	{ 1000, "0.001" },    { 2500, "0.0025" },    { 5000, "0.005" },
	{ 10000, "0.01" },    { 25000, "0.025" },    { 50000, "0.05" },
	{ 100000, "0.1" },    { 250000, "0.25" },    { 500000, "0.5" },
	{ 1000000, "1" },     { 2500000, "2.5" },    { 5000000, "5" },
	{ 10000000, "10" },   { 30000000, "30" },    { 60000000, "60" },
	{ 300000000, "300" }, { INT64_MAX, "+Inf" },
};

/* The last route is for what has none. */
static struct {
	_Atomic int64_t by_class[CLASSES];
	_Atomic int64_t took[HYP_COUNT(limits)]; /* each alone, no sums */
	_Atomic int64_t took_us;
	_Atomic bool asked;
} routes[HYP_ROUTE_COUNT + 1];

void hyp_rest_count(enum hyp_route route, int status, int64_t us)
{
	size_t class = status >= 100 && status < 600 ? (size_t)status / 100 : 5;
	size_t i = 0;

	while (us > limits[i].us)
		i++;
	atomic_fetch_add(&routes[route].by_class[class - 1], 1);
	atomic_fetch_add(&routes[route].took[i], 1);
	atomic_fetch_add(&routes[route].took_us, us);
	atomic_store(&routes[route].asked, true);
}

static const char *path_of(enum hyp_route route)
{
	return route == HYP_ROUTE_COUNT ? "none" : hyp_route_pattern(route);
}

static const char *method_of(enum hyp_route route)
{
	return route == HYP_ROUTE_COUNT ? "any" : hyp_route_method(route);
}

static void add_requests(struct hyp_buf *to, enum hyp_route route)
{
	static const char *const names[CLASSES] = { "1xx", "2xx", "3xx", "4xx",
						    "5xx" };

	for (size_t i = 0; i < CLASSES; i++) {
		int64_t n = atomic_load(&routes[route].by_class[i]);

		if (n > 0)
			hyp_metric_sample(to, "hyper_http_requests_total",
					  HYP_LABELS("route", path_of(route),
						     "method", method_of(route),
						     "code", names[i]),
					  n, 1);
	}
}

static void add_histogram(struct hyp_buf *to, enum hyp_route route)
{
	const char *const *labels =
		HYP_LABELS("route", path_of(route), "method", method_of(route));
	int64_t n = 0;

	if (!atomic_load(&routes[route].asked))
		return; /* most programs use few of them */
	for (size_t i = 0; i < HYP_COUNT(limits); i++) {
		n += atomic_load(&routes[route].took[i]);
		hyp_metric_sample(
			to, "hyper_http_request_duration_seconds_bucket",
			HYP_LABELS("route", path_of(route), "method",
				   method_of(route), "le", limits[i].text),
			n, 1);
	}
	hyp_metric_sample(to, "hyper_http_request_duration_seconds_sum", labels,
			  atomic_load(&routes[route].took_us), 1000000);
	hyp_metric_sample(to, "hyper_http_request_duration_seconds_count",
			  labels, n, 1);
}

static void add_all(struct hyp_buf *to)
{
	hyp_metric_family(to, "hyper_http_requests_total", "counter",
			  "Requests that this process has answered, by route "
			  "and class of the status.");
	for (enum hyp_route i = 0; i <= HYP_ROUTE_COUNT; i++)
		add_requests(to, i);
	hyp_metric_family(to, "hyper_http_request_duration_seconds",
			  "histogram",
			  "How long requests took until their answer was "
			  "there to be sent.");
	for (enum hyp_route i = 0; i <= HYP_ROUTE_COUNT; i++)
		add_histogram(to, i);
}

int hyp_rest_metrics(struct hyp_rest_call *call, hyper_error **err)
{
	HYP_AUTOFREE char *text = NULL, *all = NULL;
	HYP_AUTOBUF buf = HYP_BUF_INIT;
	int rc = hyper_conn_metrics(call->conn, 0, &text, err);

	if (rc)
		return rc;
	hyp_buf_adds(&buf, text);
	/* A hyperd behind a hyperd has told of its own requests. */
	if (hyper_conn_is_local(call->conn))
		add_all(&buf);
	all = hyp_buf_take(&buf);
	return all ? hyp_rest_send_text(
			     call, "text/plain; version=0.0.4; charset=utf-8",
			     all, err)
		   : hyp_nomem(err);
}
