// SPDX-License-Identifier: MIT
// Never run: what a program in TypeScript may write, and what it may not.
import * as hyper from "..";
import { HyperError } from "..";

async function allOfIt(): Promise<void> {
	const h: hyper.Connection = await hyper.open("/state",
		{ readOnly: true, localOnly: true });
	await hyper.open();
	await hyper.open(null);

	const machine: hyper.Machine = await h.machines.add({
		image: "demo", id: "a", mem: "1G", vcpus: 2n,
		ports: ["80", { guest_port: 53, protocol: "udp" }],
		env: { A: "b" }, labels: new Map([["tier", "web"]]),
		command: ["run"], options: {}, autostart: false,
	});
	const state: hyper.MachineState = machine.state;
	const op: hyper.Operation = await h.machines.start(machine.id,
		{ async: true });
	const stopped: hyper.Machine = await h.machines.stop("a",
		{ timeout: 5000, force: true });
	const nothing: void = await h.machines.remove("a", { keep: true });
	const either: hyper.Machine | hyper.Operation =
		await h.machines.start("a", { async: state === "error" });
	await h.machines.adopt("x", { type: "test", id: "y", force: true });

	const plan: hyper.Operation = await h.machines.start("a",
		{ dryRun: true });
	const steps: string[] | null = plan.plan;
	const would: hyper.Machine | null = plan.record;
	const taken: hyper.Operation = await h.machines.adopt("x",
		{ dryRun: true });
	const pull: hyper.Operation = await h.images.pull("docker", "debian:12",
		{ dryRun: true, async: false });
	const outcomes: hyper.Outcome[] = await h.machines.stopAll(
		"label.tier=web", { timeout: 5000, force: true, sort: "-id",
			limit: 10, async: true });
	await h.machines.startAll("id=*", { dryRun: true });
	await h.machines.changeAll("id=*", { mem: "1G" });
	await h.machines.removeAll("id=*", { force: true, keep: false });
	for (const { id, error } of outcomes)
		if (error)
			throw error;
		else
			console.log(id, steps, would, taken, pull);

	const changed: hyper.Machine = await h.machines.change("a", {
		mem: "1G", labels: { tier: "web", old: null },
	}, { generation: machine.generation, key: "k" });
	const change: hyper.Operation = await h.machines.change("a",
		{ labels: new Map([["old", null]]) }, { async: true });
	await h.machines.add({ image: "demo" }, { key: "k" });
	await h.images.pull("docker", "debian:12", { key: "k", async: true });
	const alice: hyper.Connection = await h.view({ actor: "user:alice" });
	const token: hyper.NewToken = await h.tokens.add("ci", "operator",
		{ expiresAt: new Date() });
	const [known]: hyper.Token[] = await h.tokens.list();
	// @ts-expect-error: it was told when it was made
	known.secret;
	const [remote]: hyper.Remote[] = await hyper.remotes.list();
	await hyper.remotes.add("lab", "https://lab", { token: "s3cret" });
	const pin: string | null = await hyper.remotes.fingerprint(remote.uri);
	const metrics: string = await h.metrics();
	await h.checkReady();

	const all = await h.machines.list({ filter: "state=running",
		sort: ["-mem", "id"], limit: 10, cursor: null, count: true,
		refresh: true });
	const seq: number = all.seq;
	const total: number | null = all.total;
	const ids: string[] = all.map((m) => m.id);
	const some = await h.machines.list({ fields: ["id", "mem"] });
	const mem: number = some[0].mem;
	// @ts-expect-error: it was not asked for
	some[0].state;

	const controller = new AbortController();
	const ended = await op.wait({ timeout: 1000,
		signal: controller.signal });
	if (ended.failure)
		throw ended.failure;
	await h.operations.wait(op.id);
	await h.operations.cancel(BigInt(op.id));
	const ops: hyper.List<hyper.Operation> = await h.operations.list();
	const { done }: { done: number } = ops[0].progress;

	const image: hyper.Image = await h.images.pull("docker", "debian:12");
	await h.images.import("libvirt", "d", "/d.qcow2", { async: true });
	const drivers: hyper.Driver[] = await h.drivers.list();
	const findings: hyper.Finding[] = await h.doctor({ repair: true });
	const info: hyper.Info = await h.info();

	for await (const event of h.events({ after: seq })) {
		const kind: string = event.kind;
		if (kind === "machine-removed")
			break;
	}
	try {
		// @ts-expect-error: an image is needed
		await h.machines.add({ id: "a" });
		// @ts-expect-error: it cannot be changed
		await h.machines.change("a", { image: "b" });
		// @ts-expect-error: there is no machine of that generation yet
		await h.machines.add({ image: "demo" }, { generation: 1 });
		// @ts-expect-error: there is no such role
		await h.tokens.add("x", "root");
		// @ts-expect-error: there is no such option
		await h.machines.stop("a", { quick: true });
		// @ts-expect-error: it must be said which
		await h.machines.removeAll({ force: true });
		// @ts-expect-error: a generation is of one machine
		await h.machines.startAll("id=*", { generation: 1 });
		// @ts-expect-error: only open() makes one
		new hyper.Connection();
	} catch (error) {
		if (error instanceof HyperError && error.code === "NOT_FOUND")
			console.log(error.field, error.driver, error.cause,
				error.requestId);
	}
	await h.cancel();
	await h.close();
	console.log(stopped, nothing, either, total, ids, mem, done, image,
		drivers, findings, info, changed, change, alice.actor,
		token.secret, pin, metrics, hyper.version);
}

void allOfIt;
