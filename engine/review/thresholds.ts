import { PHASES } from "../policy/case.ts";
import { PRE_INACTIVE } from "../policy/phase.ts";
import { behind, type MonthView, type Span, spanBefore } from "./month-view.ts";
import type { ReviewThreshold } from "./review-document.ts";

/** Months looked at, the reviewed one the last. */
const NUM_MONTHS = 6;
const FEWEST = 30;
/** Two phases separate where the deeper keeps at most this share of the nearer's orders. */
const MOST_KEPT = 0.8;
/** Normal quantile of an interval of 95 %. */
const Z = 1.959_964;
const RULES = ["pre_inactive", "inactivating", "inactive"] as const;

/** Customer-months that began in a phase, by customer, and those with an order in the month. */
interface Tally {
	readonly num: Float64Array;
	readonly ordered: Float64Array;
}

/**
 * Do the phases on both sides of each threshold buy otherwise? Customers that began a month in the nearer phase against those in the
 * deeper, by the share that ordered in the month.
 */
export function thresholdsOf(view: MonthView): ReviewThreshold[] {
	const tallies = tally(view);
	return RULES.map((phase, i) => {
		const deeper = tallies[PRE_INACTIVE + i];
		const nearer = tallies[PRE_INACTIVE + i - 1];
		const { ratio, floor_days, ceiling_days } = view.policy.phases[phase];
		return {
			phase,
			nearer_phase: PHASES[PRE_INACTIVE + i - 1],
			ratio,
			floor_days,
			ceiling_days,
			...compare(nearer, deeper),
			...behind(view, salesOf(view, PRE_INACTIVE + i)),
		};
	});
}

function tally({ history, pictureAt, month }: MonthView): Tally[] {
	const empty = (): Float64Array => new Float64Array(history.numCustomers);
	const tallies = PHASES.map((): Tally => ({ num: empty(), ordered: empty() }));
	let span: Span = month;
	for (let i = 0; i < NUM_MONTHS; i++, span = spanBefore(span)) {
		const { phase } = pictureAt(span.from);
		for (let customer = 0; customer < history.numCustomers; customer++) {
			const { num, ordered } = tallies[phase[customer]];
			num[customer]++;
			ordered[customer] += Number(hasEvent(history, customer, span));
		}
	}
	return tallies;
}

function hasEvent({ eventStart, eventDay }: MonthView["history"], customer: number, { from, until }: Span): boolean {
	for (let i = eventStart[customer + 1] - 1; i >= eventStart[customer] && eventDay[i] >= from; i--) if (eventDay[i] < until) return true;
	return false;
}

type Compared = Pick<ReviewThreshold, "nearer" | "deeper" | "difference" | "lower" | "upper" | "separates">;

function compare(nearer: Tally, deeper: Tally): Compared {
	const [a, b] = [rateOf(nearer), rateOf(deeper)];
	if (a.rate === null || b.rate === null || a.num < FEWEST || b.num < FEWEST)
		return { nearer: a, deeper: b, difference: null, lower: null, upper: null, separates: null };
	const [plain, kept] = [contrast(nearer, deeper, 1), contrast(nearer, deeper, MOST_KEPT)];
	const separates = kept.lower > 0 ? true : kept.upper < 0 ? false : null;
	return { nearer: a, deeper: b, difference: a.rate - b.rate, lower: plain.lower, upper: plain.upper, separates };
}

/** An interval of `weight` × the nearer rate less the deeper. A customer's months belong together: each customer is one draw. */
function contrast(nearer: Tally, deeper: Tally, weight: number): { readonly lower: number; readonly upper: number } {
	const [a, b] = [rateOf(nearer), rateOf(deeper)];
	const [rateA, rateB] = [a.rate ?? 0, b.rate ?? 0];
	let variance = 0;
	for (let c = 0; c < nearer.num.length; c++) {
		const part = (weight * (nearer.ordered[c] - rateA * nearer.num[c])) / a.num - (deeper.ordered[c] - rateB * deeper.num[c]) / b.num;
		variance += part * part;
	}
	const [mean, half] = [weight * rateA - rateB, Z * Math.sqrt(variance)];
	return { lower: mean - half, upper: mean + half };
}

function rateOf({ num, ordered }: Tally): ReviewThreshold["nearer"] {
	const [all, some] = [num, ordered].map((values) => values.reduce((sum, value) => sum + value, 0));
	return { num: all, ordered: some, rate: all > 0 ? some / all : null };
}

/** Sales of the classes' window of the customers that end the month in a phase; at least one cent, so that all of them count. */
function salesOf({ history, pictureAt, month, policy }: MonthView, phase: number): Float64Array {
	const { phase: phases } = pictureAt(month.until);
	return Float64Array.from({ length: history.numCustomers }, (_, customer) => {
		if (phases[customer] !== phase) return 0;
		let sales = 0;
		for (let i = history.eventStart[customer]; i < history.eventStart[customer + 1]; i++)
			if (history.eventDay[i] >= month.until - policy.classes.window_days) sales += history.eventValue[i];
		return Math.max(1, sales);
	});
}
