import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSnapshot } from "../../../engine/index.ts";
import { createPlanner } from "../../../server/jobs/planner.ts";
import { createJobRows } from "../../../server/store/job-rows.ts";
import { createShelves } from "../../../server/tenants.ts";
import { samplePlan } from "../sample-plan.ts";
import { CONTACT, type TestService, createFakeEngine, startService } from "../service.ts";

const ORDER = { portfolio: "acme", as_of: "2026-11-23" };

const isRunning = ({ tenant }: TestService, id: string) =>
	expect.poll(async () => (await tenant.store.getPlan(id)).progress?.phase, { timeout: 20_000 }).toBe("solving");

/** Stores a plan that may be made, in a service whose queue is closed. */
async function createPrepared({ services, tenant }: TestService) {
	const plan = await tenant.store.createPlan(ORDER);
	const jobs = createJobRows(services.database);
	await jobs.markPrepared(await jobs.unprepared());
	return plan;
}

async function postContact({ app }: TestService): Promise<void> {
	const answer = await app.inject({ method: "POST", url: "/v1/portfolios/acme/contacts", payload: CONTACT });
	expect(answer.statusCode, answer.body).toBe(200);
}

/** Contacts that were in the snapshot when a plan was made of it. */
function contactsKnown({ engine, dataDir }: TestService): number[] {
	const known: number[] = [];
	engine.answer = () => {
		known.push(openSnapshot(join(dataDir, "portfolios", "acme")).portfolio().tables.contacts.numRows);
		return samplePlan();
	};
	return known;
}

test("a plan is ordered while the portfolio is being changed, and made once it knows what was acknowledged before", async () => {
	const service = await startService();
	const known = contactsKnown(service);
	await postContact(service);
	const change = Promise.withResolvers<void>();
	const began = Promise.withResolvers<void>();
	const traces = { customerId: "nobody", names: [], pseudonym: "erased", derived: {} };
	const changed = service.tenant.portfolios.erase("acme", traces, { mark: "m", beforeSwitch: async () => {} }, () => {
		began.resolve();
		return change.promise;
	});
	await began.promise;
	const payload = { as_of: ORDER.as_of, policy: { routing_mode: "guided" } };
	const answer = await service.app.inject({ method: "POST", url: "/v1/portfolios/acme/plans", payload });
	expect(answer.statusCode, answer.body).toBe(202);
	const { id } = answer.json<{ id: string }>();
	await service.services.plans.ended(service.tenant, id, 1.5); // workers look for plans every second
	expect(await service.tenant.store.getPlan(id)).toMatchObject({ status: "queued" });
	change.resolve();
	await changed;
	await service.services.plans.ended(service.tenant, id, 60);
	expect(known).toEqual([1]);
	await service.close();
});

test("a plan whose server was killed before its snapshot knew the contacts waits for the next start, and knows them", async () => {
	const first = await startService();
	await first.services.plans.close(); // which leaves what a kill after the commit leaves: the plan's row, and contacts that wait
	await postContact(first);
	const { id } = await first.tenant.store.createPlan(ORDER);
	const now = Date.now();
	expect(await createJobRows(first.services.database).lease(now, now + 1000)).toBeNull(); // by a worker elsewhere, before any server is back
	await first.stop();
	const second = await startService({ dataDir: first.dataDir });
	const known = contactsKnown(second);
	await second.services.plans.ended(second.tenant, id, 60);
	expect(await second.tenant.store.getPlan(id)).toMatchObject({ status: "completed" });
	expect(known).toEqual([1]);
	await second.close();
	await rm(first.dataDir, { recursive: true, force: true });
});

test("a plan of a portfolio that cannot be read fails with the reason, and keeps no other waiting", async () => {
	const service = await startService();
	const folder = join(service.dataDir, "portfolios", "bad");
	await mkdir(folder);
	await writeFile(join(folder, "orders.csv"), "order_id,customer_id\no1\n");
	const bad = await service.services.plans.submit(service.tenant, { ...ORDER, portfolio: "bad" });
	const good = await service.services.plans.submit(service.tenant, ORDER);
	for (const { id } of [bad, good]) await service.services.plans.ended(service.tenant, id, 60);
	expect(await service.tenant.store.getPlan(bad.id)).toMatchObject({ status: "failed", failure: { code: "INVALID_INPUT" } });
	expect(await service.tenant.store.getPlan(good.id)).toMatchObject({ status: "completed" });
	await service.close();
});

test("what waits and what runs when the service ends is made after the next start", async () => {
	const first = await startService();
	first.engine.hold = true;
	const running = await first.services.plans.submit(first.tenant, ORDER);
	const waiting = await first.services.plans.submit(first.tenant, ORDER);
	await isRunning(first, running.id);
	await first.stop();
	const second = await startService({ dataDir: first.dataDir });
	for (const { id } of [running, waiting]) {
		await second.services.plans.ended(second.tenant, id, 60);
		expect(await second.tenant.store.getPlan(id)).toMatchObject({ status: "completed" });
	}
	await second.close();
	await rm(first.dataDir, { recursive: true, force: true });
});

test("waiting for a plan ends when the time is over", async () => {
	const service = await startService();
	service.engine.hold = true;
	const { id } = await service.services.plans.submit(service.tenant, ORDER);
	await service.services.plans.ended(service.tenant, id, 0.01);
	expect((await service.tenant.store.getPlan(id)).finishedAt).toBeNull();
	await service.close();
});

test("each tenant has its turn, however much another has ordered", async () => {
	const service = await startService();
	const { tenants, plans } = service.services;
	service.engine.hold = true;
	await plans.submit(service.tenant, { ...ORDER, seed: 1 });
	await expect.poll(() => service.engine.requests.length, { timeout: 20_000 }).toBe(1);
	for (const seed of [2, 3]) await plans.submit(service.tenant, { ...ORDER, seed });
	const other = await tenants.get("other");
	await other.portfolios.install("acme", join(service.dataDir, "portfolios", "acme"));
	const { id } = await plans.submit(other, { ...ORDER, seed: 4 });
	service.engine.hold = false;
	await plans.ended(other, id, 60);
	await expect.poll(() => service.engine.requests.map(({ seed }) => seed), { timeout: 20_000 }).toEqual([1, 4, 2, 3]);
	await service.close();
});

test("a worker whose lease ran out cannot write over the one that took the plan on", async () => {
	const service = await startService();
	service.engine.hold = true;
	const { id } = await service.services.plans.submit(service.tenant, ORDER);
	await isRunning(service, id);
	const jobs = createJobRows(service.services.database);
	const later = Date.now() + 3_600_000; // the lease of the first is over by then
	const taken = await jobs.lease(later, later + 1000);
	expect(taken).toMatchObject({ id, tenant: "default", token: 2, attempts: 2 });
	service.engine.hold = false;
	await expect.poll(() => service.services.plans.isMaking(), { timeout: 20_000 }).toBe(false); // the first has finished its work, in vain
	expect((await service.tenant.store.getPlan(id)).finishedAt).toBeNull();
	if (taken === null) throw new Error("not leased");
	expect(await service.tenant.store.savePlan({ ...taken, token: 1 }, "completed", samplePlan())).toBe(false);
	await jobs.fail(taken, { code: "INTERNAL", detail: "said by the second", errors: [] });
	expect(await service.tenant.store.getPlan(id)).toMatchObject({ status: "failed", failure: { detail: "said by the second" } });
	await jobs.fail(taken, { code: "INTERNAL", detail: "said twice", errors: [] });
	expect(await service.tenant.store.getPlan(id)).toMatchObject({ failure: { detail: "said by the second" } });
	await service.close();
});

test("a stop that is asked for in the database reaches the worker with its next beat", async () => {
	const service = await startService();
	const engine = createFakeEngine();
	engine.hold = true;
	await service.services.plans.close(); // so that the worker below is the only one
	await service.tenant.portfolios.prepare("acme");
	const { id } = await createPrepared(service);
	const { database, config } = service.services;
	const planner = createPlanner({
		jobs: createJobRows(database),
		shelfOf: createShelves(service.dataDir, database, config.limits),
		engine,
		leaseSeconds: 0.3,
		onDefect: (error) => {
			throw error;
		},
		onNews: () => {},
	});
	await isRunning(service, id);
	await service.tenant.store.askToStop(id);
	await expect.poll(async () => (await service.tenant.store.getPlan(id)).status, { timeout: 20_000 }).toBe("stopped");
	await planner.close();
	await service.close();
});

test("a plan that takes its process down again and again is given up with the reason", async () => {
	const service = await startService();
	await service.services.plans.close();
	const { id } = await createPrepared(service);
	const jobs = createJobRows(service.services.database);
	for (let attempt = 1; attempt <= 3; attempt++) {
		const now = Date.now();
		expect(await jobs.lease(now, now - 1)).toMatchObject({ id, attempts: attempt }); // which is over at once
	}
	await service.stop();
	const next = await startService({ dataDir: service.dataDir });
	await next.services.plans.ended(next.tenant, id, 60);
	expect(await next.tenant.store.getPlan(id)).toMatchObject({ status: "failed", failure: { detail: expect.stringContaining("3 times") } });
	expect(next.engine.requests).toHaveLength(0);
	await next.close();
});
