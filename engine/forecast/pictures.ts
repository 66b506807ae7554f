import type { Policy } from "../policy/policy.ts";
import type { Calendar } from "../portfolio/calendar/calendar.ts";
import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { type Scores, orderProbability } from "../scoring/scores.ts";
import { YEAR } from "../scoring/season.ts";
import type { Day } from "../units.ts";
import { FORECAST_METRICS, HORIZONS } from "./forecast-document.ts";
import type { Parts } from "./forecast-groups.ts";
import { createTradeDays } from "./trade-days.ts";
import { createPastWindows, firstDayOf, isActive, type PastWindows, STEP } from "./past-windows.ts";

const [REVENUE, MARGIN, POSITIVATION] = [0, 1, 2];
/** Newcomers are counted in windows of the last year, and not in the first days of a history, which is then still finding its customers. */
const NEWCOMER_DAYS = 360;
const FINDING_DAYS = 90;
/** Where a customer bought in no window of the last year: even odds. */
export const UNKNOWN_REACH = 0.5;
/** Longest reach back from an origin, in steps: a year of past windows. */
const REACH = NEWCOMER_DAYS / STEP;

/** What the models say of customers at an origin, of what was known before it; arrays by row of customers, by horizon. */
export interface OriginScores {
	readonly origin: Day;
	/** P(order in the horizon). */
	readonly order: readonly Float32Array[];
	/** Expected net value in the horizon, cents. */
	readonly value: readonly Float64Array[];
	readonly marginRate: Float32Array;
	readonly ticket: Float64Array;
}

/** Keeps of scores what a forecast needs. The value of 90 days is spread over the horizons as the hazard accumulates. */
export function originScoresOf(scores: Scores, origin: Day, policy: Policy): OriginScores {
	const { numCustomers } = scores;
	const order = HORIZONS.map((days) => Float32Array.from({ length: numCustomers }, (_, c) => orderProbability(scores, c, days)));
	const hazard = (probability: number): number => -Math.log1p(-Math.min(1 - 1e-9, probability));
	const value = HORIZONS.map((_, h) =>
		Float64Array.from({ length: numCustomers }, (__, c) => {
			const all = hazard(order[HORIZONS.length - 1][c]);
			return all > 0 ? (scores.expectedValue[c] * hazard(order[h][c])) / all || 0 : 0;
		}),
	);
	const marginRate = scores.marginRate.map((rate) => (Number.isNaN(rate) ? policy.value.default_margin_rate : rate));
	return { origin, order, value, marginRate, ticket: scores.ticket.map((ticket) => ticket || 0) };
}

/**
 * What would have been said of every part at every origin, and what came: rows by origin (the latest first), part, metric and horizon.
 * Nothing dated on an origin or later is in what is said of it.
 */
export interface Pictures {
	readonly origins: readonly Day[];
	readonly parts: Parts;
	/** First day with an order. */
	readonly firstDay: Day;
	at(origin: number, part: number, metric: number, horizon: number): number;
	/** The models' sum over the customers known, and newcomers as in the last year; and about how far luck alone moves it, squared. */
	readonly model: Float64Array;
	readonly variance: Float64Array;
	/** The window before the origin, and that of last year, money as for the window's days of trade; NaN where the history does not reach it, or the window had no such day. */
	readonly lastWindow: Float64Array;
	readonly lastYear: Float64Array;
	/** What really came in these two before the latest origin, whose positions they have; of last year NaN where it is not known. */
	readonly cameBefore: { readonly lastWindow: Float64Array; readonly lastYear: Float64Array };
	/** What came; NaN where the window is not over. */
	readonly actual: Float64Array;
	/** Customers by part that ordered in the year before the latest origin. */
	readonly numCustomers: Int32Array;
	/** Half a usual order in cents, half a customer: what logarithms start from. */
	readonly quantum: readonly number[];
}

interface Inputs {
	readonly portfolio: Portfolio;
	/** Before the latest origin. */
	readonly history: History;
	readonly policy: Policy;
	readonly calendar: Calendar;
	readonly parts: Parts;
	/** STEP days apart, latest first. */
	readonly scores: readonly OriginScores[];
}

/** Adds up pictures customer by customer. */
export function takePictures({ portfolio, history, policy, calendar, parts, scores }: Inputs): Pictures {
	const end = scores[0].origin;
	const windows = createPastWindows(portfolio, history, policy, parts, end, scores.length - 1 + REACH);
	const lastHorizon = HORIZONS[HORIZONS.length - 1];
	const yearSteps = lastHorizon / STEP;
	const yearWindows = createPastWindows(portfolio, history, policy, parts, end - YEAR + lastHorizon, scores.length - 1 + yearSteps);
	const firstDay = firstDayOf(history);
	const numParts = parts.list.length;
	const rows = FORECAST_METRICS.length * HORIZONS.length;
	const length = scores.length * numParts * rows;
	const at = (origin: number, part: number, metric: number, horizon: number): number =>
		(origin * numParts + part) * rows + metric * HORIZONS.length + horizon;
	const sheet = (): Float64Array => new Float64Array(length);
	const [model, variance, lastWindow, lastYear, actual] = [sheet(), sheet(), sheet(), sheet(), sheet()];
	const numCustomers = new Int32Array(numParts);
	const { numLines } = parts;

	/** Adds a window, or a share of it, to the parts of a customer. */
	const addWindow = (out: Float64Array, k: number, h: number, of: PastWindows, start: number, own: readonly number[], share = 1): void => {
		const addTo = (part: number, position: number): void => {
			out[at(k, part, REVENUE, h)] += share * of.value[position];
			out[at(k, part, MARGIN, h)] += share * of.margin[position];
			out[at(k, part, POSITIVATION, h)] += share * of.isReached[position];
		};
		for (const part of own) addTo(part, of.at(h, start, numLines));
		for (let line = 0; line < numLines; line++) if (parts.ofLine(line) >= 0) addTo(parts.ofLine(line), of.at(h, start, line));
	};

	const addModel = (customer: number, k: number, h: number, own: readonly number[], shares: Float64Array): void => {
		const { order, value, marginRate, ticket } = scores[k];
		const [m, p, rate, usual] = [value[h][customer], order[h][customer], marginRate[customer], ticket[customer]];
		const addTo = (part: number, share: number, line: number): void => {
			const reached = p * reachOf(windows, k, h, line);
			const amounts = [share * m, share * m * rate, reached];
			const variances = [share * m * usual, share * m * usual * rate ** 2, reached * (1 - reached)];
			for (let metric = 0; metric < amounts.length; metric++) {
				model[at(k, part, metric, h)] += amounts[metric];
				variance[at(k, part, metric, h)] += variances[metric];
			}
		};
		for (const part of own) addTo(part, 1, numLines);
		for (let line = 0; line < numLines; line++)
			if (shares[line] > 0 && parts.ofLine(line) >= 0) addTo(parts.ofLine(line), shares[line], line);
	};

	const shares = new Float64Array(numLines);
	for (let customer = 0; customer < history.numCustomers; customer++) {
		if (history.lineStart[customer] === history.lineStart[customer + 1]) continue;
		windows.read(customer);
		yearWindows.read(customer);
		const own = parts.ofCustomer(customer);
		const hasEvents = history.eventStart[customer] < history.eventStart[customer + 1];
		const first = hasEvents ? history.eventDay[history.eventStart[customer]] : Number.POSITIVE_INFINITY;
		for (const [k, { origin }] of scores.entries()) {
			if (first < origin) mixInto(shares, windows, k);
			for (const [h, days] of HORIZONS.entries()) {
				const steps = days / STEP;
				if (k >= steps) addWindow(actual, k, h, windows, k, own);
				addWindow(lastWindow, k, h, windows, k + steps, own);
				if (origin - YEAR >= firstDay) addWindow(lastYear, k, h, yearWindows, k + yearSteps, own);
				if (first >= origin) continue;
				addModel(customer, k, h, own, shares);
				const numWindows = Math.min(NEWCOMER_DAYS / days, Math.floor((origin - firstDay - FINDING_DAYS) / days));
				const nth = Math.floor((origin - 1 - first) / days);
				if (nth < numWindows) {
					addWindow(model, k, h, windows, k + (nth + 1) * steps, own, 1 / numWindows);
					for (const part of own)
						variance[at(k, part, REVENUE, h)] +=
							(Math.max(0, windows.value[windows.at(h, k + (nth + 1) * steps, numLines)]) * scores[k].ticket[customer]) / numWindows;
				}
			}
		}
		if (isActive(history, customer, end)) {
			for (const part of own) numCustomers[part]++;
			mixInto(shares, windows, 0);
			for (let line = 0; line < numLines; line++) if (shares[line] > 0 && parts.ofLine(line) >= 0) numCustomers[parts.ofLine(line)]++;
		}
	}
	const latest = numParts * rows;
	const cameBefore = {
		lastWindow: lastWindow.slice(0, latest),
		lastYear: end - YEAR < firstDay ? new Float64Array(latest).fill(Number.NaN) : lastYear.slice(0, latest),
	};
	const tradeIn = createTradeDays(history, calendar);
	const isMoney = (metric: number): boolean => metric !== POSITIVATION; // a customer counts once however many days there are
	for (const [k, { origin }] of scores.entries())
		for (const [h, days] of HORIZONS.entries()) {
			const trade = tradeIn(origin, origin, days);
			const usual = (tradeIn(origin, origin - YEAR, YEAR) * days) / YEAR;
			const factors = [
				usual > 0 ? trade / usual : 1,
				trade / tradeIn(origin, origin - days, days),
				trade / tradeIn(origin, origin - YEAR, days),
			];
			for (let part = 0; part < numParts; part++)
				for (let metric = 0; metric < FORECAST_METRICS.length; metric++) {
					const position = at(k, part, metric, h);
					if (k * STEP < days) actual[position] = Number.NaN;
					if (origin - YEAR < firstDay) lastYear[position] = Number.NaN;
					// A window without a day of trade tells nothing of one that has some.
					if (isMoney(metric))
						for (const [i, of] of [model, lastWindow, lastYear].entries())
							of[position] *= Number.isFinite(factors[i]) ? factors[i] : Number.NaN;
				}
		}
	const ticket = medianOf(scores[0].ticket);
	const rate = policy.value.default_margin_rate;
	return {
		origins: scores.map(({ origin }) => origin),
		parts,
		firstDay,
		at,
		model,
		variance,
		lastWindow,
		lastYear,
		cameBefore,
		actual,
		numCustomers,
		quantum: [ticket / 2 + 1, (ticket * rate) / 2 + 1, 0.5],
	};
}

/** Share of the windows of the last year with a purchase in which a line (or all) reached positivation. */
function reachOf(windows: PastWindows, k: number, h: number, line: number): number {
	const steps = HORIZONS[h] / STEP;
	let [reached, bought] = [0, 0];
	for (let start = k + steps; start <= k + REACH; start += steps) {
		bought += windows.isBought[windows.at(h, start, windows.numLines)];
		reached += windows.isReached[windows.at(h, start, line)];
	}
	return bought === 0 ? UNKNOWN_REACH : (reached + UNKNOWN_REACH * 0.5) / (bought + 0.5);
}

/** Writes the shares of the lines in what a customer bought in the year before an origin; zeros where that is nothing. */
function mixInto(shares: Float64Array, windows: PastWindows, k: number): void {
	shares.fill(0);
	let total = 0;
	for (let line = 0; line < shares.length; line++) {
		for (let start = k + 1; start <= k + REACH; start++) shares[line] += windows.value[windows.at(0, start, line)];
		shares[line] = Math.max(0, shares[line]);
		total += shares[line];
	}
	if (total > 0) for (let line = 0; line < shares.length; line++) shares[line] /= total;
}

function medianOf(values: Float64Array): number {
	const known = values.filter((value) => value > 0).sort();
	return known.length === 0 ? 0 : known[known.length >> 1];
}
