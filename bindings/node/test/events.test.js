// SPDX-License-Identifier: MIT
"use strict";

const assert = require("node:assert");
const { setTimeout: sleep } = require("node:timers/promises");
const { test } = require("node:test");

const { elapsed, everywhere, hyper, machine } = require("./support");

everywhere((world) => {
	test("events come in order, and go on where one was", async () => {
		const { h } = world;
		await h.machines.add(machine("ev"));
		const { seq: after } = await h.machines.list();
		await h.machines.start("ev");
		await h.machines.remove("ev", { force: true });

		const seen = [];
		const events = h.events({ after });
		for await (const event of events) {
			seen.push(event);
			if (event.kind === "operation-ended")
				break;
		}
		assert.deepStrictEqual(seen.map((e) => [e.kind, e.state]), [
			["machine-state", "starting"],
			["machine-state", "running"],
			["operation-ended", "done"],
		]);
		assert.deepStrictEqual(seen.map((e) => e.seq),
			[after + 1, after + 2, after + 3]);
		assert.strictEqual(events.seq, after + 3);
		assert.deepStrictEqual(await events.next(),
			{ done: true, value: undefined });

		for await (const event of h.events({ after: events.seq })) {
			assert.strictEqual(event.seq, events.seq + 1);
			assert.strictEqual(event.state, "removing");
			break;
		}
	});

	test("those who wait get theirs, and an end", async () => {
		const { h } = world;
		const { seq } = await h.machines.list();
		const events = h.events({ after: BigInt(seq) });
		const first = events.next(), second = events.next();
		await sleep(600); // longer than a piece of the wait
		await h.machines.add(machine("late"));
		assert.strictEqual((await first).value.seq, seq + 1);
		assert.strictEqual((await second).value.seq, seq + 2);
		const third = events.next();
		assert.strictEqual((await third).value.kind, "operation-ended");

		const waits = events.next();
		await sleep(50);
		assert.ok(await elapsed(events.return()) < 300);
		assert.deepStrictEqual(await waits,
			{ done: true, value: undefined });
		await h.machines.remove("late");
	});

	test("a signal ends them, with its reason", async () => {
		const { h } = world;
		const { seq: after } = await h.machines.list();
		const controller = new AbortController();
		setTimeout(() => controller.abort(), 50);
		await assert.rejects(async () => {
			for await (const event of h.events(
				{ after, signal: controller.signal }))
				assert.fail(event.kind);
		}, { name: "AbortError" });
		await assert.rejects(
			h.events({ signal: AbortSignal.abort() }).next(),
			{ name: "AbortError" });
	});

	test("many are fetched", async () => {
		const { h } = world;
		const { seq: after } = await h.machines.list();
		for (let i = 0; i < 40; i++) {
			await h.machines.add(machine(`m${i}`));
			await h.machines.remove(`m${i}`);
		}
		const { seq: last } = await h.machines.list();
		assert.ok(last - after > 150);
		let expected = after;
		for await (const { seq } of h.events({ after })) {
			assert.strictEqual(seq, ++expected);
			if (seq === last)
				break;
		}
	});

	test("one cannot begin where there is none", async () => {
		const events = world.h.events({ after: 1_000_000 });
		await assert.rejects(events.next(),
			{ code: "INVALID", field: "after" });
		assert.ok((await events.next()).done);
	});

	test("the end of the connection is told", async () => {
		const h = await hyper.open(world.uri);
		const { seq: after } = await h.machines.list();
		const waits = assert.rejects(h.events({ after }).next(),
			{ code: "CANCELLED" });
		await sleep(50);
		await h.close();
		await waits;
		await assert.rejects(h.events().next(),
			{ code: "INVALID", field: "conn" });
	});
});
