// SPDX-License-Identifier: MIT
// Servers that have names: `hyper.remotes`. What they do is described in
// index.d.ts.
"use strict";

const args = require("./args");
const { call, callText } = require("./call");
const native = require("./native");

async function add(name, uri, options) {
	const given = args.options(options, "token", "clientCert");
	return call(native.remoteAdd(args.text(name, "name"),
		args.text(uri, "uri"), args.textOrNull(given.token, "token"),
		args.textOrNull(given.clientCert, "clientCert")));
}

async function list() {
	return call(native.remoteList());
}

async function use(name) {
	return call(native.remoteUse(args.text(name, "name")));
}

async function remove(name) {
	return call(native.remoteRemove(args.text(name, "name")));
}

async function fingerprint(uri) {
	return callText(native.remoteFingerprint(args.text(uri, "uri")));
}

async function certificateFingerprint(pem) {
	return callText(native.certificateFingerprint(args.text(pem, "pem")));
}

module.exports = {
	add, certificateFingerprint, fingerprint, list, remove, use,
};
