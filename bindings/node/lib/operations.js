// SPDX-License-Identifier: MIT
// Operations: every change is one.
"use strict";

const args = require("./args");
const { call, callList, wait } = require("./call");
const { HyperError } = require("./error");

/** The operations of a connection: `h.operations`. */
class Operations {
	#native;

	constructor(native) {
		this.#native = native;
	}

	/** What the addon gave of one, as an Operation. */
	async of(promise) {
		return new Operation(this, await promise);
	}

	/** The same of a dry run: see callPlan(). */
	async planned(promise) {
		const { operation, record } = await promise;
		return new Operation(this, operation, record);
	}

	async get(id) {
		return this.of(call(this.#native.operationGet(
			args.integer(id, "id"))));
	}

	async list(options) {
		// The library itself says that there are no fields.
		const given = args.options(options, "filter", "sort", "limit",
			"cursor", "count", "fields");
		const ops = await callList(
			this.#native.operationList(args.query(given)),
			"total", "nextCursor");
		ops.forEach((op, i) => {
			ops[i] = new Operation(this, op);
		});
		return ops;
	}

	async wait(id, options) {
		const given = args.options(options, "timeout", "signal");
		const signal = args.signal(given.signal);
		const ms = args.timeout(given.timeout);
		const number = args.integer(id, "id");
		const begin = () => this.#native.operationWait(number, ms);
		return this.of(wait(begin, signal ? [signal] : []));
	}

	async cancel(id) {
		return this.of(call(this.#native.operationCancel(
			args.integer(id, "id"))));
	}
}

/** An operation as it was when it was asked for: its fields, and these. */
class Operation {
	#operations;
	#record;

	constructor(operations, fields, record = null) {
		this.#operations = operations;
		this.#record = record;
		Object.assign(this, fields);
	}

	/** Whether it is done, failed, cancelled or planned. */
	get ended() {
		return ["done", "failed", "cancelled", "planned"]
			.includes(this.state);
	}

	/** Of a dry run, the machine that would come of it; else null. */
	get record() {
		return this.#record;
	}

	/** Why it failed or was cancelled, to be thrown; or null. */
	get failure() {
		return this.error && HyperError.ofProblem(this.error);
	}

	/** As it is now. */
	refresh() {
		return this.#operations.get(this.id);
	}

	wait(options) {
		return this.#operations.wait(this.id, options);
	}

	cancel() {
		return this.#operations.cancel(this.id);
	}
}

module.exports = { Operation, Operations };
