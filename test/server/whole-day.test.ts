import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DayPlan, type PlanDocument, TABLE_NAMES, formatDay, parseDay, readPortfolio } from "../../engine/index.ts";
import { generate } from "../../models/generator/generate.ts";
import { simulateOutcomes } from "../../models/generator/outcomes.ts";
import { buildApp } from "../../server/app.ts";
import { DEFAULT_CONFIG } from "../../server/config.ts";
import type { App } from "../../server/app-type.ts";
import { agendasView, explanationView, planView, unplannedView } from "../../server/schemas/plan.ts";
import { customerView, portfolioView } from "../../server/schemas/portfolio.ts";
import { type Services, createServices } from "../../server/services.ts";
import { databaseOf } from "./database-of.ts";

const AS_OF = parseDay("2026-11-23");

let folder: string;
let services: Services;
let app: App;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "carteira-whole-"));
	await generate({ customers: 80, reps: 1, seed: 7, asOf: AS_OF, format: "csv", out: join(folder, "d") });
	const dataDir = join(folder, "server");
	const databaseUrl = await databaseOf(dataDir);
	const config = { ...DEFAULT_CONFIG, dataDir, logLevel: "silent" as const, threads: 1 };
	services = await createServices({ ...config, ...(databaseUrl !== undefined && { databaseUrl }) });
	app = await buildApp(services);
	await app.ready();
});
afterAll(async () => {
	await app.close();
	await services.close();
	await rm(folder, { recursive: true, force: true });
});

const get = async (url: string): Promise<unknown> => {
	const answer = await app.inject({ method: "GET", url });
	expect(answer.statusCode, answer.body).toBe(200);
	return answer.json();
};

async function planAndPublish(day: number): Promise<PlanDocument & { id: string }> {
	const payload = { as_of: formatDay(day), horizon_days: 3, seed: 7, budget: { iterations: 200 } };
	const answer = await app.inject({ method: "POST", url: "/v1/portfolios/acme/plans", headers: { prefer: "wait=60" }, payload });
	const plan = answer.json<PlanDocument & { id: string }>();
	expect(plan).toMatchObject({ status: "completed" });
	expect(planView.safeParse(plan).error).toBeUndefined();
	expect((await app.inject({ method: "POST", url: `/v1/plans/${plan.id}/publish` })).statusCode).toBe(200);
	return plan;
}

test("from uploads to the next day's published agenda, with the real engine", async () => {
	// Morning: the tables come in, those that others refer to first.
	const files = await readdir(join(folder, "d"));
	for (const table of TABLE_NAMES.toSorted((a) => (["reps", "products", "delivery_routes", "customers"].includes(a) ? -1 : 1))) {
		if (!files.includes(`${table}.csv`)) continue;
		const payload = await readFile(join(folder, "d", `${table}.csv`));
		const url = `/v1/portfolios/acme/${table}`;
		const answer = await app.inject({ method: "PUT", url, headers: { "content-type": "text/csv" }, payload });
		expect(answer.json(), table).toMatchObject({ table, rows_quarantined: 0, num_problems: 0 });
	}
	const policy: unknown = JSON.parse(await readFile(join(folder, "d", "policy.json"), "utf8"));
	const put = await app.inject({ method: "PUT", url: "/v1/portfolios/acme/policy", payload: policy as object });
	expect(put.statusCode).toBe(200);

	// The plan is made, published, and looked at from every side.
	const monday = await planAndPublish(AS_OF);
	const agendas = (await get("/v1/portfolios/acme/agendas?date=2026-11-23")) as { agendas: (DayPlan & { rep_id: string })[] };
	expect(agendasView.safeParse(agendas).error).toBeUndefined();
	expect(agendas.agendas.map(({ rep_id }) => rep_id)).toEqual(
		monday.reps.filter(({ days }) => days[0]?.date === "2026-11-23").map(({ rep_id }) => rep_id),
	);
	const entries = agendas.agendas.flatMap(({ rep_id, entries }) => entries.map((entry) => ({ ...entry, rep_id })));
	expect(entries.length).toBeGreaterThan(0);
	const customer = encodeURIComponent(entries[0].customer_id);
	expect(explanationView.safeParse(await get(`/v1/plans/${monday.id}/explanations/${customer}`)).error).toBeUndefined();
	expect(unplannedView.safeParse(await get(`/v1/plans/${monday.id}/unplanned`)).error).toBeUndefined();
	const seen = await get(`/v1/portfolios/acme/customers/${customer}`);
	expect(customerView.safeParse(seen).error).toBeUndefined();
	expect(seen).toMatchObject({ next_contact: { entry_id: entries[0].entry_id, date: "2026-11-23" }, phase: entries[0].phase });
	const portfolio = (await get("/v1/portfolios/acme")) as { classification: { num_customers: number }[] };
	expect(portfolioView.safeParse(portfolio).error).toBeUndefined();
	expect(portfolio.classification.reduce((sum, { num_customers }) => sum + num_customers, 0)).toBe(80);
	expect((await app.inject({ method: "GET", url: "/readyz" })).json()).toMatchObject({ status: "ready" });

	// Evening: what happened is posted, and Tuesday is planned from it.
	const outcomes = await simulateOutcomes(join(folder, "d"), AS_OF, entries, 1);
	for (const [table, rows] of Object.entries(outcomes)) {
		const answer = await app.inject({ method: "POST", url: `/v1/portfolios/acme/${table}`, payload: rows as object });
		const { length } = rows as unknown[];
		const told = table === "contacts" ? { accepted: length, unchanged: 0, rejected: 0 } : { rows_read: length, rows_quarantined: 0 };
		expect(answer.json(), table).toMatchObject(told);
	}
	const tuesday = await planAndPublish(AS_OF + 1);
	expect(tuesday.receipt.published).toBe(monday.plan_id);
	expect(tuesday.receipt.data_through).toMatchObject({ contacts: "2026-11-23" });
	expect(await get(`/v1/plans/${monday.id}?view=summary`)).toMatchObject({ publication: "superseded" });

	// The plan that the service made stands the independent check.
	const held = await readPortfolio(join(folder, "server", "portfolios", "acme"));
	const { id: _id, ...document } = tuesday;
	expect(await services.engine.check(held, document)).toEqual([]);
});

test("inputs are judged without planning where a client only asks for that", async () => {
	const order = (body: object) => app.inject({ method: "POST", url: "/v1/portfolios/acme/plans", payload: { mode: "validate", ...body } });
	expect((await order({ as_of: "2026-11-24", horizon_days: 3 })).json()).toMatchObject({
		valid: true,
		horizon: { from: "2026-11-24", to: "2026-11-26" },
	});
	expect((await order({ as_of: "2026-11-24", policy: { horizon_days: -1 } })).statusCode).toBe(422);
});
