// SPDX-License-Identifier: MIT
// Tokens: `h.tokens`. What they do is described in index.d.ts.
"use strict";

const args = require("./args");
const { call } = require("./call");

class Tokens {
	#native;
	#actor;

	constructor(native, actor) {
		this.#native = native;
		this.#actor = actor;
	}

	async add(name, role, options) {
		const given = args.options(options, "expiresAt");
		return call(this.#native.tokenAdd(args.terms({}, this.#actor),
			args.text(name, "name"), args.text(role, "role"),
			args.moment(given.expiresAt, "expiresAt")));
	}

	async list() {
		return call(this.#native.tokenList());
	}

	async remove(name) {
		return call(this.#native.tokenRemove(
			args.terms({}, this.#actor), args.text(name, "name")));
	}

	async check(secret) {
		return call(this.#native.tokenCheck(
			args.text(secret, "secret")));
	}
}

module.exports = { Tokens };
