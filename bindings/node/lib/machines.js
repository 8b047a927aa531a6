// SPDX-License-Identifier: MIT
// Machines: `h.machines`. What they do is described in index.d.ts.
"use strict";

const args = require("./args");
const { call, callList } = require("./call");

class Machines {
	#native;
	#operations;

	constructor(native, operations) {
		this.#native = native;
		this.#operations = operations;
	}

	/* What a change gives: with async its operation. */
	async #change(given, promise) {
		return given.async ? this.#operations.of(promise) : promise;
	}

	async add(spec, options) {
		const given = args.options(options, "async");
		return this.#change(given, call(this.#native.machineAdd(
			args.record(spec, "machine"),
			args.flags(given, "async"))));
	}

	async start(id, options) {
		const given = args.options(options, "async");
		return this.#change(given, call(this.#native.machineStart(
			args.text(id, "id"), args.flags(given, "async"))));
	}

	async stop(id, options) {
		const given = args.options(options, "timeout", "force",
			"async");
		return this.#change(given, call(this.#native.machineStop(
			args.text(id, "id"), args.timeout(given.timeout),
			args.flags(given, "force", "async"))));
	}

	async remove(id, options) {
		const given = args.options(options, "force", "keep", "async");
		return this.#change(given, call(this.#native.machineRemove(
			args.text(id, "id"),
			args.flags(given, "force", "keep", "async"))));
	}

	async adopt(name, options) {
		const given = args.options(options, "type", "id", "force");
		return call(this.#native.machineAdopt(
			args.textOrNull(given.type, "type"),
			args.text(name, "name"),
			args.textOrNull(given.id, "id"),
			args.flags(given, "force")));
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
