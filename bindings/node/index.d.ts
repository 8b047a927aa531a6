// SPDX-License-Identifier: MIT
// hyper for Node: virtual machines and containers behind one API.
//
// Every call gives a promise, and none blocks the event loop or a thread of
// libuv's, however long it takes. What fails is a HyperError. An option that
// is not known, or of the wrong type, is one too: INVALID with its name.
//
// Numbers (seq, ids, sizes) are safe integers, up to 2^53 - 1; where one goes
// in, a bigint of that range will do. Times that go in are milliseconds.
// Records are plain objects with the fields and names of REST's JSON; times in
// them are texts, RFC 3339 in UTC.

/** The version of the library that is running, such as "0.1.0". */
export const version: string;

/**
 * Open a connection.
 *
 * It does not keep the process running; a call that is under way does. At the
 * end of the process what is still open is closed, for a second at most: what
 * is not done by then is finished, or taken back, by whoever opens the state
 * next.
 *
 * @param uri a state directory ("/path", "./path", "file:/path"), or a hyperd
 *   ("unix:/path", "http://host:port", "https://host:port"); without it, or
 *   null: $HYPER_URI, else the default state directory
 * @throws {HyperError} INVALID, DENIED, IO, NOT_FOUND, NOT_SUPPORTED
 */
export function open(uri?: string | null, options?: OpenOptions):
	Promise<Connection>;

export interface OpenOptions {
	/** Refuse every change with DENIED, and make nothing. */
	readOnly?: boolean;
	/** Refuse what is not in this process with DENIED. */
	localOnly?: boolean;
}

/** A connection: to a state directory in this process, or to a hyperd. */
export class Connection {
	private constructor();
	readonly machines: Machines;
	readonly images: Images;
	readonly drivers: Drivers;
	readonly operations: Operations;
	readonly tokens: Tokens;
	/** Its URI in full, such as "file:/var/lib/hyper". */
	readonly uri: string;
	/** Whether the machines are managed in this process. */
	readonly isLocal: boolean;
	/** Of a view: who asks. */
	readonly actor: string | null;

	/**
	 * The same connection in somebody's name, such as "user:alice", who
	 * stands then on its operations and their events: for servers. Only
	 * on a state directory, else NOT_SUPPORTED: a hyperd knows who asks.
	 * It ends with this one; its close() does nothing.
	 */
	view(options: { actor: string }): Promise<Connection>;
	/** What serves it: the version, the instance, its features. */
	info(): Promise<Info>;
	/**
	 * Look for what is wrong, and with repair mend what can be mended
	 * without losing anything. No findings: all is well.
	 */
	doctor(options?: { repair?: boolean }): Promise<Finding[]>;
	/** What there is, in numbers, as Prometheus reads it (text format
	 * 0.0.4). No engine is asked. */
	metrics(): Promise<string>;
	/** Whether it can serve: its database can be read and written. It
	 * fails with why not. No engine is asked. */
	checkReady(): Promise<void>;
	/** Tell other processes on the same state directory where this one can
	 * be reached, for their errors to name it: what a server does. */
	announce(url: string): Promise<void>;
	/**
	 * All that happens after an event, in order and without a gap:
	 *
	 *     const machines = await h.machines.list();
	 *     for await (const event of h.events({ after: machines.seq }))
	 *         …
	 *
	 * It has no end but break, return() or an error: LIMIT with the field
	 * "after" (some of what came after it is no longer kept), INVALID
	 * (there is no such event yet), CANCELLED (by close() or cancel()),
	 * CONNECT, …; then begin anew after its seq.
	 */
	events(options?: EventsOptions): Events;
	/**
	 * Ask all operations that this connection began to stop, and end all
	 * waits with CANCELLED: what one does before close() when there is no
	 * time. Only on a state directory, else NOT_SUPPORTED.
	 */
	cancel(): Promise<void>;
	/**
	 * Close it: waits for the calls that are under way and for the
	 * operations that it began; its waits for operations and events end
	 * with CANCELLED, within half a second, 10 s more where a hyperd
	 * hangs. Machines go on running. Later calls are INVALID with the
	 * field "conn"; to close it again is fine.
	 *
	 * One that nobody holds any more is closed when it is collected.
	 */
	close(): Promise<void>;
}

/** What a change takes: with async it gives its operation, at once; with
 * dryRun that which is planned. */
export interface ChangeOptions {
	/** Do not wait for the end; false. */
	async?: boolean;
	/** Change nothing: check the request, and tell what it would do, in
	 * the plan of an operation; false. What would be refused is refused. */
	dryRun?: boolean;
}

/** For a change that may be asked for again, when nobody knows whether it was
 * done. */
export interface KeyOptions {
	/** Up to 255 printable characters of ASCII, such as a random uuid. The
	 * same request with the same key is the same operation, and gives how
	 * that came out; another one is INVALID with the field "key". */
	key?: string | null;
}

/** On which terms a machine is changed. */
export interface Terms extends KeyOptions {
	/** That of the machine that is meant. When it has changed since, or
	 * something is under way with it, it is STATE with the field
	 * "generation". undefined is refused, too: it is no generation. */
	generation?: number | bigint;
}

/** For those who want the operation. */
export type Async = { async: true; dryRun?: boolean } |
	{ async?: boolean; dryRun: true };

/** For those who want the end. */
export interface Sync {
	async?: false;
	dryRun?: false;
}

/**
 * Errors of all changes, beside those that are named: INVALID, DENIED
 * (read-only), CONNECT, AUTH, TIMEOUT, CANCELLED, BUSY, DRIVER, NO_DRIVER,
 * NOT_SUPPORTED, IO, NOMEM.
 */
export interface Machines {
	/**
	 * Make a machine, stopped.
	 *
	 * @throws {HyperError} EXISTS (the id is taken), NOT_FOUND (no such
	 *   image), INVALID with the field that is wrong
	 */
	add(spec: MachineSpec, options?: KeyOptions & Sync): Promise<Machine>;
	add(spec: MachineSpec, options: KeyOptions & Async):
		Promise<Operation>;
	add(spec: MachineSpec, options?: KeyOptions & ChangeOptions):
		Promise<Machine | Operation>;
	/**
	 * Start a machine. A running one is left as it is; a paused one goes
	 * on.
	 *
	 * @throws {HyperError} NOT_FOUND, STATE
	 */
	start(id: string, options?: Terms & Sync): Promise<Machine>;
	start(id: string, options: Terms & Async): Promise<Operation>;
	start(id: string, options?: Terms & ChangeOptions):
		Promise<Machine | Operation>;
	/**
	 * Stop a machine: ask the guest, wait for the timeout, then fail with
	 * TIMEOUT or, with force, kill it. A stopped one is left as it is.
	 *
	 * @throws {HyperError} NOT_FOUND, STATE, TIMEOUT
	 */
	stop(id: string, options?: StopOptions & Sync): Promise<Machine>;
	stop(id: string, options: StopOptions & Async): Promise<Operation>;
	stop(id: string, options?: StopOptions & ChangeOptions):
		Promise<Machine | Operation>;
	/**
	 * Remove a machine and its disk; of an adopted one no file.
	 *
	 * @throws {HyperError} NOT_FOUND, STATE (it runs, and no force)
	 */
	remove(id: string, options?: RemoveOptions & Sync): Promise<void>;
	remove(id: string, options: RemoveOptions & Async): Promise<Operation>;
	remove(id: string, options?: RemoveOptions & ChangeOptions):
		Promise<void | Operation>;
	/**
	 * Change a machine that is there: all that is named, or nothing. The
	 * rest stays as it is. Labels change at any time; the rest is done by
	 * the engine: of domains only while they are stopped.
	 *
	 * @throws {HyperError} NOT_FOUND, STATE, LIMIT (too many labels),
	 *   INVALID with the field that is wrong
	 */
	change(id: string, changes: MachineChanges, options?: Terms & Sync):
		Promise<Machine>;
	change(id: string, changes: MachineChanges, options: Terms & Async):
		Promise<Operation>;
	change(id: string, changes: MachineChanges,
		options?: Terms & ChangeOptions): Promise<Machine | Operation>;
	/**
	 * Take a machine in that hyper did not make, as it is.
	 *
	 * @param name what its engine calls it: a name, container id or uuid
	 * @throws {HyperError} NOT_FOUND (no engine has it), EXISTS (it is a
	 *   machine already, or the id is taken), INVALID
	 */
	adopt(name: string, options?: AdoptOptions & { dryRun?: false }):
		Promise<Machine>;
	adopt(name: string, options: AdoptOptions & { dryRun: true }):
		Promise<Operation>;
	/**
	 * Start all that match a filter, such as "label.tier=web"; "id=*" means
	 * all. What fails for one does not keep it from the others, and is not
	 * thrown: each has its outcome, in the order of the query.
	 *
	 * @throws {HyperError} INVALID with the field "query", "sort" or
	 *   "limit"
	 */
	startAll(filter: string, options?: AllOptions): Promise<Outcome[]>;
	/** Stop all that match; as startAll(). */
	stopAll(filter: string, options?: AllOptions & {
		/** How long each guest may take, ms; 30000. */
		timeout?: number | bigint;
		/** Kill what does not stop in time. */
		force?: boolean;
	}): Promise<Outcome[]>;
	/** Change all that match; as startAll(). */
	changeAll(filter: string, changes: MachineChanges,
		options?: AllOptions): Promise<Outcome[]>;
	/** Remove all that match; as startAll(). */
	removeAll(filter: string, options?: AllOptions & {
		/** In whatever state they are: stop them first. */
		force?: boolean;
		/** Only forget them, and leave them with their engines. */
		keep?: boolean;
	}): Promise<Outcome[]>;
	/**
	 * One machine.
	 *
	 * @throws {HyperError} NOT_FOUND, INVALID, CONNECT
	 */
	get(id: string, options?: RefreshOptions): Promise<Machine>;
	/**
	 * Those that match a query. The answer comes from the database, and
	 * is fast whatever the engines do.
	 *
	 * @throws {HyperError} INVALID with the field "query", "sort",
	 *   "limit", "cursor" or "fields"; CONNECT
	 */
	list<F extends keyof Machine>(
		options: MachineListOptions & { fields: readonly F[] }):
		Promise<MachineList<Pick<Machine, F>>>;
	list(options: MachineListOptions & { fields: string }):
		Promise<MachineList<Partial<Machine>>>;
	list(options?: MachineListOptions): Promise<MachineList<Machine>>;
}

export interface StopOptions extends Terms {
	/** How long the guest may take, ms; 30000. With force, 0 kills it at
	 * once. */
	timeout?: number | bigint;
	/** Kill what does not stop in time. */
	force?: boolean;
}

export interface RemoveOptions extends Terms {
	/** In whatever state it is: stop it first. */
	force?: boolean;
	/** Only forget it, and leave it with its engine; of adopted ones. */
	keep?: boolean;
}

export interface AdoptOptions {
	/** The driver; without it, the one whose engine has it. */
	type?: string | null;
	/** The id that it gets; without it, its name. */
	id?: string | null;
	/** Also what bears the mark of another hyper. */
	force?: boolean;
}

/** How all are changed that match: sort and limit choose a page of them. With
 * async the operations are recorded, and not waited for. */
export interface AllOptions extends ChangeOptions {
	/** As of ListOptions. */
	sort?: string | readonly string[] | null;
	/** As of ListOptions. */
	limit?: number | bigint;
}

/** What came of one change of many, for one machine. As JSON, it is what REST
 * shows. */
export class Outcome {
	private constructor();
	/** The machine's. */
	id: string;
	/** As it is then; null: it failed, or there is none any more. */
	machine: Machine | null;
	/** null: none was recorded. */
	operation: Operation | null;
	/** Why it failed, to be thrown. */
	error: HyperError | null;
}

export interface RefreshOptions {
	/** Ask the engines first, for 2 s at most. */
	refresh?: boolean;
}

export interface ListOptions {
	/** Such as "state=running mem>=512". */
	filter?: string | null;
	/** Such as "-mem,id" or ["-mem", "id"]. */
	sort?: string | readonly string[] | null;
	/** At most so many, up to 10000; 0: all. */
	limit?: number | bigint;
	/** Go on behind a page: its nextCursor, with the same filter and
	 * sort. */
	cursor?: string | null;
	/** Also count all that match. */
	count?: boolean;
}

export interface MachineListOptions extends ListOptions, RefreshOptions {
	/** Only these, such as "id,state" or ["id", "state"]. */
	fields?: string | readonly string[] | null;
}

/** A page of a list. What is not an item is not enumerable. */
export interface List<T> extends Array<T> {
	/** How many match in all; null: it was not asked with count. */
	readonly total: number | null;
	/** For the next page; null: this is the last. */
	readonly nextCursor: string | null;
}

export interface MachineList<T> extends List<T> {
	/** The event up to which it is true: follow events after this. */
	readonly seq: number;
}

/** Texts by name. */
export type Texts = Record<string, string>;

/** What one may say of a machine; image is needed. */
export interface MachineSpec {
	/** A DNS label; without it, one is generated. */
	id?: string | null;
	/** The driver; without it, the one that has the image. */
	type?: string | null;
	image: string;
	/** MiB, or "512M", "2G"; 0: the driver's default. */
	mem?: number | bigint | string | null;
	/** 0: the driver's default. */
	vcpus?: number | bigint | null;
	/** Start it with its engine. */
	autostart?: boolean | null;
	/** As "[[HOST_IP:]HOST_PORT:]GUEST_PORT[/tcp|/udp]", or objects. */
	ports?: readonly (string | PortSpec)[] | null;
	/** Variables, of containers. */
	env?: Texts | ReadonlyMap<string, string> | null;
	/** What a container runs; null: what its image says. */
	command?: readonly string[] | null;
	labels?: Texts | ReadonlyMap<string, string> | null;
	/** The driver's own. */
	options?: Texts | ReadonlyMap<string, string> | null;
}

/** What is to change of a machine. */
export interface MachineChanges {
	/** MiB, or "512M", "2G". */
	mem?: number | bigint | string;
	vcpus?: number | bigint;
	autostart?: boolean;
	/** These labels; null takes one out, others stay. */
	labels?: Record<string, string | null> |
		ReadonlyMap<string, string | null>;
}

export interface PortSpec {
	host_ip?: string | null;
	/** 0: the engine chooses. */
	host_port?: number;
	guest_port: number;
	protocol?: "tcp" | "udp";
}

export type MachineState = "creating" | "stopped" | "starting" | "running" |
	"paused" | "stopping" | "removing" | "error" | "missing";

/** A machine as it was when it was asked for. */
export interface Machine {
	id: string;
	/** Never used twice, also when an id is. */
	uuid: string;
	/** The driver. */
	type: string;
	image: string;
	/** MiB; 0: no limit of its own. */
	mem: number;
	/** 0: no limit of its own. */
	vcpus: number;
	state: MachineState;
	/** What the engine calls it. */
	driver_state: string | null;
	/** Why, where there is something to say. */
	state_reason: string | null;
	/** The engine's own name of it. */
	handle: string | null;
	/** Whether hyper did not make it. */
	adopted: boolean;
	/** When its engine was last asked; null: never. */
	observed_at: string | null;
	/** Whether the engine could not be asked of late. */
	stale: boolean;
	created_at: string;
	updated_at: string;
	/** Addresses that were seen. */
	addresses: string[];
	ports: Port[];
	env: Texts;
	command: string[] | null;
	labels: Texts;
	autostart: boolean;
	/** Grows with each change. */
	generation: number;
	options: Texts;
}

export interface Port {
	/** null: every address of the host. */
	host_ip: string | null;
	host_port: number;
	guest_port: number;
	protocol: "tcp" | "udp";
}

export interface Images {
	/**
	 * The images of one driver, or of all that are available.
	 *
	 * @throws {HyperError} NO_DRIVER, CONNECT (with a type)
	 */
	list(options?: { type?: string | null }): Promise<Image[]>;
	/** @throws {HyperError} NOT_FOUND, NO_DRIVER, CONNECT */
	get(type: string, name: string): Promise<Image>;
	/**
	 * Fetch one from the driver's registry.
	 *
	 * @throws {HyperError} NOT_FOUND, NOT_SUPPORTED, CONNECT, DRIVER
	 */
	pull(type: string, name: string, options?: KeyOptions & Sync):
		Promise<Image>;
	pull(type: string, name: string, options: KeyOptions & Async):
		Promise<Operation>;
	pull(type: string, name: string, options?: KeyOptions & ChangeOptions):
		Promise<Image | Operation>;
	/**
	 * Copy one in from a file.
	 *
	 * @param path absolute, on the host of the driver
	 * @throws {HyperError} EXISTS, NOT_FOUND, INVALID, NOT_SUPPORTED, IO
	 */
	import(type: string, name: string, path: string,
		options?: KeyOptions & Sync): Promise<Image>;
	import(type: string, name: string, path: string,
		options: KeyOptions & Async): Promise<Operation>;
	import(type: string, name: string, path: string,
		options?: KeyOptions & ChangeOptions):
		Promise<Image | Operation>;
	/** @throws {HyperError} NOT_FOUND, BUSY (machines use it) */
	remove(type: string, name: string, options?: KeyOptions & Sync):
		Promise<void>;
	remove(type: string, name: string, options: KeyOptions & Async):
		Promise<Operation>;
	remove(type: string, name: string, options?: KeyOptions & ChangeOptions):
		Promise<void | Operation>;
}

export interface Image {
	name: string;
	/** The driver. */
	type: string;
	handle: string | null;
	/** "qcow2", "oci", … */
	format: string | null;
	/** Bytes on disk; 0: unknown. */
	size: number;
	created_at: string | null;
}

export interface Drivers {
	/** Every driver file that was found, also those that cannot be used.
	 * Asks the engines, for 10 s at most. */
	list(): Promise<Driver[]>;
}

export interface Driver {
	name: string;
	version: string | null;
	/** "vm", "container". */
	kinds: string[];
	/** What it can do. */
	features: string[];
	available: boolean;
	/** Why not. */
	reason: string | null;
	/** What is behind it: "Docker 20.10.24". */
	engine: string | null;
	file: string | null;
}

export interface Operations {
	/** @throws {HyperError} NOT_FOUND, CONNECT */
	get(id: number | bigint): Promise<Operation>;
	/** Those that match a query, the newest first unless it sorts. */
	list(options?: ListOptions): Promise<List<Operation>>;
	/** As Operation.wait(). */
	wait(id: number | bigint, options?: WaitOptions): Promise<Operation>;
	/** As Operation.cancel(). */
	cancel(id: number | bigint): Promise<Operation>;
}

export interface WaitOptions {
	/** How long, ms; as long as it takes. */
	timeout?: number | bigint;
	/** Give up the wait, which then fails with the signal's reason. The
	 * operation goes on: see cancel(). */
	signal?: AbortSignal;
}

export type OperationState =
	"queued" | "running" | "done" | "failed" | "cancelled" | "planned";

/** An operation as it was when it was asked for. As JSON, it is its fields. */
export class Operation {
	private constructor();
	id: number;
	/** "add", "start", "stop", "remove", "change", "adopt", "release",
	 * "pull", "import", "image-remove"; there may be more one day. */
	kind: string;
	state: OperationState;
	/** The driver. */
	type: string;
	/** null: it is about an image. */
	machine: string | null;
	image: string | null;
	/** How far it is, in a unit of the driver's; total 0: unknown. */
	progress: { done: number; total: number; step: string | null };
	/** Why it failed or was cancelled. */
	error: Problem | null;
	created_at: string;
	started_at: string | null;
	ended_at: string | null;
	/** Who asked for it: "user:alice", "token:ci". */
	actor: string | null;
	/** The program that was asked. */
	program: string | null;
	pid: number | null;
	uid: number | null;
	/** What a dry run would do, a line for people for each step; null: it
	 * is none. Such an operation has the id 0 and the state "planned", and
	 * cannot be looked up. */
	plan: string[] | null;

	/** Whether it is done, failed, cancelled or planned. */
	readonly ended: boolean;
	/** Of a dry run, the machine that would come of it; else null. */
	readonly record: Machine | null;
	/** Its error, to be thrown. */
	readonly failure: HyperError | null;
	/** It as it is now. */
	refresh(): Promise<Operation>;
	/**
	 * Wait until it has ended. That it failed is no failure of the wait:
	 * see state and failure.
	 *
	 * @throws {HyperError} TIMEOUT (it goes on), CANCELLED (by close() or
	 *   Connection.cancel()), CONNECT; the reason of the signal
	 */
	wait(options?: WaitOptions): Promise<Operation>;
	/**
	 * Ask it to stop. Gives it as it is now: wait for the end.
	 *
	 * @throws {HyperError} STATE (it has ended)
	 */
	cancel(): Promise<Operation>;
}

/** A problem document (RFC 9457). */
export interface Problem {
	type: string;
	title: string;
	status: number;
	detail: string;
	code: ErrorCode;
	field?: string;
	driver?: string;
	causes?: { code: ErrorCode; detail: string; field?: string;
		driver?: string }[];
}

export interface EventsOptions {
	/** The seq of the last event that is known; 0: from the oldest that
	 * is kept. */
	after?: number | bigint;
	/** End it, with the reason of the signal. */
	signal?: AbortSignal;
}

/** Events, one by one. */
export interface Events extends AsyncIterableIterator<Event> {
	/** That of the last event that was given. */
	readonly seq: number;
	next(): Promise<IteratorResult<Event, undefined>>;
	/** End it; also a next() that waits. */
	return(): Promise<IteratorResult<Event, undefined>>;
}

export interface Event {
	/** One more than that of the event before. */
	seq: number;
	/** When; only seq tells the order. */
	at: string;
	/** "machine-adding", "machine-adopted", "machine-state",
	 * "machine-changed", "machine-removed", "operation-ended",
	 * "driver-lost", "driver-back"; there may be more one day. */
	kind: string;
	/** The machine's id; null: it is about none. */
	machine: string | null;
	/** With "driver-lost" and "driver-back". */
	driver: string | null;
	/** The operation that did it; 0: it happened by itself. */
	operation: number;
	/** Who asked for that operation. */
	actor: string | null;
	/** That of the machine from then on; of "operation-ended" that of the
	 * operation; null: it is removed. */
	state: string | null;
}

/** What somebody may do over HTTP; each may do what those before it may. */
export type Role = "viewer" | "operator" | "admin";

export interface Tokens {
	/**
	 * Make one. Its secret is told this once.
	 *
	 * @param name of the form that ids of machines have
	 * @throws {HyperError} EXISTS, INVALID with the field
	 */
	add(name: string, role: Role, options?: {
		/** When it ends to be good; without it, never. */
		expiresAt?: Date | null;
	}): Promise<NewToken>;
	/** All, also those that have expired. */
	list(): Promise<Token[]>;
	/**
	 * Take one back: from the next request on nobody gets in with it.
	 *
	 * @throws {HyperError} NOT_FOUND
	 */
	remove(name: string): Promise<void>;
	/**
	 * Whose secret is it? For servers; only on a state directory.
	 *
	 * @throws {HyperError} AUTH (nobody's, or it has expired),
	 *   NOT_SUPPORTED
	 */
	check(secret: string): Promise<Token>;
}

export interface Token {
	name: string;
	role: Role;
	created_at: string;
	/** null: never. */
	expires_at: string | null;
}

export interface NewToken extends Token {
	secret: string;
}

/**
 * Servers that have names: open("remote:NAME") opens one. They belong to the
 * user, and are kept below $XDG_CONFIG_HOME/hyper/remotes, or
 * ~/.config/hyper/remotes.
 */
export namespace remotes {
	/**
	 * Give a server a name. It is not asked.
	 *
	 * @param uri of a hyperd; with "#" and its fingerprint behind, that
	 *   key is trusted and no other
	 * @throws {HyperError} EXISTS, DENIED (the token would travel in the
	 *   clear), INVALID with the field
	 */
	function add(name: string, uri: string, options?: {
		/** What it wants to have: sent to it only. */
		token?: string | null;
		/** The absolute path of a PEM file with the certificate that
		 * we show, and its key. */
		clientCert?: string | null;
	}): Promise<void>;
	/** All that have a name, by name. */
	function list(): Promise<Remote[]>;
	/** Choose what "remote:" means; "local": this machine.
	 * @throws {HyperError} NOT_FOUND */
	function use(name: string): Promise<void>;
	/** Forget one, with its token.
	 * @throws {HyperError} NOT_FOUND, STATE (it is in use) */
	function remove(name: string): Promise<void>;
	/**
	 * Ask an https server for the fingerprint of its certificate, for its
	 * user to compare; null: an authority that is trusted anyway vouches
	 * for it.
	 *
	 * @throws {HyperError} CONNECT, INVALID
	 */
	function fingerprint(uri: string): Promise<string | null>;
	/** That of the first certificate in a text (PEM). */
	function certificateFingerprint(pem: string): Promise<string>;
}

export interface Remote {
	name: string;
	/** With the fingerprint, if it is pinned. */
	uri: string;
	client_cert: string | null;
	has_token: boolean;
	/** Whether "remote:" means it. */
	in_use: boolean;
}

export interface Info {
	name: string;
	version: string;
	api: number;
	/** The uuid of the state directory. */
	instance: string;
	features: string[];
}

export interface Finding {
	/** "database", "operation", "machine-stuck", …; others may come. */
	kind: string;
	/** The driver. */
	type: string | null;
	machine: string | null;
	/** What is wrong. */
	detail: string;
	/** What was done about it. */
	action: string | null;
	repaired: boolean;
}

export type ErrorCode = "INVALID" | "NOT_FOUND" | "EXISTS" | "STATE" |
	"BUSY" | "NOT_SUPPORTED" | "DENIED" | "AUTH" | "TIMEOUT" |
	"CANCELLED" | "CONNECT" | "DRIVER" | "NO_DRIVER" | "PROTOCOL" |
	"LIMIT" | "IO" | "NOMEM" | "INTERNAL";

/** What went wrong. */
export class HyperError extends Error {
	constructor(code: ErrorCode, message: string, more?: {
		field?: string | null; driver?: string | null;
		requestId?: string | null; cause?: Error;
	});
	readonly name: "HyperError";
	readonly code: ErrorCode;
	/** The argument or field that is wrong, such as "labels.tier". */
	readonly field: string | null;
	/** The driver that reported it. */
	readonly driver: string | null;
	/** What the server's log calls the request that was answered so. */
	readonly requestId: string | null;
	/** What caused it. */
	readonly cause?: Error;
}
