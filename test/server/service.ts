import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine, PlanDocument, PlanHooks, PlanRequest } from "../../engine/index.ts";
import { CarteiraError, formatDay } from "../../engine/index.ts";
import { buildApp } from "../../server/app.ts";
import { DEFAULT_CONFIG, DEFAULT_LIMITS, type Limits, type ServerConfig } from "../../server/config.ts";
import type { App } from "../../server/app-type.ts";
import { type Services, createServices } from "../../server/services.ts";
import type { Tenant } from "../../server/tenants.ts";
import { databaseOf } from "./database-of.ts";
import { samplePlan } from "./sample-plan.ts";

/** A contact as a client posts it. */
export const CONTACT = {
	contact_id: "k1",
	customer_id: "c1",
	rep_id: "r1",
	contacted_at: "2026-11-20T09:30",
	channel: "phone",
	outcome: "order",
};
export const REPS_CSV = "rep_id,kind\nr1,field_employee\nr2,inside\n";
export const CUSTOMERS_CSV = "customer_id,rep_id,lat,lon\nc1,r1,-23.5,-46.6\nc2,r2,-23.6,-46.5\n";
export const ORDERS_CSV = [
	"order_id,customer_id,ordered_on,product_id,quantity,net_value",
	"o1,c1,2026-10-01,p1,2,100.50",
	"o2,c1,2026-10-15,p1,2,100.50",
	"o3,c2,2026-10-20,p2,1,50",
	"",
].join("\n");

/** An engine that answers the sample plan, when told or at once, and remembers what it was asked. */
export interface FakeEngine extends Engine {
	readonly requests: PlanRequest[];
	/** While held, plans run until their stop flag is up. */
	hold: boolean;
	/** Thrown by the next plan. */
	failWith: Error | null;
	/** The plan of a request, in place of the sample. */
	answer: ((request: PlanRequest) => PlanDocument) | null;
}

export function createFakeEngine(): FakeEngine {
	const fake: FakeEngine = {
		requests: [],
		hold: false,
		failWith: null,
		answer: null,
		plan: () => Promise.reject(new Error("the fake engine plans snapshots only")),
		async planSnapshot(_snapshot, request: PlanRequest, hooks: PlanHooks = {}) {
			fake.requests.push(request);
			if (fake.failWith) throw fake.failWith;
			hooks.onProgress?.({ phase: "solving", repsDone: 1, numReps: 2, valueCents: 75, boundCents: 100 });
			while (fake.hold && hooks.stop && Atomics.load(hooks.stop, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
			if (fake.answer) return fake.answer(request);
			const asOf = formatDay(request.asOf);
			return samplePlan({ asOf, next: formatDay(request.asOf + 1), ...(request.reps && { reps: request.reps }) });
		},
		survey: () => Promise.reject(new Error("the fake engine does not survey")),
		score: () => Promise.reject(new CarteiraError("INVALID_INPUT", "the fake engine does not score")),
		forecast: () => Promise.reject(new CarteiraError("INVALID_INPUT", "the fake engine does not forecast")),
		forecastSnapshot: () => Promise.reject(new CarteiraError("INVALID_INPUT", "the fake engine does not forecast")),
		monitorSnapshot: () => {
			throw new CarteiraError("INVALID_INPUT", "the fake engine does not look");
		},
		check: async () => [],
		assess: () => Promise.reject(new CarteiraError("INVALID_INPUT", "the fake engine does not assess")),
		desk: () => Promise.reject(new CarteiraError("INVALID_INPUT", "the fake engine has no desk")),
		decide: () => Promise.reject(new CarteiraError("INVALID_INPUT", "the fake engine does not decide")),
		close: async () => {},
	};
	return fake;
}

/** A data folder with the portfolio `acme`, as uploads would have left it. */
async function makeDataDir(): Promise<string> {
	const dataDir = await mkdtemp(join(tmpdir(), "carteira-server-"));
	const folder = join(dataDir, "portfolios", "acme");
	await mkdir(folder, { recursive: true });
	for (const [name, text] of Object.entries({ reps: REPS_CSV, customers: CUSTOMERS_CSV, orders: ORDERS_CSV })) {
		await writeFile(join(folder, `${name}.csv`), text);
	}
	return dataDir;
}

/** A service on a folder of its own. */
export interface TestService {
	readonly app: App;
	readonly services: Services;
	/** The tenant of whoever needs no key. */
	readonly tenant: Tenant;
	readonly engine: FakeEngine;
	readonly dataDir: string;
	/** Ends the service and keeps its folder. */
	stop(): Promise<void>;
	/** Ends the service and removes its folder. */
	close(): Promise<void>;
}

export async function startService(
	options: { dataDir?: string; limits?: Partial<Limits>; clock?: () => number; allowPrivateWebhooks?: boolean } = {},
): Promise<TestService> {
	const dataDir = options.dataDir ?? (await makeDataDir());
	const databaseUrl = await databaseOf(dataDir);
	const config: ServerConfig = {
		...DEFAULT_CONFIG,
		dataDir,
		logLevel: "silent",
		allowPrivateWebhooks: options.allowPrivateWebhooks ?? false,
		limits: { ...DEFAULT_LIMITS, ...options.limits },
		...(databaseUrl !== undefined && { databaseUrl }),
	};
	const engine = createFakeEngine();
	const services = await createServices(config, async () => engine, options.clock);
	const app = await buildApp(services);
	await app.ready();
	const stop = async (): Promise<void> => {
		await app.close();
		await services.close();
	};
	return {
		app,
		services,
		tenant: services.tenants.ofThisMachine,
		engine,
		dataDir,
		stop,
		async close() {
			await stop();
			await rm(dataDir, { recursive: true, force: true });
		},
	};
}

/** Orders a plan and waits for it; its id. */
export async function makePlan(app: App, body: object = { as_of: "2026-11-23" }, portfolio = "acme"): Promise<string> {
	const answer = await app.inject({
		method: "POST",
		url: `/v1/portfolios/${portfolio}/plans`,
		headers: { prefer: "wait=60" },
		payload: body,
	});
	if (answer.statusCode !== 200) throw new Error(answer.body);
	return answer.json<{ id: string }>().id;
}
