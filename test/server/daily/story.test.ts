import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DayPlan, parseDay } from "../../../engine/index.ts";
import { generate } from "../../../models/generator/generate.ts";
import { simulateOutcomes } from "../../../models/generator/outcomes.ts";
import { buildApp } from "../../../server/app.ts";
import { DEFAULT_CONFIG } from "../../../server/config.ts";
import type { App } from "../../../server/app-type.ts";
import { type Services, createServices } from "../../../server/services.ts";

const MONDAY = parseDay("2026-11-23");
/** São Paulo's local times. */
const at = (local: string): number => Date.parse(`${local}-03:00`);

let folder: string;
let services: Services;
let app: App;
let now = at("2026-11-22T18:00"); // Sunday evening
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "carteira-story-"));
	await generate({ customers: 200, reps: 1, seed: 7, asOf: MONDAY, format: "csv", out: join(folder, "d") });
	const config = { ...DEFAULT_CONFIG, dataDir: join(folder, "server"), logLevel: "silent", threads: 1 } as const;
	services = await createServices(config, undefined, () => now);
	await services.tenants.ofThisMachine.portfolios.install("acme", join(folder, "d"));
	app = await buildApp(services);
	await app.ready();
});
afterAll(async () => {
	await app.close();
	await services.close();
	await rm(folder, { recursive: true, force: true });
});

type Agenda = DayPlan & { readonly rep_id: string };
interface Run {
	readonly date: string;
	readonly state: string;
	readonly plan: string;
	readonly lateness_seconds: number;
	readonly diff: {
		readonly num_changes: number;
		readonly changed: string[];
		readonly causes: Record<string, number>;
		readonly changes: { readonly customer_id: string; readonly cause: string; readonly reason: string }[];
	} | null;
}

async function call<T>(method: "GET" | "PUT" | "POST", path: string, payload?: object): Promise<T> {
	const answer = await app.inject({ method, url: `/v1/portfolios/acme/${path}`, ...(payload && { payload }) });
	expect(answer.statusCode, answer.body).toBe(200);
	return answer.json<T>();
}

/** Lets the morning come, and the day's run with it; the day's agendas as the one call answers them, and the run. */
async function morningOf(date: string): Promise<{ readonly agendas: Agenda[]; readonly run: Run }> {
	now = at(`${date}T04:30`);
	await services.daily.tick();
	const begun = (await call<{ runs: Run[] }>("GET", "runs")).runs[0];
	await services.plans.ended(services.tenants.ofThisMachine, begun.plan, 60);
	now = at(`${date}T06:00`);
	await services.daily.tick();
	const { agendas, fallback } = await call<{ agendas: Agenda[]; fallback: boolean }>("GET", "agendas"); // today's, by the clock
	expect(fallback).toBe(false);
	const [run] = (await call<{ runs: Run[] }>("GET", "runs")).runs;
	expect(run).toMatchObject({ date, state: "published", lateness_seconds: 0 });
	return { agendas, run };
}

test("each morning the agenda is there before the shift; the next day's differs by what happened, and says why", async () => {
	await call("PUT", "schedule", { time: "04:30", ready_by: "07:00", plan: { horizon_days: 4, seed: 7, budget: { iterations: 100 } } });
	const monday = await morningOf("2026-11-23");
	expect(monday.run.diff).toBeNull();
	const entries = monday.agendas.flatMap(({ rep_id, date, entries: of }) => {
		expect(date).toBe("2026-11-23");
		return of.map((entry) => ({ ...entry, rep_id }));
	});
	expect(entries.length).toBeGreaterThan(0);

	// The day goes by: its outcomes are posted, and somebody of the days to come is blocked.
	const outcomes = await simulateOutcomes(join(folder, "d"), MONDAY, entries, 1);
	for (const [table, rows] of Object.entries(outcomes)) await call("POST", table, rows as object);
	const planned = await app.inject({ url: `/v1/plans/${monday.run.plan}/agendas?date=2026-11-24` });
	const [blocked] = planned
		.json<{ agendas: Agenda[] }>()
		.agendas.flatMap(({ entries: of }) => of.filter(({ kind }) => kind !== "appointment"));
	await call("POST", "customers", [{ customer_id: blocked.customer_id, blocked: true }]);

	const tuesday = await morningOf("2026-11-24");
	const contacted = tuesday.agendas.flatMap(({ entries: of }) => of.map(({ customer_id }) => customer_id));
	expect(contacted.length).toBeGreaterThan(0);
	expect(contacted).not.toContain(blocked.customer_id);
	const { diff } = tuesday.run;
	expect(diff?.changed).toEqual(["inputs"]);
	expect(diff?.changes.find(({ customer_id }) => customer_id === blocked.customer_id)).toMatchObject({
		cause: "BLOCKED",
		reason: "the customer is blocked",
	});
	for (const { reason } of diff?.changes ?? []) expect(reason.length).toBeGreaterThan(3);
	expect(Object.values(diff?.causes ?? {}).reduce((sum, count) => sum + count, 0)).toBe(diff?.num_changes);
	// Monday is told as it was.
	const again = await call<{ agendas: Agenda[] }>("GET", "agendas?date=2026-11-23");
	expect(again.agendas).toEqual(monday.agendas);
});
