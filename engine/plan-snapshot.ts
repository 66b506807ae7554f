import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { PlanDocument } from "./agenda/plan-document.ts";
import { canonicalJson, digestOf } from "./agenda/receipt.ts";
import { CarteiraError } from "./errors.ts";
import { type PlanHooks, planPortfolio, type Services } from "./plan.ts";
import type { Population, PopulationKey } from "./policy/population.ts";
import { loadPopulation, readPopulationKey } from "./policy/population-file.ts";
import type { Portfolio } from "./portfolio/portfolio.ts";
import type { Snapshot } from "./portfolio/snapshot/snapshot.ts";
import type { PlanRequest, Question } from "./question.ts";
import { populationKey } from "./understand.ts";
import { surveyInThread } from "./survey-thread.ts";

/** From so many customers on, understanding the few of one rep is worth a survey of all. */
export const SLICED_FROM = 20_000;
/** Files that are kept beside a store: a day, a policy or a model more or less, and those of before the last appends. */
const MOST_KEPT = 8;

export interface SnapshotPlanOptions {
	/** Model folder that the engine was started with. */
	readonly model: string | undefined;
	/** Customers from which on reps are planned from slices; default 20,000. */
	readonly slicedFrom?: number;
}

/**
 * Plans from a snapshot. A large one is surveyed once for each day, policy and model, in a thread of its own, and each rep is then planned
 * from a slice: the same bytes in a fraction of the memory. Where only some reps are asked for, the survey of before the last appends
 * serves; receipt and warnings say so.
 */
export async function planSnapshot(
	snapshot: Snapshot,
	request: PlanRequest,
	services: Services,
	hooks: PlanHooks,
	{ model, slicedFrom = SLICED_FROM }: SnapshotPlanOptions,
): Promise<PlanDocument> {
	const portfolio = snapshot.portfolio();
	if (portfolio.tables.customers.length < slicedFrom) return planPortfolio(portfolio, request, services, hooks);
	const { asOf, horizonDays, policy, reps } = request;
	const question: Question = { asOf, policy, ...(horizonDays !== undefined && { horizonDays }) };
	const slice: Snapshot["slice"] = (repIds, customerIds) => snapshot.slice(repIds, customerIds);
	const expected = populationKey(portfolio, question, services.predictor.model);
	const folder = folderOf(snapshot);
	const earlier = reps ? earlierPopulation(folder, expected, portfolio) : null;
	if (earlier) return planPortfolio(portfolio, request, services, hooks, { population: earlier, populationOf: earlier.of.inputs, slice });
	const population = await populationOf(snapshot, folder, question, expected, model);
	return planPortfolio(portfolio, request, services, hooks, { population, slice });
}

/** The population of a snapshot that was surveyed already, or the newest from before its last appends; null without either. */
export function knownPopulation(snapshot: Snapshot, expected: PopulationKey, portfolio: Portfolio): Population | null {
	const folder = folderOf(snapshot);
	return loadOrNull(fileOf(folder, expected), expected) ?? earlierPopulation(folder, expected, portfolio);
}

/** Populations of one base of orders lie together: what has been appended to it since is all that they do not know. */
function folderOf({ folder, manifest }: Snapshot): string {
	return join(folder, "populations", manifest.events.orders.base?.lines ?? "none");
}

const fileOf = (folder: string, key: PopulationKey): string => join(folder, `${digestOf(canonicalJson(key))}.population`);

async function populationOf(
	snapshot: Snapshot,
	folder: string,
	question: Question,
	expected: PopulationKey,
	model: string | undefined,
): Promise<Population> {
	const path = fileOf(folder, expected);
	const known = loadOrNull(path, expected);
	if (known) return known;
	mkdirSync(folder, { recursive: true });
	await surveyInThread({ store: snapshot.folder, sha: snapshot.sha, question, path, ...(model !== undefined && { model }) });
	forgetOldest(join(snapshot.folder, "populations"));
	return loadPopulation(path, expected);
}

/** The newest population of the same day, policy and model that knows the products and reps of now; null without one, or where that of now is there. */
function earlierPopulation(folder: string, expected: PopulationKey, { tables: { products, reps } }: Portfolio): Population | null {
	for (const path of newestFirst([folder])) {
		const of = readPopulationKey(path);
		if (of?.inputs === expected.inputs && path === fileOf(folder, expected)) return null;
		if (of === null) continue;
		const population = loadOrNull(path, { ...expected, inputs: of.inputs });
		if (population?.products.length === products.length && population.reps.length === reps.length) return population;
	}
	return null;
}

/** A damaged population, or one of another version, is made anew. */
function loadOrNull(path: string, expected: PopulationKey): Population | null {
	try {
		return loadPopulation(path, expected);
	} catch (error) {
		if (error instanceof CarteiraError) return null;
		throw error;
	}
}

function newestFirst(folders: readonly string[]): string[] {
	const age = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
	const files = folders.flatMap((folder) => namesIn(folder).map((name) => join(folder, name)));
	return files
		.map((path) => ({ path, at: age(path) }))
		.sort((a, b) => b.at - a.at)
		.map(({ path }) => path);
}

function namesIn(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch {
		return []; // nothing was surveyed yet
	}
}

function forgetOldest(root: string): void {
	const folders = namesIn(root).map((name) => join(root, name));
	for (const path of newestFirst(folders).slice(MOST_KEPT)) rmSync(path, { force: true });
	for (const folder of folders) if (namesIn(folder).length === 0) rmSync(folder, { recursive: true, force: true });
}
