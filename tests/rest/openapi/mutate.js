// SPDX-License-Identifier: MIT
//
// mutate.js DOCUMENT EXCHANGES: a document that tells less, or something else,
// does not agree with what was recorded. Without this nobody would know that
// replay.js can fail.
"use strict";
const fs = require("fs");
const { check } = require("./check.js");
const { readAll } = require("./exchanges.js");

const [, , file, dir] = process.argv;
const text = fs.readFileSync(file, "utf8");
const exchanges = readAll(dir);
const schemas = (d) => d.components.schemas;
const machine = (d) => d.paths["/hyper/machines/{id}"];
const drop = (list, test) => list.splice(list.findIndex(test), 1);

const mutations = {
	"a path less": (d) => delete d.paths["/hyper/drivers"],
	"a method less": (d) => delete machine(d).patch,
	"a success less": (d) => delete machine(d).get.responses[200],
	"an error less": (d) => delete machine(d).put.responses[409],
	"a slug less": (d) => d.components.responses.Problem404.content[
		"application/problem+json"].schema.allOf[1].properties.type.enum.shift(),
	"a parameter less": (d) => drop(d.paths["/hyper/machines"].get.parameters,
		(p) => p.name === "sort"),
	"a parameter of another type": (d) => d.paths["/hyper/machines"].get.parameters
		.find((p) => p.name === "query").schema.type = "integer",
	"terms less": (d) => drop(machine(d).put.parameters,
		(p) => /If-Match$/.test(p.$ref)),
	"a header less": (d) => delete machine(d).get.responses[200].headers.ETag,
	"a header that must be there": (d) =>
		d.components.headers["Hyper-Next-Cursor"].required = true,
	"a header of another type": (d) =>
		d.components.headers["Hyper-Operation"].schema.type = "boolean",
	"a type less": (d) => delete d.paths["/hyper/events"].get.responses[200]
		.content["text/event-stream"],
	"a state less": (d) => drop(schemas(d).Machine.properties.state.enum,
		(s) => s === "running"),
	"a member that must be there": (d) => schemas(d).Operation.required.push("colour"),
	"a member that is refused": (d) =>
		schemas(d).MachineSpec.properties.colour = { type: "string" },
	"no null": (d) => schemas(d).Operation.properties.ended_at.type = "string",
	"items of a stream": (d) => d.paths["/hyper/events"].get.responses[200]
		.content["application/x-ndjson"]["x-item-schema"] = { type: "integer" },
	"a body that is not needed": (d) => delete machine(d).put.requestBody,
};
// Each member of each schema, one at a time.
for (const [name, schema] of Object.entries(schemas(JSON.parse(text))))
	for (const member of Object.keys(schema.properties || {}))
		mutations[`${name}.${member} less`] = (d) => {
			const { properties, required } = schemas(d)[name];

			delete properties[member];
			if (required && required.includes(member))
				drop(required, (m) => m === member);
		};

let blind = 0;
for (const [name, mutate] of Object.entries(mutations)) {
	const document = JSON.parse(text);

	mutate(document);
	if (check(document, exchanges, true).errors.length)
		continue;
	blind++;
	console.log(`WRONG nobody notices: ${name}`);
}
console.log(`${Object.keys(mutations).length} documents, ${blind} not noticed`);
process.exitCode = blind ? 1 : 0;
