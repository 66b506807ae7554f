import { afterEach, beforeEach, expect, test } from "vitest";
import { type PlanDocument, type PlanRequest, CarteiraError, formatDay, parseDay } from "../../engine/index.ts";
import { createDailyRuns } from "../../server/daily/daily-runs.ts";
import { createLog } from "../../server/log.ts";
import { runsView, scheduleView } from "../../server/schemas/daily.ts";
import { agendasView } from "../../server/schemas/plan.ts";
import { createRunRows } from "../../server/store/run-rows.ts";
import { sampleEntry, samplePlan } from "./sample-plan.ts";
import { CUSTOMERS_CSV, type TestService, startService } from "./service.ts";

/** Local times of São Paulo, three hours behind UTC. */
const at = (local: string): number => Date.parse(`${local}-03:00`);
const SCHEDULE = { time: "04:30", ready_by: "07:00", plan: { seed: 7, budget: { iterations: 10 } } };

let service: TestService;
let now: number;
beforeEach(async () => {
	now = at("2026-11-18T12:00"); // a Wednesday; Friday is a national holiday
	service = await startService({ clock: () => now });
	service.engine.answer = planOf;
});
afterEach(() => service.close());

/** A plan of two days for both reps: their customers, each in turn. */
function planOf({ asOf, published }: PlanRequest): PlanDocument {
	const plan = samplePlan({ asOf: formatDay(asOf), next: formatDay(asOf + 1) });
	const reps = plan.reps.map((rep, index) => ({
		...rep,
		days: rep.days.map((day) => ({ ...day, entries: [sampleEntry(index === 0 ? "c1" : "c2", 1, "09:00:00", "09:30:00")] })),
	}));
	return { ...plan, receipt: { ...plan.receipt, published: published?.plan_id ?? null, inputs_digest: `i${asOf}` }, reps };
}

interface Run {
	readonly date: string;
	readonly state: string;
	readonly plan: string;
	readonly lateness_seconds: number;
	readonly alarms: { readonly code: string }[];
	readonly diff: { readonly against: string; readonly changed: string[]; readonly num_dropped: number } | null;
	readonly fallback: { readonly code: string; readonly plans: string[] } | null;
}
interface Agendas {
	readonly fallback: boolean;
	readonly fallback_reason?: { readonly code: string };
	readonly dropped?: { readonly customer_id: string; readonly code: string }[];
	readonly plans: { readonly id: string }[];
	readonly agendas: { readonly rep_id: string; readonly travel_metres: number; readonly entries: object[] }[];
}

const send = (method: "GET" | "PUT" | "POST" | "DELETE", path: string, payload?: object) =>
	service.app.inject({ method, url: `/v1/${path}`, ...(payload && { payload }) });
const put = (body: object) => send("PUT", "portfolios/acme/schedule", body);

async function runs(): Promise<Run[]> {
	const answer = await send("GET", "portfolios/acme/runs");
	expect(runsView.safeParse(answer.json()).error).toBeUndefined();
	return answer.json<{ runs: Run[] }>().runs;
}
async function agendas(date: string): Promise<Agendas> {
	const answer = await send("GET", `portfolios/acme/agendas?date=${date}`);
	expect(answer.statusCode, answer.body).toBe(200);
	expect(agendasView.safeParse(answer.json()).error).toBeUndefined();
	return answer.json();
}
const told = async (): Promise<string[]> => {
	const { changes } = (await send("GET", "portfolios/acme/changes")).json<{ changes: { type: string }[] }>();
	return changes.map(({ type }) => type).filter((type) => type.startsWith("run."));
};

/** Moves the clock and lets the service see it. */
async function moveTo(local: string): Promise<void> {
	now = at(local);
	await service.services.daily.tick();
}
/** The same, and waits until the plan that was begun has ended, and for what follows from it. */
async function runAt(local: string): Promise<void> {
	await moveTo(local);
	const [{ plan }] = await runs();
	await service.services.plans.ended(service.tenant, plan, 60);
	await service.services.daily.tick();
}

test("a schedule is put, shown with its next run, and removed", async () => {
	expect((await send("GET", "portfolios/acme/schedule")).statusCode).toBe(404);
	const answer = await put(SCHEDULE);
	expect(scheduleView.safeParse(answer.json()).error).toBeUndefined();
	expect(answer.json()).toMatchObject({
		time_zone: "America/Sao_Paulo",
		days: ["mon", "tue", "wed", "thu", "fri"],
		publish: "automatic",
		next: { date: "2026-11-19", starts_at: "2026-11-19T07:30:00.000Z" },
	});
	expect((await send("GET", "portfolios/acme/schedule")).json()).toEqual(answer.json());
	expect((await put({ ...SCHEDULE, time: "06:00" })).json()).toMatchObject({ next: { starts_at: "2026-11-19T09:00:00.000Z" } });
	expect((await send("DELETE", "portfolios/acme/schedule")).statusCode).toBe(204);
	expect((await send("DELETE", "portfolios/acme/schedule")).statusCode).toBe(404);
	await moveTo("2026-11-19T09:00");
	expect(await runs()).toEqual([]);
});

test("a schedule that makes no sense is refused with what is wrong where", async () => {
	expect((await send("PUT", "portfolios/none/schedule", SCHEDULE)).statusCode).toBe(404);
	for (const wrong of [
		{ time: "25:00" },
		{ time_zone: "Mars/Olympus" },
		{ days: [] },
		{ plan: { as_of: "2026-11-19" } },
		{ often: true },
	]) {
		const answer = await put({ ...SCHEDULE, ...wrong });
		expect([answer.statusCode, answer.json<{ errors: object[] }>().errors.length], answer.body).toEqual([422, 1]);
	}
	expect((await put({ ...SCHEDULE, plan: { policy: { horizon_days: -1 } } })).statusCode).toBe(422);
});

test("each day's plan is there before the shift, once, and on no holiday or weekend", async () => {
	await put(SCHEDULE);
	await moveTo("2026-11-19T04:29");
	expect(await runs()).toEqual([]);
	await runAt("2026-11-19T04:30");
	const [thursday] = await runs();
	expect(thursday).toMatchObject({ date: "2026-11-19", state: "published", lateness_seconds: 0, alarms: [], diff: null, fallback: null });
	expect(service.engine.requests.at(-1)).toMatchObject({ seed: 7, iterations: 10 });
	expect(await agendas("2026-11-19")).toMatchObject({ fallback: false, plans: [{ id: thursday.plan }] });
	await moveTo("2026-11-19T05:00");
	await moveTo("2026-11-20T12:00"); // the holiday
	await moveTo("2026-11-21T12:00");
	expect(await runs()).toHaveLength(1);
	await runAt("2026-11-23T04:30");
	expect((await runs()).map(({ date, state }) => [date, state])).toEqual([
		["2026-11-23", "published"],
		["2026-11-19", "published"],
	]);
	expect(await told()).toEqual(["run.started", "run.published", "run.started", "run.published"]);
});

test("the run says what changed since the plan in force before, and why", async () => {
	await put({ ...SCHEDULE, days: ["wed", "thu"] });
	await runAt("2026-11-19T04:30");
	await put({ ...SCHEDULE, time: "04:40", days: ["thu", "fri", "sat", "sun"] });
	service.engine.answer = (request) => {
		const plan = planOf(request);
		const unplanned = [
			{ ...plan.unplanned[0], customer_id: "c1", reasons: [{ code: "MIN_GAP", proven: true, detail: "contacted yesterday" }] },
		];
		const [first, second] = plan.reps;
		return { ...plan, reps: [{ ...first, days: first.days.map((day) => ({ ...day, entries: [] })) }, second], unplanned };
	};
	const [{ plan: before }] = await runs();
	await service.tenant.portfolios.writePolicy("acme", { country: "US" }); // where the 20th is a day like others
	await runAt("2026-11-20T04:40");
	const [friday] = await runs();
	expect(friday).toMatchObject({ date: "2026-11-20", state: "published" });
	// Both plan the 20th: c2 stays, c1 is gone, for the reason that the new plan gives.
	expect(friday.diff).toMatchObject({
		against: before,
		from: "2026-11-20",
		to: "2026-11-20",
		num_dropped: 1,
		num_changes: 1,
		changed: ["inputs"],
		causes: { MIN_GAP: 1 },
		changes: [{ change: "dropped", customer_id: "c1", cause: "MIN_GAP", reason: "contacted yesterday" }],
	});
});

test("two servers on one database begin a day once", async () => {
	await put(SCHEDULE);
	now = at("2026-11-19T04:30");
	const { database, tenants, metrics } = service.services;
	const others = [1, 2, 3].map(() =>
		createDailyRuns({ rows: createRunRows(database), tenants, clock: () => now, log: createLog("silent"), metrics, onOrdered: () => {} }),
	);
	await Promise.all([service.services.daily, ...others].map((server) => server.tick()));
	await Promise.all(others.map((other) => other.close()));
	await runAt("2026-11-19T04:31");
	expect(await runs()).toHaveLength(1);
	expect(service.engine.requests).toHaveLength(1);
	expect(await told()).toEqual(["run.started", "run.published"]);
});

test("a server that was down makes up for the day that still matters, and says how late it was", async () => {
	await put(SCHEDULE);
	await service.stop();
	now = at("2026-11-25T09:00"); // Thursday, Monday and Tuesday were missed
	service = await startService({ dataDir: service.dataDir, clock: () => now });
	service.engine.answer = planOf;
	await runAt("2026-11-25T09:00");
	expect((await runs()).map(({ date, state, lateness_seconds }) => [date, state, lateness_seconds])).toEqual([
		["2026-11-25", "published", 7200],
	]);
	expect((await send("GET", "portfolios/acme/schedule")).json()).toMatchObject({ next: { date: "2026-11-26" } });
});

test("after approval: the plan waits, and publishing it ends the run", async () => {
	await put({ ...SCHEDULE, publish: "after_approval" });
	await runAt("2026-11-19T04:30");
	const [waiting] = await runs();
	expect(waiting).toMatchObject({ state: "awaiting_approval", fallback: null });
	now = at("2026-11-19T06:00");
	expect((await send("POST", `plans/${waiting.plan}/publish`)).statusCode).toBe(200);
	expect((await runs())[0]).toMatchObject({ state: "published", lateness_seconds: 0 });
	expect(await told()).toEqual(["run.started", "run.awaiting_approval", "run.published"]);
});

test("a day's plan that was published by hand and superseded before the run saw it ends the run, once, without an alarm", async () => {
	for (const publish of ["automatic", "after_approval"]) {
		await put({ ...SCHEDULE, publish });
		const date = publish === "automatic" ? "2026-11-19" : "2026-11-23";
		await moveTo(`${date}T04:30`);
		const [{ plan }] = await runs();
		await service.services.plans.ended(service.tenant, plan, 60);
		await send("POST", `plans/${plan}/publish`);
		const { id: later } = await service.tenant.store.addPlan({ portfolio: "acme", as_of: date }, planOf({ asOf: parseDay(date) }));
		await send("POST", `plans/${later}/publish`);
		await moveTo(`${date}T08:00`);
		expect((await runs())[0]).toMatchObject({ date, state: "published", alarms: [], diff: null, fallback: null });
		expect(await agendas(date)).toMatchObject({ fallback: false, plans: [{ id: later }] });
	}
	expect(await told()).toEqual(["run.started", "run.published", "run.started", "run.published"]);
});

/** Thursday is planned with Friday behind it; on Friday, made a day like others, planning goes wrong. */
async function untilFriday(schedule: object = SCHEDULE): Promise<string> {
	await service.tenant.portfolios.writePolicy("acme", { country: "US" });
	await put(schedule);
	await runAt("2026-11-19T04:30");
	const [{ plan }] = await runs();
	return plan;
}
const putCustomers = (csv: string) =>
	service.app.inject({ method: "PUT", url: "/v1/portfolios/acme/customers", headers: { "content-type": "text/csv" }, payload: csv });

test("where planning fails the last plan's day is served, less what may not stand today, marked and alarmed", async () => {
	const thursday = await untilFriday();
	const before = await send("GET", "portfolios/acme/agendas?date=2026-11-20");
	expect((await putCustomers("customer_id,rep_id,lat,lon,blocked\nc1,r1,-23.5,-46.6,true\nc2,r2,-23.6,-46.5,false\n")).statusCode).toBe(
		200,
	);
	service.engine.failWith = new CarteiraError("NOT_ENOUGH_HISTORY", "too little");
	await runAt("2026-11-20T04:30");
	expect((await runs())[0]).toMatchObject({
		date: "2026-11-20",
		state: "failed",
		failure: { code: "NOT_ENOUGH_HISTORY", detail: "too little" },
		alarms: [{ code: "FAILED" }],
		fallback: { code: "FAILED", plans: [thursday], dropped: [{ customer_id: "c1", code: "BLOCKED" }] },
	});
	const served = await agendas("2026-11-20");
	expect(served).toMatchObject({ fallback: true, fallback_reason: { code: "FAILED", unchecked: null }, plans: [{ id: thursday }] });
	expect(served.dropped).toMatchObject([{ rep_id: "r1", customer_id: "c1", code: "BLOCKED" }]);
	const [first, second] = served.agendas;
	expect(first).toMatchObject({ rep_id: "r1", travel_metres: 0, entries: [] });
	expect(second.entries).toMatchObject([{ customer_id: "c2", sequence: 1, start: "09:00:00" }]);
	const again = await send("GET", "portfolios/acme/agendas?date=2026-11-20");
	expect(again.headers.etag).not.toBe(before.headers.etag);
	const csv = await service.app.inject({ url: "/v1/portfolios/acme/agendas?date=2026-11-20", headers: { accept: "text/csv" } });
	expect(csv.body).toContain("c2");
	expect(csv.body).not.toContain("c1");
	expect(await told()).toEqual(["run.started", "run.published", "run.started", "run.failed", "run.fallback"]);
	const metrics = (await service.app.inject({ url: "/metrics" })).body;
	expect(metrics).toMatch(/carteira_fallbacks_total\{reason="FAILED"\} 1/);
	// Thursday's own agendas are what they were.
	expect(await agendas("2026-11-19")).toMatchObject({ fallback: false });
});

test("the stand-in heeds what the run was ordered by, and refusals that have not expired", async () => {
	await untilFriday();
	const held = { experiment: "E1", from: "2026-11-20", to: "2026-11-20", customers: ["c1"] };
	await put({ ...SCHEDULE, plan: { ...SCHEDULE.plan, policy: { hold_outs: [held] } } });
	const refusal = { rep_id: "r2", customer_id: "c2", date: "2026-11-18", until: "2026-11-20", reason: "moving house", type: "refuse" };
	const plan = planOf({ asOf: parseDay("2026-11-18") });
	const revision = { ...plan.receipt, revision: { events: [refusal] } } as unknown as PlanDocument["receipt"];
	await service.tenant.store.addPlan({ portfolio: "acme", as_of: "2026-11-18" }, { ...plan, receipt: revision });
	service.engine.failWith = new CarteiraError("NOT_ENOUGH_HISTORY", "too little");
	await runAt("2026-11-20T04:30");
	const { dropped } = await agendas("2026-11-20");
	expect(dropped?.map(({ customer_id, code }) => [customer_id, code])).toEqual([
		["c1", "HELD_OUT"],
		["c2", "BLOCKED"],
	]);
});

test("a plan that is late comes into force when it is there; until then the last plan's day is served", async () => {
	const thursday = await untilFriday();
	service.engine.hold = true;
	await moveTo("2026-11-20T04:30");
	await moveTo("2026-11-20T06:59");
	expect((await runs())[0]).toMatchObject({ state: "planning", fallback: null });
	await moveTo("2026-11-20T07:00");
	expect(await agendas("2026-11-20")).toMatchObject({
		fallback: true,
		fallback_reason: { code: "LATE" },
		plans: [{ id: thursday }],
		dropped: [],
	});
	service.engine.hold = false;
	await runAt("2026-11-20T07:30");
	const [friday] = await runs();
	expect(friday).toMatchObject({ state: "published", lateness_seconds: 1800, alarms: [{ code: "LATE" }] });
	expect(await agendas("2026-11-20")).toMatchObject({ fallback: false, plans: [{ id: friday.plan }] });
	expect((await told()).slice(2)).toEqual(["run.started", "run.fallback", "run.published"]);
});

test("a plan that nobody approves in time is stood in for, and lapses with its day", async () => {
	const schedule = { ...SCHEDULE, publish: "after_approval" };
	const thursday = await untilFriday(schedule);
	await send("POST", `plans/${thursday}/publish`);
	await runAt("2026-11-20T04:30");
	await moveTo("2026-11-20T07:00");
	expect(await agendas("2026-11-20")).toMatchObject({ fallback: true, fallback_reason: { code: "NOT_APPROVED" } });
	await moveTo("2026-11-21T00:00");
	expect((await runs())[0]).toMatchObject({ state: "lapsed", alarms: [{ code: "NOT_APPROVED" }] });
	const [{ plan }] = await runs();
	await send("POST", `plans/${plan}/publish`);
	expect((await runs())[0]).toMatchObject({ state: "lapsed" });
});

test("a run whose plan is discarded has failed", async () => {
	const thursday = await untilFriday();
	service.engine.hold = true;
	await moveTo("2026-11-20T04:30");
	const [{ plan }] = await runs();
	expect((await send("DELETE", `plans/${plan}`)).statusCode).toBe(204);
	await moveTo("2026-11-20T04:31");
	expect((await runs())[0]).toMatchObject({ state: "failed", fallback: { code: "FAILED", plans: [thursday] } });
});

test("agendas that cannot be held against today's data are served and say so", async () => {
	await untilFriday();
	service.engine.failWith = new CarteiraError("NOT_ENOUGH_HISTORY", "too little");
	service.tenant.portfolios.read = () => Promise.reject(new CarteiraError("INVALID_INPUT", "the table is damaged"));
	await runAt("2026-11-20T04:30");
	const served = await agendas("2026-11-20");
	expect(served).toMatchObject({ fallback: true, fallback_reason: { unchecked: "the table is damaged" }, dropped: [] });
	expect(served.agendas.map(({ entries }) => entries.length)).toEqual([1, 1]);
	expect(CUSTOMERS_CSV).toContain("c1");
});

test("schedules and runs are their tenant's", async () => {
	await put(SCHEDULE);
	await runAt("2026-11-19T04:30");
	const { rows } = service.services.daily;
	expect(await rows.getSchedule("other", "acme")).toBeNull();
	expect(await rows.listRuns("other", "acme", 10)).toEqual([]);
	expect(await rows.getRun("other", "acme", "2026-11-19")).toBeNull();
	expect(await rows.removeSchedule("other", "acme")).toBe(false);
	expect(await rows.getRun("default", "acme", "2026-11-19")).toMatchObject({ state: "published" });
});

test("a schedule of reps that the portfolio does not have is refused, and names them", async () => {
	const answer = await put({ ...SCHEDULE, plan: { reps: ["r1", "ghost"], budget: { iterations: { r1: 5, phantom: 5 } } } });
	expect(answer.statusCode).toBe(422);
	expect(answer.json()).toMatchObject({
		code: "INVALID_INPUT",
		detail: "reps that the portfolio does not have: ghost, phantom",
		errors: [
			{ pointer: "/plan/reps/1", value: "ghost" },
			{ pointer: "/plan/budget/iterations/phantom", value: "phantom" },
		],
	});
	expect((await put({ ...SCHEDULE, plan: { reps: ["r1"], budget: { iterations: { r1: 5 } } } })).statusCode).toBe(200);
});

test("what happened to a portfolio that is not there is not told as nothing", async () => {
	for (const path of ["changes", "runs"]) {
		expect((await send("GET", `portfolios/nowhere/${path}`)).statusCode).toBe(404);
		expect((await send("GET", `portfolios/acme/${path}`)).statusCode).toBe(200);
	}
});
