import { basename, resolve } from "node:path";
import { CarteiraError } from "../engine/errors.ts";
import { buildHistory, type History } from "../engine/portfolio/history.ts";
import type { Portfolio } from "../engine/portfolio/portfolio.ts";
import { digestWeights, MODEL_FORMAT, type ModelFolder, NET_NAMES, type NetName, readModelFolder } from "../engine/scoring/model-folder.ts";
import { defaultModelDir } from "../engine/scoring/predictor.ts";
import { loadTensorFlow } from "../engine/scoring/tensorflow.ts";
import { type Day, formatDay } from "../engine/units.ts";
import { writeModelFolder } from "./registry.ts";
import { trainChurn } from "./train-churn.ts";
import { trainMix } from "./train-mix.ts";

/** Purchase events, and days between the first and the last of them, below which nothing can be learned. */
const MIN_EVENTS = 500;
const MIN_DAYS = 150;

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
	/** Each step as it begins, for people. */
	readonly onProgress?: (message: string) => void;
}

/** What a training run made. */
export interface TrainSummary {
	readonly folder: string;
	/** `<name>@<digest>`, as scores carry it. */
	readonly model: string;
	readonly seconds: number;
}

/**
 * Trains on all that a portfolio's orders say before a day and writes a model folder at `out`, whose last part is the model's name.
 * Same portfolio, day and seed: same weights. Throws NOT_ENOUGH_HISTORY where there are too few orders.
 */
export async function train(portfolio: Portfolio, options: TrainOptions & { readonly out: string }): Promise<TrainSummary> {
	const started = performance.now();
	const folder = await trainFolder(portfolio, basename(resolve(options.out)), options);
	await writeModelFolder(options.out, folder);
	const seconds = Math.round((performance.now() - started) / 100) / 10;
	return { folder: options.out, model: `${folder.manifest.name}@${folder.manifest.digest.slice(0, 12)}`, seconds };
}

/** Trains a model in memory. */
export async function trainFolder(portfolio: Portfolio, name: string, options: TrainOptions): Promise<ModelFolder> {
	const { asOf, task = "all", seed = 1, onProgress = () => undefined } = options;
	const history = buildHistory(portfolio, asOf);
	refuseShort(history);
	const context = { tensorFlow: await loadTensorFlow(), seed, onProgress };
	const shipped = task === "all" ? null : await readModelFolder(defaultModelDir());
	const churn = shipped && task === "mix" ? netOf(shipped, "churn") : await trainChurn(context, portfolio, history);
	const mix =
		shipped && task === "churn"
			? { replenish: netOf(shipped, "replenish"), open: netOf(shipped, "open") }
			: await trainMix(context, portfolio, history);
	const weights = { churn: churn.weights, replenish: mix.replenish.weights, open: mix.open.weights };
	return {
		manifest: {
			format: MODEL_FORMAT,
			name,
			trainedOn: options.trainedOn ?? `${history.eventDay.length} purchase events of the portfolio's own orders`,
			asOf: formatDay(asOf),
			seed,
			digest: digestWeights(NET_NAMES.map((net) => new Uint8Array(weights[net]))),
			churn: churn.manifest,
			replenish: mix.replenish.manifest,
			open: mix.open.manifest,
			metrics: "comparison" in churn && churn.comparison ? { churn: churn.comparison } : {},
		},
		weights,
	};
}

function netOf<Name extends NetName>({ manifest, weights }: ModelFolder, name: Name) {
	return { manifest: manifest[name], weights: weights[name] };
}

function refuseShort({ eventDay, before }: History): void {
	const first = eventDay.reduce((min, day) => Math.min(min, day), before);
	if (eventDay.length >= MIN_EVENTS && before - first >= MIN_DAYS) return;
	const message = `there are ${eventDay.length} purchase events over ${before - first} days before ${formatDay(before)}`;
	throw new CarteiraError("NOT_ENOUGH_HISTORY", `${message}; training needs ${MIN_EVENTS} over ${MIN_DAYS} days`);
}
