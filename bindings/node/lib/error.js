// SPDX-License-Identifier: MIT
// Errors, with what the library says of them.
"use strict";

/** What went wrong; code is the name of C's without HYPER_ERR_. */
class HyperError extends Error {
	/**
	 * @param {string} code such as "NOT_FOUND"
	 * @param {string} message one line
	 * @param {object} [more]
	 * @param {?string} [more.field] the argument or field that is wrong
	 * @param {?string} [more.driver] the driver that reported it
	 * @param {?string} [more.requestId] what the server's log calls the
	 *   request
	 * @param {Error} [more.cause] what caused it
	 */
	constructor(code, message, { field, driver, requestId, cause } = {}) {
		super(message, cause && { cause });
		this.code = code;
		this.field = field ?? null;
		this.driver = driver ?? null;
		this.requestId = requestId ?? null;
	}

	/** Of what the addon tells: see src/answer.h. */
	static of({ code, message, field, driver, requestId, cause }) {
		return new HyperError(code, message, {
			field, driver, requestId,
			cause: cause && HyperError.of(cause),
		});
	}

	/** Of a problem document (RFC 9457), as operations have. */
	static ofProblem({ code, detail, field, driver, causes = [] }) {
		const [first, ...rest] = causes;
		return new HyperError(code, detail, {
			field, driver,
			cause: first && HyperError.ofProblem(
				{ ...first, causes: rest }),
		});
	}
}
// Not of each instance, where it would be shown and be in JSON.
Object.defineProperty(HyperError.prototype, "name",
	{ value: "HyperError", writable: true, configurable: true });

/** That an argument is wrong. */
function invalid(field, message) {
	return new HyperError("INVALID", message, { field });
}

module.exports = { HyperError, invalid };
