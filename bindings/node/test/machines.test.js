// SPDX-License-Identifier: MIT
"use strict";

const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");

const { everywhere, hyper, machine, scripted } = require("./support");

everywhere((world) => {
	test("a machine lives", async () => {
		const { machines } = world.h;
		const added = await machines.add(machine("life", {
			mem: "1G", vcpus: 2n, env: new Map([["A", "b c"]]),
			labels: { tier: "wéb", "a/b": "" }, command: ["x", ""],
			ports: ["8080:80", { guest_port: 53, protocol: "udp" }],
		}));
		assert.strictEqual(added.id, "life");
		assert.strictEqual(added.state, "stopped");
		assert.strictEqual(added.mem, 1024);
		assert.strictEqual(added.vcpus, 2);
		assert.deepStrictEqual(added.env, { A: "b c" });
		assert.deepStrictEqual(added.labels,
			{ "a/b": "", tier: "wéb" });
		assert.deepStrictEqual(added.command, ["x", ""]);
		assert.deepStrictEqual(added.ports[0], {
			host_ip: null, host_port: 8080, guest_port: 80,
			protocol: "tcp",
		});
		assert.strictEqual(added.ports[1].protocol, "udp");

		const started = await machines.start("life");
		assert.strictEqual(started.state, "running");
		assert.ok(started.generation > added.generation);
		assert.deepStrictEqual(
			(await machines.start("life")).state, "running");
		const got = await machines.get("life", { refresh: true });
		assert.strictEqual(got.uuid, added.uuid);
		assert.deepStrictEqual(Object.keys(got), Object.keys(added));

		await assert.rejects(machines.remove("life"),
			{ name: "HyperError", code: "STATE", field: "state" });
		assert.strictEqual((await machines.stop("life",
			{ timeout: 5000 })).state, "stopped");
		assert.strictEqual(await machines.remove("life"), undefined);
		await assert.rejects(machines.get("life"),
			{ code: "NOT_FOUND" });
	});

	test("a stop has a timeout, and force", async () => {
		const { machines } = world.h;
		await machines.add(scripted("deaf", "stop:ignore"));
		await machines.start("deaf");
		await assert.rejects(machines.stop("deaf", { timeout: 50 }), {
			code: "TIMEOUT", driver: "test", message: /50 ms/,
		});
		assert.strictEqual((await machines.stop("deaf",
			{ timeout: 0, force: true })).state, "stopped");
		await machines.remove("deaf", { force: true });
	});

	test("lists have pages, and tell more than their items", async () => {
		const { machines } = world.h;
		for (const [id, mem] of [["l1", 10], ["l2", 20], ["l3", 30]])
			await machines.add(machine(id, { mem }));
		const filter = "id=l*";

		const all = await machines.list(
			{ filter, sort: ["-mem", "id"] });
		assert.ok(Array.isArray(all));
		assert.deepStrictEqual(all.map((m) => m.id),
			["l3", "l2", "l1"]);
		assert.strictEqual(all.total, null);
		assert.strictEqual(all.nextCursor, null);
		assert.ok(Number.isSafeInteger(all.seq) && all.seq > 0);
		assert.deepStrictEqual(Object.keys(all), ["0", "1", "2"]);

		const seen = [];
		let page;
		do {
			page = await machines.list({
				filter, sort: "id", limit: 2, count: true,
				fields: ["id", "mem"], cursor: page?.nextCursor,
			});
			assert.strictEqual(page.total, 3);
			seen.push(...page);
		} while (page.nextCursor);
		assert.deepStrictEqual(seen, [{ id: "l1", mem: 10 },
			{ id: "l2", mem: 20 }, { id: "l3", mem: 30 }]);

		const none = await machines.list({ filter: "id=none" });
		assert.strictEqual(none.length, 0);
		for (const [bad, field] of [
			[{ filter: "mem>many" }, "query"],
			[{ sort: "x" }, "sort"], [{ limit: 10001 }, "limit"],
			[{ cursor: "x" }, "cursor"],
			[{ fields: "x" }, "fields"],
		])
			await assert.rejects(machines.list(bad),
				{ code: "INVALID", field });
		for (const { id } of all)
			await machines.remove(id);
	});

	test("an error says all that the library says", async () => {
		const { machines } = world.h;
		const failed = machines.add(
			scripted("bad", "add@2:error=DRIVER"));
		await assert.rejects(failed, (error) => {
			assert.ok(error instanceof hyper.HyperError);
			assert.ok(error instanceof Error);
			assert.strictEqual(error.code, "DRIVER");
			assert.strictEqual(error.driver, "test");
			assert.strictEqual(error.field, null);
			assert.match(error.stack, /machines\.test\.js/);
			return true;
		});
		await assert.rejects(machines.add(machine("x", { mem: -1 })),
			{ code: "INVALID", field: "mem", driver: null });
		await assert.rejects(
			machines.add(machine("x", { colour: "red" })),
			{ code: "INVALID", field: "colour" });
		await assert.rejects(
			machines.add(machine("x", { labels: { "a b": "" } })),
			{ code: "INVALID", field: /^labels/ });
	});

	test("what would be lost on the way is refused", async () => {
		const { machines } = world.h;
		const refused = (promise, field) =>
			assert.rejects(promise, { code: "INVALID", field });
		await refused(machines.get("a\0b"), "id");
		await refused(machines.get(7), "id");
		await refused(machines.get(), "id");
		await refused(machines.get("a", { fresh: true }), "fresh");
		await refused(machines.stop("a", { force: "no" }), "force");
		await refused(machines.stop("a", { timeout: -1 }), "timeout");
		await refused(machines.stop("a", { timeout: "9" }), "timeout");
		await refused(machines.stop("a", { timeout: NaN }), "timeout");
		await refused(machines.stop("a", { timeout: 2 ** 32 }),
			"timeout");
		await refused(machines.stop("a", 5), "options");
		await refused(machines.add("a"), "machine");
		await refused(machines.add(machine("a", { mem: NaN })), "mem");
		await refused(machines.add(machine("a", { mem: 2n ** 60n })),
			"mem");
		await refused(machines.add(machine("a",
			{ command: new Set(["x"]) })), "command");
		await refused(machines.add(machine("a", { env: { F() {} } })),
			"F");
		await refused(machines.list({ sort: [1] }), "sort");
		await refused(machines.list({ count: 1 }), "count");
		await refused(world.h.operations.get(1.5), "id");
		await refused(world.h.operations.wait(1, { signal: {} }),
			"signal");
		assert.throws(() => world.h.events({ since: 1 }),
			{ code: "INVALID", field: "since" });
		await refused(hyper.open("ftp://x"), "uri");
	});

	test("no key of a map is special", async () => {
		const labels = JSON.parse(
			'{"__proto__": "p", "constructor": "c"}');
		const added = await world.h.machines.add(
			machine("proto", { labels }));
		assert.deepStrictEqual(Object.entries(added.labels).sort(),
			[["__proto__", "p"], ["constructor", "c"]]);
		await world.h.machines.remove("proto");
	});

	test("what others made is adopted and released", async () => {
		const { machines } = world.h;
		const dir = path.join(world.state, "test");
		fs.mkdirSync(dir, { recursive: true });
		fs.writeFileSync(path.join(dir, "stray.machine"),
			"00000000-0000-4000-8000-000000000001 4 -\n");
		const adopted = await machines.adopt("stray",
			{ type: "test", id: "found" });
		assert.strictEqual(adopted.id, "found");
		assert.strictEqual(adopted.adopted, true);
		assert.strictEqual(adopted.state, "running");
		await assert.rejects(machines.adopt("stray"),
			{ code: "EXISTS" });
		await assert.rejects(machines.adopt("nobody"),
			{ code: "NOT_FOUND" });
		await machines.remove("found", { keep: true });
		await assert.rejects(machines.get("found"),
			{ code: "NOT_FOUND" });
	});
});

test("a connection may be read-only, or local only", async () => {
	await assert.rejects(hyper.open("unix:/nowhere", { localOnly: true }),
		{ code: "DENIED" });
	await assert.rejects(hyper.open("/nowhere/at/all", { readOnly: true }),
		{ code: "NOT_FOUND" });
	const h = await hyper.open("unix:/nowhere", { readOnly: true });
	assert.strictEqual(h.isLocal, false);
	await assert.rejects(h.machines.start("a"), { code: "DENIED" });
	await assert.rejects(h.machines.list(), { code: "CONNECT" });
	await h.close();
});
