// SPDX-License-Identifier: MIT
// A connection. What it does is described in index.d.ts.
"use strict";

const args = require("./args");
const { call } = require("./call");
const { Events } = require("./events");
const { Images } = require("./images");
const { Machines } = require("./machines");
const { Operations } = require("./operations");

class Connection {
	#native;
	#closed;

	constructor(native) {
		this.#native = native;
		const operations = new Operations(native);
		const nouns = {
			machines: new Machines(native, operations),
			images: new Images(native, operations),
			operations,
			drivers: {
				list: async () => call(native.driverList()),
			},
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

	async info() {
		return call(this.#native.info());
	}

	async doctor(options) {
		const given = args.options(options, "repair");
		return call(this.#native.doctor(args.flags(given, "repair")));
	}

	events(options) {
		return new Events(this.#native, options);
	}

	async cancel() {
		return call(this.#native.cancel());
	}

	/** Once is enough, but more do no harm. */
	close() {
		this.#closed ??= call(this.#native.close());
		return this.#closed;
	}
}

module.exports = { Connection };
