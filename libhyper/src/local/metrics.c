/* SPDX-License-Identifier: MIT */
/*
 * What a state directory is like in numbers, and whether it can serve. All of
 * it comes from the database, so no engine is waited for, and what other
 * processes do counts as well.
 */
#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "json/json.h"
#include "local/local.h"
#include "local/ops.h"
#include "store/count.h"
#include "util/metric.h"
#include "util/time.h"

/* A state that was written so lately can still be written. */
#define READY_MS 1000

static void add_build(struct hyp_buf *to)
{
	hyp_metric_family(to, "hyper_build_info", "gauge",
			  "Versions of the library and of what it uses.");
	hyp_metric_sample(to, "hyper_build_info",
			  HYP_LABELS("version", hyper_version(), "sqlite",
				     hyp_store_sqlite_version(), "json_c",
				     hyp_json_version(), "curl",
				     hyp_remote_curl_version()),
			  1, 1);
}

/* ms since the Epoch. */
static int64_t process_start(void)
{
	struct hyp_proc_id self;
	struct timespec up;

	if (hyp_proc_self(&self) || clock_gettime(CLOCK_BOOTTIME, &up))
		return 0;
	return hyp_now_ms() - up.tv_sec * 1000 - up.tv_nsec / 1000000 +
	       (int64_t)self.start * 1000 / sysconf(_SC_CLK_TCK);
}

static int64_t count_files(const char *dir)
{
	DIR *stream = opendir(dir);
	int64_t n = 0;

	if (!stream)
		return 0;
	while (readdir(stream))
		n++;
	closedir(stream);
	return n - 3; /* ".", ".." and the one for the folder itself */
}

static int64_t resident_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long long pages = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%*s %lld", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

/* The names are those that all exporters use. */
static void add_process(struct hyp_buf *to)
{
	hyp_metric_family(to, "process_start_time_seconds", "gauge",
			  "When the process started, since the Epoch.");
	hyp_metric_sample(to, "process_start_time_seconds", NULL,
			  process_start(), 1000);
	hyp_metric_family(to, "process_open_fds", "gauge",
			  "Open file descriptors.");
	hyp_metric_sample(to, "process_open_fds", NULL,
			  count_files("/proc/self/fd"), 1);
	hyp_metric_family(to, "process_resident_memory_bytes", "gauge",
			  "Memory in use.");
	hyp_metric_sample(to, "process_resident_memory_bytes", NULL,
			  resident_bytes(), 1);
}

static void add_machines(void *to, const char *driver, int state, int64_t n)
{
	hyp_metric_sample(
		to, "hyper_machines",
		HYP_LABELS("driver", driver, "state", hyper_state_name(state)),
		n, 1);
}

static void add_open(void *to, const char *kind, int state, int64_t n)
{
	hyp_metric_sample(
		to, "hyper_operations_open",
		HYP_LABELS("kind", kind, "state", hyper_op_state_name(state)),
		n, 1);
}

static void add_ended(void *to, const char *kind, int state, int64_t n)
{
	hyp_metric_sample(
		to, "hyper_operations_total",
		HYP_LABELS("kind", kind, "result", hyper_op_state_name(state)),
		n, 1);
}

static void add_up(void *to, const char *driver, int up, int64_t seen_at)
{
	(void)seen_at;
	hyp_metric_sample(to, "hyper_driver_up", HYP_LABELS("driver", driver),
			  up, 1);
}

static void add_seen(void *to, const char *driver, int up, int64_t seen_at)
{
	(void)up;
	hyp_metric_sample(to, "hyper_driver_observed_timestamp_seconds",
			  HYP_LABELS("driver", driver), seen_at, 1000);
}

static int add_state(struct hyp_tx *tx, struct hyp_buf *to, hyper_error **err)
{
	static const struct {
		const char *name, *type, *help;
		int (*count)(struct hyp_tx *, hyp_count_fn *, void *,
			     hyper_error **);
		hyp_count_fn *each;
	} families[] = {
		{ "hyper_machines", "gauge", "Machines, by driver and state.",
		  hyp_machine_count, add_machines },
		{ "hyper_operations_open", "gauge",
		  "Operations that have not ended, by kind and state.",
		  hyp_op_count_open, add_open },
		{ "hyper_operations_total", "counter",
		  "Operations that have ended, by kind and result, of all "
		  "processes since the state directory was made.",
		  hyp_op_count_ended, add_ended },
		{ "hyper_driver_up", "gauge",
		  "1 if the engine of a driver that has machines has answered "
		  "in the last 30 s.",
		  hyp_driver_count, add_up },
		{ "hyper_driver_observed_timestamp_seconds", "gauge",
		  "When all machines of a driver were last seen, since the "
		  "Epoch.",
		  hyp_driver_count, add_seen },
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < HYP_COUNT(families); i++) {
		hyp_metric_family(to, families[i].name, families[i].type,
				  families[i].help);
		rc = families[i].count(tx, families[i].each, to, err);
	}
	return rc;
}

static void add_plugins(struct hyp_local *local, struct hyp_buf *to)
{
	hyp_metric_family(to, "hyper_driver_loaded", "gauge",
			  "1 if the file of a driver could be loaded.");
	for (size_t i = 0; i < local->plugin_count; i++)
		hyp_metric_sample(to, "hyper_driver_loaded",
				  HYP_LABELS("driver", local->plugins[i].name),
				  local->plugins[i].broken == NULL, 1);
}

int hyp_local_metrics(hyper_conn *conn, char **ret_text, hyper_error **err)
{
	struct hyp_local *local = hyp_local_of(conn);
	HYP_AUTOBUF text = HYP_BUF_INIT;
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc = hyp_plugins_load(local, err);

	if (rc)
		return rc;
	add_build(&text);
	add_process(&text);
	add_plugins(local, &text);
	rc = hyp_tx_read(local->store, &tx, err);
	if (rc == 0)
		rc = add_state(&tx, &text, err);
	if (rc)
		return rc;
	*ret_text = hyp_buf_take(&text);
	return *ret_text ? 0 : hyp_nomem(err);
}

/* Whoever asks again and again shall not keep the disk busy. */
static int check_write(struct hyp_local *local, hyper_error **err)
{
	int64_t now = hyp_mono_ms();
	HYP_AUTOTX tx = HYP_TX_INIT;
	int rc;

	if (now < atomic_load(&local->written_at) + READY_MS)
		return 0;
	rc = hyp_tx_write(local->store, &tx, err);
	if (rc == 0)
		rc = hyp_store_touch(&tx, err);
	if (rc == 0)
		rc = hyp_tx_commit(&tx, err);
	if (rc == 0)
		atomic_store(&local->written_at, now);
	return rc;
}

int hyp_local_ready(hyper_conn *conn, hyper_error **err)
{
	struct hyp_local *local = hyp_local_of(conn);
	HYP_AUTOTX tx = HYP_TX_INIT;
	uint64_t seq;
	int rc = hyp_tx_read(local->store, &tx, err);

	if (rc == 0)
		rc = hyp_event_newest(&tx, &seq, err);
	if (rc)
		return rc;
	hyp_tx_end(&tx);
	return conn->flags & HYPER_OPEN_READONLY ? 0 : check_write(local, err);
}
