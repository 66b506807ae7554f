import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openEmbeddedStore } from "../../../server/store/embedded.ts";
import type { Store } from "../../../server/store/store.ts";
import { samplePlan } from "../sample-plan.ts";

const ORDER = { portfolio: "acme", as_of: "2026-11-23" };
const open = (): Promise<Store> => openEmbeddedStore(dataDir, { idempotencyHours: 1 });

let dataDir: string;
let store: Store;
beforeEach(async () => {
	dataDir = await mkdtemp(join(tmpdir(), "carteira-store-"));
	store = await open();
});
afterEach(async () => {
	await store.close();
	await rm(dataDir, { recursive: true, force: true });
});

async function reopen(): Promise<void> {
	await store.close();
	store = await open();
}

test("a plan read back is the plan that was saved, also after a restart", async () => {
	const { id } = await store.createPlan(ORDER);
	await store.savePlan(id, "completed", samplePlan());
	await reopen();
	expect(await store.readPlan(id)).toEqual(samplePlan());
	expect(await store.getPlan(id)).toMatchObject({ id, status: "completed", order: ORDER, head: { plan_id: "plan20261123" } });
});

test("a restart marks what was being made as failed with the reason, and keeps what waited", async () => {
	const [running, waiting] = [await store.createPlan(ORDER), await store.createPlan(ORDER)];
	await store.setStatus(running.id, "scoring");
	await reopen();
	expect(await store.getPlan(running.id)).toMatchObject({ status: "failed", failure: { detail: expect.stringContaining("went down") } });
	expect((await store.queuedPlans()).map(({ id }) => id)).toEqual([waiting.id]);
});

test("files of plans that were never completed are removed at the start", async () => {
	const { id } = await store.createPlan(ORDER);
	await store.savePlan(id, "completed", samplePlan());
	await writeFile(join(dataDir, "plans", "pl_lost.json"), "{");
	await writeFile(join(dataDir, "plans", "pl_half.json.1.tmp"), "{");
	await reopen();
	expect(await readdir(join(dataDir, "plans"))).toEqual([`${id}.json`]);
});

test("a plan that was discarded while it was made leaves nothing", async () => {
	const { id } = await store.createPlan(ORDER);
	await store.discardPlan(id);
	await store.savePlan(id, "completed", samplePlan());
	await expect(store.getPlan(id)).rejects.toMatchObject({ code: "NOT_FOUND" });
	expect(await readdir(join(dataDir, "plans"))).toEqual([]);
});

test("a second server on the same folder is refused", async () => {
	await expect(open()).rejects.toMatchObject({ code: "CONFLICT" });
});

test("letters beyond ASCII do not shift the pieces of a plan", async () => {
	const plan = samplePlan({ reps: ["joão", "r2"] });
	const { id } = await store.createPlan(ORDER);
	await store.savePlan(id, "completed", plan);
	const agendas = await store.agendasOf(id, { rep: "r2" });
	expect(agendas.map(({ json }) => JSON.parse(json) as unknown)).toEqual(plan.reps[1].days);
	expect((await store.mentionsOf(id, "left")).map(({ kind }) => kind)).toEqual(["unplanned"]);
});

test("a first answer is kept under its key, and belongs to one body", async () => {
	const key = { scope: "POST /x", key: "k", fingerprint: "a" };
	expect(await store.findAnswer(key)).toBeNull();
	await store.saveAnswer(key, { status: 202, location: "/x/1", body: "{}" });
	await reopen();
	expect(await store.findAnswer(key)).toEqual({ status: 202, location: "/x/1", body: "{}" });
	expect(await store.findAnswer({ ...key, scope: "POST /y" })).toBeNull();
	await expect(store.findAnswer({ ...key, fingerprint: "b" })).rejects.toMatchObject({ code: "INVALID_INPUT" });
});

test("a superseded plan is kept while days of it are in force, and can be discarded when none is", async () => {
	const publish = async (asOf: string, next: string): Promise<string> => {
		const { id } = await store.createPlan({ portfolio: "acme", as_of: asOf });
		await store.savePlan(id, "completed", samplePlan({ asOf, next }));
		await store.publishPlan(id);
		return id;
	};
	const first = await publish("2026-11-23", "2026-11-24");
	const second = await publish("2026-11-24", "2026-11-25"); // the 23rd is in force from the first plan
	await expect(store.discardPlan(first)).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringContaining("2026-11-23") });
	await publish("2026-11-24", "2026-11-25"); // covers every day of the second
	await store.discardPlan(second);
	await expect(store.getPlan(second)).rejects.toMatchObject({ code: "NOT_FOUND" });
});
