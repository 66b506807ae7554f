import { basename, dirname, join, resolve } from "node:path";
import { CarteiraError } from "../engine/errors.ts";
import { buildHistory, type History } from "../engine/portfolio/history.ts";
import type { Portfolio } from "../engine/portfolio/portfolio.ts";
import { cutHistory } from "../engine/scoring/cut-history.ts";
import {
	digestWeights,
	MODEL_FORMAT,
	type ModelFolder,
	type ModelManifest,
	modelName,
	NET_NAMES,
	type NetName,
	readModelFolder,
	type Training,
} from "../engine/scoring/model-folder.ts";
import { createPredictor, defaultModelDir } from "../engine/scoring/predictor.ts";
import { loadTensorFlow } from "../engine/scoring/tensorflow.ts";
import { type Day, formatDay } from "../engine/units.ts";
import { type Checkpoints, openCheckpoints } from "./network/checkpoints.ts";
import { evaluateChurn } from "./evaluation/evaluate-churn.ts";
import { type ChurnNet, fitWithoutNet, trainChurn } from "./churn/train-churn.ts";
import { trainMix } from "./mix/train-mix.ts";
import { storyOf } from "./churn/training-story.ts";
import type { TrainedNet } from "./network/trained-net.ts";
import { validateModelOut, writeModelFolder } from "./write-model-folder.ts";

/** Purchase events, and days between the first and the last of them, below which nothing can be learned. */
const MIN_EVENTS = 500;
const MIN_DAYS = 150;
/** Repeat orders that the four parameters of the buy-till-you-die model need to mean something. */
const MIN_GAPS = 40;

export const TASKS = ["churn", "mix", "all"] as const;
export type Task = (typeof TASKS)[number];

export interface TrainOptions {
	/** History is what lies before this day. */
	readonly asOf: Day;
	/** What to train, `all` unless said; the rest is taken from the shipped model. */
	readonly task?: Task;
	readonly seed?: number;
	/** In words, for the card. */
	readonly trainedOn?: string;
	/** Are the orders made up? Such a model has seen no portfolio's days. */
	readonly synthetic?: boolean;
	/** Each step as it begins, for people. */
	readonly onProgress?: (message: string) => void;
}

/** What a training run made. */
export interface TrainSummary {
	readonly folder: string;
	/** `<name>@<digest>`, as scores carry it. */
	readonly model: string;
	readonly seconds: number;
	/** Why there is no net of its own for churn; absent where there is one. */
	readonly fallback?: string;
}

/**
 * Trains on all that a portfolio's orders say before a day and writes a model folder at `out`, whose last part is the model's name.
 * Same portfolio, day and seed: same weights. While it runs, a hidden folder beside `out` keeps how far it came; killed and started again, it goes on from
 * there to the same weights. Throws NOT_ENOUGH_HISTORY where there are too few orders.
 */
export async function train(portfolio: Portfolio, options: TrainOptions & { readonly out: string }): Promise<TrainSummary> {
	const started = performance.now();
	await validateModelOut(options.out);
	const checkpoints = openCheckpoints(checkpointFolder(options.out));
	const { folder, heldBack } = await trainParts(portfolio, basename(resolve(options.out)), { ...options, checkpoints });
	options.onProgress?.("measuring on the last 90 days what a model says that does not know them");
	const report = heldBack ? await reportHeldBack(portfolio, options, heldBack, folder) : undefined;
	const seconds = Math.round((performance.now() - started) / 100) / 10;
	const { training, ...manifest } = folder.manifest;
	const told = { ...manifest, training: { ...training, seconds }, metrics: report ? { churn: report.all } : {} };
	await writeModelFolder(options.out, { ...folder, manifest: told }, report ? [report] : []);
	checkpoints.remove();
	const { fallback } = training;
	return { folder: options.out, model: modelName(folder.manifest), seconds, ...(fallback !== undefined && { fallback }) };
}

/** Where a run that writes to `out` keeps how far it came. */
export function checkpointFolder(out: string): string {
	return join(dirname(resolve(out)), `.${basename(out)}.training`);
}

/** Trains a model in memory. */
export async function trainFolder(portfolio: Portfolio, name: string, options: TrainOptions): Promise<ModelFolder> {
	return (await trainParts(portfolio, name, options)).folder;
}

/** A model that says how it came to be, and the net that does not know the last 90 days. */
interface Trained {
	readonly folder: ModelFolder & { readonly manifest: ModelManifest & { readonly training: Training } };
	readonly heldBack?: ChurnNet;
}

async function trainParts(
	portfolio: Portfolio,
	name: string,
	options: TrainOptions & { readonly checkpoints?: Checkpoints },
): Promise<Trained> {
	const { asOf, task = "all", seed = 1, onProgress = () => undefined, checkpoints } = options;
	const history = buildHistory(portfolio, asOf);
	const lack = lackOf(history);
	if (lack !== null && (task === "mix" || !canFitBuyTillYouDie(history))) throw new CarteiraError("NOT_ENOUGH_HISTORY", lack);
	const context = { tensorFlow: await loadTensorFlow(), seed, onProgress, ...(checkpoints && { checkpoints }) };
	const shipped = task === "all" && lack === null ? null : await readModelFolder(defaultModelDir());
	const churn = task === "mix" ? null : await (lack === null ? trainChurn : fitWithoutNet)(context, portfolio, history);
	const mix = task === "churn" || lack !== null ? null : await trainMix(context, portfolio, history);
	const nets = {
		churn: churn ?? netOf(shipped, "churn"),
		replenish: mix?.replenish ?? netOf(shipped, "replenish"),
		open: mix?.open ?? netOf(shipped, "open"),
	};
	const training: Training = {
		...storyOf(portfolio, history, churn?.origins ?? [], nets.churn.manifest),
		...(options.synthetic && { synthetic: true }),
		...(churn && { curve: [...churn.curve] }),
		...(lack !== null && { fallback: lack }),
		...(shipped && { base: modelName(shipped.manifest) }),
	};
	const folder = folderOf(nets, { name, asOf: formatDay(asOf), seed, trainedOn: options.trainedOn ?? describe(history) }, training);
	return { folder, ...(churn?.heldBack && { heldBack: churn.heldBack }) };
}

interface Nets {
	readonly churn: ChurnNet;
	readonly replenish: TrainedNet;
	readonly open: TrainedNet;
}

/** A model folder of nets. */
export function folderOf(
	{ churn, replenish, open }: Nets,
	about: Pick<ModelManifest, "name" | "asOf" | "seed" | "trainedOn">,
	training: Training,
): Trained["folder"] {
	const weights = { churn: churn.weights, replenish: replenish.weights, open: open.weights };
	const digest = digestWeights(NET_NAMES.map((net) => new Uint8Array(weights[net])));
	const manifests = { churn: churn.manifest, replenish: replenish.manifest, open: open.manifest };
	return { manifest: { format: MODEL_FORMAT, ...about, digest, ...manifests, training, metrics: {} }, weights };
}

function describe({ eventDay }: History): string {
	return `${eventDay.length} purchase events of the portfolio's own orders`;
}

/** The rehearsal's net, judged beside simple models on the 90 days that it does not know. */
async function reportHeldBack(portfolio: Portfolio, { asOf, seed = 1 }: TrainOptions, net: ChurnNet, folder: ModelFolder) {
	const manifest = { ...folder.manifest, churn: net.manifest };
	const predictor = await createPredictor({ manifest, weights: { ...folder.weights, churn: net.weights } });
	const history = buildHistory(portfolio, asOf);
	const past = cutHistory(portfolio, history, asOf - 90);
	const scores = predictor.score(portfolio, past, { asOf: past.before, suggestions: { replenish: 0, open: 0 } });
	return evaluateChurn({ portfolio, history, past, scores, withBaselines: true, seed });
}

function netOf<Name extends NetName>(folder: ModelFolder | null, name: Name) {
	if (!folder) throw new TypeError(`no model to take the net ${name} from`);
	return { manifest: folder.manifest[name], weights: folder.weights[name] };
}

/** What the history lacks for a net to learn; null for nothing. */
function lackOf({ eventDay, before }: History): string | null {
	const first = eventDay.reduce((min, day) => Math.min(min, day), before);
	if (eventDay.length >= MIN_EVENTS && before - first >= MIN_DAYS) return null;
	const found = `there are ${eventDay.length} purchase events over ${before - first} days before ${formatDay(before)}`;
	return `${found}; training a net needs ${MIN_EVENTS} over ${MIN_DAYS} days, a buy-till-you-die model ${MIN_GAPS} repeat orders`;
}

function canFitBuyTillYouDie({ eventStart, eventDay, numCustomers }: History): boolean {
	let firsts = 0;
	for (let customer = 0; customer < numCustomers; customer++) if (eventStart[customer + 1] > eventStart[customer]) firsts++;
	return eventDay.length - firsts >= MIN_GAPS;
}
