import type { History } from "../engine/portfolio/history.ts";
import type { Portfolio } from "../engine/portfolio/portfolio.ts";
import { type BuyTillYouDie, noOrderProbability } from "../engine/scoring/buy-till-you-die.ts";
import { summarise } from "../engine/scoring/churn-inputs.ts";
import { cutHistory } from "../engine/scoring/cut-history.ts";
import { buildRhythm } from "../engine/scoring/rhythm.ts";
import type { Day } from "../engine/units.ts";
import { futureOf } from "./churn-dataset.ts";
import { type BuyTillYouDieFit, fitEachRegularity, fittedCustomers, mostLikely } from "./fit-buy-till-you-die.ts";
import { logLoss } from "./metrics.ts";

/** Windows, in days, in which an order is foretold or not. */
const WINDOWS = [30, 90];
/** Past days asked from: the latest with all windows over, and earlier ones, so that one season does not decide. */
const NUM_ORIGINS = 3;
const STEP = 45;
/** History that an origin needs before it. */
const MIN_HISTORY = 90;

/**
 * Fits MBG/CNBD-k to a history with the regularity k that would have foretold best who orders in the windows after past days. The likelihood,
 * which sees every gap, prefers a larger k than serves: customers are not all equally regular, and a silence that is too long
 * for the regular ones only looks like an end. Where the history is too short to ask, the likelihood decides.
 */
export function fitByForesight(portfolio: Portfolio, history: History): BuyTillYouDieFit {
	const fits = fitEachRegularity(fittedCustomers(history, buildRhythm(portfolio, history)));
	const losses = pastOrigins(history).map((origin) => lossesAt(portfolio, history, origin));
	if (losses.length === 0) return mostLikely(fits);
	const lossOf = (index: number): number => losses.reduce((sum, own) => sum + own[index], 0);
	return fits.reduce((best, fit, index) => (lossOf(index) < lossOf(fits.indexOf(best)) ? fit : best));
}

function pastOrigins({ eventDay, before }: History): Day[] {
	const first = eventDay.reduce((min, day) => Math.min(min, day), before);
	const latest = before - Math.max(...WINDOWS);
	return Array.from({ length: NUM_ORIGINS }, (_, i) => latest - STEP * i).filter((origin) => origin >= first + MIN_HISTORY);
}

/** Mean log loss of each regularity, fitted at a past day, over the windows after it. */
function lossesAt(portfolio: Portfolio, history: History, origin: Day): number[] {
	const past = cutHistory(portfolio, history, origin);
	const rhythm = buildRhythm(portfolio, past);
	const customers = Array.from({ length: past.numCustomers }, (_, customer) => customer).filter(
		(c) => past.eventStart[c + 1] > past.eventStart[c],
	);
	const daysToOrder = customers.map((customer) => futureOf(history, customer, origin).daysToOrder);
	const lossOf = (model: BuyTillYouDie, days: number): number => {
		const noOrder = (customer: number): number =>
			noOrderProbability(model, summarise(past, rhythm, customer), days / rhythm.baseInterval[customer]);
		return logLoss(
			daysToOrder.map((own) => (own < days ? 0 : 1)),
			customers.map(noOrder),
		);
	};
	return fitEachRegularity(fittedCustomers(past, rhythm)).map(({ model }) => WINDOWS.reduce((sum, days) => sum + lossOf(model, days), 0));
}
