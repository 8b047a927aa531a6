// SPDX-License-Identifier: MIT
// Machines: `h.machines`. What they do is described in index.d.ts.
"use strict";

const args = require("./args");
const { call, callList, callPlan } = require("./call");
const { Outcome } = require("./outcome");

class Machines {
	#native;
	#operations;
	#actor;

	constructor(native, operations, actor) {
		this.#native = native;
		this.#operations = operations;
		this.#actor = actor;
	}

	#begin(method, given, ...rest) {
		return this.#native[method](
			args.terms(given, this.#actor), ...rest,
			args.flags(given, "async", "dryRun", "force", "keep"));
	}

	/* What a change gives: with async or dryRun its operation. */
	async #change(method, given, ...rest) {
		const promise = this.#begin(method, given, ...rest);
		if (given.dryRun)
			return this.#operations.planned(callPlan(promise));
		return given.async ? this.#operations.of(call(promise)) :
			call(promise);
	}

	/* What came of one for all that match. */
	async #changeAll(method, filter, given, ...rest) {
		const all = await call(this.#begin(method, given,
			args.query({ ...given, filter }), ...rest));
		return all.map((one) => new Outcome(this.#operations, one));
	}

	async add(spec, options) {
		const given = args.options(options, "async", "dryRun", "key");
		return this.#change("machineAdd", given,
			args.record(spec, "machine"));
	}

	async start(id, options) {
		const given = args.options(options, "async", "dryRun", "key",
			"generation");
		return this.#change("machineStart", given,
			args.text(id, "id"));
	}

	async stop(id, options) {
		const given = args.options(options, "timeout", "force",
			"async", "dryRun", "key", "generation");
		return this.#change("machineStop", given,
			args.text(id, "id"), args.timeout(given.timeout));
	}

	async remove(id, options) {
		const given = args.options(options, "force", "keep", "async",
			"dryRun", "key", "generation");
		return this.#change("machineRemove", given,
			args.text(id, "id"));
	}

	async change(id, changes, options) {
		const given = args.options(options, "async", "dryRun", "key",
			"generation");
		return this.#change("machineChange", given,
			args.text(id, "id"), args.record(changes, "changes"));
	}

	async adopt(name, options) {
		const given = args.options(options, "type", "id", "force",
			"dryRun");
		return this.#change("machineAdopt", given,
			args.textOrNull(given.type, "type"),
			args.text(name, "name"),
			args.textOrNull(given.id, "id"));
	}

	async startAll(filter, options) {
		const given = args.options(options, "sort", "limit", "async",
			"dryRun");
		return this.#changeAll("machineStartAll", filter, given);
	}

	async stopAll(filter, options) {
		const given = args.options(options, "timeout", "force", "sort",
			"limit", "async", "dryRun");
		return this.#changeAll("machineStopAll", filter, given,
			args.timeout(given.timeout));
	}

	async changeAll(filter, changes, options) {
		const given = args.options(options, "sort", "limit", "async",
			"dryRun");
		return this.#changeAll("machineChangeAll", filter, given,
			args.record(changes, "changes"));
	}

	async removeAll(filter, options) {
		const given = args.options(options, "force", "keep", "sort",
			"limit", "async", "dryRun");
		return this.#changeAll("machineRemoveAll", filter, given);
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
