import { CarteiraError, formatDay } from "../../engine/index.ts";
import { generate } from "../../models/generator/generate.ts";
import type { Services } from "../services.ts";
import type { PlanRecord } from "../store/store.ts";
import { type Progress, createProgress, tell } from "./progress.ts";

export const DEMO = "demo";
/** Small enough to be made and planned in seconds, large enough that agendas are full. */
const CUSTOMERS = 750;
const REPS = 3;
const SEED = 7;
const SECONDS_A_REP = 3;
const POLL_SECONDS = 0.2;

async function makeDistributor({ tenants }: Services, folder: string, asOf: number): Promise<void> {
	const progress = createProgress("making the demo distributor");
	await generate({
		customers: CUSTOMERS,
		reps: REPS,
		seed: SEED,
		asOf,
		format: "csv",
		out: folder,
		onProgress: ({ repsDone, numReps }) => progress.update(repsDone, numReps, "reps"),
	});
	progress.end();
	await tenants.ofThisMachine.portfolios.install(DEMO, folder);
}

async function watch({ plans, tenants }: Services, id: string, progress: Progress): Promise<PlanRecord> {
	const tenant = tenants.ofThisMachine;
	for (;;) {
		await plans.ended(tenant, id, POLL_SECONDS);
		const plan = await tenant.store.getPlan(id);
		if (plan.finishedAt !== null) return plan;
		if (plan.progress !== null) progress.update(plan.progress.repsDone, plan.progress.numReps, "reps");
	}
}

async function planAndPublish(services: Services, asOf: string): Promise<PlanRecord> {
	const progress = createProgress("planning");
	const tenant = services.tenants.ofThisMachine;
	const { id } = await services.plans.submit(tenant, { portfolio: DEMO, as_of: asOf, seed: SEED, budget: { seconds: SECONDS_A_REP } });
	const plan = await watch(services, id, progress);
	progress.end();
	if (plan.failure) throw new CarteiraError("INTERNAL", `the demo could not be planned: ${plan.failure.detail}`, plan.failure.errors);
	return tenant.store.publishPlan(id);
}

/** The demo portfolio with a plan published for a day: what is there from earlier that day, or else made anew. */
export async function prepareDemo(services: Services, folder: string, asOf: number): Promise<PlanRecord> {
	const { store, portfolios } = services.tenants.ofThisMachine;
	const date = formatDay(asOf);
	const published = await store.publishedPlan(DEMO);
	if (published?.order.as_of === date && (await portfolios.exists(DEMO))) return published;
	tell(
		published ? "a new day: the demo distributor is made and planned afresh" : "first run: making a demo distributor and planning its day",
	);
	await makeDistributor(services, folder, asOf);
	return planAndPublish(services, date);
}
