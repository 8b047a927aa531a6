// SPDX-License-Identifier: MIT
"use strict";

const assert = require("node:assert");
const { test } = require("node:test");

const { elapsed, everywhere, hyper, machine, scripted } = require("./support");

everywhere((world) => {
	test("a change may give its operation", async () => {
		const { machines, operations } = world.h;
		const add = await machines.add(machine("op"), { async: true });
		assert.ok(add instanceof hyper.Operation);
		assert.strictEqual(add.kind, "add");
		assert.strictEqual(add.machine, "op");
		assert.ok(Number.isSafeInteger(add.id));
		const done = await add.wait();
		assert.strictEqual(done.state, "done");
		assert.ok(done.ended);
		assert.strictEqual(done.failure, null);
		assert.strictEqual((await add.refresh()).state, "done");

		const remove = await machines.remove("op", { async: true });
		assert.strictEqual((await remove.wait()).state, "done");

		const list = await operations.list({
			filter: "machine=op", sort: "id", count: true, limit: 1,
		});
		assert.strictEqual(list.total, 2);
		assert.ok(list[0] instanceof hyper.Operation);
		assert.strictEqual(typeof list.nextCursor, "string");
		// As JSON it is the record, in whole and alone.
		assert.deepStrictEqual(
			JSON.parse(JSON.stringify(list[0])),
			JSON.parse(JSON.stringify(
				await operations.get(BigInt(add.id)))));
		assert.deepStrictEqual(Object.keys(list[0]), [
			"id", "kind", "state", "type", "machine", "image",
			"progress", "error", "created_at", "started_at",
			"ended_at", "actor", "program", "pid", "uid", "plan",
		]);
		await assert.rejects(operations.get(999999),
			{ code: "NOT_FOUND" });
	});

	test("a failure is no failure of the wait", async () => {
		const { machines } = world.h;
		await machines.add(scripted("fails", "start:error=DRIVER"));
		await assert.rejects(machines.start("fails"),
			{ code: "DRIVER", driver: "test" });
		const op = await machines.start("fails", { async: true });
		const ended = await op.wait();
		assert.strictEqual(ended.state, "failed");
		assert.strictEqual(ended.error.code, "DRIVER");
		assert.ok(ended.failure instanceof hyper.HyperError);
		assert.strictEqual(ended.failure.driver, "test");
		assert.strictEqual(ended.failure.message, ended.error.detail);
		await assert.rejects(ended.cancel(), { code: "STATE" });
		await machines.remove("fails", { force: true });
	});

	test("a wait has a timeout and a signal", async () => {
		const { machines } = world.h;
		await machines.add(scripted("slow", "start:latency=60000"));
		const op = await machines.start("slow", { async: true });

		await assert.rejects(op.wait({ timeout: 0 }),
			{ code: "TIMEOUT" });
		// Longer than a piece of it
		const begin = performance.now();
		await assert.rejects(op.wait({ timeout: 700 }), {
			code: "TIMEOUT",
			message: `operation ${op.id} has not ended ` +
				"after 700 ms",
		});
		assert.ok(performance.now() - begin >= 690);

		const reason = new Error("enough");
		const controller = new AbortController();
		const warned = [];
		process.on("warning", (warning) => warned.push(warning));
		const waits = Array.from({ length: 20 }, () => assert.rejects(
			op.wait({ signal: controller.signal }), reason));
		setTimeout(() => controller.abort(reason), 50);
		assert.ok(await elapsed(Promise.all(waits)) < 5000);
		assert.deepStrictEqual(warned, []);
		await assert.rejects(op.wait({ signal: controller.signal }),
			reason);
		const late = AbortSignal.timeout(20);
		await assert.rejects(op.wait({ signal: late }),
			{ name: "TimeoutError" });

		assert.strictEqual((await op.refresh()).state, "running");
		assert.strictEqual((await op.cancel()).kind, "start");
		const ended = await op.wait({ timeout: 20_000 });
		assert.strictEqual(ended.state, "cancelled");
		assert.strictEqual(ended.failure.code, "CANCELLED");
		await machines.remove("slow", { force: true });
	});

	test("a long wait sees the end", async () => {
		const { machines } = world.h;
		await machines.add(scripted("long", "start:latency=1200"));
		const op = await machines.start("long", { async: true });
		assert.strictEqual((await op.wait()).state, "done");
		await machines.remove("long", { force: true });
	});
});
