// SPDX-License-Identifier: MIT
// Builds the addon: node-gyp rebuild, with the headers that are on this
// machine where there are any, for a build needs no network.
"use strict";

const { spawnSync } = require("node:child_process");
const { existsSync } = require("node:fs");
const path = require("node:path");

const prefix = path.resolve(process.execPath, "../..");
const args = ["rebuild", ...process.argv.slice(2)];
if (existsSync(path.join(prefix, "include/node/node_api.h")))
	args.push(`--nodedir=${prefix}`);
// Debian's node-gyp works with Debian's Python, whatever else is in PATH.
const python = "/usr/bin/python3";
if (existsSync(python) && !process.env.npm_config_python)
	args.push(`--python=${python}`);

// npm brings a node-gyp of its own, and tells where.
const gyp = process.env.npm_config_node_gyp;
const [command, first] = gyp ? [process.execPath, [gyp]] : ["node-gyp", []];
const { status, error } = spawnSync(command, [...first, ...args],
	{ cwd: __dirname, stdio: "inherit" });
if (error)
	console.error(`${command}: ${error.message}`);
process.exitCode = status ?? 1;
