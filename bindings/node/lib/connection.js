// SPDX-License-Identifier: MIT
// A connection. What it does is described in index.d.ts.
"use strict";

const args = require("./args");
const { call, callText } = require("./call");
const { Events } = require("./events");
const { Images } = require("./images");
const { Machines } = require("./machines");
const { Operations } = require("./operations");
const { Tokens } = require("./tokens");

class Connection {
	#native;
	#actor;
	#closed;

	/**
	 * @param {object} native the addon's
	 * @param {?string} actor who asks, of a view
	 */
	constructor(native, actor = null) {
		this.#native = native;
		this.#actor = actor;
		const operations = new Operations(native);
		const nouns = {
			machines: new Machines(native, operations, actor),
			images: new Images(native, operations, actor),
			operations,
			drivers: {
				list: async () => call(native.driverList()),
			},
			tokens: new Tokens(native, actor),
		};
		for (const [name, value] of Object.entries(nouns))
			Object.defineProperty(this, name,
				{ value, enumerable: true });
	}

	get uri() {
		return this.#native.uri;
	}

	get isLocal() {
		return this.#native.isLocal;
	}

	get actor() {
		return this.#actor;
	}

	/** It is tried at once whether it can be one. */
	async view(options) {
		const given = args.options(options, "actor");
		const actor = args.text(given.actor, "actor");
		await call(this.#native.tryTerms(args.terms({}, actor)));
		return new Connection(this.#native, actor);
	}

	async info() {
		return call(this.#native.info());
	}

	async doctor(options) {
		const given = args.options(options, "repair");
		return call(this.#native.doctor(args.flags(given, "repair")));
	}

	async metrics() {
		return callText(this.#native.metrics());
	}

	async checkReady() {
		return call(this.#native.ready());
	}

	async announce(url) {
		return call(this.#native.announce(args.text(url, "url")));
	}

	events(options) {
		return new Events(this.#native, options);
	}

	async cancel() {
		return call(this.#native.cancel());
	}

	/** Once is enough, but more do no harm. A view ends with its
	 * connection. */
	close() {
		if (this.#actor !== null)
			return Promise.resolve();
		this.#closed ??= call(this.#native.close());
		return this.#closed;
	}
}

module.exports = { Connection };
