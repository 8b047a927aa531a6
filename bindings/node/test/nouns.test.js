// SPDX-License-Identifier: MIT
// What is neither machine, operation nor event.
"use strict";

const assert = require("node:assert");
const { test } = require("node:test");

const { everywhere, hyper, machine } = require("./support");

everywhere((world) => {
	test("a connection tells of itself", async () => {
		const { h } = world;
		assert.match(hyper.version, /^\d+\.\d+\.\d+$/);
		const info = await h.info();
		assert.strictEqual(info.version, hyper.version);
		assert.match(info.instance, /^[0-9a-f-]{36}$/);
		assert.ok(info.features.includes("async"));
		assert.strictEqual(h.isLocal, world.kind === "local");
		assert.strictEqual(h.uri, h.isLocal ?
			`file:${world.state}` : world.uri);
	});

	test("drivers are listed", async () => {
		const [driver, ...others] = await world.h.drivers.list();
		assert.deepStrictEqual(others, []);
		assert.strictEqual(driver.name, "test");
		assert.strictEqual(driver.available, true);
		assert.deepStrictEqual(driver.kinds, ["vm", "container"]);
	});

	test("images come and go", async () => {
		const { images, machines } = world.h;
		const names = async () => {
			const all = await images.list({ type: "test" });
			return all.map((image) => image.name);
		};
		assert.ok((await names()).includes("demo"));
		assert.strictEqual((await images.pull("test", "new")).name,
			"new");
		await machines.add(machine("user", { image: "new" }));
		await assert.rejects(images.remove("test", "new"),
			{ code: "BUSY" });
		await machines.remove("user");
		assert.strictEqual(await images.remove("test", "new"),
			undefined);

		const op = await images.import("test", "in", __filename,
			{ async: true });
		assert.strictEqual(op.kind, "import");
		assert.strictEqual((await op.wait()).state, "done");
		assert.strictEqual((await images.get("test", "in")).type,
			"test");
		await images.import("test", "in2", __filename);
		const remove = await images.remove("test", "in",
			{ async: true });
		assert.strictEqual((await remove.wait()).failure, null);
		await assert.rejects(images.get("test", "in"),
			{ code: "NOT_FOUND" });
		await assert.rejects(images.pull("test", "no-such"));
		await assert.rejects(images.list({ type: "none" }),
			{ code: "NO_DRIVER" });
	});

	test("the doctor finds nothing", async () => {
		assert.deepStrictEqual(await world.h.doctor(), []);
		assert.deepStrictEqual(await world.h.doctor({ repair: true }),
			[]);
	});
});
