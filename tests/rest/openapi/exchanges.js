// SPDX-License-Identifier: MIT
//
// What test_rest.sh has recorded: one folder an exchange, see record() in
// rest.bash.
"use strict";
const fs = require("fs");
const path = require("path");

// "Name: value" lines to [[name in lower case, value]...]
function fields(text) {
	return text.split(/\r?\n/).map((line) => /^([^:\s]+):\s*(.*)$/.exec(line))
		.filter(Boolean).map((m) => [m[1].toLowerCase(), m[2]]);
}

// A client may have been told 100 first: the last header counts.
function lastHeader(text) {
	return text.split(/^(?=HTTP\/)/m).pop();
}

function decode(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}

// One exchange, or null where there was no answer.
function read(dir) {
	const file = (name) => fs.readFileSync(path.join(dir, name), "utf8");
	const [method, target, status] = file("line").split("\n");

	if (!/^[1-5]\d\d$/.test(status))
		return null;
	const [where, query = ""] = target.replace(/^https?:\/\/[^/?]*/, "")
		.split(/\?(.*)/s);
	return {
		method, target, status, path: where,
		// As in forms, where `+` is a space.
		query: query.split("&").filter(Boolean).map((pair) => {
			const [name, value = ""] =
				pair.replace(/\+/g, " ").split(/=(.*)/s);
			return [decode(name), decode(value)];
		}),
		asked: fields(file("asked")),
		sent: fs.existsSync(path.join(dir, "sent")) ? file("sent") : null,
		headers: fields(lastHeader(file("headers.raw"))),
		body: file("body"),
	};
}

// All of a folder, in their order.
exports.readAll = (dir) => fs.readdirSync(dir).sort()
	.map((name) => read(path.join(dir, name))).filter(Boolean);
exports.value = (list, name) => (list.find(([n]) => n === name) || [])[1];
exports.decode = decode;
