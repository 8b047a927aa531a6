// SPDX-License-Identifier: MIT
// Events: `for await (const event of h.events({ after }))`.
"use strict";

const args = require("./args");
const { wait } = require("./call");

/* How many are fetched at once, where there are so many. */
const BATCH = 100;

/**
 * All that happens after an event, in order. Nothing is fetched but when the
 * next is asked for, so a slow reader uses no memory.
 */
class Events {
	#native;
	#seq;
	#fetched;
	#signals;
	#ready = [];
	#end = new AbortController();
	#last = Promise.resolve();

	constructor(native, options) {
		const given = args.options(options, "after", "signal");
		const signal = args.signal(given.signal);
		this.#native = native;
		this.#seq = args.integer(given.after ?? 0, "after");
		this.#fetched = this.#seq;
		this.#signals = [this.#end.signal, ...signal ? [signal] : []];
	}

	/** The seq of the last event that was given: go on there. */
	get seq() {
		return this.#seq;
	}

	[Symbol.asyncIterator]() {
		return this;
	}

	/** Those who ask before one is there are served in their order. */
	next() {
		const turn = this.#last.then(() => this.#next());
		this.#last = turn.catch(() => {});
		return turn;
	}

	/** End it; whoever waits in next() is told so, too. */
	async return(value) {
		this.#close();
		return { done: true, value };
	}

	async throw(error) {
		this.#close();
		throw error;
	}

	#close() {
		this.#end.abort();
		this.#ready = [];
	}

	async #next() {
		try {
			this.#signals.forEach((s) => s.throwIfAborted());
			if (this.#ready.length === 0)
				await this.#fetch();
		} catch (error) {
			if (this.#end.signal.aborted)
				return { done: true, value: undefined };
			this.#close();
			throw error;
		}
		const value = this.#ready.shift();
		if (!value) // ended since then
			return { done: true, value: undefined };
		this.#seq = value.seq;
		return { done: false, value };
	}

	async #fetch() {
		this.#ready = await wait(() => this.#native.eventList(
			this.#fetched, BATCH, args.NO_TIMEOUT), this.#signals);
		this.#fetched = this.#ready.at(-1).seq;
	}
}

module.exports = { Events };
