import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CarteiraError } from "../../engine/index.ts";
import { planView } from "../../server/schemas/plan.ts";
import { samplePlan } from "./sample-plan.ts";
import { ORDERS_CSV, type TestService, makePlan, startService } from "./service.ts";

let service: TestService;
beforeAll(async () => {
	service = await startService();
});
afterAll(() => service.close());
beforeEach(() => {
	service.engine.requests.length = 0;
	service.engine.hold = false;
	service.engine.failWith = null;
});

const order = (body: object, headers: Record<string, string> = {}) =>
	service.app.inject({ method: "POST", url: "/v1/portfolios/acme/plans", headers, payload: body });
const get = (url: string, headers: Record<string, string> = {}) => service.app.inject({ method: "GET", url, headers });

test("an order is answered 202 with the place of the plan, which is plan.json with its state when it is made", async () => {
	const answer = await order({ as_of: "2026-11-23", seed: 7, budget: { iterations: 100 } });
	expect(answer.statusCode).toBe(202);
	const { id, status } = answer.json<{ id: string; status: string }>();
	expect(["queued", "scoring"]).toContain(status);
	expect(answer.headers.location).toBe(`/v1/plans/${id}`);
	await service.services.plans.ended(service.tenant, id, 60);
	const plan = await get(`/v1/plans/${id}`);
	expect(plan.statusCode).toBe(200);
	const body = plan.json<object>();
	expect(body).toMatchObject({ id, status: "completed", publication: "none", portfolio: "acme", failure: null, ...samplePlan() });
	expect(planView.safeParse(body).error).toBeUndefined();
	expect(service.engine.requests).toEqual([{ asOf: 20780, seed: 7, iterations: 100 }]); // 20780 days from 1970-01-01 to 2026-11-23
});

test("a client that is ready to wait gets the plan itself", async () => {
	const answer = await order({ as_of: "2026-11-23" }, { prefer: "respond-async, wait=60" });
	expect(answer.statusCode).toBe(200);
	expect(answer.headers["preference-applied"]).toBe("wait=60");
	expect(answer.json()).toMatchObject({ status: "completed", ...samplePlan() });
});

test("a plan is found by its receipt's digest as well", async () => {
	const id = await makePlan(service.app);
	expect((await get("/v1/plans/plan20261123?view=summary")).json()).toMatchObject({ id, plan_id: "plan20261123" });
});

test("the summary of a plan has no agendas", async () => {
	const id = await makePlan(service.app);
	const body = (await get(`/v1/plans/${id}?view=summary`)).json<object>();
	expect(body).toMatchObject({ status: "completed", kpis: { num_visits: 4 } });
	expect(body).not.toHaveProperty("reps");
});

test("a running plan tells how far it is, and stops with the best found when asked", async () => {
	service.engine.hold = true;
	const id = (await order({ as_of: "2026-11-23" })).json<{ id: string }>().id;
	await expect.poll(async () => (await get(`/v1/plans/${id}`)).json<{ status: string }>().status, { timeout: 20_000 }).toBe("solving");
	// 1 of 2 reps, value 75 under a bound of 100: a quarter is open.
	expect((await get(`/v1/plans/${id}`)).json()).toMatchObject({
		progress: { reps_done: 1, num_reps: 2, value_cents: 75, upper_bound_cents: 100, gap: 0.25 },
	});
	expect((await service.app.inject({ method: "POST", url: `/v1/plans/${id}/stop` })).statusCode).toBe(202);
	await service.services.plans.ended(service.tenant, id, 60);
	expect((await get(`/v1/plans/${id}`)).json()).toMatchObject({ status: "stopped", ...samplePlan() });
	expect((await service.app.inject({ method: "POST", url: `/v1/plans/${id}/stop` })).statusCode).toBe(409);
});

test("plans are made one at a time, and too many waiting ones are turned away with the time to come back", async () => {
	const small = await startService({ limits: { max_queued_plans: 1 } });
	small.engine.hold = true;
	const orderSmall = () => small.app.inject({ method: "POST", url: "/v1/portfolios/acme/plans", payload: { as_of: "2026-11-23" } });
	for (const _ of [1, 2]) expect((await orderSmall()).statusCode).toBe(202);
	const refused = await orderSmall();
	expect(refused.statusCode).toBe(503);
	expect(refused.headers["retry-after"]).toBe("5");
	expect(refused.json()).toMatchObject({ code: "BUSY" });
	await small.close();
});

test("a plan that the inputs do not allow fails with the engine's code and words", async () => {
	service.engine.failWith = new CarteiraError("INVALID_POLICY", "the weights contradict", [
		{ code: "INVALID_POLICY", message: "no", pointer: "/value" },
	]);
	const id = (await order({ as_of: "2026-11-23" })).json<{ id: string }>().id;
	await service.services.plans.ended(service.tenant, id, 60);
	expect((await get(`/v1/plans/${id}`)).json()).toMatchObject({
		status: "failed",
		failure: { code: "INVALID_POLICY", detail: "the weights contradict", errors: [{ pointer: "/value" }] },
	});
	expect((await get(`/v1/plans/${id}/agendas`)).statusCode).toBe(409);
	expect((await service.app.inject({ method: "POST", url: `/v1/plans/${id}/publish` })).statusCode).toBe(409);
});

test("a defect's words stay in the log", async () => {
	service.engine.failWith = new TypeError("cannot read secret of undefined");
	const id = (await order({ as_of: "2026-11-23" })).json<{ id: string }>().id;
	await service.services.plans.ended(service.tenant, id, 60);
	const answer = await get(`/v1/plans/${id}`);
	expect(answer.json()).toMatchObject({ status: "failed", failure: { code: "INTERNAL" } });
	expect(answer.body).not.toContain("secret");
});

test("the plan published when an order is made is given to the engine, so that changing it has a price", async () => {
	const id = await makePlan(service.app);
	await service.app.inject({ method: "POST", url: `/v1/plans/${id}/publish` });
	await makePlan(service.app, { as_of: "2026-11-24", reps: ["r1"], horizon_days: 3, policy: { routing_mode: "fixed" } });
	expect(service.engine.requests.at(-1)).toEqual({
		asOf: 20781,
		horizonDays: 3,
		reps: ["r1"],
		policy: { routing_mode: "fixed" },
		published: samplePlan(),
	});
});

test("publishing supersedes the plan published before; doing it twice changes nothing; a superseded plan stays so", async () => {
	const publish = (id: string) => service.app.inject({ method: "POST", url: `/v1/plans/${id}/publish` });
	const [first, second] = [await makePlan(service.app), await makePlan(service.app)];
	expect((await publish(first)).json()).toMatchObject({ publication: "published" });
	expect((await publish(first)).statusCode).toBe(200);
	expect((await publish(second)).json()).toMatchObject({ publication: "published" });
	expect((await get(`/v1/plans/${first}`)).json()).toMatchObject({ publication: "superseded" });
	expect((await publish(first)).statusCode).toBe(409);
});

test("a discarded plan is gone; a published one cannot be discarded", async () => {
	const discard = (id: string) => service.app.inject({ method: "DELETE", url: `/v1/plans/${id}` });
	const [kept, gone] = [await makePlan(service.app), await makePlan(service.app)];
	await service.app.inject({ method: "POST", url: `/v1/plans/${kept}/publish` });
	expect((await discard(kept)).statusCode).toBe(409);
	expect((await discard(gone)).statusCode).toBe(204);
	expect((await get(`/v1/plans/${gone}`)).statusCode).toBe(404);
	expect((await discard(gone)).statusCode).toBe(404);
});

test("discarding a running plan stops it and leaves nothing", async () => {
	service.engine.hold = true;
	const id = (await order({ as_of: "2026-11-23" })).json<{ id: string }>().id;
	await expect.poll(() => service.engine.requests.length, { timeout: 20_000 }).toBe(1);
	expect((await service.app.inject({ method: "DELETE", url: `/v1/plans/${id}` })).statusCode).toBe(204);
	expect((await get(`/v1/plans/${id}`)).statusCode).toBe(404);
	service.engine.hold = false;
	await makePlan(service.app); // the queue goes on
});

test("the same Idempotency-Key and body make one plan; another body is refused", async () => {
	const headers = { "idempotency-key": "k1" };
	const first = await order({ as_of: "2026-11-23" }, headers);
	const again = await order({ as_of: "2026-11-23" }, headers);
	expect(again.statusCode).toBe(202);
	expect(again.body).toBe(first.body);
	expect(again.headers.location).toBe(first.headers.location);
	expect((await order({ as_of: "2026-11-24" }, headers)).statusCode).toBe(422);
	await service.services.plans.ended(service.tenant, first.json<{ id: string }>().id, 60);
	expect(service.engine.requests).toHaveLength(1);
	const both = await Promise.all([
		order({ as_of: "2026-11-23" }, { "idempotency-key": "k2" }),
		order({ as_of: "2026-11-23" }, { "idempotency-key": "k2" }),
	]);
	const status = both.map((answer) => answer.statusCode).sort((a, b) => a - b);
	expect([
		[202, 202],
		[202, 409],
	]).toContainEqual(status);
});

test("a repeated request whose plan was discarded gets the first answer, whether or not it waits", async () => {
	const headers = { "idempotency-key": "k3" };
	const first = await order({ as_of: "2026-11-23" }, headers);
	await service.app.inject({ method: "DELETE", url: `/v1/plans/${first.json<{ id: string }>().id}` });
	for (const prefer of ["respond-async", "wait=5"]) {
		const again = await order({ as_of: "2026-11-23" }, { ...headers, prefer });
		expect([again.statusCode, again.body]).toEqual([202, first.body]);
	}
});

test("the iterations of a receipt, by rep, go to the engine as they are", async () => {
	await makePlan(service.app, { as_of: "2026-11-23", seed: 3, budget: { iterations: { r1: 120, r2: 80 } } });
	// The last one: a plan that an earlier test ordered and left may still have been on its way.
	expect(service.engine.requests.at(-1)).toMatchObject({ seed: 3, iterations: { r1: 120, r2: 80 } });
	expect((await order({ as_of: "2026-11-23", budget: { iterations: { r1: -1 } } })).statusCode).toBe(422);
});

test("an order is not valid for reps that the table lacks", async () => {
	const answer = await order({ as_of: "2026-11-23", mode: "validate", reps: ["r1", "nobody"] });
	expect(answer.statusCode).toBe(422);
	expect(answer.json<{ detail: string }>().detail).toBe("reps that the table does not have: nobody");
});

test.each([
	["a missing as_of", {}, "/as_of"],
	["a date that the calendar has not", { as_of: "2026-02-30" }, "/as_of"],
	["a date centuries away", { as_of: "9999-12-31" }, "/as_of"],
	["a date before 1970", { as_of: "1900-01-01" }, "/as_of"],
	["an unknown field", { as_of: "2026-11-23", asof: 1 }, "/asof"],
	["a horizon of none", { as_of: "2026-11-23", horizon_days: 0 }, "/horizon_days"],
	["a horizon beyond the limit", { as_of: "2026-11-23", horizon_days: 1000 }, "/horizon_days"],
	["both budgets", { as_of: "2026-11-23", budget: { iterations: 1, seconds: 1 } }, "/budget"],
	["no reps", { as_of: "2026-11-23", reps: [] }, "/reps"],
	["a seed of text", { as_of: "2026-11-23", seed: "7" }, "/seed"],
	["an unknown mode", { as_of: "2026-11-23", mode: "guess" }, "/mode"],
])("%s is refused with its place", async (_, body, pointer) => {
	const answer = await order(body);
	expect(answer.statusCode).toBe(422);
	expect(answer.headers["content-type"]).toContain("application/problem+json");
	expect(answer.json<{ errors: { pointer: string }[] }>().errors.map((error) => error.pointer)).toContain(pointer);
});

test("a policy laid over that breaks its schema is refused before the plan is queued", async () => {
	const answer = await order({ as_of: "2026-11-23", policy: { routing_mode: "straight" } });
	expect(answer.statusCode).toBe(422);
	expect(answer.json()).toMatchObject({ code: "INVALID_POLICY" });
});

test("plans of portfolios that are not there, and ids that no plan has, are not found", async () => {
	expect(
		(await service.app.inject({ method: "POST", url: "/v1/portfolios/nobody/plans", payload: { as_of: "2026-11-23" } })).statusCode,
	).toBe(404);
	for (const url of ["/v1/plans/pl_0", "/v1/plans/pl_0/agendas", "/v1/plans/pl_0/unplanned", "/v1/plans/pl_0/explanations/c1"]) {
		expect((await get(url)).statusCode).toBe(404);
	}
});

test("a portfolio that lacks a table that planning needs says so", async () => {
	await mkdir(join(service.dataDir, "portfolios", "half"));
	await writeFile(join(service.dataDir, "portfolios", "half", "orders.csv"), ORDERS_CSV);
	const answer = await service.app.inject({
		method: "POST",
		url: "/v1/portfolios/half/plans",
		payload: { as_of: "2026-11-23", mode: "validate" },
	});
	expect(answer.statusCode).toBe(422);
	expect(answer.json<{ detail: string }>().detail).toContain("customers, reps");
});
