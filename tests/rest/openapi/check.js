// SPDX-License-Identifier: MIT
//
// Holds exchanges against an OpenAPI 3.1 document of the service.
"use strict";
const Ajv = require("ajv/dist/2020");
const formats = require("ajv-formats");
const { decode, value } = require("./exchanges.js");

// What belongs to HTTP itself (OpenAPI has Content-Type elsewhere), and what
// tells pages of other sites that they may read the answer (Fetch).
const OF_HTTP = /^(connection|content-length|content-type|date|transfer-encoding|vary|access-control-.*)$/;
// What any request can be answered with, whatever is at its path.
const OF_ANY = ["400", "401", "403", "413", "414", "421", "429", "431", "500", "503"];

const pointer = (...parts) => parts.map((part) =>
	"/" + String(part).replace(/~/g, "~0").replace(/\//g, "~1")).join("");

class Checker {
	constructor(document) {
		this.document = document;
		this.ajv = new Ajv({ strict: false, allErrors: true });
		formats(this.ajv);
		this.ajv.addSchema(document, "doc");
		this.compiled = new Map();
		this.errors = [];
		this.covered = new Map(); // "get /hyper" to its statuses
		this.routes = Object.entries(document.paths).map(([path, methods]) =>
			({ path, methods, parts: path.split("/").slice(1) }));
	}

	fail(what) {
		this.errors.push(`${this.now.method} ${this.now.target} ${this.now.status}: ${what}`);
	}

	// The object that a pointer leads to, and the pointer behind its $ref.
	at(where) {
		const object = where.split("/").slice(1).reduce((from, part) =>
			from && from[part.replace(/~1/g, "/").replace(/~0/g, "~")], this.document);
		return object && object.$ref ? this.at(object.$ref.slice(1)) : [object, where];
	}

	// Is a value one of the schema there? What is wrong, or "".
	wrong(where, data) {
		if (!this.compiled.has(where))
			this.compiled.set(where, this.ajv.compile({
				$ref: "doc#" + encodeURI(where).replace(/#/g, "%23") }));
		const validate = this.compiled.get(where);

		return validate(data) ? "" : validate.errors.map((e) =>
			`${e.instancePath || "it"} ${e.message}` +
			(e.params.additionalProperty ? ` '${e.params.additionalProperty}'` : ""))
			.join(", ");
	}

	demand(what, where, data) {
		const why = this.wrong(where, data);

		if (why)
			this.fail(`${what}: ${why}`);
	}

	// The path of the document that a path is; a {name} with x-slashes takes
	// all that is left.
	find(path) {
		const parts = path.split("/").slice(1).map(decode);

		return this.routes.find((route) => {
			const slashes = Object.values(route.methods).some((method) =>
				method.parameters.some((p) => p["x-slashes"]));
			const n = route.parts.length;

			return (slashes ? parts.length >= n : parts.length === n) &&
				route.parts.every((part, i) => part.startsWith("{")
					? parts.slice(i, i === n - 1 ? undefined : i + 1).join("/")
					: part === parts[i]);
		});
	}

	// Words, numbers and what a text says of them.
	static typed(schema, text) {
		return ["integer", "number"].includes(schema.type) && text !== "" &&
			!isNaN(text) ? Number(text) : text;
	}

	problem(body) {
		try {
			return JSON.parse(body);
		} catch {
			this.fail("no problem document");
			return {};
		}
	}

	// What no operation answers: the path or the method is not there.
	strange(route) {
		const { status, body } = this.now;
		const allowed = route && [...Object.keys(route.methods).map((m) => m.toUpperCase()),
			"HEAD", "OPTIONS"].sort().join();
		const allow = (value(this.now.headers, "allow") || "").split(", ").sort().join();

		if (this.now.method === "OPTIONS" && status === "204") {
			if (!route)
				this.fail("the path is not in the document");
			else if (allow !== (allowed.includes("GET") ? allowed
				: allowed.replace("HEAD,", "")))
				this.fail(`Allow is ${allow}, the document has ${allowed}`);
			return;
		}
		if (![...OF_ANY, "404", "405"].includes(status))
			return this.fail("not in the document");
		if (this.now.method !== "HEAD")
			this.demand("problem", "/components/schemas/Problem", this.problem(body));
	}

	query(where, operation) {
		for (const [name, text] of this.now.query) {
			const i = operation.parameters.findIndex((p) =>
				p.in === "query" && p.name === name);
			const unknown = this.now.status === "400" &&
				this.now.body.includes(`unknown parameter '${name}'`);

			if (i < 0 && Number(this.now.status) < 400)
				this.fail(`the parameter ${name} is not in the document`);
			else if (i >= 0 && unknown)
				this.fail(`the parameter ${name} is refused`);
			else if (i >= 0 && Number(this.now.status) < 400)
				this.demand(`parameter ${name}`,
					where + pointer("parameters", i, "schema"),
					Checker.typed(operation.parameters[i].schema, text));
		}
	}

	// Terms that were taken are in the document.
	terms(operation) {
		const known = operation.parameters.map((_, i) =>
			this.at(this.where + pointer("parameters", i))[0].name.toLowerCase());

		if (Number(this.now.status) >= 300 || ["GET", "HEAD"].includes(this.now.method))
			return;
		for (const name of ["if-match", "idempotency-key"])
			if (value(this.now.asked, name) && !known.includes(name))
				this.fail(`${name} is not in the document`);
		if (this.now.status === "202" && !known.includes("prefer") &&
			value(this.now.headers, "preference-applied"))
			this.fail("Prefer is not in the document");
	}

	// What was taken is valid, and what was refused for its members is not.
	sent(where, operation) {
		const type = (value(this.now.asked, "content-type") || "").split(";")[0].trim();
		const schema = where + pointer("requestBody", "content", type, "schema");
		const good = Number(this.now.status) < 300;
		const refused = this.now.status === "422" &&
			/"detail":"(unknown field|[a-z_]+ is (set by hyper|read-only|not given))/
				.test(this.now.body);

		if (!good && !refused)
			return;
		if (!operation.requestBody) {
			if (good && this.now.sent)
				this.fail("a body that is not in the document was taken");
			return;
		}
		if (!this.now.sent || !operation.requestBody.content[type])
			return this.fail(`the body's type ${type} is not in the document`);
		if (good)
			this.demand("the body that was taken", schema, JSON.parse(this.now.sent));
		else if (!this.wrong(schema, JSON.parse(this.now.sent)))
			this.fail("a body that is refused is valid by the document");
	}

	headers(response, where) {
		const known = Object.fromEntries(Object.keys(response.headers || {}).map((name) =>
			[name.toLowerCase(), this.at(where + pointer("headers", name))]));

		for (const [name, text] of this.now.headers)
			if (known[name])
				this.demand(`header ${name}`, known[name][1] + "/schema",
					Checker.typed(known[name][0].schema, text));
			else if (!OF_HTTP.test(name))
				this.fail(`the header ${name} is not in the document`);
		for (const [name, [header]] of Object.entries(known))
			if (header.required && value(this.now.headers, name) === undefined)
				this.fail(`the header ${name} is missing`);
	}

	// Each item of a stream alone.
	stream(type, where, body) {
		const data = type === "text/event-stream" ? /^data: (.*)$/gm : /^(.+)$/gm;

		for (const [, line] of body.matchAll(data))
			this.demand("stream", where + "/x-item-schema", JSON.parse(line));
	}

	body(response, where) {
		const type = (value(this.now.headers, "content-type") || "").split(";")[0];
		const media = where + pointer("content", type);
		const content = response.content && response.content[type];

		if (!response.content) {
			if (this.now.body || type)
				this.fail("a body that is not in the document");
		} else if (!content) {
			this.fail(`the type '${type}' is not in the document`);
		} else if (this.now.method === "HEAD") {
			return;
		} else if (content["x-item-schema"]) {
			this.stream(type, media, this.now.body);
		} else {
			this.demand("body", media + "/schema", /json$/.test(type)
				? JSON.parse(this.now.body) : this.now.body);
		}
	}

	operation(route, method) {
		const operation = route.methods[method];
		const name = `${method} ${route.path}`;
		const statuses = this.covered.get(name) || new Set();

		this.where = pointer("paths", route.path, method);
		const [response, where] =
			this.at(this.where + pointer("responses", this.now.status));

		this.covered.set(name, statuses.add(this.now.status));
		if (!response)
			return this.fail("this status is not in the document");
		if (/urn:hyper:problem:(no-route|method-not-allowed)/.test(this.now.body) &&
			this.now.status >= "400")
			this.fail("it is in the document, and not there");
		this.query(this.where, operation);
		this.terms(operation);
		this.sent(this.where, operation);
		this.headers(response, where);
		this.body(response, where);
	}

	check(exchange) {
		// What is no HTTP/1.1 is refused before hyperd sees it.
		if (value(exchange.asked, "host") === "")
			return;
		this.now = exchange;
		const route = this.find(exchange.path);
		const method = exchange.method === "HEAD" ? "get" : exchange.method.toLowerCase();

		if (route && route.methods[method] && exchange.method !== method)
			this.operation(route, method);
		else
			this.strange(route);
	}

	// The operations that no exchange shows to succeed.
	bare() {
		return this.routes.flatMap((route) => Object.keys(route.methods)
			.map((method) => `${method} ${route.path}`))
			.filter((name) => ![...this.covered.get(name) || []]
				.some((status) => status < "300"));
	}
}

// All of them, or up to the first that is wrong.
exports.check = (document, exchanges, first = false) => {
	const checker = new Checker(document);

	for (const exchange of exchanges) {
		checker.check(exchange);
		if (first && checker.errors.length)
			break;
	}
	return checker;
};
