import { afterAll, beforeAll, expect, test } from "vitest";
import { auditView, importsView } from "../../server/schemas/records.ts";
import { CONTACT, REPS_CSV, type TestService, makePlan, startService } from "./service.ts";

let service: TestService;
beforeAll(async () => {
	service = await startService();
});
afterAll(() => service.close());

const get = (url: string) => service.app.inject({ method: "GET", url });
const putReps = (body: string) =>
	service.app.inject({ method: "PUT", url: "/v1/portfolios/acme/reps", headers: { "content-type": "text/csv" }, payload: body });

test("what was imported is told with its report, and what was refused is not", async () => {
	expect((await putReps(REPS_CSV)).statusCode).toBe(200);
	expect((await putReps("rep_id,kind\nr1,nobody knows\n")).statusCode).toBe(422);
	const told = (await get("/v1/portfolios/acme/imports")).json<{ imports: { mode: string; report: object }[] }>();
	expect(importsView.safeParse(told).error).toBeUndefined();
	expect(told.imports.map(({ mode }) => mode)).toEqual(["replace"]);
	expect(told.imports[0].report).toMatchObject({ table: "reps", rows_accepted: 2 });
	for (const list of ["imports", "contact-rules"]) expect((await get(`/v1/portfolios/nowhere/${list}`)).statusCode).toBe(404);
});

test("the audit log is read page by page", async () => {
	await putReps(REPS_CSV);
	const first = (await get("/v1/audit?limit=1")).json<{ entries: { sequence: number; status: number }[]; next_after: number }>();
	expect(auditView.safeParse(first).error).toBeUndefined();
	expect(first.entries).toHaveLength(1);
	const rest = (await get(`/v1/audit?after=${first.next_after}`)).json<typeof first>();
	expect(rest.entries.map(({ status }) => status)).toEqual([422, 200]);
	expect((await get(`/v1/audit?after=${rest.next_after}`)).json()).toEqual({ entries: [], next_after: rest.next_after });
	expect((await get("/v1/audit?limit=0")).statusCode).toBe(400);
});

test("a post of contacts is noted once, whether it keeps them, is answered again or is refused", async () => {
	const post = (payload: object | string, key: string) =>
		service.app.inject({
			method: "POST",
			url: "/v1/portfolios/acme/contacts",
			headers: { "idempotency-key": key, "content-type": "application/json" },
			payload,
		});
	const { entries: before } = (await get("/v1/audit?limit=1000")).json<{ entries: object[] }>();
	const statuses = [await post(CONTACT, "1"), await post(CONTACT, "1"), await post("{", "2")].map(({ statusCode }) => statusCode);
	expect(statuses).toEqual([200, 200, 400]); // the second is answered as the first was
	const { entries } = (await get("/v1/audit?limit=1000")).json<{ entries: { status: number; path: string; method: string }[] }>();
	const noted = { method: "POST", path: "/v1/portfolios/acme/contacts" };
	expect(entries.slice(before.length)).toMatchObject(statuses.map((status) => ({ ...noted, status })));
});

test("the figures count answers by route and plans by how they ended, without naming anyone", async () => {
	await makePlan(service.app);
	const answer = await get("/metrics");
	expect(answer.headers["content-type"]).toMatch(/^application\/openmetrics-text/);
	expect(answer.body).toMatch(/carteira_plans_ended_total\{status="completed"\} 1/);
	expect(answer.body).toMatch(/carteira_plans_unfinished 0/);
	expect(answer.body).toMatch(
		/carteira_http_answer_seconds_count\{method="POST",route="\/v1\/portfolios\/:portfolio\/plans",status="200"\} 1/,
	);
	expect(answer.body).toMatch(/nodejs_eventloop_lag_seconds/);
	expect(answer.body).not.toContain("acme");
	expect(answer.body.trimEnd().endsWith("# EOF")).toBe(true);
});
