// SPDX-License-Identifier: MIT
// From the promises of the addon to those that we give.
"use strict";

const { HyperError } = require("./error");

/** An error of the addon's, with the stack of whoever called. */
function fail(reason) {
	throw reason instanceof Error ? reason : HyperError.of(reason);
}

/** What a call gives, as it is. */
async function callText(promise) {
	try {
		return await promise;
	} catch (reason) {
		return fail(reason);
	}
}

/** What a call gives: a record or an array of them; or undefined. */
async function call(promise) {
	const json = await callText(promise);
	return json === undefined ? undefined : JSON.parse(json);
}

/**
 * What a call for a list gives: an array, with what the list tells beside its
 * items as properties that are not enumerable.
 */
async function callList(promise, ...names) {
	const list = await callText(promise);
	const items = JSON.parse(list.json);
	for (const name of names)
		Object.defineProperty(items, name, { value: list[name] });
	return items;
}

/** What a dry run gives: the operation, and the machine that would come of it,
 * or null. */
async function callPlan(promise) {
	const plan = await callText(promise);
	const both = typeof plan === "string" ? { json: plan } : plan;
	return {
		operation: JSON.parse(both.json),
		record: both.record ? JSON.parse(both.record) : null,
	};
}

/* Who shall hear of a signal: one listener for all, for Node warns of many. */
const listeners = new WeakMap();

/** Call a function with the reason of a signal. Returns how to take it back. */
function listen(signal, hear) {
	let all = listeners.get(signal);
	if (!all) {
		all = new Set();
		listeners.set(signal, all);
		signal.addEventListener("abort", () => {
			for (const each of all)
				each(signal.reason);
		}, { once: true });
	}
	all.add(hear);
	return () => all.delete(hear);
}

/**
 * What a call gives that waits, unless a signal is aborted before: then it
 * fails at once with the reason of that.
 *
 * @param {function} begin begins the wait: { done, stop } of the addon
 * @param {AbortSignal[]} signals
 */
async function wait(begin, signals) {
	for (const signal of signals)
		signal.throwIfAborted();
	const { done, stop } = begin();
	let abort;
	const aborted = new Promise((_, reject) => {
		abort = (reason) => {
			stop();
			reject(reason);
		};
	});
	const deafen = signals.map((signal) => listen(signal, abort));
	try {
		return await Promise.race([call(done), aborted]);
	} finally {
		deafen.forEach((undo) => undo());
	}
}

module.exports = { call, callList, callPlan, callText, wait };
