// SPDX-License-Identifier: MIT
// Images: `h.images`. What they do is described in index.d.ts.
"use strict";

const args = require("./args");
const { call } = require("./call");

class Images {
	#native;
	#operations;
	#actor;

	constructor(native, operations, actor) {
		this.#native = native;
		this.#operations = operations;
		this.#actor = actor;
	}

	async list(options) {
		const given = args.options(options, "type");
		return call(this.#native.imageList(
			args.textOrNull(given.type, "type")));
	}

	async get(type, name) {
		return call(this.#native.imageGet(args.text(type, "type"),
			args.text(name, "name")));
	}

	async pull(type, name, options) {
		return this.#change("imagePull", options,
			args.text(type, "type"), args.text(name, "name"));
	}

	async import(type, name, path, options) {
		return this.#change("imageImport", options,
			args.text(type, "type"), args.text(name, "name"),
			args.text(path, "path"));
	}

	async remove(type, name, options) {
		return this.#change("imageRemove", options,
			args.text(type, "type"), args.text(name, "name"));
	}

	async #change(method, options, ...texts) {
		const given = args.options(options, "async", "dryRun", "key");
		const promise = call(this.#native[method](
			args.terms(given, this.#actor), ...texts,
			args.flags(given, "async", "dryRun")));
		return given.async || given.dryRun ?
			this.#operations.of(promise) : promise;
	}
}

module.exports = { Images };
