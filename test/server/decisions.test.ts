import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseDay, type PlanDocument } from "../../engine/index.ts";
import { generate } from "../../models/generator/generate.ts";
import { buildApp } from "../../server/app.ts";
import { DEFAULT_CONFIG } from "../../server/config.ts";
import { explanationView } from "../../server/schemas/plan.ts";
import type { App } from "../../server/app-type.ts";
import { assessmentView, diffView, revisionView, suggestionsView, whatIfView } from "../../server/schemas/decisions.ts";
import { createServices, type Services } from "../../server/services.ts";

let dataDir: string;
let services: Services;
let app: App;
let id: string;
let plan: PlanDocument;

beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), "carteira-decisions-"));
	await generate({
		customers: 120,
		reps: 1,
		seed: 15,
		asOf: parseDay("2026-11-23"),
		format: "csv",
		out: join(dataDir, "portfolios", "acme"),
	});
	services = await createServices({ ...DEFAULT_CONFIG, dataDir, threads: 1, logLevel: "silent" });
	app = await buildApp(services);
	await app.ready();
	id = (await post("/v1/portfolios/acme/plans", { as_of: "2026-11-23", budget: { iterations: 500 } })).json<{ id: string }>().id;
	await services.plans.ended(services.tenants.ofThisMachine, id, 100);
	plan = await services.tenants.ofThisMachine.store.readPlan(id);
});
afterAll(async () => {
	await app.close();
	await services.close();
	await rm(dataDir, { recursive: true, force: true });
});

const post = (url: string, payload: object, headers: Record<string, string> = {}) => app.inject({ method: "POST", url, payload, headers });

test("a revision is a plan of its own, stored, with its difference, and the same key answers it again", async () => {
	const rep = plan.reps.find(({ days }) => days[0].entries.length > 3) ?? plan.reps[0];
	const [{ date, entries }] = rep.days;
	const order = { now: `${date}T${entries[1].end}`, events: [{ type: "delayed", rep_id: rep.rep_id, minutes: 60 }] };
	const answer = await post(`/v1/plans/${id}/revisions`, order, { "idempotency-key": "k1" });
	expect(answer.statusCode).toBe(201);
	const body = answer.json<{ plan: { id: string; plan_id: string } }>();
	expect(revisionView.safeParse(body).error).toBeUndefined();
	expect(answer.headers.location).toBe(`/v1/plans/${body.plan.id}`);
	const stored = await services.tenants.ofThisMachine.store.readPlan(body.plan.id);
	expect(stored.receipt.revision).toMatchObject({ of: plan.plan_id, number: 1 });
	const { portfolio } = await services.tenants.ofThisMachine.portfolios.read("acme");
	expect(await services.engine.check(portfolio, stored, undefined, plan)).toEqual([]);
	expect((await post(`/v1/plans/${id}/revisions`, order, { "idempotency-key": "k1" })).body).toBe(answer.body);
	const diff = await app.inject({ method: "GET", url: `/v1/plans/${body.plan.id}/diff?against=${id}` });
	expect(diffView.safeParse(diff.json()).error).toBeUndefined();
	expect(diff.json()).toMatchObject({ from_plan_id: plan.plan_id, to_plan_id: stored.plan_id });
	expect((await services.tenants.ofThisMachine.store.readPlan(id)).plan_id).toBe(plan.plan_id);
});

test("what a revision tells of contacts becomes rows, once, and the next day's plan defers whom the objection says", async () => {
	const defers = { objections: [{ code: "overstocked", defer_days: 30 }] };
	const rep = plan.reps.find(({ days }) => days[0].entries.some(({ kind }) => kind === "sell")) ?? plan.reps[0];
	const [{ date, entries }] = rep.days;
	const sold = entries.find(({ kind }) => kind === "sell") ?? entries[0];
	const order = {
		now: `${date}T18:00`,
		events: [{ type: "done", rep_id: rep.rep_id, customer_id: sold.customer_id, outcome: "no_order", objection: "overstocked" }],
	};
	expect((await post(`/v1/plans/${id}/revisions`, order)).statusCode).toBe(201);
	expect((await post(`/v1/plans/${id}/revisions`, order)).statusCode).toBe(201);
	const { portfolio } = await services.tenants.ofThisMachine.portfolios.read("acme");
	const { texts, length } = portfolio.tables.contacts;
	const rows = Array.from({ length }, (_, row) => row).filter((row) => texts.entry_id.at(row) === sold.entry_id);
	expect(rows.map((row) => texts.objection.at(row))).toEqual(["overstocked"]);
	const next = await services.engine.plan(portfolio, { asOf: parseDay("2026-11-24"), iterations: 200, policy: defers });
	const planned = next.reps.flatMap(({ days }) => days.flatMap((day) => day.entries.map(({ customer_id }) => customer_id)));
	expect(planned).not.toContain(sold.customer_id);
	const undeferred = await services.engine.plan(portfolio, { asOf: parseDay("2026-11-24"), iterations: 200, policy: { objections: [] } });
	const others = undeferred.reps.flatMap(({ days }) => days.flatMap((day) => day.entries.map(({ customer_id }) => customer_id)));
	expect(others).toContain(sold.customer_id);
});

test("a refusal with an expiry reaches the next plan, which check accepts, and goes when it expires or is taken back", async () => {
	const { store } = services.tenants.ofThisMachine;
	const entries = plan.reps.flatMap(({ rep_id, days }) =>
		days.flatMap((day) => day.entries.map((entry) => ({ rep_id, date: day.date, entry }))),
	);
	const { rep_id, date, entry } = entries.find(({ date: on, entry: { kind } }) => on > plan.as_of && kind === "sell") ?? entries[0];
	const { customer_id } = entry;
	const refusal = { type: "refuse", rep_id, customer_id, date, until: "2026-12-31", reason: "renovating" };
	const answer = await post(`/v1/plans/${id}/revisions`, { now: "2026-11-23T08:00", events: [refusal] });
	expect(answer.statusCode, answer.body).toBe(201);
	const rulesOn = async (on: string) =>
		(await app.inject({ method: "GET", url: `/v1/portfolios/acme/contact-rules?on=${on}` })).json<{ rules: { id: string }[] }>().rules;
	const [rule, ...others] = await rulesOn("2026-12-31");
	expect(others).toEqual([]);
	expect(rule).toMatchObject({ rep_id, customer_id, from: date, until: "2026-12-31", reason: "renovating" });
	expect(await rulesOn("2027-01-01")).toEqual([]);

	const planFrom = async (as_of: string): Promise<PlanDocument> => {
		const order = { as_of, horizon_days: 5, budget: { iterations: 100 } };
		const made = (await post("/v1/portfolios/acme/plans", order)).json<{ id: string }>().id;
		await services.plans.ended(services.tenants.ofThisMachine, made, 100);
		return store.readPlan(made);
	};
	const next = await planFrom("2026-12-07");
	const leftOut = next.unplanned.find((row) => row.customer_id === customer_id);
	expect(leftOut?.reasons).toEqual([{ code: "BLOCKED", proven: true, detail: expect.stringContaining("until 2026-12-31") }]);
	expect(next.policy).toMatchObject({ contact_rules: [{ customer_id, rep_id, until: "2026-12-31" }] });
	const { portfolio } = await services.tenants.ofThisMachine.portfolios.read("acme");
	expect(await services.engine.check(portfolio, next)).toEqual([]);
	const blockedIn = (made: PlanDocument): boolean =>
		made.unplanned.some((row) => row.customer_id === customer_id && row.reasons.some(({ code }) => code === "BLOCKED"));
	expect(blockedIn(await planFrom("2027-01-04"))).toBe(false); // expired

	const url = `/v1/portfolios/acme/contact-rules/${rule.id}`;
	expect((await app.inject({ method: "DELETE", url })).statusCode).toBe(204);
	expect((await app.inject({ method: "DELETE", url })).statusCode).toBe(404);
	const freed = await planFrom("2026-12-07");
	expect(blockedIn(freed)).toBe(false);
	expect(freed.policy).toMatchObject({ contact_rules: [] });
});

test("suggestions, what-if and evaluations answer in their schemas", async () => {
	const [first] = plan.reps.flatMap(({ days }) => days.flatMap(({ entries }) => entries)).filter(({ kind }) => kind !== "appointment");
	const offered = await post(`/v1/plans/${id}/suggestions`, { customer_id: first.customer_id });
	expect([offered.statusCode, suggestionsView.safeParse(offered.json()).error]).toEqual([200, undefined]);
	const asked = await post(`/v1/plans/${id}/what-if`, { forbid: [{ customer_id: first.customer_id }], iterations: 100 });
	expect([asked.statusCode, whatIfView.safeParse(asked.json()).error]).toEqual([200, undefined]);
	expect(asked.json()).toMatchObject({ is_met: true });
	const rep = plan.reps.find(({ days }) => days[0].entries.length > 1) ?? plan.reps[0];
	const contacts = rep.days[0].entries.map(({ customer_id, channel, start }) => ({ customer_id, channel, start }));
	const scored = await post("/v1/portfolios/acme/evaluations", {
		as_of: plan.as_of,
		agendas: [{ rep_id: rep.rep_id, date: plan.as_of, contacts }],
		iterations: 50,
	});
	expect([scored.statusCode, assessmentView.safeParse(scored.json()).error]).toEqual([200, undefined]);
});

test("an explanation carries what could be done otherwise, priced, and its terms sum to the value", async () => {
	const [first] = plan.reps.flatMap(({ days }) => days.flatMap(({ entries }) => entries)).filter(({ kind }) => kind !== "appointment");
	const answer = await app.inject({ method: "GET", url: `/v1/plans/${id}/explanations/${first.customer_id}` });
	const told = explanationView.parse(answer.json());
	for (const { terms, value_cents } of told.entries) expect(terms.reduce((sum, { cents }) => sum + cents, 0)).toBe(value_cents);
	expect(told.alternatives?.without.length).toBe(told.entries.length);
	const { instead = [] } = told.alternatives ?? {};
	expect(instead.length).toBeGreaterThan(0);
	expect(instead.map(({ value_change_cents }) => value_change_cents)).toEqual(
		instead.map(({ value_change_cents }) => value_change_cents).sort((a, b) => b - a),
	);
});

test("what is read stays quick while decisions are searched, since they have a thread of their own", async () => {
	const [{ rep_id }] = plan.reps;
	const question = { relax: [{ rep_id, extra_minutes: 60 }], iterations: 30_000 };
	const asked = post(`/v1/plans/${id}/what-if`, question);
	const state = { isAnswered: false };
	void asked.then(() => (state.isAnswered = true));
	let numRead = 0;
	while (!state.isAnswered) {
		expect((await app.inject({ method: "GET", url: `/v1/plans/${id}/agendas?date=2026-11-23` })).statusCode).toBe(200);
		numRead++;
	}
	expect((await asked).statusCode).toBe(200);
	expect(numRead).toBeGreaterThan(5);
});

test("what makes no sense is refused with its place, never with a 5xx", async () => {
	const nobody = await post(`/v1/plans/${id}/revisions`, { now: "2026-11-23T10:00", events: [{ type: "absent", rep_id: "nobody" }] });
	expect([nobody.statusCode, nobody.json<{ detail: string }>().detail]).toEqual([422, expect.stringContaining("/events/0/rep_id: nobody")]);
	expect((await post(`/v1/plans/${id}/revisions`, { now: "yesterday" })).statusCode).toBe(422);
	expect((await post(`/v1/plans/${id}/suggestions`, { customer_id: "nobody" })).statusCode).toBe(422);
	expect((await post(`/v1/plans/${id}/what-if`, { surprise: true })).statusCode).toBe(422);
	expect((await post("/v1/plans/pl_unknown/what-if", {})).statusCode).toBe(404);
	expect(
		(
			await post("/v1/portfolios/nowhere/evaluations", {
				as_of: "2026-11-23",
				agendas: [{ rep_id: "a", date: "2026-11-23", contacts: [] }],
			})
		).statusCode,
	).toBe(404);
});

test("a plan in which a customer was erased is decided about, and explained, as any other", async () => {
	const { reps } = await services.tenants.ofThisMachine.store.readPlan(id);
	const rep = reps.find(({ days }) => days[0].entries.length > 2) ?? reps[0];
	const [{ date, entries }] = rep.days;
	const erased = await app.inject({ method: "DELETE", url: `/v1/portfolios/acme/customers/${entries[0].customer_id}` });
	expect(erased.statusCode, erased.body).toBe(200);
	const { pseudonym } = erased.json<{ pseudonym: string }>();
	const order = { now: `${date}T${entries[1].start}`, events: [{ type: "delayed", rep_id: rep.rep_id, minutes: 30 }] };
	const revised = await post(`/v1/plans/${id}/revisions`, order);
	expect(revised.statusCode, revised.body).toBe(201);
	expect(revised.body).not.toContain(JSON.stringify(entries[0].customer_id));
	const theirs = await app.inject({ method: "GET", url: `/v1/plans/${id}/explanations/${pseudonym}` });
	expect(explanationView.safeParse(theirs.json()).error).toBeUndefined();
	const [first] = theirs.json<{ entries: object[] }>().entries;
	expect(first).toMatchObject({ date, customer_id: pseudonym, value_cents: entries[0].value_cents });
	expect((await post(`/v1/plans/${id}/suggestions`, { customer_id: pseudonym })).statusCode).toBe(422);
	expect((await post(`/v1/plans/${id}/suggestions`, { customer_id: entries[1].customer_id })).statusCode).toBe(200);
});
