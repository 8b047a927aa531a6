// SPDX-License-Identifier: MIT
// What came of one change of many machines, for one of them.
"use strict";

const { HyperError } = require("./error");
const { Operation } = require("./operations");

/** As JSON, it is what REST shows. */
class Outcome {
	#fields;

	constructor(operations, fields) {
		const { id, machine, operation, error } = fields;
		this.#fields = fields;
		this.id = id;
		this.machine = machine;
		this.operation = operation &&
			new Operation(operations, operation);
		this.error = error && HyperError.ofProblem(error);
	}

	toJSON() {
		return this.#fields;
	}
}

module.exports = { Outcome };
