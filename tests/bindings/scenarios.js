// SPDX-License-Identifier: MIT
// node scenarios.js URI SCENARIOS.json: plays what tests/contract says as data,
// as a program would, and prints what came of each step, a line of JSON each.
"use strict";

const { readFileSync } = require("node:fs");
const hyper = require("hyper");

/** The options of a call: what of its arguments was given. */
function pick(args, ...names) {
	const given = names.filter((name) => name in args);
	return Object.fromEntries(given.map((name) => [name, args[name]]));
}

function query(args) {
	return pick(args, "filter", "sort", "limit", "cursor", "fields",
		"count");
}

/** Times have another name here. */
function timeout({ timeout_ms: ms }) {
	return ms === undefined ? {} : { timeout: ms };
}

/** How, and on which terms. */
function terms(args) {
	return { ...pick(args, "async", "key", "generation"), ...dry(args) };
}

function dry({ dry_run: dryRun }) {
	return dryRun === undefined ? {} : { dryRun };
}

/** Of all that match. */
function all(args) {
	return { ...pick(args, "sort", "limit", "async"), ...dry(args) };
}

const calls = {
	conn_info: (h) => h.info(),
	conn_ready: (h) => h.checkReady(),
	conn_metrics: async (h, { line }) => ({
		found: (await h.metrics()).split("\n").includes(line),
	}),
	doctor: (h, a) => h.doctor(pick(a, "repair")),
	driver_list: (h) => h.drivers.list(),
	machine_add: (h, a) => h.machines.add(a.machine, terms(a)),
	machine_start: (h, a) => h.machines.start(a.id, terms(a)),
	machine_stop: (h, a) => h.machines.stop(a.id,
		{ ...terms(a), ...pick(a, "force"), ...timeout(a) }),
	machine_remove: (h, a) => h.machines.remove(a.id,
		{ ...terms(a), ...pick(a, "force", "keep") }),
	machine_change: (h, a) => h.machines.change(a.id, a.changes, terms(a)),
	machine_start_all: (h, a) => h.machines.startAll(a.filter, all(a)),
	machine_stop_all: (h, a) => h.machines.stopAll(a.filter,
		{ ...all(a), ...pick(a, "force"), ...timeout(a) }),
	machine_change_all: (h, a) => h.machines.changeAll(a.filter, a.changes,
		all(a)),
	machine_remove_all: (h, a) => h.machines.removeAll(a.filter,
		{ ...all(a), ...pick(a, "force", "keep") }),
	machine_adopt: (h, a) => h.machines.adopt(a.name,
		pick(a, "type", "id", "force")),
	machine_get: (h, a) => h.machines.get(a.id, pick(a, "refresh")),
	machine_list: (h, a) => h.machines.list(
		{ ...query(a), ...pick(a, "refresh") }),
	image_list: (h, a) => h.images.list(pick(a, "type")),
	image_get: (h, a) => h.images.get(a.type, a.name),
	image_pull: (h, a) => h.images.pull(a.type, a.name, terms(a)),
	image_import: (h, a) => h.images.import(a.type, a.name, a.path,
		terms(a)),
	image_remove: (h, a) => h.images.remove(a.type, a.name, terms(a)),
	operation_get: (h, a) => h.operations.get(a.id),
	operation_list: (h, a) => h.operations.list(query(a)),
	operation_wait: (h, a) => h.operations.wait(a.id, timeout(a)),
	operation_cancel: (h, a) => h.operations.cancel(a.id),
	token_add: (h, a) => h.tokens.add(a.name, a.role,
		"expires_at" in a ? { expiresAt: new Date(a.expires_at) } : {}),
	token_list: (h) => h.tokens.list(),
	token_remove: (h, a) => h.tokens.remove(a.name),
	remote_add: (_, a) => hyper.remotes.add(a.name, a.uri,
		{ token: a.token, clientCert: a.client_cert }),
	remote_list: () => hyper.remotes.list(),
	remote_use: (_, a) => hyper.remotes.use(a.name),
	remote_remove: (_, a) => hyper.remotes.remove(a.name),
	event_mark: async (h) => ({ seq: (await h.machines.list()).seq }),
	event_stream: async (h, { after, machine, until }) => {
		const seen = [];
		for await (const event of h.events({ after })) {
			if (event.machine !== machine)
				continue;
			seen.push(event);
			if (event.kind === until)
				break;
		}
		return seen;
	},
};

/** $N.KEY: KEY of what step N gave, as it is where there is nothing else. */
function fill(value, given) {
	if (typeof value === "string") {
		const whole = /^\$(\d+)\.(\w+)$/.exec(value);
		return whole ? given[whole[1]][whole[2]] :
			value.replace(/\$(\d+)\.(\w+)/g,
				(_, step, key) => given[step][key]);
	}
	if (Array.isArray(value))
		return value.map((item) => fill(item, given));
	if (value && typeof value === "object")
		return Object.fromEntries(Object.entries(value).map(
			([key, item]) => [key, fill(item, given)]));
	return value;
}

async function play(h, { call, with: args }, given) {
	try {
		const gives = await calls[call](h, fill(args, given));
		return { gives: gives ?? null };
	} catch (error) {
		if (!(error instanceof hyper.HyperError))
			throw error;
		const { code, field, driver, message } = error;
		return { fails: { code, field, driver, message } };
	}
}

async function main(uri, file) {
	const { scenarios } = JSON.parse(readFileSync(file, "utf8"));
	const h = await hyper.open(uri);
	for (const { name, steps } of scenarios) {
		const given = [];
		for (const [step, what] of steps.entries()) {
			const came = await play(h, what, given);
			given.push(came.gives);
			console.log(JSON.stringify(
				{ scenario: name, step, ...came }));
		}
	}
	await h.close();
}

if (process.argv.length !== 4) {
	console.error("usage: scenarios.js URI SCENARIOS.json");
	process.exitCode = 2;
} else {
	main(...process.argv.slice(2));
}
