// SPDX-License-Identifier: MIT
// Dry runs, and one change of many machines.
"use strict";

const assert = require("node:assert");
const { afterEach, test } = require("node:test");

const { everywhere, hyper, machine, scripted } = require("./support");

/** Is it what is planned, step by step? */
function check(op, kind, ...plan) {
	assert.ok(op instanceof hyper.Operation);
	assert.deepStrictEqual([op.id, op.kind, op.state, op.plan],
		[0, kind, "planned", plan]);
	assert.ok(op.ended);
	assert.strictEqual(op.failure, null);
	assert.ok(!("record" in JSON.parse(JSON.stringify(op))));
}

everywhere((world) => {
	afterEach(() => world.h.machines.removeAll("id=*", { force: true }));

	/** The id of the newest operation, in an array. */
	async function newest() {
		const ops = await world.h.operations.list({ limit: 1 });
		return ops.map(({ id }) => id);
	}

	async function addMany() {
		await world.h.machines.add(machine("many-a"));
		await world.h.machines.add(
			scripted("many-b", "start:error=DRIVER"));
		await world.h.machines.add(machine("many-c"));
	}

	test("a dry run tells what would be done", async () => {
		const { images, machines } = world.h;
		await machines.add(machine("there",
			{ mem: 64, labels: { t: "x" } }));
		const before = await newest();
		const dryRun = true;
		const add = await machines.add(machine("plan", { mem: 99 }),
			{ dryRun });
		check(add, "add", "make the make-believe machine 'plan'");
		assert.deepStrictEqual([add.machine, add.record.id,
			add.record.mem], ["plan", "plan", 99]);
		const start = await machines.start("there",
			{ dryRun, async: true });
		check(start, "start",
			"start the make-believe machine 'there'");
		assert.strictEqual(start.record.state, "running");
		check(await machines.stop("there", { dryRun, timeout: 1 }),
			"stop", "nothing: it is stopped already");
		const change = await machines.change("there",
			{ mem: 77, labels: { t: null } }, { dryRun });
		check(change, "change",
			"change the make-believe machine 'there'",
			"take the label t away");
		assert.strictEqual(change.record.mem, 77);
		const remove = await machines.remove("there", { dryRun });
		check(remove, "remove",
			"remove the make-believe machine 'there'");
		assert.strictEqual(remove.record, null);
		const pull = await images.pull("test", "new", { dryRun });
		check(pull, "pull", "pull the make-believe image 'new'");
		assert.strictEqual(pull.record, null);
		check(await images.remove("test", "tiny", { dryRun }),
			"image-remove",
			"remove the make-believe image 'tiny'");
		assert.deepStrictEqual(await newest(), before);
		const all = await machines.list();
		assert.deepStrictEqual(all.map((m) => [m.id, m.mem, m.state]),
			[["there", 64, "stopped"]]);
		// Those that are recorded have none.
		const op = await machines.start("there", { async: true });
		assert.deepStrictEqual([op.plan, op.record], [null, null]);
		await op.wait();
	});

	test("what would be refused is refused", async () => {
		const { machines } = world.h;
		const first = await machines.add(machine("there"));
		await machines.start("there");
		const dryRun = true;
		await assert.rejects(machines.add(machine("there"), { dryRun }),
			{ code: "EXISTS", field: "id" });
		await assert.rejects(machines.remove("there", { dryRun }),
			{ code: "STATE", field: "state" });
		await assert.rejects(machines.stop("there",
			{ dryRun, generation: first.generation }),
		{ code: "STATE", field: "generation" });
		await assert.rejects(machines.adopt("nobody",
			{ type: "test", dryRun }), { code: "NOT_FOUND" });
		await assert.rejects(machines.start("there", { dryRun: 1 }),
			{ code: "INVALID", field: "dryRun" });
		// A key is not used up.
		for (const planned of [true, false])
			await machines.stop("there",
				{ force: true, key: "k", dryRun: planned });
		assert.strictEqual((await machines.get("there")).state,
			"stopped");
	});

	test("what fails for one does not keep it from others", async () => {
		const { machines } = world.h;
		await addMany();
		const outcomes = await machines.startAll("id=many-*");
		assert.deepStrictEqual(outcomes.map(({ id }) => id),
			["many-a", "many-b", "many-c"]);
		const [a, b, c] = outcomes;
		for (const good of [a, c]) {
			assert.ok(good instanceof hyper.Outcome);
			assert.ok(good.operation instanceof hyper.Operation);
			assert.strictEqual(good.machine.state, "running");
			assert.strictEqual(good.operation.state, "done");
			assert.strictEqual(good.error, null);
		}
		assert.ok(b.error instanceof hyper.HyperError);
		assert.deepStrictEqual([b.error.code, b.error.driver, b.machine,
			b.operation.state], ["DRIVER", "test", null, "failed"]);
		const shown = JSON.parse(JSON.stringify(b));
		assert.strictEqual(shown.error.detail, b.error.message);
		// The operations are those of this connection.
		assert.deepStrictEqual(await a.operation.refresh(),
			a.operation);
	});

	test("a page of them is changed, stopped, removed", async () => {
		const { machines } = world.h;
		await addMany();
		const changed = await machines.changeAll("id=many-*",
			{ mem: 77 }, { sort: ["-id"], limit: 2 });
		assert.deepStrictEqual(
			changed.map((one) => [one.id, one.machine.mem]),
			[["many-c", 77], ["many-b", 77]]);
		await machines.startAll("id=many-a");
		const some = await machines.removeAll("id=many-*");
		assert.deepStrictEqual(some.map(({ error }) => error?.field),
			["state", undefined, undefined]);
		const [stopped] = await machines.stopAll("id=many-*",
			{ timeout: 5000 });
		assert.strictEqual(stopped.machine.state, "stopped");
		const [kept] = await machines.removeAll("id=many-*",
			{ keep: true });
		assert.strictEqual(kept.error.code, "STATE");
		const [gone] = await machines.removeAll("id=many-*");
		assert.deepStrictEqual([gone.machine, gone.operation.kind],
			[null, "remove"]);
		assert.deepStrictEqual(await machines.removeAll("id=many-*"),
			[]);
	});

	test("many are planned, or not waited for", async () => {
		const { machines } = world.h;
		await addMany();
		const planned = await machines.startAll("id=many-*",
			{ dryRun: true });
		assert.deepStrictEqual(
			planned.map(({ operation }) => operation.plan),
			["a", "b", "c"].map((id) =>
				[`start the make-believe machine 'many-${id}'`]));
		const begun = await machines.startAll("id=many-*",
			{ async: true });
		const ends = await Promise.all(
			begun.map(({ operation }) => operation.wait()));
		assert.deepStrictEqual(ends.map(({ state }) => state),
			["done", "failed", "done"]);
	});

	test("it must be said which", async () => {
		const { machines } = world.h;
		for (const bad of [undefined, null, "", "colour=red", 7])
			await assert.rejects(machines.stopAll(bad),
				{ code: "INVALID", field: "query" });
		await assert.rejects(machines.changeAll("id=*"),
			{ code: "INVALID", field: "changes" });
		await assert.rejects(machines.startAll("id=*", { key: "k" }),
			{ code: "INVALID", field: "key" });
	});
});
