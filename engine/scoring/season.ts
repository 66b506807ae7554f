import type { History } from "../portfolio/history.ts";
import type { Day } from "../units.ts";
import { aliveProbability } from "./buy-till-you-die.ts";
import { anchorNoOrder, type ChurnAnchor, firstEventFrom, summarise } from "./churn-inputs.ts";
import { medianInPlace, type Rhythm } from "./rhythm.ts";

/** 52 weeks, so that weekdays agree. */
export const YEAR = 364;
/** Deviation of the logarithm of a trade's active customers from one year to the next, as far as nothing is known: a tenth. */
const USUAL_CHANGE = 0.1;
/** Deviation of that logarithm in a window from a model that knows no season, as far as nothing is known: a fifth. */
const USUAL_SEASON = 0.2;
/** Past windows that what is usual weighs as much as. */
const PRIOR_WINDOWS = 3;
/** Customers looked at: the share of them that orders is sharp to a hundredth by then. */
const MAX_CUSTOMERS = 8000;

/** How many of the customers known before a day should order in the days after it, and how far to believe it against the models. */
export interface SeasonForecast {
	/** Length of the window. */
	readonly days: number;
	/** Share of the customers known that order in it. */
	readonly activeShare: number;
	/** 0 to 1. */
	readonly trust: number;
}

/** A sample of a history's customers, to count in. */
interface Sample {
	readonly history: History;
	readonly rhythm: Rhythm;
	readonly anchor: ChurnAnchor;
	readonly customers: readonly number[];
	readonly firstDay: Day;
}

/**
 * What the same days of last year foretell of the window after the history; null before the history is a year long. Buy-till-you-die
 * models know no season, and calendar features learn the wrong one from less than two years. Counts of customers do not: so many
 * ordered then, less the part that newcomers have in them, moved by the year's growth where two windows tell it. How far to believe this
 * is learned from the year's own windows, where both can be held against what came: last year by all its errors, the models by those that
 * last from window to window, which is what a season does and a feast does not. Without newcomers to replace those who leave, last year
 * says nothing: `trust` falls with newcomers ÷ customers lost.
 */
export function forecastSeason(history: History, rhythm: Rhythm, anchor: ChurnAnchor): SeasonForecast | null {
	const sample = drawSample(history, rhythm, anchor);
	if (sample.customers.length === 0) return null;
	const days = windowDays(sample);
	const active = activeAfter(sample, history.before, days);
	if (active === null) return null;
	const errors = pastErrors(sample, Math.max(7, Math.round(days / 3)));
	const ofModels = drawn(lastingVariance(errors.models), USUAL_SEASON, errors.models.length);
	const ofLastYear = drawn(meanSquare(errors.lastYear), USUAL_CHANGE, errors.lastYear.length) + 1 / Math.max(1, active);
	const trust = (replacedShare(sample) * ofModels) / (ofModels + ofLastYear);
	return { days, activeShare: active / sample.customers.length, trust };
}

function drawSample(history: History, rhythm: Rhythm, anchor: ChurnAnchor): Sample {
	const { eventStart, numCustomers } = history;
	const known = Array.from({ length: numCustomers }, (_, customer) => customer).filter((c) => eventStart[c + 1] > eventStart[c]);
	const stride = Math.max(1, Math.ceil(known.length / MAX_CUSTOMERS));
	return { history, rhythm, anchor, customers: known.filter((_, i) => i % stride === 0), firstDay: rhythm.closures.firstDay };
}

/** Two intervals of the portfolio's: long enough that most who come back do, short enough to be of one season. */
function windowDays({ rhythm, customers }: Sample): number {
	const base = Float64Array.from(customers, (customer) => rhythm.baseInterval[customer]);
	return Math.min(90, Math.max(14, Math.round(2 * medianInPlace(base, base.length))));
}

/** Customers with an order in [from, to), of those known before a day. */
function countActive({ history, customers }: Sample, from: Day, to: Day, knownBefore: Day = to): number {
	const { eventStart, eventDay } = history;
	return customers.reduce((count, customer) => {
		if (eventDay[eventStart[customer]] >= knownBefore) return count;
		const event = firstEventFrom(history, customer, from);
		return event < eventStart[customer + 1] && eventDay[event] < to ? count + 1 : count;
	}, 0);
}

/** Customers known before a day that order in the days after it, as last year has it; null where last year is not known. */
function activeAfter(sample: Sample, day: Day, days: number): number | null {
	const lastYear = day - YEAR;
	if (lastYear < sample.firstDay) return null;
	const lately = Math.max(1, countActive(sample, day - days, day));
	const knownShare = countActive(sample, day - days, day, day - days) / lately;
	return countActive(sample, lastYear, lastYear + days) * knownShare * growthUntil(sample, day, days, lately);
}

/** Growth of the latest window over its own last year; small growth is taken for chance. */
function growthUntil(sample: Sample, day: Day, days: number, lately: number): number {
	const from = day - days - YEAR;
	if (from < sample.firstDay + 30) return 1; // in its first month a history is still finding its customers
	const change = Math.log(lately / Math.max(1, countActive(sample, from, from + days)));
	return Math.exp(change ** 3 / (change ** 2 + USUAL_CHANGE ** 2));
}

/** Logarithms of what came over what was foretold, window by window backwards through the last year. */
function pastErrors(sample: Sample, days: number): { readonly models: number[]; readonly lastYear: number[] } {
	const { firstDay, history } = sample;
	const earliest = Math.max(firstDay + 90, history.before - YEAR);
	const [models, lastYear]: [number[], number[]] = [[], []];
	for (let day = history.before - days; day >= earliest; day -= days) {
		const came = Math.max(1, countActive(sample, day, day + days, day));
		models.push(Math.log(came / Math.max(1e-9, expectedActive(sample, day, days))));
		const active = activeAfter(sample, day, days);
		if (active !== null) lastYear.push(Math.log(came / Math.max(1, active)));
	}
	return { models, lastYear };
}

function expectedActive({ history, rhythm, anchor, customers }: Sample, day: Day, days: number): number {
	const { eventStart, eventDay } = history;
	return customers.reduce((sum, customer) => {
		if (eventDay[eventStart[customer]] >= day) return sum;
		return sum + 1 - anchorNoOrder(anchor, summarise(history, rhythm, customer, day), days / rhythm.baseInterval[customer]);
	}, 0);
}

/** A variance of so many errors, drawn towards the square of what is usual. */
function drawn(variance: number, usual: number, count: number): number {
	return (count * variance + PRIOR_WINDOWS * usual ** 2) / (count + PRIOR_WINDOWS);
}

function meanSquare(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value ** 2, 0) / Math.max(1, values.length);
}

/** Variance around the mean, less what comes and goes from one error to the next: half the mean square of their differences (von Neumann 1941). */
function lastingVariance(errors: readonly number[]): number {
	const mean = errors.reduce((sum, error) => sum + error, 0) / Math.max(1, errors.length);
	const passing = meanSquare(errors.slice(1).map((error, i) => error - errors[i])) / 2;
	return Math.max(0, meanSquare(errors.map((error) => error - mean)) - passing);
}

/** Newcomers of the last year, those of the history's first 90 days left out, for each customer lost; at most 1. */
function replacedShare({ history, rhythm, anchor, customers, firstDay }: Sample): number {
	const since = Math.max(firstDay + 90, history.before - YEAR);
	const newcomers = customers.filter((customer) => history.eventDay[history.eventStart[customer]] >= since).length;
	const lost = customers.reduce(
		(sum, customer) => sum + 1 - aliveProbability(anchor.buyTillYouDie, summarise(history, rhythm, customer)),
		0,
	);
	return Math.min(1, newcomers / Math.max(1e-9, lost));
}
