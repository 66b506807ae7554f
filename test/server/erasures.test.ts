import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CarteiraError, type PlanDocument, formatDay, openSnapshot, snapshotFiles } from "../../engine/index.ts";
import { erasureView } from "../../server/schemas/erasures.ts";
import { type ErasureReport, type ErasureRows, createErasureRows } from "../../server/store/erasure-rows.ts";
import { ID, NAME, WORDS, bringIn, findWords, layFiles } from "./erasure-story.ts";
import { sampleEntry, samplePlan } from "./sample-plan.ts";
import { type TestService, makePlan, startService } from "./service.ts";

let service: TestService;
beforeEach(async () => {
	const dataDir = await mkdtemp(join(tmpdir(), "carteira-erasures-"));
	await layFiles(join(dataDir, "portfolios", "acme"));
	service = await startService({ dataDir });
});
afterEach(() => service.close());

const ACME = "/v1/portfolios/acme";
const PHONE = WORDS[3];

async function send(method: "GET" | "PUT" | "POST" | "DELETE", path: string, body?: string | object, more: object = {}) {
	const type = typeof body === "string" ? "text/csv" : "application/json";
	const headers = { ...(body !== undefined && { "content-type": type }), ...more };
	const url = path.startsWith("/v1/") ? path : ACME + path;
	const answer = await service.app.inject({ method, url, headers, ...(body !== undefined && { payload: body }) });
	return { status: answer.statusCode, body: answer.body };
}
const json = async <T>(path: string): Promise<T> => JSON.parse((await send("GET", path)).body) as T;
async function agendaOf(rep: string, tag = "none") {
	const answer = await service.app.inject({
		method: "GET",
		url: `${ACME}/agendas?date=2026-11-23&rep=${rep}`,
		headers: { "if-none-match": tag },
	});
	return { status: answer.statusCode, body: answer.body, tag: answer.headers.etag };
}
const erase = (headers: object = {}) => send("DELETE", `/customers/${ID}`, undefined, headers);
const words = () => findWords(service.dataDir, service.services.database);

/** Each rep's days with the customer first and another behind; the customer is also left out, in words that name it. */
function planOf(asOf: string, next: string): PlanDocument {
	const plan = samplePlan({ asOf, next });
	const theirs = sampleEntry(ID, 1, "08:10:00", "08:40:00");
	const known = { ...theirs, reason: `${NAME} compra sempre`, brief: { ...theirs.brief, customer_name: NAME, last_objection: PHONE } };
	const reps = plan.reps.map((rep) => ({
		...rep,
		days: rep.days.map((day) => ({ ...day, entries: [known, sampleEntry("c100", 2, "09:00:00", "09:30:00")] })),
	}));
	const reasons = [{ code: "LOWER_VALUE", proven: false, detail: `outbid by ${NAME} (${ID})` }];
	const left = { customer_id: "c101", rep_id: "r1", reasons, value_forgone_cents: 55, next_best_day: next };
	const own = { ...left, customer_id: ID, reasons: [{ code: "NOT_DUE", proven: true, detail: `${PHONE} não atende` }] };
	return { ...plan, reps, unplanned: [left, own], warnings: [`customers: ${ID} has no place`] };
}

/** Plans that are published, revised and failed, a day that was run, and a feed that tells of it. */
async function planAndRun(): Promise<{ readonly published: string; readonly revised: string }> {
	service.engine.answer = ({ asOf }) => planOf(formatDay(asOf), formatDay(asOf + 1));
	const policy = { hold_outs: [{ experiment: "own", from: "2026-11-01", to: "2026-12-01", customers: [ID] }] };
	const published = await makePlan(service.app, { as_of: "2026-11-23", policy });
	expect((await send("POST", `/v1/plans/${published}/publish`)).status).toBe(200);
	service.engine.failWith = new CarteiraError("INVALID_INPUT", `customer ${ID} cannot be placed`, [
		{ table: "customers", column: "customer_id", value: ID, code: "odd", message: `${NAME} is odd` },
	]);
	const failed = await makePlan(service.app, { as_of: "2026-11-24" });
	// What a worker had written of it before it died.
	const half = { tenant: "default", plan: failed, kind: "entry", rep_id: "r1", customer_id: ID, date: "2026-11-24", start: 0, length: 1 };
	await service.services.database.as("default", (rows) => rows.insertInto("piece").values(half).execute());
	service.engine.failWith = null;
	const plan = planOf("2026-11-23", "2026-11-24");
	const events = [{ type: "refuse", rep_id: "r1", customer_id: ID, date: "2026-11-24", until: "2026-12-24", reason: `liga ${PHONE}` }];
	const rules = [{ rep_id: "r1", customer_id: ID, from: "2026-11-24", until: "2026-12-24", reason: `liga ${PHONE}` }];
	const revision = { of: plan.plan_id, number: 1, now: "2026-11-23T09:00:00", freeze: "", pins: [], events, rules, urgent: [] } as never;
	const revised = await service.tenant.store.addPlan(
		{ portfolio: "acme", as_of: "2026-11-23" },
		{ ...plan, plan_id: "revised1", receipt: { ...plan.receipt, revision } },
	);
	const change = { change: "dropped", customer_id: ID, from: { rep_id: "r1", date: "2026-11-23" }, to: null, cause: "x", reason: NAME };
	const dropped = [{ rep_id: "r1", customer_id: ID, entry_id: `e-${ID}-1`, code: "BLOCKED", detail: `${NAME} bloqueada` }];
	const fallback = { code: "LATE", detail: "late", since: "", plans: [published], dropped, amended: [], unchecked: null };
	const at = { start_at: 1, ready_by: 2, ends_at: 3, began_at: 1 };
	await service.services.database.as("default", (rows) =>
		rows
			.insertInto("daily_run")
			.values({
				tenant: "default",
				portfolio: "acme",
				date: "2026-11-23",
				state: "published",
				plan: published,
				publish: "automatic",
				...at,
				diff: JSON.stringify({ against: "x", num_changes: 1, changes: [change], causes: {}, changed: [] }),
				warnings: JSON.stringify([`customers: ${ID} has no place`]),
				fallback: JSON.stringify(fallback),
			})
			.execute(),
	);
	const schedule = { time: "04:30", ready_by: "07:00", plan: { policy } };
	expect((await send("PUT", "/schedule", schedule)).status).toBe(200);
	return { published, revised: revised.id };
}

async function held(): Promise<Record<string, number>> {
	const { portfolio } = await service.tenant.portfolios.read("acme");
	return Object.fromEntries(Object.values(portfolio.tables).map(({ name, numRows }) => [name, numRows]));
}

test("nothing of an erased customer is left in any file or row, and everything else is as it was", async () => {
	await bringIn(send);
	const { published, revised } = await planAndRun();
	const before = await held();
	await send("POST", "/contacts", [
		{
			contact_id: "late",
			customer_id: ID,
			rep_id: "r1",
			contacted_at: "2026-11-21T09:30:00",
			channel: "phone",
			outcome: "no_order",
			objection: NAME,
		},
	]);
	const ofRep = await agendaOf("r1");
	expect(ofRep.body).toContain(NAME);
	expect(await agendaOf("r1")).toEqual(ofRep); // from what is kept ready
	const planned = await json<PlanDocument>(`/v1/plans/${published}`);
	const found = await words();
	for (const place of ["/documents/", "/portfolios/acme/parts/", "/portfolios/acme/manifests/", "/staged/"])
		expect(
			found.filter((one) => one.includes(place)),
			place,
		).not.toEqual([]);
	expect(found.filter((one) => /store\.sqlite|^table/.test(one))).not.toEqual([]);

	const answer = await erase();
	expect(answer.status, answer.body).toBe(200);
	const report = JSON.parse(answer.body) as ErasureReport;
	expect(erasureView.safeParse(report).error).toBeUndefined();
	expect(await words()).toEqual([]);
	const { pseudonym } = report;
	expect(report).toMatchObject({
		deleted: { customers: 1, assignments: 1, orders: 3, appointments: 1, service_events: 1, set_aside: 2, contact_rule: 1 },
		pseudonymised: { plan: 3, daily_run: 1, schedule: 1 },
		syncs_aborted: 1,
	});
	const gone = { customers: 1, assignments: 1, orders: 3, contacts: 2, appointments: 1, service_events: 1 };
	expect(await held()).toEqual(
		Object.fromEntries(Object.entries(before).map(([name, rows]) => [name, rows - (gone[name as "orders"] ?? 0)])),
	);

	// The plans add up to what they did, under the pseudonym, and say so.
	const after = await json<PlanDocument>(`/v1/plans/${published}`);
	expect(after.erased).toEqual([pseudonym]);
	expect(after.kpis).toEqual(planned.kpis);
	for (const [index, rep] of after.reps.entries()) {
		const { days, ...sums } = planned.reps[index];
		expect(rep).toMatchObject(sums);
		for (const [nth, { entries, ...day }] of rep.days.entries()) {
			const { entries: known, ...same } = days[nth];
			expect(day).toEqual(same);
			expect(entries[1]).toEqual(known[1]);
			const { value_cents, terms, start, end, channel, travel_seconds } = known[0];
			expect(entries[0]).toMatchObject({ customer_id: pseudonym, value_cents, terms, start, end, channel, travel_seconds, products: [] });
			expect(entries[0].brief).toMatchObject({ customer_name: null, last_objection: null });
		}
	}
	expect(after.unplanned[0]).toMatchObject({ customer_id: "c101", value_forgone_cents: 55 });
	expect(after.unplanned[0].reasons[0].detail).toBe(`outbid by ${pseudonym} (${pseudonym})`);
	// What points into the new files points to whole contacts and days.
	const agendas = await json<{ agendas: { entries: { customer_id: string }[] }[] }>("/agendas?date=2026-11-23");
	expect(agendas.agendas.map(({ entries }) => entries.map(({ customer_id }) => customer_id))).toEqual([
		[pseudonym, "c100"],
		[pseudonym, "c100"],
	]);
	const ofRepNow = await agendaOf("r1", String(ofRep.tag));
	expect(ofRepNow.status).toBe(200);
	for (const word of WORDS) expect(ofRepNow.body).not.toContain(word);
	expect(ofRepNow.body).toContain(pseudonym);
	expect((await service.tenant.store.mentionsOf(revised, pseudonym)).map(({ kind }) => kind)).toContain("entry");
	expect(await json<object>("/contact-rules?on=2026-11-01")).toMatchObject({ rules: [] });
	const { changes } = await json<{ changes: { type: string; data: object }[] }>("/changes?limit=1000");
	expect(changes.at(-1)).toMatchObject({ type: "customer.erased", data: { pseudonym } });
	const audit = (await json<{ entries: { path: string }[] }>("/v1/audit?limit=1000")).entries;
	expect(audit.at(-1)).toMatchObject({ path: `${ACME}/customers/{customer_id}`, method: "DELETE", status: 200 });
});

test("a day that is read while its customer is erased is read again, from the files that took the place of the old", async () => {
	await bringIn(send);
	await planAndRun();
	const texts: string[] = [];
	let isErased = false;
	await service.tenant.store.publishedDay(
		"acme",
		"r1",
		() => "2026-11-23",
		async (day) => {
			if (!isErased) expect((await erase()).status).toBe(200);
			isErased = true;
			texts.push(...(await day.readAgendas()).map((agenda) => agenda.json));
		},
	);
	expect(texts).toHaveLength(1);
	for (const word of WORDS) expect(texts[0]).not.toContain(word);
});

test("a customer that is erased is not there, and one of its id that is sent later is new", async () => {
	await bringIn(send);
	expect((await erase()).status).toBe(200);
	expect((await erase()).status).toBe(404);
	expect((await send("DELETE", "/v1/portfolios/nowhere/customers/c1")).status).toBe(404);
	expect((await send("GET", `/customers/${ID}?as_of=2026-11-23`)).status).not.toBe(200);
	await send("POST", "/customers", `customer_id,rep_id\n${ID},r1\n`);
	const { tables } = openSnapshot(join(service.dataDir, "portfolios", "acme")).portfolio();
	const row = Array.from({ length: tables.customers.numRows }, (_, at) => tables.customers.texts.customer_id.at(at)).indexOf(ID);
	expect(tables.customers.texts.name.at(row)).toBeNull();
	expect(tables.orders.refs.customer_id.includes(row)).toBe(false);
});

test("an id that was mistyped costs nobody an open sync; one of whom anything is held is not brought back by one", async () => {
	await bringIn(send);
	const { id } = JSON.parse((await send("POST", "/syncs")).body) as { id: string };
	const before = await held();
	expect((await send("DELETE", "/customers/nobody")).status).toBe(404);
	expect((await send("GET", `/syncs/${id}`)).status).toBe(200);
	expect(await held()).toEqual(before);
	const contact = { contact_id: "x1", customer_id: "nameless", rep_id: "r1", contacted_at: "2026-11-21T09:30:00", channel: "phone" };
	await send("POST", "/contacts", [{ ...contact, outcome: "no_order" }]); // a row that waits is all there is of it
	const answer = await send("DELETE", "/customers/nameless");
	expect([answer.status, JSON.parse(answer.body)]).toMatchObject([200, { deleted: { held_contact: 1 }, syncs_aborted: 2 }]);
	expect((await send("GET", `/syncs/${id}`)).status).toBe(404);
});

test("an Idempotency-Key answers an erasure again, and is refused for a customer who is still there", async () => {
	await bringIn(send);
	const first = await erase({ "idempotency-key": "once" });
	expect(first.status).toBe(200);
	expect(await erase({ "idempotency-key": "once" })).toEqual(first);
	expect(await send("DELETE", "/customers/c100", undefined, { "idempotency-key": "once" })).toMatchObject({ status: 422 });
	expect(await words()).toEqual([]);
	expect((await send("DELETE", "/customers/c100", undefined, { "idempotency-key": "other" })).status).toBe(200);
});

test("a plan that is being made is made again without the customer, and one that was worked out before is refused", async () => {
	await bringIn(send);
	const era = await service.tenant.store.eraOf("acme");
	service.engine.hold = true;
	service.engine.answer = () => planOf("2026-11-23", "2026-11-24");
	const ordered = await send("POST", "/plans", { as_of: "2026-11-23" });
	const { id } = JSON.parse(ordered.body) as { id: string };
	await expect.poll(() => service.services.plans.isMaking(), { timeout: 60_000 }).toBe(true);
	const erased = erase();
	service.engine.answer = () => samplePlan();
	expect((await erased).status).toBe(200);
	service.engine.hold = false;
	await service.services.plans.ended(service.tenant, id, 60);
	expect((await service.tenant.store.getPlan(id)).status).toBe("completed");
	expect(service.engine.requests).toHaveLength(2);
	const late = service.tenant.store.addPlan({ portfolio: "acme", as_of: "2026-11-23" }, planOf("2026-11-23", "2026-11-24"), undefined, era);
	await expect(late).rejects.toMatchObject({ code: "BUSY" });
	expect(await words()).toEqual([]);
});

const fail = async (): Promise<never> => Promise.reject(new Error("cut off"));
const workOn = (jobs: ErasureRows) => ({
	jobs,
	answerOf: () => ({ status: 200, location: null, body: "{}" }),
	persist: (step: () => Promise<never>) => step(),
});

test.each([["when it was accepted"], ["when the snapshot had been switched"], ["when all rows had been"]])(
	"an erasure that was cut off %s is brought to its end by the next start, before anybody is served",
	async (cut) => {
		await bringIn(send);
		await planAndRun();
		const { database } = service.services;
		const rows = createErasureRows(database);
		const job = await rows.create("default", "acme", ID, "kept");
		const work = workOn(rows);
		if (cut === "when the snapshot had been switched")
			await expect(service.tenant.erase(job, { ...work, persist: fail } as never)).rejects.toThrow("cut off");
		if (cut === "when all rows had been") {
			// On PostgreSQL it is old files alone that name the customer still.
			Object.assign(service.tenant.portfolios, { forgetEarlier: fail });
			await expect(service.tenant.erase(job, work as never)).rejects.toThrow("cut off");
			expect((await rows.get(job)).customer).toBeNull();
		}
		expect(await words()).not.toEqual([]);
		await service.stop();
		service = await startService({ dataDir: service.dataDir });
		expect(await words()).toEqual([]);
		expect(await erase({ "idempotency-key": "kept" })).toMatchObject({ status: 200 });
		expect((await createErasureRows(service.services.database).get(job)).state).toBe("done");
	},
);

test("a plan that waits for its portfolio to be prepared brings no contact back when an erasure was cut off", async () => {
	await bringIn(send);
	const { database, plans } = service.services;
	await plans.close(); // so that nobody prepares it before the next start
	const contact = { contact_id: "late", customer_id: ID, rep_id: "r1", contacted_at: "2026-11-21T09:30:00", channel: "phone" };
	expect((await send("POST", "/contacts", { ...contact, outcome: "no_order", objection: NAME })).status).toBe(200);
	const { id } = await service.tenant.store.createPlan({ portfolio: "acme", as_of: "2026-11-23" });
	const rows = createErasureRows(database);
	const job = await rows.create("default", "acme", ID, null);
	await expect(service.tenant.erase(job, { ...workOn(rows), persist: fail } as never)).rejects.toThrow("cut off");
	await service.stop();
	service = await startService({ dataDir: service.dataDir });
	await service.services.plans.ended(service.tenant, id, 60);
	expect(await service.tenant.store.getPlan(id)).toMatchObject({ status: "completed" });
	expect(await words()).toEqual([]);
});

test("who has the snapshot of before open goes on, who has its name alone is told to ask again", async () => {
	await bringIn(send);
	const folder = join(service.dataDir, "portfolios", "acme");
	await service.tenant.portfolios.read("acme");
	const [read, unread] = [openSnapshot(folder), openSnapshot(folder)];
	const numOrders = read.portfolio().tables.orders.numRows;
	expect((await erase()).status).toBe(200);
	expect(read.portfolio().tables.orders.numbers.net_value).toHaveLength(numOrders);
	expect(unread.portfolio().tables.orders.numRows).toBe(numOrders);
	expect(() => openSnapshot(folder, unread.sha)).toThrow(expect.objectContaining({ code: "BUSY" }) as Error);
	const { paths } = snapshotFiles(folder);
	expect(paths.length).toBeGreaterThan(10);
});
