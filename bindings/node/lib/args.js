// SPDX-License-Identifier: MIT
// Arguments: nothing is guessed, cut off or passed over.
"use strict";

const { invalid } = require("./error");
const { flags: bits } = require("./native");

/** As long as it takes, or as the default says: C's UINT32_MAX. */
const NO_TIMEOUT = 0xffffffff;

/** What stands in a message for a value. */
function show(value) {
	return typeof value === "string" ? `'${value}'` : String(value);
}

/** A text for C, which ends at the first NUL. */
function text(value, field) {
	if (typeof value !== "string")
		throw invalid(field,
			`${field} must be a string, not ${typeof value}`);
	if (value.includes("\0"))
		throw invalid(field, `${field} must not have a NUL in it`);
	return value;
}

/** One that may be left out; null for none. */
function textOrNull(value, field) {
	return value === undefined || value === null ? null :
		text(value, field);
}

/** A whole number; a BigInt will do, where it is a safe one. */
function integer(value, field, max = Number.MAX_SAFE_INTEGER) {
	const number = typeof value === "bigint" ? Number(value) : value;
	if (!Number.isSafeInteger(number) || number < 0 || number > max)
		throw invalid(field, `${field} is ${show(value)}: must be a ` +
			`whole number from 0 to ${max}`);
	return number;
}

/** A time in ms, rounded up; none is NO_TIMEOUT. */
function timeout(value) {
	if (value === undefined || value === null)
		return NO_TIMEOUT;
	return integer(typeof value === "number" ? Math.ceil(value) : value,
		"timeout", NO_TIMEOUT - 1);
}

/** The options that were given: an object with none but these names. */
function options(given, ...names) {
	const all = given ?? {};
	if (typeof all !== "object")
		throw invalid("options",
			`options must be an object, not ${typeof all}`);
	for (const name of Object.keys(all))
		if (!names.includes(name))
			throw invalid(name, `there is no option '${name}': ` +
				`known are ${names.join(", ")}`);
	return all;
}

/** C's flags of those options that are true. */
function flags(given, ...names) {
	let all = 0;
	for (const name of names) {
		const value = given[name] ?? false;
		if (typeof value !== "boolean")
			throw invalid(name, `${name} is ${show(value)}: ` +
				"must be true or false");
		if (value)
			all |= bits[name];
	}
	return all;
}

/**
 * On which terms a change is made, for the addon. A generation that is given
 * must be one: that of a record without it is undefined, and not any.
 */
function terms(given, actor) {
	return {
		actor,
		key: textOrNull(given.key, "key"),
		generation: "generation" in given ?
			integer(given.generation, "generation") : null,
	};
}

/** A time, in ms since 1970, which is not never (0): C refuses what is
 * before. */
function moment(value, field) {
	if (value === undefined || value === null)
		return 0;
	if (!(value instanceof Date) || Number.isNaN(value.getTime()))
		throw invalid(field, `${field} must be a Date that is one`);
	return value.getTime() || -1;
}

/** A signal to give up by, or undefined. */
function signal(value) {
	if (value !== undefined && value !== null &&
	    !(value instanceof AbortSignal))
		throw invalid("signal", "signal must be an AbortSignal");
	return value ?? undefined;
}

/** Names by commas: a text, or an array of such. */
function names(value, field) {
	return Array.isArray(value)
		? value.map((name) => text(name, field)).join(",")
		: textOrNull(value, field);
}

/** A query for C. */
function query({ filter, sort, limit, cursor, fields, count = false }) {
	if (typeof count !== "boolean")
		throw invalid("count",
			`count is ${show(count)}: must be true or false`);
	return {
		filter: textOrNull(filter, "query"),
		sort: names(sort, "sort"),
		limit: integer(limit ?? 0, "limit", 0xffffffff),
		cursor: textOrNull(cursor, "cursor"),
		fields: names(fields, "fields"),
		count,
	};
}

/** What JSON would leave out or change without a word is refused. */
function plain(key, value) {
	if (value instanceof Map)
		return Object.fromEntries(value);
	if (typeof value === "bigint")
		return integer(value, key);
	if (["function", "symbol"].includes(typeof value) ||
	    (typeof value === "number" && !Number.isFinite(value)) ||
	    (value instanceof Set))
		throw invalid(key, `${key} cannot be ${String(value)}`);
	return value;
}

/** A record for C, as JSON. */
function record(spec, field) {
	if (typeof spec !== "object" || spec === null || Array.isArray(spec))
		throw invalid(field, `${field} must be an object`);
	return text(JSON.stringify(spec, plain), field);
}

module.exports = {
	NO_TIMEOUT, flags, integer, moment, options, query, record, signal,
	terms, text, textOrNull, timeout,
};
