import type { History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { CHURN_INPUTS, type ChurnAnchor, createChurnReader, NUM_OUTPUTS } from "../../engine/scoring/churn-inputs.ts";
import { cutHistory } from "../../engine/scoring/cut-history.ts";
import type { Reference } from "../../engine/scoring/model-folder.ts";
import { buildRhythm } from "../../engine/scoring/rhythm.ts";
import type { Day } from "../../engine/units.ts";
import { churnLabels, customersOf } from "./populations.ts";

/** Parts of about equal count that a column is cut into. */
const NUM_BINS = 10;

type Column = Reference["columns"][string];

/** Origins that a reference looks at, of those that the net was taught at. */
const NUM_ORIGINS = 14;

/**
 * How the churn inputs were spread over the customers at the origins that a net was taught at (without any, in the last week), and how
 * many customers did not order again.
 */
export function measureReference(portfolio: Portfolio, history: History, origins: readonly Day[], anchor: ChurnAnchor): Reference {
	const stride = Math.ceil(origins.length / NUM_ORIGINS);
	const days = origins.length > 0 ? origins.filter((_, i) => i % stride === 0) : lastWeek(history.before);
	const columns = churnColumns(portfolio, history, days, anchor);
	return {
		columns: Object.fromEntries(CHURN_INPUTS.map((name, i) => [name, binColumn(columns[i])])),
		numCustomers: columns[0].length,
		baseRate: finishedBaseRate(portfolio, history),
	};
}

/** The seven days up to a day, so that habits by weekday do not depend on which one it is. */
export function lastWeek(before: Day): Day[] {
	return Array.from({ length: 7 }, (_, i) => before - i);
}

/**
 * Values of every churn input, by column, of customers that had ordered in the year before the day that they are asked about. A
 * customer is asked about every seventh of the days, the next one of the next, so that all days have their share.
 */
export function churnColumns(portfolio: Portfolio, history: History, days: readonly Day[], anchor: ChurnAnchor): Float32Array[] {
	const columns = CHURN_INPUTS.map((): number[] => []);
	const [inputs, offsets] = [new Float32Array(CHURN_INPUTS.length), new Float32Array(NUM_OUTPUTS)];
	for (const [i, day] of days.entries()) {
		const past = cutHistory(portfolio, history, day);
		const read = createChurnReader(portfolio, past, buildRhythm(portfolio, past), anchor);
		for (const customer of customersOf(past, 1)) {
			if ((customer + i) % 7 !== 0) continue;
			read(customer, inputs, 0, offsets, 0);
			for (const [column, values] of columns.entries()) values.push(inputs[column]);
		}
	}
	return columns.map((values) => Float32Array.from(values));
}

/** Share without an order in the 90 days that end with the history; null without customers to ask about. */
export function finishedBaseRate(portfolio: Portfolio, history: History): number | null {
	const past = cutHistory(portfolio, history, history.before - 90);
	const labels = churnLabels(history, past.before, customersOf(past, 1), () => 90);
	return labels.length > 0 ? labels.reduce((sum, label) => sum + label, 0) / labels.length : null;
}

/** Cuts a column at its tenths; values that are alike stay together, so bins can be larger, and fewer. */
function binColumn(values: Float32Array): Column {
	const sorted = values.toSorted();
	const tenths = Array.from({ length: NUM_BINS - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / NUM_BINS)]);
	const edges = [...new Set(tenths)].filter((edge) => edge !== undefined && edge < sorted[sorted.length - 1]);
	const counts = countInto(edges, values);
	return [...edges, null].map((upTo, i) => ({ upTo, share: counts[i] / Math.max(1, values.length) }));
}

/** How many values lie in each bin; a bin holds its upper edge. */
export function countInto(edges: readonly number[], values: Float32Array): number[] {
	const counts = Array.from({ length: edges.length + 1 }, () => 0);
	for (const value of values) {
		const bin = edges.findIndex((edge) => value <= edge);
		counts[bin < 0 ? edges.length : bin]++;
	}
	return counts;
}
