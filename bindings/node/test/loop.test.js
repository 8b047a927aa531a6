// SPDX-License-Identifier: MIT
// Neither the event loop nor the threads of libuv wait for hyper.
"use strict";

const assert = require("node:assert");
const dns = require("node:dns/promises");
const fs = require("node:fs/promises");
const { setTimeout: sleep } = require("node:timers/promises");
const { test } = require("node:test");

const { elapsed, everywhere, scripted } = require("./support");

everywhere((world) => {
	test("timers run while a machine starts", async () => {
		const { machines } = world.h;
		await machines.add(scripted("slow", "start:latency=1500"));
		let ticks = 0;
		const timer = setInterval(() => ticks++, 10);
		const ms = await elapsed(machines.start("slow"));
		clearInterval(timer);
		assert.ok(ms >= 1400, `it took ${ms} ms`);
		assert.ok(ticks > 30, `${ticks} ticks in ${ms} ms`);
		await machines.remove("slow", { force: true });
	});

	test("timers run while many start", async () => {
		const { machines } = world.h;
		await machines.add(scripted("slow-a", "start:latency=1500"));
		await machines.add(scripted("slow-b", "start:latency=1500"));
		let ticks = 0;
		const timer = setInterval(() => ticks++, 10);
		const ms = await elapsed(machines.startAll("id=slow-*"));
		clearInterval(timer);
		assert.ok(ms >= 1400, `it took ${ms} ms`);
		assert.ok(ticks > 30, `${ticks} ticks in ${ms} ms`);
		await machines.removeAll("id=slow-*", { force: true });
	});

	test("files and names are found while many calls wait", async () => {
		const { machines, operations } = world.h;
		const controller = new AbortController();
		const { signal } = controller;
		await machines.add(scripted("hung", "start:latency=60000"));
		const op = await machines.start("hung", { async: true });
		const waits = Array.from({ length: 20 },
			() => op.wait({ signal }));
		// Some that the library itself blocks
		const ids = Array.from({ length: 8 }, (_, i) => `hung${i}`);
		for (const id of ids)
			await machines.add(scripted(id, "start:latency=60000"));
		const starts = ids.map((id) => machines.start(id));
		const ended = Promise.allSettled([...waits, ...starts]);
		await sleep(200);

		const limit = sleep(10_000, null, { ref: false }).then(() =>
			assert.fail("no thread is free for files and names"));
		const work = async () => {
			assert.ok((await fs.readFile(__filename)).length > 0);
			await dns.lookup("localhost");
			// Other calls go on, too.
			const list = await machines.list(
				{ filter: "id=hung*" });
			assert.strictEqual(list.length, 9);
		};
		await Promise.race([work(), limit]);
		assert.strictEqual((await op.refresh()).state, "running");

		controller.abort();
		for (const { id } of await operations.list(
			{ filter: "state=running" }))
			await operations.cancel(id);
		const results = await ended;
		for (const { reason } of results.slice(0, 20))
			assert.strictEqual(reason, signal.reason);
		for (const { reason } of results.slice(20))
			assert.strictEqual(reason.code, "CANCELLED");
		for (const id of ["hung", ...ids])
			await machines.remove(id, { force: true });
	});
});
