// SPDX-License-Identifier: MIT
// Changes of machines, on which terms, who may ask, and how a connection does.
"use strict";

const assert = require("node:assert");
const { test } = require("node:test");

const { everywhere, hyper, machine, scratch } = require("./support");

process.env.XDG_CONFIG_HOME = scratch();

everywhere((world) => {
	test("a machine is changed", async () => {
		const { machines } = world.h;
		await machines.add(machine("c",
			{ mem: 64, labels: { old: "x", a: "b" } }));
		const changed = await machines.change("c", { mem: "1G",
			vcpus: 2n, autostart: false,
			labels: new Map([["new", "y"], ["old", null]]) });
		assert.strictEqual(changed.mem, 1024);
		assert.strictEqual(changed.vcpus, 2);
		assert.deepStrictEqual(changed.labels, { a: "b", new: "y" });
		const op = await machines.change("c", { mem: 64 },
			{ async: true });
		assert.strictEqual(op.kind, "change");
		assert.strictEqual((await op.wait()).state, "done");
		for (const [field, value] of [["mem", null], ["mem", "much"],
			["labels", 7], ["image", "tiny"], ["nosuch", 1]])
			await assert.rejects(
				machines.change("c", { [field]: value }),
				{ code: "INVALID", field });
		await assert.rejects(machines.change("c"),
			{ code: "INVALID", field: "changes" });
		await assert.rejects(machines.change("c", {}, { force: true }),
			{ code: "INVALID", field: "force" });
		await machines.remove("c");
	});

	test("a change is of one generation only", async () => {
		const { machines } = world.h;
		const first = await machines.add(machine("g"));
		const second = await machines.start("g",
			{ generation: first.generation });
		const late = { force: true, generation: first.generation };
		const stale = { code: "STATE", field: "generation" };
		await assert.rejects(machines.stop("g", late), stale);
		await assert.rejects(machines.remove("g", late), stale);
		await assert.rejects(machines.change("g", {},
			{ generation: late.generation }), stale);
		// What a record was not asked for is not "any".
		const [some] = await machines.list(
			{ filter: "id=g", fields: ["id"] });
		for (const generation of [some.generation, null, 0, -1, "2"])
			await assert.rejects(
				machines.remove("g", { force: true, generation }),
				{ code: "INVALID", field: "generation" });
		await assert.rejects(machines.add(machine("x"),
			{ generation: 1 }), { code: "INVALID" });
		await machines.remove("g", { force: true,
			generation: BigInt(second.generation) });
	});

	test("the same request is made once", async () => {
		const { images, machines } = world.h;
		const key = "add \"it\"";
		const first = await machines.add(machine("k"), { key });
		const again = await machines.add(machine("k"), { key });
		assert.strictEqual(again.uuid, first.uuid);
		await assert.rejects(machines.start("k", { key }),
			{ code: "INVALID", field: "key" });
		await assert.rejects(machines.start("k", { key: 7 }),
			{ code: "INVALID", field: "key" });
		const start = { key: "start it", async: true };
		const op = await machines.start("k", start);
		await op.wait();
		await machines.stop("k", { force: true, key: null });
		assert.strictEqual((await machines.start("k", start)).id, op.id);
		assert.strictEqual((await machines.get("k")).state, "stopped");
		for (let i = 0; i < 2; i++)
			await images.pull("test", "again", { key: "pull it" });
		for (let i = 0; i < 2; i++)
			await images.remove("test", "again", { key: "rm it" });
		for (let i = 0; i < 2; i++)
			await machines.remove("k", { key: "remove it" });
	});

	test("somebody asks", async () => {
		const { h } = world;
		if (!h.isLocal) {
			await assert.rejects(h.view({ actor: "user:alice" }),
				{ code: "NOT_SUPPORTED" });
			return;
		}
		const alice = await h.view({ actor: "user:alice" });
		await alice.machines.add(machine("a"));
		const bob = await alice.view({ actor: "user:bob" });
		assert.deepStrictEqual([h.actor, alice.actor, bob.actor],
			[null, "user:alice", "user:bob"]);
		await bob.machines.remove("a");
		await alice.close(); // which does nothing
		const ops = await alice.operations.list(
			{ filter: "machine=a", sort: "id" });
		assert.deepStrictEqual(ops.map((op) => op.actor),
			["user:alice", "user:bob"]);
		await assert.rejects(h.view({ actor: "a\nb" }),
			{ code: "INVALID", field: "actor" });
		await assert.rejects(h.view(),
			{ code: "INVALID", field: "actor" });

		const other = await hyper.open(world.uri);
		const view = await other.view({ actor: "user:carol" });
		await other.close();
		await assert.rejects(view.machines.list(),
			{ code: "INVALID", field: "conn" });
	});

	test("tokens come and go", async () => {
		const { tokens, isLocal } = world.h;
		const expiresAt = new Date(Date.now() + 3_600_000);
		const token = await tokens.add("CI", "operator",
			{ expiresAt });
		assert.strictEqual(token.name, "ci");
		assert.strictEqual(token.role, "operator");
		assert.strictEqual(token.expires_at, expiresAt.toISOString());
		const { secret, ...known } = token;
		assert.match(secret, /^hyper_/);
		assert.deepStrictEqual(await tokens.list(), [known]);
		await assert.rejects(tokens.add("ci", "viewer"),
			{ code: "EXISTS", field: "name" });
		await assert.rejects(tokens.add("x", "root"),
			{ code: "INVALID", field: "role" });
		await assert.rejects(tokens.add("x", "viewer",
			{ expiresAt: new Date(0) }),
		{ code: "INVALID", field: "expires_at" });
		for (const bad of [new Date(NaN), "2100-01-01", 7])
			await assert.rejects(tokens.add("x", "viewer",
				{ expiresAt: bad }),
			{ code: "INVALID", field: "expiresAt" });
		if (isLocal) {
			assert.deepStrictEqual(await tokens.check(secret),
				known);
			await assert.rejects(tokens.check("nobody's"),
				{ code: "AUTH" });
		}
		await tokens.remove("ci");
		assert.deepStrictEqual(await tokens.list(), []);
	});

	test("a connection tells how it does", async () => {
		const { h } = world;
		assert.strictEqual(await h.checkReady(), undefined);
		assert.match(await h.metrics(), /^hyper_build_info\{/m);
		await assert.rejects(h.machines.get("nobody"), (error) =>
			(error.requestId === null) === h.isLocal);
		const nowhere = await hyper.open("unix:/nowhere");
		await assert.rejects(nowhere.checkReady(), { code: "CONNECT" });
		await nowhere.close();
		if (h.isLocal)
			await h.announce("unix:/nowhere");
		else
			await assert.rejects(h.announce("unix:/nowhere"),
				{ code: "NOT_SUPPORTED" });
	});
});

test("servers have names", async () => {
	const { remotes } = hyper;
	await remotes.add("lab", "https://lab.example", { token: "s3cret" });
	await remotes.use("lab");
	assert.deepStrictEqual(await remotes.list(), [{
		name: "lab", uri: "https://lab.example", client_cert: null,
		has_token: true, in_use: true,
	}]);
	await assert.rejects(remotes.add("lab", "unix:/s"),
		{ code: "EXISTS", field: "name" });
	await assert.rejects(remotes.remove("lab"), { code: "STATE" });
	await remotes.use("local");
	await remotes.remove("lab");
	assert.deepStrictEqual(await remotes.list(), []);
	await assert.rejects(remotes.fingerprint("https://127.0.0.1:1"),
		{ code: "CONNECT" });
	await assert.rejects(remotes.certificateFingerprint("none"),
		{ code: "INVALID" });
});
