// SPDX-License-Identifier: MIT
// Machines: `h.machines`. What they do is described in index.d.ts.
"use strict";

const args = require("./args");
const { call, callList } = require("./call");

class Machines {
	#native;
	#operations;
	#actor;

	constructor(native, operations, actor) {
		this.#native = native;
		this.#operations = operations;
		this.#actor = actor;
	}

	/* What a change gives: with async its operation. */
	async #change(method, given, ...rest) {
		const promise = call(this.#native[method](
			args.terms(given, this.#actor), ...rest,
			args.flags(given, "async", "force", "keep")));
		return given.async ? this.#operations.of(promise) : promise;
	}

	async add(spec, options) {
		const given = args.options(options, "async", "key");
		return this.#change("machineAdd", given,
			args.record(spec, "machine"));
	}

	async start(id, options) {
		const given = args.options(options, "async", "key",
			"generation");
		return this.#change("machineStart", given,
			args.text(id, "id"));
	}

	async stop(id, options) {
		const given = args.options(options, "timeout", "force",
			"async", "key", "generation");
		return this.#change("machineStop", given,
			args.text(id, "id"), args.timeout(given.timeout));
	}

	async remove(id, options) {
		const given = args.options(options, "force", "keep", "async",
			"key", "generation");
		return this.#change("machineRemove", given,
			args.text(id, "id"));
	}

	async change(id, changes, options) {
		const given = args.options(options, "async", "key",
			"generation");
		return this.#change("machineChange", given,
			args.text(id, "id"), args.record(changes, "changes"));
	}

	async adopt(name, options) {
		const given = args.options(options, "type", "id", "force");
		return this.#change("machineAdopt", given,
			args.textOrNull(given.type, "type"),
			args.text(name, "name"),
			args.textOrNull(given.id, "id"));
	}

	async get(id, options) {
		const given = args.options(options, "refresh");
		return call(this.#native.machineGet(args.text(id, "id"),
			args.flags(given, "refresh")));
	}

	async list(options) {
		const given = args.options(options, "filter", "sort", "limit",
			"cursor", "fields", "count", "refresh");
		return callList(this.#native.machineList(args.query(given),
			args.flags(given, "refresh")),
		"total", "nextCursor", "seq");
	}
}

module.exports = { Machines };
