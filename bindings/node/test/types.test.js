// SPDX-License-Identifier: MIT
// index.d.ts is what lib/ has, and TypeScript thinks so, too.
"use strict";

const assert = require("node:assert");
const { spawnSync } = require("node:child_process");
const path = require("node:path");
const { test } = require("node:test");

const { hyper, scratch } = require("./support");

const tsc = process.env.TSC ?? "tsc";
const missing = spawnSync(tsc, ["--version"]).error &&
	"no tsc: apt-get install node-typescript";

/** What tsc says of a file. */
function check(file) {
	return spawnSync(tsc, ["--noEmit", "--strict", "--target", "es2022",
		"--module", "commonjs", "--lib", "es2022,dom",
		path.join(__dirname, file)],
	{ encoding: "utf8" });
}

test("programs that are right have types", { skip: missing }, () => {
	const { status, stdout } = check("types.ts");
	assert.strictEqual(status, 0, stdout);
});

test("the names are all there", async () => {
	assert.deepStrictEqual(Object.keys(hyper).sort(), [
		"Connection", "HyperError", "Operation", "Outcome", "open",
		"remotes", "version",
	]);
	const h = await hyper.open(scratch());
	const names = (object) => Object.getOwnPropertyNames(
		Object.getPrototypeOf(object)).sort();
	assert.deepStrictEqual(names(h), ["actor", "announce", "cancel",
		"checkReady", "close", "constructor", "doctor", "events",
		"info", "isLocal", "metrics", "uri", "view"]);
	assert.deepStrictEqual(Object.keys(h),
		["machines", "images", "operations", "drivers", "tokens"]);
	assert.deepStrictEqual(names(h.machines), ["add", "adopt", "change",
		"changeAll", "constructor", "get", "list", "remove",
		"removeAll", "start", "startAll", "stop", "stopAll"]);
	assert.deepStrictEqual(names(h.tokens), ["add", "check",
		"constructor", "list", "remove"]);
	assert.deepStrictEqual(Object.keys(hyper.remotes), ["add",
		"certificateFingerprint", "fingerprint", "list", "remove",
		"use"]);
	assert.deepStrictEqual(names(h.images), ["constructor", "get",
		"import", "list", "pull", "remove"]);
	await h.close();
});
