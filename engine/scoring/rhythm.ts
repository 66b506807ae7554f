import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { weekdayOf } from "../units.ts";
import { type Closures, findClosures, openDays } from "./closures.ts";

/** Strength of the base in gaps: own gaps weigh as much as it from two on. */
export const BASE_GAPS = 2;
/** Interval in days where nobody in the portfolio ever came back. */
export const FALLBACK_INTERVAL = 30;
/** A segment has a base of its own from this many customers with at least two gaps. */
export const MIN_SEGMENT = 30;
/** Weight of an event's value against the one after it. */
const TICKET_DECAY = 0.9;
/** Strength of the portfolio's mean ticket, in events. */
const BASE_TICKETS = 2;

/** What the whole portfolio says of how its customers buy: all that one customer's rhythm takes of the others. */
export interface CommonRhythm {
	readonly closures: Closures;
	/** Interval in days that is usual in the portfolio, and in those of its segments that have a base of their own. */
	readonly usualInterval: number;
	readonly segmentIntervals: ReadonlyMap<string, number>;
	/** The portfolio's mean value of an order, cents. */
	readonly baseTicket: number;
	/** Share of the portfolio's events by weekday. */
	readonly weekdayShare: Float64Array;
}

/** How often and for how much each customer buys, before a day. NaN for customers that never ordered. */
export interface Rhythm extends CommonRhythm {
	/** Gaps between purchase events: one fewer than events. */
	readonly gapCount: Int32Array;
	/** Median own gap in calendar days, closures included; NaN without gaps. */
	readonly medianGap: Float32Array;
	/** Interval in days that is usual around the customer: its segment's, else the portfolio's. */
	readonly baseInterval: Float32Array;
	/** Own interval in days, closures taken out: (m × median own gap + 2 × base) ÷ (m + 2) for m gaps. */
	readonly expectedInterval: Float32Array;
	/** Expected net value of one order in cents: decayed own mean, shrunk to the portfolio's by two orders. */
	readonly ticket: Float64Array;
	/** Margin as a share of value over the events where it is known; NaN elsewhere. */
	readonly marginRate: Float32Array;
}

/**
 * Rhythm of every customer from a history; only days before `history.before` count. `common` stands in for what the history itself would
 * say of all customers together, where it holds but some of them.
 */
export function buildRhythm(portfolio: Portfolio, history: History, common?: CommonRhythm): Rhythm {
	const closures = common?.closures ?? findClosures(history);
	const gaps = medianGaps(history, closures);
	const { gapCount, medianGap, openMedian } = gaps;
	const { usualInterval, segmentIntervals, baseTicket, weekdayShare } = common ?? {
		...usualIntervals(portfolio, history, gaps),
		baseTicket: meanTicket(history),
		weekdayShare: weekdayShares(history),
	};
	const baseInterval = baseIntervals(portfolio, history, usualInterval, segmentIntervals);
	const expectedInterval = new Float32Array(history.numCustomers).fill(Number.NaN);
	for (let customer = 0; customer < history.numCustomers; customer++) {
		const own = gapCount[customer];
		if (history.eventStart[customer + 1] === history.eventStart[customer]) continue;
		const ownDays = own > 0 ? own * openMedian[customer] : 0;
		expectedInterval[customer] = (ownDays + BASE_GAPS * baseInterval[customer]) / (own + BASE_GAPS);
	}
	return {
		closures,
		usualInterval,
		segmentIntervals,
		baseTicket,
		weekdayShare,
		gapCount,
		medianGap,
		baseInterval,
		expectedInterval,
		ticket: tickets(history, baseTicket),
		marginRate: marginRates(history),
	};
}

/** Days of the window in which a customer of this rhythm should have ordered again: clip(round(2 × median own gap), 14, 90); 90 with fewer than 3 gaps. */
export function ownRhythmDays(medianGap: number, gapCount: number): number {
	return gapCount < 3 ? 90 : Math.min(90, Math.max(14, Math.round(2 * medianGap)));
}

/** Middle value of the first `length` numbers, which it sorts; the mean of the two middle ones for an even length. */
export function medianInPlace(values: Float64Array, length: number): number {
	if (length > FEW) values.subarray(0, length).sort();
	else sortFew(values, length);
	return length === 0 ? Number.NaN : (values[(length - 1) >> 1] + values[length >> 1]) / 2;
}

/** Up to so many numbers are sorted quicker by insertion than by a call of the library. */
const FEW = 40;

function sortFew(values: Float64Array, length: number): void {
	for (let i = 1; i < length; i++) {
		const value = values[i];
		let at = i;
		for (; at > 0 && values[at - 1] > value; at--) values[at] = values[at - 1];
		values[at] = value;
	}
}

interface Gaps {
	readonly gapCount: Int32Array;
	readonly medianGap: Float32Array;
	/** Median own gap in open days. */
	readonly openMedian: Float32Array;
}

function medianGaps({ eventStart, eventDay, numCustomers }: History, closures: Closures): Gaps {
	const gapCount = new Int32Array(numCustomers);
	const medianGap = new Float32Array(numCustomers).fill(Number.NaN);
	const openMedian = new Float32Array(numCustomers).fill(Number.NaN);
	let longest = 1;
	for (let customer = 0; customer < numCustomers; customer++) longest = Math.max(longest, eventStart[customer + 1] - eventStart[customer]);
	const gaps = new Float64Array(longest);
	const openGaps = new Float64Array(longest);
	for (let customer = 0; customer < numCustomers; customer++) {
		let count = 0;
		for (let event = eventStart[customer] + 1; event < eventStart[customer + 1]; event++) {
			gaps[count] = eventDay[event] - eventDay[event - 1];
			openGaps[count++] = Math.max(1, openDays(closures, eventDay[event - 1], eventDay[event]));
		}
		gapCount[customer] = count;
		medianGap[customer] = medianInPlace(gaps, count);
		openMedian[customer] = medianInPlace(openGaps, count);
	}
	return { gapCount, medianGap, openMedian };
}

function usualIntervals(
	portfolio: Portfolio,
	{ numCustomers }: History,
	{ gapCount, openMedian }: Gaps,
): Pick<CommonRhythm, "usualInterval" | "segmentIntervals"> {
	const segment = portfolio.tables.customers.texts.segment;
	const bySegment = new Map<string, number[]>();
	const regulars: number[] = [];
	for (let customer = 0; customer < numCustomers; customer++) {
		if (gapCount[customer] < 2) continue;
		regulars.push(openMedian[customer]);
		const name = segment.at(customer);
		if (name === null) continue;
		const members = bySegment.get(name);
		if (members) members.push(openMedian[customer]);
		else bySegment.set(name, [openMedian[customer]]);
	}
	const baseOf = (intervals: readonly number[]): number => medianInPlace(Float64Array.from(intervals), intervals.length);
	return {
		usualInterval: regulars.length > 0 ? baseOf(regulars) : FALLBACK_INTERVAL,
		segmentIntervals: new Map(
			[...bySegment].filter(([, members]) => members.length >= MIN_SEGMENT).map(([name, members]) => [name, baseOf(members)]),
		),
	};
}

function baseIntervals(
	portfolio: Portfolio,
	{ numCustomers }: History,
	usual: number,
	ofSegments: CommonRhythm["segmentIntervals"],
): Float32Array {
	const segment = portfolio.tables.customers.texts.segment;
	const base = new Float32Array(numCustomers).fill(usual);
	if (ofSegments.size > 0)
		for (let customer = 0; customer < numCustomers; customer++) base[customer] = ofSegments.get(segment.at(customer) ?? "") ?? usual;
	return base;
}

function meanTicket({ eventValue }: History): number {
	let total = 0;
	for (let event = 0; event < eventValue.length; event++) total += Math.max(0, eventValue[event]);
	return eventValue.length > 0 ? total / eventValue.length : 0;
}

function weekdayShares({ eventDay }: History): Float64Array {
	const counts = new Float64Array(7).fill(1e-9);
	for (const day of eventDay) counts[weekdayOf(day)]++;
	const total = counts.reduce((sum, count) => sum + count, 0);
	return counts.map((count) => count / total);
}

/** Expected order of every customer, cents, as in `Rhythm`. */
export function ticketsOf(history: History): Float64Array {
	return tickets(history, meanTicket(history));
}

function tickets({ eventStart, eventValue, numCustomers }: History, baseTicket: number): Float64Array {
	const ticket = new Float64Array(numCustomers).fill(Number.NaN);
	for (let customer = 0; customer < numCustomers; customer++) {
		let [sum, weight] = [0, 0];
		for (let event = eventStart[customer]; event < eventStart[customer + 1]; event++) {
			sum = TICKET_DECAY * sum + Math.max(0, eventValue[event]);
			weight = TICKET_DECAY * weight + 1;
		}
		if (weight > 0) ticket[customer] = (sum + BASE_TICKETS * baseTicket) / (weight + BASE_TICKETS);
	}
	return ticket;
}

function marginRates({ eventStart, eventValue, eventMargin, numCustomers }: History): Float32Array {
	const rate = new Float32Array(numCustomers).fill(Number.NaN);
	for (let customer = 0; customer < numCustomers; customer++) {
		let [margin, value] = [0, 0];
		for (let event = eventStart[customer]; event < eventStart[customer + 1]; event++) {
			if (Number.isNaN(eventMargin[event]) || eventValue[event] <= 0) continue;
			margin += eventMargin[event];
			value += eventValue[event];
		}
		if (value > 0) rate[customer] = Math.max(-1, Math.min(1, margin / value));
	}
	return rate;
}
