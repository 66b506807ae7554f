import { buildHistory, netValueOf } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { cutHistory } from "../../engine/scoring/cut-history.ts";
import { modelName, readModelFolder } from "../../engine/scoring/model-folder.ts";
import { createPredictor, defaultModelDir } from "../../engine/scoring/predictor.ts";
import { CarteiraError } from "../../engine/errors.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import type { Interval } from "../evaluation/bootstrap.ts";
import { compare } from "../evaluation/compare.ts";
import { hasSeen } from "../evaluation/origin-report.ts";
import { measureValues } from "../evaluation/evaluate-value.ts";
import { churnLabels, customersOf, endOfOrders } from "../churn/populations.ts";

const HORIZON = 90;
/** Enough that the verdict hardly hangs on the seed. */
const NUM_DRAWS = 2000;

/** One figure of both models. */
interface Pair {
	readonly challenger: number | null;
	readonly champion: number | null;
}

/** What a promotion is decided on: both models asked about the same customers. */
export interface Verdict {
	readonly origin: string;
	readonly challenger: string;
	readonly champion: string;
	readonly numCustomers: number;
	/** By how much the challenger's log-loss is smaller, with the paired 95 % interval. */
	readonly gain: { readonly mean: number; readonly interval: Interval | null };
	readonly logLoss: Pair;
	readonly ece: Pair;
	/** Mean value foretold over mean that came, less 1. */
	readonly valueBias: Pair;
	/** Why the challenger may not become champion; empty where it may. */
	readonly refusals: readonly string[];
}

export interface JudgeOptions {
	/** Model folder, or `<registry>@<version>`. */
	readonly challenger: string;
	/** The shipped model unless said. */
	readonly champion?: string;
	readonly seed?: number;
}

/**
 * Asks both models at the latest finished origin about no order within 90 days, and decides: the log-loss must gain with its interval
 * above zero, and neither ECE nor the bias of value may get worse. Throws CONFLICT where the challenger has seen what followed the origin.
 */
export async function judgePromotion(portfolio: Portfolio, options: JudgeOptions): Promise<Verdict> {
	const { seed = 1 } = options;
	const history = buildHistory(portfolio, endOfOrders(portfolio.tables.orders.days.ordered_on));
	const origin = history.before - HORIZON;
	const past = cutHistory(portfolio, history, origin);
	const [challenger, champion] = await Promise.all([options.challenger, options.champion ?? defaultModelDir()].map(readModelFolder));
	if (hasSeen(challenger.manifest, origin)) throw seen(modelName(challenger.manifest), challenger.manifest.asOf, origin);
	const [all, regulars] = [1, 3].map((minOrders) => customersOf(past, minOrders));
	const ask = async (folder: typeof challenger) =>
		(await createPredictor(folder)).score(portfolio, past, { asOf: origin, suggestions: { replenish: 0, open: 0 } });
	const scores = { challenger: await ask(challenger), champion: await ask(champion) };
	const risks = { challenger: pick(scores.challenger.churnRisk, all), champion: pick(scores.champion.churnRisk, all) };
	const labels = churnLabels(history, origin, all, () => HORIZON);
	const { models, gains } = compare(formatDay(origin), labels, risks, { bootstrapSeed: seed, numDraws: NUM_DRAWS });
	const came = regulars.map((customer) => netValueOf(portfolio, history, customer, origin, history.before));
	const foretold = { challenger: pick(scores.challenger.expectedValue, regulars), champion: pick(scores.champion.expectedValue, regulars) };
	const values = measureValues(came, foretold, seed);
	const figures = {
		origin: formatDay(origin),
		challenger: modelName(challenger.manifest),
		champion: modelName(champion.manifest),
		numCustomers: all.length,
		gain: gains?.champion ?? { mean: 0, interval: null },
		logLoss: { challenger: models.challenger.logLoss, champion: models.champion.logLoss },
		ece: { challenger: models.challenger.ece, champion: models.champion.ece },
		valueBias: { challenger: values.challenger.bias, champion: values.champion.bias },
	};
	return { ...figures, refusals: refusalsOf(figures) };
}

function pick(scores: ArrayLike<number>, customers: readonly number[]): number[] {
	return customers.map((customer) => scores[customer]);
}

/** Says why the figures do not allow a promotion. */
export function refusalsOf({ gain, ece, valueBias }: Omit<Verdict, "refusals">): string[] {
	const refusals: string[] = [];
	const told = (x: number | null): string => (x === null ? "none" : x.toFixed(4));
	if (gain.interval === null || gain.interval[0] <= 0) {
		const interval = gain.interval ? `${told(gain.interval[0])} to ${told(gain.interval[1])}` : "no interval";
		refusals.push(`the log-loss gains ${told(gain.mean)} (${interval}); expected an interval above 0`);
	}
	if (isWorse(ece)) refusals.push(`the ECE is ${told(ece.challenger)}; expected at most the champion's ${told(ece.champion)}`);
	if (isWorse(valueBias))
		refusals.push(
			`the bias of value is ${told(valueBias.challenger)}; expected no farther from 0 than the champion's ${told(valueBias.champion)}`,
		);
	return refusals;
}

/** Farther from 0, or without a value where the champion has one. */
function isWorse({ challenger, champion }: Pair): boolean {
	if (champion === null) return false;
	return challenger === null || Math.abs(challenger) > Math.abs(champion);
}

function seen(model: string, asOf: string, origin: Day): CarteiraError {
	const message = `${model} learned from the days before ${asOf}, hence from what followed ${formatDay(origin)}, on which it is to be judged`;
	return new CarteiraError("CONFLICT", `${message}; expected a model trained with --as-of ${formatDay(origin)} or earlier`);
}
