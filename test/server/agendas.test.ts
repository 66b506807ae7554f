import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { agendasView, explanationView, unplannedView } from "../../server/schemas/plan.ts";
import { samplePlan } from "./sample-plan.ts";
import { type TestService, makePlan, startService } from "./service.ts";

let service: TestService;
let id: string;
beforeAll(async () => {
	service = await startService();
	id = await makePlan(service.app);
});
afterAll(() => service.close());

const get = (url: string, headers: Record<string, string> = {}) => service.app.inject({ method: "GET", url, headers });
const publish = (plan: string) => service.app.inject({ method: "POST", url: `/v1/plans/${plan}/publish` });

test("agendas of a plan are narrowed by rep and by date", async () => {
	const all = (await get(`/v1/plans/${id}/agendas`)).json<{ agendas: { rep_id: string; date: string }[] }>();
	expect(all.agendas.map(({ rep_id, date }) => `${rep_id} ${date}`)).toEqual([
		"r1 2026-11-23",
		"r1 2026-11-24",
		"r2 2026-11-23",
		"r2 2026-11-24",
	]);
	expect(agendasView.safeParse(all).error).toBeUndefined();
	const one = (await get(`/v1/plans/${id}/agendas?rep=r2&date=2026-11-24`)).json<{ agendas: object[] }>();
	expect(one.agendas).toEqual([{ rep_id: "r2", ...samplePlan().reps[1].days[1] }]);
	expect((await get(`/v1/plans/${id}/agendas?rep=nobody`)).json<{ agendas: object[] }>().agendas).toEqual([]);
});

test("the format of agendas follows Accept", async () => {
	const url = `/v1/plans/${id}/agendas?rep=r1`;
	const calendar = await get(url, { accept: "text/calendar" });
	expect(calendar.headers["content-type"]).toBe("text/calendar; charset=utf-8");
	expect(calendar.body).toMatch(/^BEGIN:VCALENDAR/);
	const csv = await get(url, { accept: "text/csv;q=0.9, application/xml" });
	expect(csv.headers["content-type"]).toBe("text/csv; charset=utf-8");
	expect(csv.body.trim().split("\n")).toHaveLength(3); // a header and the rep's two entries
	expect((await get(url, { accept: "image/png" })).statusCode).toBe(406);
});

test("customers left out are told with reasons, for all reps or one", async () => {
	const all = (await get(`/v1/plans/${id}/unplanned`)).json<{ unplanned: object[] }>();
	expect(all.unplanned).toEqual(samplePlan().unplanned);
	expect(unplannedView.safeParse(all).error).toBeUndefined();
	expect((await get(`/v1/plans/${id}/unplanned?rep=r1`)).json<{ unplanned: object[] }>().unplanned).toHaveLength(1);
	expect((await get(`/v1/plans/${id}/unplanned?rep=r2`)).json<{ unplanned: object[] }>().unplanned).toEqual([]);
});

test("a customer is explained by its entries or by why it was left out", async () => {
	const planned = (await get(`/v1/plans/${id}/explanations/r1-a`)).json<{ entries: object[] }>();
	expect(planned.entries).toEqual([{ rep_id: "r1", date: "2026-11-23", ...samplePlan().reps[0].days[0].entries[0] }]);
	expect(explanationView.safeParse(planned).error).toBeUndefined();
	const left = (await get(`/v1/plans/${id}/explanations/left`)).json<{ unplanned: object[] }>();
	expect(left.unplanned).toEqual(samplePlan().unplanned);
	expect((await get(`/v1/plans/${id}/explanations/nobody`)).statusCode).toBe(404);
});

test("the published agenda is the one in force on a date, whatever plan it came from", async () => {
	const agendasOf = async (query: string) => {
		const answer = await get(`/v1/portfolios/acme/agendas?${query}`);
		return answer.json<{ plans: { id: string }[]; agendas: { rep_id: string; date: string }[] }>();
	};
	expect((await get("/v1/portfolios/acme/agendas?date=2026-11-23")).statusCode).toBe(404);
	expect((await get("/v1/portfolios/nobody/agendas?date=2026-11-23")).statusCode).toBe(404);
	await publish(id);
	expect((await agendasOf("date=2026-11-23")).agendas.map(({ rep_id }) => rep_id)).toEqual(["r1", "r2"]);
	// The next day's plan covers the 24th and 25th, for rep r1 alone: r2 keeps the earlier plan's 24th, and the 23rd stays as it was.
	const next = await makePlan(service.app, { as_of: "2026-11-24", reps: ["r1"] });
	await publish(next);
	const tuesday = await agendasOf("date=2026-11-24");
	expect(tuesday.agendas.map(({ rep_id }) => rep_id).sort()).toEqual(["r1", "r2"]);
	expect(tuesday.plans.map((plan) => plan.id)).toEqual([next, id]);
	expect((await agendasOf("date=2026-11-23")).plans.map((plan) => plan.id)).toEqual([id]);
	expect((await agendasOf("date=2026-11-24&rep=r1")).plans.map((plan) => plan.id)).toEqual([next]);
	expect((await agendasOf("date=2027-01-01")).agendas).toEqual([]);
});

test("without a date the agendas are today's, where the reps are", async () => {
	vi.useFakeTimers({ now: Date.parse("2026-11-24T01:00:00Z"), toFake: ["Date"] }); // still the 23rd in São Paulo
	const answer = await get("/v1/portfolios/acme/agendas");
	vi.useRealTimers();
	expect(answer.json<{ agendas: { date: string }[] }>().agendas.map(({ date }) => date)).toEqual(["2026-11-23", "2026-11-23"]);
});

test("a client that has the agenda already is told so", async () => {
	const url = "/v1/portfolios/acme/agendas?date=2026-11-25";
	const first = await get(url);
	const tag = String(first.headers.etag);
	expect(tag).toMatch(/^"[\w-]{27}"$/);
	const again = await get(url, { "if-none-match": `"other", ${tag}` });
	expect(again.statusCode).toBe(304);
	expect(again.body).toBe("");
	expect((await get(url, { "if-none-match": tag, accept: "text/csv" })).statusCode).toBe(200);
});

test("an unknown or badly written parameter is refused", async () => {
	for (const query of ["date=23/11/2026", "date=2026-02-30", "day=2026-11-23"]) {
		const answer = await get(`/v1/plans/${id}/agendas?${query}`);
		expect(answer.statusCode).toBe(400);
		expect(answer.json()).toMatchObject({ code: "MALFORMED" });
	}
});
