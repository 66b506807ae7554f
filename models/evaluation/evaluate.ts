import { buildHistory, type History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { cutHistory } from "../../engine/scoring/cut-history.ts";
import { type ModelManifest, readModelFolder } from "../../engine/scoring/model-folder.ts";
import { createPredictor } from "../../engine/scoring/predictor.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import { type ChurnReport, evaluateChurn } from "./evaluate-churn.ts";
import { evaluateMix, type MixFigures } from "./evaluate-mix.ts";
import { endOfOrders } from "./populations.ts";
import { trainFolder } from "../train.ts";

export interface EvaluateOptions {
	/** Days asked from; 90 days after each must lie in the data for its figures to mean what they say. */
	readonly origins: readonly Day[];
	/** Measure simple models beside. */
	readonly baselines?: boolean;
	/** A model folder to judge; without it one is trained at each origin on what lies before it. */
	readonly model?: string;
	readonly horizonDays?: number;
	readonly seed?: number;
	readonly onProgress?: (message: string) => void;
}

/** Everything measured at one origin. */
export interface OriginReport extends ChurnReport {
	readonly origin: string;
	readonly model: string;
	/** Did the model learn from days on or after the origin? Then its figures flatter it. */
	readonly hasSeen: boolean;
	/** False where fewer than 90 days follow the origin in the data. */
	readonly isOver: boolean;
	/** By name of the model. */
	readonly mix: Readonly<Record<string, MixFigures>>;
	readonly seconds: number;
}

/** Judges models on a portfolio's own past, origin by origin: each is asked with what lay before its origin, and told by what came. */
export async function evaluate(portfolio: Portfolio, options: EvaluateOptions): Promise<OriginReport[]> {
	const history = buildHistory(portfolio, endOfOrders(portfolio.tables.orders.days.ordered_on));
	const reports: OriginReport[] = [];
	for (const origin of options.origins) {
		options.onProgress?.(`evaluating ${formatDay(origin)}`);
		reports.push(await evaluateOrigin(portfolio, history, origin, options));
	}
	return reports;
}

async function evaluateOrigin(portfolio: Portfolio, history: History, origin: Day, options: EvaluateOptions): Promise<OriginReport> {
	const started = performance.now();
	const { model, seed = 1, baselines: withBaselines = false, onProgress = () => undefined, horizonDays } = options;
	const folder = model ? await readModelFolder(model) : await trainFolder(portfolio, "evaluated", { asOf: origin, seed, onProgress });
	const past = cutHistory(portfolio, history, origin);
	const predictor = await createPredictor(folder);
	const scores = predictor.score(portfolio, past, { asOf: origin, suggestions: { replenish: 40, open: 30 } });
	const trial = { portfolio, history, past, scores, withBaselines, seed, ...(horizonDays !== undefined && { horizonDays }) };
	return {
		origin: formatDay(origin),
		model: predictor.model,
		hasSeen: hasSeen(folder.manifest, origin),
		isOver: origin + Math.max(90, horizonDays ?? 90) <= history.before,
		...evaluateChurn(trial),
		mix: evaluateMix(portfolio, trial, withBaselines),
		seconds: Math.round((performance.now() - started) / 1000),
	};
}

/**
 * Did a model learn from days on or after an origin? One that was trained on made-up orders has seen nobody's; one that does not say what it
 * learned from is taken to have seen what lay before its day.
 */
export function hasSeen({ training, asOf }: ModelManifest, origin: Day): boolean {
	return training?.synthetic !== true && asOf > formatDay(origin);
}
