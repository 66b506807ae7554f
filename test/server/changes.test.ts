import { afterEach, beforeEach, expect, test } from "vitest";
import { changesView } from "../../server/schemas/changes.ts";
import { CHANGE_TYPES } from "../../server/store/change-rows.ts";
import { CarteiraError } from "../../engine/index.ts";
import { samplePlan } from "./sample-plan.ts";
import { REPS_CSV, type TestService, makePlan, startService } from "./service.ts";

interface Feed {
	readonly changes: { readonly sequence: number; readonly type: string; readonly data: Record<string, unknown> }[];
	readonly next_after: number;
}

let service: TestService;
beforeEach(async () => {
	service = await startService();
});
afterEach(() => service.close());

async function feed(query = "", portfolio = "acme"): Promise<Feed> {
	const answer = await service.app.inject({ method: "GET", url: `/v1/portfolios/${portfolio}/changes${query}` });
	expect(changesView.safeParse(answer.json()).error).toBeUndefined();
	return answer.json();
}
const post = (url: string) => service.app.inject({ method: "POST", url });
const putReps = (portfolio: string) =>
	service.app.inject({
		method: "PUT",
		url: `/v1/portfolios/${portfolio}/reps`,
		headers: { "content-type": "text/csv" },
		payload: REPS_CSV,
	});

test("the feed tells imports, plans made, failed, published, superseded, revised and discarded, in their order", async () => {
	await putReps("acme");
	const first = await makePlan(service.app);
	await post(`/v1/plans/${first}/publish`);
	await post(`/v1/plans/${first}/publish`); // changes nothing
	service.engine.failWith = new CarteiraError("NOT_ENOUGH_HISTORY", "too little");
	const failed = await makePlan(service.app);
	service.engine.failWith = null;
	const second = await makePlan(service.app);
	await post(`/v1/plans/${second}/publish`);
	await service.app.inject({ method: "DELETE", url: `/v1/plans/${failed}` });
	const { id: revised } = await service.tenant.store.addPlan({ portfolio: "acme", as_of: "2026-11-23" }, samplePlan());
	const { changes } = await feed();
	expect(changes.map(({ type, data }) => [type, data.plan ?? data.table])).toEqual([
		["import.completed", "reps"],
		["plan.completed", first],
		["plan.published", first],
		["plan.failed", failed],
		["plan.completed", second],
		["plan.published", second],
		["plan.superseded", first],
		["plan.discarded", failed],
		["plan.revised", revised],
	]);
	expect(changes[3].data).toEqual({ plan: failed, code: "NOT_ENOUGH_HISTORY", detail: "too little" });
	expect(changes.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
	for (const { type } of changes) expect(Object.keys(CHANGE_TYPES)).toContain(type);
});

test("the feed is read page by page, each portfolio its own, also after a restart", async () => {
	for (const portfolio of ["acme", "beta", "acme", "acme"]) expect((await putReps(portfolio)).statusCode).toBe(200);
	const first = await feed("?limit=2");
	expect(first.changes.map(({ sequence }) => sequence)).toEqual([1, 3]);
	const rest = await feed(`?after=${first.next_after}`);
	expect(rest.changes.map(({ sequence }) => sequence)).toEqual([4]);
	expect(await feed(`?after=${rest.next_after}`)).toMatchObject({ changes: [], next_after: 4 });
	expect((await feed("", "beta")).changes.map(({ sequence }) => sequence)).toEqual([2]);
	expect((await service.services.tenants.get("other")).name).toBe("other");
	expect(await service.services.changes.list("other", { after: 0, limit: 10 })).toEqual([]);
	await service.stop();
	service = await startService({ dataDir: service.dataDir });
	expect((await feed()).changes).toHaveLength(3);
});

test("what is told at the same time is numbered without a gap, and nobody who reads meanwhile misses an entry", async () => {
	const { store } = service.tenant;
	const seen: number[] = [];
	let isOver = false;
	const reader = (async () => {
		for (let isLast = false; !isLast; ) {
			isLast = isOver;
			const found = await service.services.changes.list("default", { after: seen.at(-1) ?? 0, limit: 7 });
			if (found.length > 0) isLast = false;
			seen.push(...found.map(({ sequence }) => sequence));
		}
	})();
	const writes = Array.from({ length: 60 }, (_, index) =>
		store.recordImport({ portfolio: `p${index % 3}`, table: "reps", mode: "upsert", digest: `${index}`, report: "{}" }),
	);
	await Promise.all(writes);
	isOver = true;
	await reader;
	expect(seen).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
});

test("what is not done is not told", async () => {
	const key = { scope: "POST /x", key: "k", fingerprint: "a" };
	const answer = { status: 200, location: null, body: "{}" };
	const record = { portfolio: "acme", table: "reps", mode: "upsert", digest: "d", report: "{}" } as const;
	await service.tenant.store.recordImport(record, { key, answer });
	await expect(service.tenant.store.recordImport(record, { key, answer })).rejects.toThrow();
	expect((await feed()).changes).toHaveLength(1);
});

test("the feed tells of contacts that were posted once they are part of the portfolio, however often it is read", async () => {
	const contact = { customer_id: "c1", rep_id: "r1", contacted_at: "2026-11-20T09:30:00", channel: "phone", outcome: "order" };
	const payload = ["k1", "k2", "k1"].map((contact_id) => ({ contact_id, ...contact }));
	await service.app.inject({ method: "POST", url: "/v1/portfolios/acme/contacts", payload });
	expect((await feed()).changes).toEqual([]);
	await service.tenant.portfolios.read("acme");
	await service.tenant.portfolios.read("acme");
	expect((await feed()).changes).toMatchObject([{ sequence: 1, type: "contacts.imported", data: { num_contacts: 2 } }]);
});
