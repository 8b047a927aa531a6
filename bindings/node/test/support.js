// SPDX-License-Identifier: MIT
// What the tests share: the test driver, and a state directory or a hyperd of
// their own. HYPER_BUILD is hyper's build tree, else what is installed is used.
"use strict";

const { execFileSync, spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { after, before, describe } = require("node:test");

const hyper = require("..");

/** A directory that goes when the process ends. */
function scratch() {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), "hyper-node-"));
	process.on("exit", () => fs.rmSync(dir,
		{ recursive: true, force: true }));
	return dir;
}

const build = process.env.HYPER_BUILD;
const hyperd = build ? path.join(build, "bin/hyperd") : "hyperd";

/** A directory with the test driver alone. */
function drivers() {
	const from = build ? path.join(build, "drivers") :
		execFileSync("pkg-config", ["--variable=driverdir", "libhyper"],
			{ encoding: "utf8" }).trim();
	const dir = scratch();
	fs.copyFileSync(path.join(from, "drv_test.so"),
		path.join(dir, "drv_test.so"));
	return dir;
}

process.env.HYPER_DRIVER_DIR = drivers();
// Machines outlive the process, as those of a real engine do.
process.env.HYPER_TEST_KEEP = "yes";
for (const name of ["HYPER_URI", "HYPER_TOKEN", "HYPER_TOKEN_FILE"])
	delete process.env[name];

/** Start a hyperd, and wait until it answers. */
async function startServer(state, socket) {
	const child = spawn(hyperd, ["--state", state, "--socket", socket,
		"--log-level", "error"],
		{ stdio: ["ignore", "pipe", "inherit"] });
	const ended = new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("exit", resolve);
	});
	const ready = new Promise((resolve) => {
		let said = "";
		child.stdout.on("data", (data) => {
			said += data;
			if (/^hyperd: ready/m.test(said))
				resolve();
		});
	});
	await Promise.race([ready, ended.then((code) => {
		throw new Error(`hyperd ended with ${code}`);
	})]);
	return async () => {
		child.kill();
		await ended;
	};
}

/**
 * A place to work in: { state, uri, stop }.
 *
 * @param {string} kind "local" or "unix"
 */
async function place(kind) {
	const dir = scratch();
	const state = path.join(dir, "state");
	if (kind === "local")
		return { state, uri: state, stop: async () => {} };
	const socket = path.join(dir, "hyperd.sock");
	return {
		state, uri: `unix:${socket}`,
		stop: await startServer(state, socket),
	};
}

/**
 * The same tests on a state directory and on a hyperd.
 *
 * @param {function} define gets what is a place once they run, with an open
 *   connection as h
 */
function everywhere(define) {
	for (const kind of ["local", "unix"])
		describe(kind, { timeout: 120_000 }, () => {
			const world = { kind };
			before(async () => {
				Object.assign(world, await place(kind));
				world.h = await hyper.open(world.uri);
			});
			after(async () => {
				await world.h.close();
				await world.stop();
			});
			define(world);
		});
}

/** A machine of the test driver. */
function machine(id, more) {
	return { id, type: "test", image: "demo", ...more };
}

/** One that does what a script says. */
function scripted(id, script) {
	return machine(id, { options: { script } });
}

/** How long something takes, in ms. */
async function elapsed(promise) {
	const begin = performance.now();
	await promise;
	return performance.now() - begin;
}

module.exports = {
	elapsed, everywhere, hyper, machine, place, scratch, scripted,
};
