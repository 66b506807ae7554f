import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MonitorCustomers, monitorCustomers, type MonitorDocument, monitorDocument, parseDay } from "../../engine/index.ts";
import { generate } from "../../models/generator/generate.ts";
import { buildApp } from "../../server/app.ts";
import { DEFAULT_CONFIG } from "../../server/config.ts";
import type { App } from "../../server/app-type.ts";
import { createServices, type Services } from "../../server/services.ts";
import { runHere } from "./commands/run-here.ts";

/** Monday evening in São Paulo, Tuesday in UTC. */
const NOW = Date.parse("2026-11-24T02:30:00Z");
let dataDir: string;
let services: Services;
let app: App;
let folder: string;
let plan: string;

beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), "carteira-monitor-"));
	folder = join(dataDir, "company");
	const made = { customers: 150, reps: 2, seed: 21, asOf: parseDay("2026-11-23"), format: "csv" } as const;
	await generate({ ...made, out: folder });
	await generate({ ...made, out: join(dataDir, "portfolios", "acme") });
	services = await createServices({ ...DEFAULT_CONFIG, dataDir, threads: 1, logLevel: "silent" }, undefined, () => NOW);
	app = await buildApp(services);
	await app.ready();
	const order = { as_of: "2026-11-23", budget: { iterations: 200 } };
	plan = (await app.inject({ method: "POST", url: "/v1/portfolios/acme/plans", payload: order })).json<{ id: string }>().id;
	await services.plans.ended(services.tenants.ofThisMachine, plan, 100);
});
afterAll(async () => {
	await app.close();
	await services.close();
	await rm(dataDir, { recursive: true, force: true });
});

const get = (path: string) => app.inject({ method: "GET", url: `/v1/portfolios/acme/monitor${path}` });

test("the monitor answers figures of all, of groups and of one group, with the customers behind each", async () => {
	const answer = await get("?as_of=2026-11-23&by=rep");
	expect(answer.statusCode).toBe(200);
	const document = answer.json<MonitorDocument>();
	expect(monitorDocument.safeParse(document).error).toBeUndefined();
	expect(document.groups.map(({ key }) => key)).toContain("R00001");
	expect(document.total.num_customers).toBe(150);
	const one = (await get("?as_of=2026-11-23&rep=R00001")).json<MonitorDocument>();
	expect(one.total.figures).toEqual(document.groups.find(({ key }) => key === "R00001")?.figures);
	expect(one.reps.map(({ rep_id: id }) => id)).toEqual(["R00001"]);
	const active = (await get("/customers/customers?as_of=2026-11-23&phase=active&limit=5")).json<MonitorCustomers>();
	expect(monitorCustomers.safeParse(active).error).toBeUndefined();
	const counted = document.total.figures.customers.filter(({ phase }) => phase === "active").reduce((sum, row) => sum + row.customers, 0);
	expect(active).toMatchObject({ num_customers: counted, next_after: 5 });
});

test("a plan of another portfolio is refused by monitor and forecast, not held against this one's customers", async () => {
	await cp(folder, join(dataDir, "portfolios", "twin"), { recursive: true });
	for (const path of ["monitor", "monitor/cadence_debt/customers", "forecast"]) {
		const answer = await app.inject({ method: "GET", url: `/v1/portfolios/twin/${path}?as_of=2026-11-23&plan=${plan}` });
		expect(answer.statusCode).toBe(422);
		expect(answer.json<{ detail: string }>().detail).toBe(`plan ${plan} is of the portfolio acme; expected one of twin`);
	}
});

test("with a plan the monitor tells what it leaves undone", async () => {
	const document = (await get(`?as_of=2026-11-23&plan=${plan}`)).json<MonitorDocument>();
	const stored = await services.tenants.ofThisMachine.store.readPlan(plan);
	expect(document.receipt.plan_id).toBe(stored.plan_id);
	const first = new Map<string, string>();
	for (const { days } of stored.reps)
		for (const { date, entries } of days)
			for (const { customer_id: id } of entries) if (!first.has(id) || date < (first.get(id) ?? "")) first.set(id, date);
	const debt = (await get(`/cadence_debt/customers?as_of=2026-11-23&plan=${plan}&limit=1000`)).json<MonitorCustomers>();
	expect(debt.num_customers).toBeGreaterThan(10);
	for (const { customer_id: id, on, measures } of debt.customers)
		expect(measures.breaches_with_plan).toBe((first.get(id) ?? "9") < (on ?? "") ? 0 : 1);
	expect(document.reps.find(({ rep_id: id }) => id === "R00001")?.planned_seconds).toBeGreaterThan(0);
	expect(document.targets.some(({ expected_with_plan: with_plan }) => with_plan !== null)).toBe(true);
	const without = (await get("?as_of=2026-11-23&plan=none")).json<MonitorDocument>();
	expect(without.total.figures.cadence_debt.every((row) => row.breaches_with_plan === null)).toBe(true);
});

test("without a day the monitor is of today where the company is", async () => {
	expect((await get("?plan=none")).json<MonitorDocument>().as_of).toBe("2026-11-23");
});

test("while a day is looked at for the first time, the service goes on: its thread is never held for long", async () => {
	const contact = { contact_id: "k1", customer_id: "nobody", rep_id: "R00001", contacted_at: "2026-11-23T09:30:00", channel: "phone" };
	const state = { isTold: false, last: performance.now(), longest: 0 };
	const started = state.last;
	const watch = (): void => {
		const now = performance.now();
		state.longest = Math.max(state.longest, now - state.last);
		state.last = now;
		if (!state.isTold) setImmediate(watch);
	};
	watch();
	const posted = app.inject({ method: "POST", url: "/v1/portfolios/other/contacts", payload: { ...contact, outcome: "no_order" } });
	const look = await get("?as_of=2026-10-05&plan=none");
	const took = performance.now() - started;
	state.isTold = true;
	expect([look.statusCode, (await posted).statusCode < 500]).toEqual([200, true]);
	expect(state.longest).toBeLessThan(took / 2); // looking itself is most of the time, and one piece
});

test("a question that makes no sense is answered with what was expected", async () => {
	expect((await get("?as_of=2026-11-23&rep=R9")).json()).toMatchObject({
		status: 404,
		code: "NOT_FOUND",
		detail: expect.stringContaining("no rep R9"),
	});
	expect((await get("?as_of=2026-11-23&rep=R00001&team=T0001")).json()).toMatchObject({
		status: 422,
		detail: expect.stringContaining("expected one of"),
	});
	expect((await get("/breaks/customers?as_of=2026-11-23&phase=active")).json()).toMatchObject({
		status: 422,
		detail: expect.stringContaining("cause"),
	});
	expect((await get("/luck/customers")).json()).toMatchObject({
		status: 404,
		detail: expect.stringContaining("expected one of customers, flows"),
	});
	expect((await get("?as_of=2026-11-23&plan=nothing")).statusCode).toBe(404);
});

test("the command answers the same as the API", async () => {
	const path = join(dataDir, "plan.json");
	await writeFile(path, JSON.stringify(await services.tenants.ofThisMachine.store.readPlan(plan)));
	const words = ["monitor", folder, "--as-of", "2026-11-23", "--plan", path, "--json"];
	const told = await runHere(...words, "--by", "team");
	expect(told.exit).toBe(0);
	const served = (await get(`?as_of=2026-11-23&plan=${plan}&by=team`)).json<MonitorDocument>();
	const { receipt: _own, ...printed } = JSON.parse(told.out) as MonitorDocument;
	const { receipt: _other, ...answered } = served;
	expect(printed).toEqual(answered);
	const drilled = await runHere(...words, "--drill", "coverage", "--cell", "service=disrupted", "--rep", "R00001");
	expect(JSON.parse(drilled.out)).toEqual(
		(await get(`/coverage/customers?as_of=2026-11-23&plan=${plan}&service=disrupted&rep=R00001`)).json(),
	);
	const table = await runHere("monitor", folder, "--as-of", "2026-11-23");
	expect(table.out).toContain("Clientes por fase e classe");
	expect((await runHere(...words, "--drill", "breaks", "--cell", "phase=active")).exit).toBe(2);
	expect((await runHere(...words, "--rep", "R9")).exit).toBe(3);
});

test("people get a page of it, over HTTP and as a file", async () => {
	const page = await app.inject({
		method: "GET",
		url: "/v1/portfolios/acme/monitor?as_of=2026-11-23&language=en",
		headers: { accept: "text/html" },
	});
	expect(page.headers["content-type"]).toContain("text/html");
	expect(page.body).toContain("Customers by phase and class");
	const behind = /href="(\/v1\/portfolios\/acme\/monitor\/[^"]+customers[^"]*)"/.exec(page.body)?.[1].replaceAll("&amp;", "&") ?? "";
	expect((await app.inject({ method: "GET", url: behind })).statusCode).toBe(200);
	const out = join(dataDir, "monitor.html");
	expect((await runHere("monitor", folder, "--as-of", "2026-11-23", "--out", out)).exit).toBe(0);
	expect(await readFile(out, "utf8")).toContain("Clientes por fase e classe");
});
