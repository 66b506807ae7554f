import { afterAll, beforeAll, expect, test } from "vitest";
import { agendasView } from "../../server/schemas/plan.ts";
import { samplePlan } from "./sample-plan.ts";
import { type TestService, makePlan, startService } from "./service.ts";

let service: TestService;
let id: string;
const DATE = "2026-11-23";
const STAGES: Readonly<Record<string, "shadow" | "advise">> = { r1: "shadow", r2: "advise" };

beforeAll(async () => {
	service = await startService();
	service.engine.answer = () => {
		const plan = samplePlan({ reps: ["r1", "r2", "r3"] });
		const reps = plan.reps.map((rep) => {
			const stage = STAGES[rep.rep_id];
			return { ...rep, days: rep.days.map((day) => ({ ...day, ...(stage && { stage }) })) };
		});
		return { ...plan, reps };
	};
	id = await makePlan(service.app);
	await service.app.inject({ method: "POST", url: `/v1/plans/${id}/publish` });
});
afterAll(() => service.close());

const get = (url: string, accept = "application/json") => service.app.inject({ method: "GET", url, headers: { accept } });

interface Shown {
	readonly rep_id: string;
	readonly stage?: string;
	readonly reason?: string;
	readonly entries: readonly object[];
}

test("published agendas of a team in shadow are empty and say why, those that are advice are marked, the others as ever", async () => {
	const body = (await get(`/v1/portfolios/acme/agendas?date=${DATE}`)).json<{ agendas: Shown[] }>();
	expect(agendasView.safeParse(body).error).toBeUndefined();
	expect(body.agendas.map(({ rep_id, stage, reason, entries }) => [rep_id, stage, reason, entries.length])).toEqual([
		["r1", "shadow", "shadow", 0],
		["r2", "advise", undefined, 1],
		["r3", undefined, undefined, 1],
	]);
	expect(body.agendas[2]).toEqual({ rep_id: "r3", ...samplePlan({ reps: ["r3"] }).reps[0].days[0] });
});

test("a manager reads the whole plan whatever the stage", async () => {
	const { agendas } = (await get(`/v1/plans/${id}/agendas?date=${DATE}`)).json<{ agendas: Shown[] }>();
	expect(agendas.map(({ rep_id, stage, reason, entries }) => [rep_id, stage, reason, entries.length])).toEqual([
		["r1", "shadow", undefined, 1],
		["r2", "advise", undefined, 1],
		["r3", undefined, undefined, 1],
	]);
});

test("calendars leave shadow out and say so, advice is tentative; the CSV names the stage", async () => {
	for (const url of [`/v1/portfolios/acme/agendas?date=${DATE}`, `/v1/plans/${id}/agendas?date=${DATE}`]) {
		const shadow = (await get(`${url}&rep=r1`, "text/calendar")).body;
		expect(shadow).not.toContain("BEGIN:VEVENT");
		expect(shadow).toContain("X-CARTEIRA-REASON:shadow");
		const advice = (await get(`${url}&rep=r2`, "text/calendar")).body;
		expect(advice).toContain("STATUS:TENTATIVE");
		expect(advice).not.toContain("X-CARTEIRA-REASON");
		const plan = (await get(`${url}&rep=r3`, "text/calendar")).body;
		expect(plan).toContain("BEGIN:VEVENT");
		expect(plan).not.toContain("STATUS:TENTATIVE");
	}
	const rows = (await get(`/v1/portfolios/acme/agendas?date=${DATE}`, "text/csv")).body.trim().split("\n");
	expect(rows.slice(1).map((row) => [row.slice(0, 2), row.split(",").at(-1)])).toEqual([
		["r2", "advise"],
		["r3", "plan"],
	]);
});
