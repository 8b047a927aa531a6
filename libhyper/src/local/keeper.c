/* SPDX-License-Identifier: MIT */
/* What is seen to while a connection is open, whoever uses it. */
#include "local/engine.h"
#include "local/observer.h"
#include "local/stray.h"
#include "util/time.h"

/* When to begin: programs that ask one thing and go need no engine for that;
 * and how often to look, ms. */
#define DELAY	 200
#define INTERVAL 2000

/* Also those drivers whose first machine another process has added. */
static void observe_drivers(struct hyp_local *local)
{
	HYP_AUTOSTRV names = { 0 };

	{
		HYP_AUTOTX tx = HYP_TX_INIT;

		if (hyp_tx_read(local->store, &tx, NULL) ||
		    hyp_machine_drivers(&tx, &names, NULL) ||
		    hyp_stray_drivers(&tx, &names, NULL))
			return;
	}
	for (size_t i = 0; i < names.n; i++) {
		struct hyp_plugin *plugin;

		if (hyp_plugin_find(local, names.items[i], &plugin, NULL) == 0)
			hyp_observe_start(plugin);
	}
}

static void keeper_main(void *data)
{
	struct hyp_local *local = data;
	uint32_t pause = DELAY;

	/* What was there when it was opened is recovered already. */
	for (; hyp_local_sleep(local, hyp_mono_ms() + pause);
	     pause = INTERVAL) {
		if (pause == INTERVAL)
			hyp_recover_all(local, NULL);
		observe_drivers(local);
	}
}

int hyp_keeper_start(struct hyp_local *local, hyper_error **err)
{
	return hyp_local_spawn(local, keeper_main, local, err);
}
