// SPDX-License-Identifier: MIT
// hyper for Node: virtual machines and containers behind one API.
"use strict";

const args = require("./args");
const { Connection } = require("./connection");
const { HyperError } = require("./error");
const native = require("./native");
const { Operation } = require("./operations");
const { Outcome } = require("./outcome");
const remotes = require("./remotes");

/** The version of the library that is running. */
const version = native.version;

/** Open a connection: see index.d.ts. */
async function open(uri, options) {
	const given = args.options(options, "readOnly", "localOnly");
	const flags = args.flags(given, "readOnly", "localOnly");
	const path = args.textOrNull(uri, "uri");
	try {
		return new Connection(await native.open(path, flags));
	} catch (reason) {
		throw reason instanceof Error ? reason : HyperError.of(reason);
	}
}

exports.open = open;
exports.version = version;
exports.Connection = Connection;
exports.HyperError = HyperError;
exports.Operation = Operation;
exports.Outcome = Outcome;
exports.remotes = remotes;
