// SPDX-License-Identifier: MIT
//
// replay.js DOCUMENT EXCHANGES [all]: holds what was recorded against the
// document. With `all`, each operation must have succeeded at least once.
"use strict";
const fs = require("fs");
const { check } = require("./check.js");
const { readAll } = require("./exchanges.js");

const [, , file, dir, all] = process.argv;
const exchanges = readAll(dir);
const checker = check(JSON.parse(fs.readFileSync(file, "utf8")), exchanges);
const bare = all ? checker.bare() : [];
let pairs = 0;

for (const [name, statuses] of [...checker.covered].sort()) {
	pairs += statuses.size;
	console.log(`${name}: ${[...statuses].sort().join(" ")}`);
}
for (const name of bare)
	console.log(`WRONG nothing recorded succeeds: ${name}`);
for (const error of checker.errors.slice(0, 40))
	console.log(`WRONG ${error.slice(0, 400)}`);
console.log(`${exchanges.length} exchanges, ${checker.covered.size} operations, ` +
	`${pairs} of their statuses, ${checker.errors.length + bare.length} wrong`);
process.exitCode = exchanges.length && !checker.errors.length && !bare.length ? 0 : 1;
