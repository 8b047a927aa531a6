// SPDX-License-Identifier: MIT
// Connections end well, however they end.
"use strict";

const assert = require("node:assert");
const { spawn } = require("node:child_process");
const path = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const { describe, test } = require("node:test");
const { Worker } = require("node:worker_threads");

const { elapsed, everywhere, hyper, machine, place, scripted } =
	require("./support");

/** What every little program begins with. */
const prelude = `
	const hyper = require(${JSON.stringify(path.resolve(__dirname, ".."))});
	const uri = process.env.TEST_URI;
	const spec = { type: "test", image: "demo" };
	const slow = { ...spec, options: { script: "start:latency=60000" } };
	const hang = { ...spec, options: { script: "start:hang" } };
	const sleep = require("timers/promises").setTimeout;
`;

/** Run a program: how it ended, what it said, and how long it took. */
async function run(uri, code, ...flags) {
	const begin = performance.now();
	const child = spawn(process.execPath, [...flags, "-e",
		`${prelude}(async () => {${code}})()`], {
		env: { ...process.env, TEST_URI: uri },
		stdio: ["ignore", "pipe", "inherit"],
	});
	let out = "";
	child.stdout.on("data", (data) => { out += data; });
	const [status, killed] = await new Promise((resolve) =>
		child.on("close", (...how) => resolve(how)));
	return { status, killed, out, ms: performance.now() - begin };
}

async function endsWell(uri, code, ...flags) {
	const { status, killed, out, ms } = await run(uri, code, ...flags);
	assert.deepStrictEqual({ status, killed },
		{ status: 0, killed: null });
	assert.ok(ms < 30_000, `it took ${ms} ms`);
	return out;
}

everywhere((world) => {
	test("close waits, but not the event loop", async () => {
		const h = await hyper.open(world.uri);
		await h.machines.add(scripted("closing", "start:latency=800"));
		const start = h.machines.start("closing");
		let ticks = 0;
		const timer = setInterval(() => ticks++, 10);
		await sleep(50);
		const ms = await elapsed(h.close());
		clearInterval(timer);
		assert.ok(ms > 300, `${ms} ms`);
		assert.ok(ticks > 20, `${ticks} ticks`);
		assert.strictEqual((await start).state, "running");

		assert.strictEqual(await h.close(), undefined);
		await assert.rejects(h.machines.get("closing"),
			{ code: "INVALID", field: "conn" });
		await assert.rejects(h.operations.wait(1),
			{ code: "INVALID", field: "conn" });
		await world.h.machines.remove("closing", { force: true });
	});

	test("close ends waits", async () => {
		const h = await hyper.open(world.uri);
		await world.h.machines.add(
			scripted("waited", "start:latency=60000"));
		const op = await world.h.machines.start("waited",
			{ async: true });
		const wait = assert.rejects(h.operations.wait(op.id),
			{ code: "CANCELLED" });
		await sleep(50);
		assert.ok(await elapsed(h.close()) < 5000);
		await wait;
		await op.cancel();
		await world.h.machines.remove("waited", { force: true });
	});

	test("cancel makes that quick", async () => {
		const h = await hyper.open(world.uri);
		if (world.kind === "unix") {
			await assert.rejects(h.cancel(),
				{ code: "NOT_SUPPORTED" });
			await h.close();
			return;
		}
		await h.machines.add(scripted("quick", "start:latency=60000"));
		const op = await h.machines.start("quick", { async: true });
		const cancelled = { code: "CANCELLED" };
		const { seq: after } = await h.machines.list();
		const waits = [
			assert.rejects(h.machines.stop("quick"), cancelled),
			assert.rejects(op.wait(), cancelled),
			// or closed, if an event came in between
			assert.rejects(async () => {
				for await (const { machine: id } of
					h.events({ after }))
					assert.strictEqual(id, "quick");
			}, { code: /^(CANCELLED|INVALID)$/ }),
		];
		await sleep(100);
		await h.cancel();
		assert.ok(await elapsed(h.close()) < 10_000);
		await Promise.all(waits);
		await world.h.machines.remove("quick", { force: true });
	});

	test("a process ends with what is open", async () => {
		const { uri } = world;
		await endsWell(uri, "await hyper.open(uri)");
		await endsWell(uri, `
			const h = await hyper.open(uri);
			await h.machines.list();
			process.exit(0)`);
		await endsWell(uri, `
			for (let i = 0; i < 8; i++) {
				const h = await hyper.open(uri);
				h.machines.list();
				h.events({ after: 0 }).next();
			}
			process.exit(0)`);
		await endsWell(uri, "hyper.open(uri); process.exit(0)");
		await endsWell(uri, `
			const h = await hyper.open(uri);
			h.close();
			process.exit(0)`);
	});

	test("a process ends amid calls", async () => {
		const { uri } = world;
		const calls = (which) => `
			const h = await hyper.open(uri);
			const { id } = await h.machines.add(${which});
			const op = await h.machines.start(id, { async: true });
			h.machines.stop(id).catch(() => {});
			for (let i = 0; i < 10; i++)
				op.wait();
			const { seq: after } = await h.machines.list();
			h.events({ after }).next();
			await sleep(100);
			process.exit(0)`;
		await endsWell(uri, calls("slow"));
		await endsWell(uri, calls("hang"));
	});

	test("what nobody holds is closed", async () => {
		const out = await endsWell(world.uri, `
			const fs = require("fs");
			const dir = "/proc/self/fd/";
			const open = (fd) => {
				try {
					const to = fs.readlinkSync(dir + fd);
					return /hyper/.test(to);
				} catch {
					return false;
				}
			};
			const files = () =>
				fs.readdirSync(dir).filter(open).length;
			const before = files();
			for (let i = 0; i < 10; i++)
				await (await hyper.open(uri)).machines.list();
			for (let i = 0; i < 200 && files() > before; i++) {
				await sleep(20);
				gc();
			}
			console.log(files() - before)`, "--expose-gc");
		assert.strictEqual(out, "0\n");
	});

	test("what is waited with is held", async () => {
		const out = await endsWell(world.uri, `
			let h = await hyper.open(uri);
			const { id } = await h.machines.add({ ...spec,
				options: { script: "start:latency=700" } });
			const op = await h.machines.start(id, { async: true });
			const wait = h.operations.wait(op.id);
			const events = h.events({ after: op.id });
			h = null;
			const timer = setInterval(gc, 20);
			console.log((await wait).state,
				(await events.next()).done);
			clearInterval(timer)`, "--expose-gc");
		assert.strictEqual(out, "done false\n");
	});
});

describe("workers", { timeout: 120_000 }, () => {
	test("a worker has connections of its own", async () => {
		const { uri } = await place("local");
		const work = (end) => new Worker(`${prelude}(async () => {
			const h = await hyper.open(uri);
			const { id } = await h.machines.add(slow);
			const op = await h.machines.start(id, { async: true });
			op.wait().catch(() => {});
			require("worker_threads").parentPort.postMessage(id);
			${end}
		})()`, { eval: true, env: { ...process.env, TEST_URI: uri } });
		const h = await hyper.open(uri);
		for (const end of ["", "", "process.exit(0)"]) {
			const worker = work(end);
			const id = await new Promise((resolve, reject) => {
				worker.on("message", resolve);
				worker.on("error", reject);
			});
			await worker.terminate();
			// Here it still works, there the machine is as it was.
			assert.strictEqual((await h.machines.get(id)).id, id);
		}
		await h.machines.add(machine("here"));
		for (const { id } of await h.operations.list(
			{ filter: "state=running" }))
			await h.operations.cancel(id);
		await h.close();
	});
});
