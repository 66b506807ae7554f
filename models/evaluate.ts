import { buildHistory, type History } from "../engine/portfolio/history.ts";
import type { Portfolio } from "../engine/portfolio/portfolio.ts";
import { cutHistory } from "../engine/scoring/cut-history.ts";
import { readModelFolder } from "../engine/scoring/model-folder.ts";
import { createPredictor } from "../engine/scoring/predictor.ts";
import { type Day, formatDay } from "../engine/units.ts";
import { evaluateChurn } from "./evaluation/evaluate-churn.ts";
import { evaluateMix } from "./evaluation/evaluate-mix.ts";
import { hasSeen, type OriginReport } from "./evaluation/origin-report.ts";
import { endOfOrders } from "./churn/populations.ts";
import { trainFolder } from "./train.ts";

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
