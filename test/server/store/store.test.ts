import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../../server/config.ts";
import { databasePath, lockFolder } from "../../../server/store/data-folder.ts";
import { type Database, EVERY_TENANT, openDatabase } from "../../../server/store/database.ts";
import { type JobRows, createJobRows } from "../../../server/store/job-rows.ts";
import type { Lease, Store } from "../../../server/store/store.ts";
import { type Tenants, openTenants } from "../../../server/tenants.ts";
import { databaseOf } from "../database-of.ts";
import { samplePlan } from "../sample-plan.ts";

const ORDER = { portfolio: "acme", as_of: "2026-11-23" };

let dataDir: string;
let database: Database;
let tenants: Tenants;
let store: Store;
let jobs: JobRows;

async function open(): Promise<void> {
	database = await openDatabase({ path: databasePath(dataDir), url: await databaseOf(dataDir) });
	tenants = await openTenants(dataDir, database, { ...DEFAULT_LIMITS, idempotency_hours: 1, max_queued_plans_per_tenant: 3 });
	({ store } = tenants.ofThisMachine);
	jobs = createJobRows(database);
}
beforeEach(async () => {
	dataDir = await mkdtemp(join(tmpdir(), "carteira-store-"));
	await open();
});
afterEach(async () => {
	await database.close();
	await rm(dataDir, { recursive: true, force: true });
});

async function reopen(): Promise<void> {
	await database.close();
	await open();
}

/** Orders a plan that may be made at once. */
async function order(into = store, asOf = ORDER.as_of): Promise<{ readonly id: string }> {
	const plan = await into.createPlan({ ...ORDER, as_of: asOf });
	await jobs.markPrepared(await jobs.unprepared());
	return plan;
}

async function lease(): Promise<Lease> {
	const leased = await jobs.lease(Date.now(), Date.now() + 60_000);
	if (leased === null) throw new Error("no plan waits");
	return leased;
}

/** Orders a plan and ends it as one of the store's workers would. */
async function make(plan = samplePlan(), asOf = "2026-11-23", into = store): Promise<string> {
	const { id } = await order(into, asOf);
	expect(await into.savePlan(await lease(), "completed", plan)).toBe(true);
	return id;
}

const documents = (): Promise<string[]> => readdir(join(dataDir, "documents"));

test("a plan read back is the plan that was saved, also after a restart", async () => {
	const id = await make();
	await reopen();
	expect(await store.readPlan(id)).toEqual(samplePlan());
	expect(await store.getPlan(id)).toMatchObject({ id, status: "completed", order: ORDER, head: { plan_id: "plan20261123" } });
});

test("a plan's file is named after the digest of its bytes, and equal plans share one until none refers to it", async () => {
	const [first, second] = [await make(), await make()];
	const [name, ...others] = await documents();
	expect(others).toEqual([]);
	const bytes = await readFile(join(dataDir, "documents", name));
	expect(name).toBe(`${createHash("sha256").update(bytes).digest("hex")}.json`);
	await store.discardPlan(first);
	expect(await store.readPlan(second)).toEqual(samplePlan());
	await store.discardPlan(second);
	expect(await documents()).toEqual([]);
});

test("a restart leaves what is being made with its worker until the lease is over, and then it comes before what came later", async () => {
	const [running, waiting] = [await order(), await order()];
	const held = await lease();
	expect(held.id).toBe(running.id);
	await reopen();
	expect((await lease()).id).toBe(waiting.id);
	expect(await jobs.lease(Date.now(), Date.now() + 60_000)).toBeNull();
	const later = Date.now() + 120_000;
	expect(await jobs.lease(later, later + 60_000)).toMatchObject({ id: running.id });
	expect(await jobs.extend(held, later, null)).toBeNull();
	expect(await jobs.lease(Date.now(), Date.now() + 60_000)).toBeNull();
});

test("a lease that ran out goes to the next worker, and what the first says then changes nothing", async () => {
	const { id } = await order();
	const first = await jobs.lease(1000, 2000);
	expect(await jobs.lease(1999, 3000)).toBeNull();
	const second = await jobs.lease(2001, 9_999_999_999_999);
	if (first === null || second === null) throw new Error("not leased");
	expect(second.token).toBe(first.token + 1);
	expect(await jobs.extend(first, 5000, null)).toBeNull();
	await jobs.fail(first, { code: "INTERNAL", detail: "late", errors: [] });
	expect(await store.savePlan(first, "completed", samplePlan())).toBe(false);
	expect(await documents()).toEqual([]);
	expect(await jobs.extend(second, 9_999_999_999_999, null)).toMatchObject({ isStopAsked: false });
	await store.askToStop(id);
	expect(await jobs.extend(second, 9_999_999_999_999, null)).toMatchObject({ isStopAsked: true });
	expect(await store.savePlan(second, "stopped", samplePlan())).toBe(true);
	await expect(store.askToStop(id)).rejects.toMatchObject({ code: "CONFLICT" });
});

test("a plan is leased once it is prepared, and not before", async () => {
	const { id } = await store.createPlan(ORDER);
	expect(await jobs.lease(1000, 2000)).toBeNull();
	const waiting = await jobs.unprepared();
	expect(waiting).toEqual([{ id, tenant: "default", portfolio: "acme" }]);
	await jobs.markPrepared(waiting);
	expect(await jobs.unprepared()).toEqual([]);
	expect(await jobs.lease(1000, 2000)).toMatchObject({ id });
});

test("tenants take turns, and one that waits longest comes first", async () => {
	const other = (await tenants.get("other")).store;
	const mine = [await order(), await order(), await order()];
	const theirs = [await order(other), await order(other)];
	const taken = [];
	for (let time = 1; time <= 5; time++) {
		const leased = await jobs.lease(time, time + 1_000_000);
		if (leased === null) throw new Error("not leased");
		taken.push(leased.id);
		await jobs.fail(leased, { code: "INTERNAL", detail: "done", errors: [] });
	}
	expect(taken).toEqual([mine[0], theirs[0], mine[1], theirs[1], mine[2]].map(({ id }) => id));
});

test("a tenant may have so many plans waiting and no more", async () => {
	for (let i = 0; i < 4; i++) await store.createPlan(ORDER); // one that is made and three that wait
	await expect(store.createPlan(ORDER)).rejects.toMatchObject({ code: "BUSY" });
	await (await tenants.get("other")).store.createPlan(ORDER);
});

test("files of plans that were never completed are removed at the start", async () => {
	await make();
	const [name] = await documents();
	await writeFile(join(dataDir, "documents", `${"0".repeat(64)}.json`), "{");
	await writeFile(join(dataDir, "documents", "half.tmp"), "{");
	await reopen();
	expect(await documents()).toEqual([name]);
});

test("a start leaves the file that a worker is writing alone, for as long as its lease runs", async () => {
	const { id } = await order();
	const { token } = (await jobs.lease(1000, Date.now() + 60_000)) as Lease;
	const draft = `${id}.${token}.tmp`;
	await writeFile(join(dataDir, "documents", draft), "{");
	await reopen();
	expect(await documents()).toEqual([draft]);
	await jobs.handBack({ id, tenant: "default", token }, { isCounted: true });
	await reopen();
	expect(await documents()).toEqual([]);
});

test("a plan that a dead worker had half saved is saved whole by the next, and one that fails leaves no half", async () => {
	const pieces = () => database.as(EVERY_TENANT, (rows) => rows.selectFrom("piece").select(["plan", "customer_id"]).execute());
	const half = (id: string) =>
		database.as(EVERY_TENANT, (rows) =>
			rows
				.insertInto("piece")
				.values({ tenant: "default", plan: id, kind: "entry", customer_id: "of the first", start: 0, length: 1 })
				.execute(),
		);
	const { id } = await order();
	const first = (await jobs.lease(1000, 2000)) as Lease;
	await half(id);
	await writeFile(join(dataDir, "documents", `${id}.${first.token}.tmp`), "{");
	const second = await lease();
	expect(await store.savePlan(first, "completed", samplePlan())).toBe(false);
	expect(await store.savePlan(second, "completed", samplePlan())).toBe(true);
	expect((await pieces()).filter(({ customer_id }) => customer_id === "of the first")).toEqual([]);
	expect((await store.agendasOf(id, {})).length).toBeGreaterThan(0);
	expect(await documents()).toHaveLength(1);
	const failing = await order();
	const third = await lease();
	await half(failing.id);
	await jobs.fail(third, { code: "INTERNAL", detail: "", errors: [] });
	expect((await pieces()).filter(({ plan }) => plan === failing.id)).toEqual([]);
});

test("a plan that was discarded while it was made leaves nothing", async () => {
	const { id } = await order();
	const held = await lease();
	await store.discardPlan(id);
	expect(await store.savePlan(held, "completed", samplePlan())).toBe(false);
	await expect(store.getPlan(id)).rejects.toMatchObject({ code: "NOT_FOUND" });
	expect(await documents()).toEqual([]);
});

test("one tenant finds nothing of another's, by any call", async () => {
	const id = await make();
	await store.publishPlan(id);
	await store.recordImport({ portfolio: "acme", table: "orders", mode: "replace", digest: "d", report: "{}" });
	const other = (await tenants.get("other")).store;
	for (const call of [
		() => other.getPlan(id),
		() => other.getPlan("plan20261123"),
		() => other.publishPlan(id),
		() => other.discardPlan(id),
		() => other.readPlan(id),
		() => other.openPlan(id),
		() => other.agendasOf(id, {}),
		() => other.unplannedOf(id, undefined),
		() => other.mentionsOf(id, "left"),
	]) {
		await expect(call()).rejects.toMatchObject({ code: "NOT_FOUND" });
	}
	await expect(other.askToStop(id)).rejects.toMatchObject({ code: "CONFLICT" });
	expect(await other.publishedPlan("acme")).toBeNull();
	expect(await other.publishedAgendas("acme", { date: "2026-11-23" })).toEqual([]);
	expect(await other.importsOf("acme")).toEqual([]);
	expect(await store.importsOf("acme")).toHaveLength(1);
	expect(await store.publishedAgendas("acme", { date: "2026-11-23" })).toHaveLength(2);
});

test("of plans published at the same moment one is in force, and the portfolio has one published plan", async () => {
	const ids = [await make(), await make(), await make()];
	const outcomes = await Promise.allSettled(ids.map((id) => store.publishPlan(id)));
	for (const outcome of outcomes) if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "CONFLICT" });
	const states = (await Promise.all(ids.map((id) => store.getPlan(id)))).map(({ publication }) => publication);
	expect(states.filter((state) => state === "published")).toHaveLength(1);
});

test("a data folder is one server's", () => {
	const lock = lockFolder(dataDir);
	expect(() => lockFolder(dataDir)).toThrow(expect.objectContaining({ code: "CONFLICT" }));
	lock.release();
	lockFolder(dataDir).release();
});

test("letters beyond ASCII do not shift the pieces of a plan", async () => {
	const plan = samplePlan({ reps: ["joão", "r2"] });
	const id = await make(plan);
	const agendas = await store.agendasOf(id, { rep: "r2" });
	expect(agendas.map(({ json }) => JSON.parse(json) as unknown)).toEqual(plan.reps[1].days);
	expect((await store.mentionsOf(id, "left")).map(({ kind }) => kind)).toEqual(["unplanned"]);
});

test("a first answer is kept under its key in the transaction of its effect, and belongs to one body", async () => {
	const key = { scope: "POST /x", key: "k", fingerprint: "a" };
	const answer = { status: 202, location: "/x/1", body: "{}" };
	expect(await store.findAnswer(key)).toBeNull();
	const { id } = await store.createPlan(ORDER, { key, answerOf: () => answer });
	await reopen();
	expect(await store.findAnswer(key)).toEqual(answer);
	expect(await store.findAnswer({ ...key, scope: "POST /y" })).toBeNull();
	expect(await (await tenants.get("other")).store.findAnswer(key)).toBeNull();
	await expect(store.findAnswer({ ...key, fingerprint: "b" })).rejects.toMatchObject({ code: "INVALID_INPUT" });
	// A second effect under the same key does not happen at all.
	await expect(store.createPlan(ORDER, { key, answerOf: () => answer })).rejects.toThrow();
	const { count } = await database.as(EVERY_TENANT, (rows) =>
		rows
			.selectFrom("plan")
			.select(({ fn }) => fn.countAll<number>().as("count"))
			.executeTakeFirstOrThrow(),
	);
	expect(count).toBe(1);
	expect(await jobs.unprepared()).toMatchObject([{ id }]);
});

test("a superseded plan is kept while days of it are in force, and can be discarded when none is", async () => {
	const publish = async (asOf: string, next: string): Promise<string> => {
		const id = await make(samplePlan({ asOf, next }), asOf);
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

test("reports of imports are told, the latest first, and no more than the latest hundred are kept", async () => {
	for (let i = 1; i <= 205; i++)
		await store.recordImport({ portfolio: "acme", table: "orders", mode: "upsert", digest: `${i}`, report: "{}" });
	const told = await store.importsOf("acme");
	expect(told.map(({ digest }) => Number(digest))).toEqual(Array.from({ length: 100 }, (_, index) => 205 - index));
	const { count } = await database.as(EVERY_TENANT, (rows) =>
		rows
			.selectFrom("import_report")
			.select(({ fn }) => fn.countAll<number>().as("count"))
			.executeTakeFirstOrThrow(),
	);
	expect(count).toBe(105); // the hundred at the 200th, and five since
});
