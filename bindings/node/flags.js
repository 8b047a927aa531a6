// SPDX-License-Identifier: MIT
// What binding.gyp asks: where node-addon-api and libhyper are.
//
//     node flags.js include | cflags | libs
//
// libhyper is that of pkg-config, or of HYPER_CFLAGS and HYPER_LIBS, where it
// is not installed.
"use strict";

const { execFileSync } = require("node:child_process");
const path = require("node:path");

/** Where napi.h is: of npm or NODE_PATH, else of Debian's package. */
function include() {
	const file = require.resolve("node-addon-api/package.json", {
		paths: [__dirname, ...require.resolve.paths("x"),
			"/usr/share/nodejs"],
	});
	// As a system's header: its warnings are not ours.
	return ["-isystem", path.dirname(file)];
}

function words(variable, option) {
	const text = process.env[variable] ??
		execFileSync("pkg-config", [option, "libhyper"],
			{ encoding: "utf8" });
	return text.split(/\s+/).filter(Boolean);
}

function libs() {
	const all = words("HYPER_LIBS", "--libs");
	// One that is not installed is found where it is.
	const dirs = "HYPER_LIBS" in process.env ?
		all.filter((word) => word.startsWith("-L")) : [];
	return [...all, ...dirs.map((dir) => `-Wl,-rpath,${dir.slice(2)}`)];
}

const answers = {
	include,
	cflags: () => words("HYPER_CFLAGS", "--cflags"),
	libs,
};

console.log(answers[process.argv[2]]().join("\n"));
