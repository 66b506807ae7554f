import type { History } from "../engine/portfolio/history.ts";
import type { Portfolio } from "../engine/portfolio/portfolio.ts";
import { CHURN_INPUTS, type ChurnAnchor, createChurnReader, NUM_OUTPUTS } from "../engine/scoring/churn-inputs.ts";
import { cutHistory } from "../engine/scoring/cut-history.ts";
import type { Reference } from "../engine/scoring/model-folder.ts";
import { buildRhythm } from "../engine/scoring/rhythm.ts";
import { churnLabels, customersOf } from "./populations.ts";

/** Parts of about equal count that a column is cut into. */
const NUM_BINS = 10;

type Column = Reference["columns"][string];

/** How the churn inputs are spread over the customers that ordered in the year before, and how many of them do not order again. */
export function measureReference(portfolio: Portfolio, history: History, anchor: ChurnAnchor): Reference {
	const columns = churnColumns(portfolio, history, anchor);
	return {
		columns: Object.fromEntries(CHURN_INPUTS.map((name, i) => [name, binColumn(columns[i])])),
		numCustomers: columns[0].length,
		baseRate: finishedBaseRate(portfolio, history),
	};
}

/** Values of every churn input, by column, of the customers that ordered in the year before. */
export function churnColumns(portfolio: Portfolio, history: History, anchor: ChurnAnchor): Float32Array[] {
	const read = createChurnReader(portfolio, history, buildRhythm(portfolio, history), anchor);
	const customers = customersOf(history, 1);
	const columns = CHURN_INPUTS.map(() => new Float32Array(customers.length));
	const [inputs, offsets] = [new Float32Array(CHURN_INPUTS.length), new Float32Array(NUM_OUTPUTS)];
	for (const [row, customer] of customers.entries()) {
		read(customer, inputs, 0, offsets, 0);
		for (let column = 0; column < columns.length; column++) columns[column][row] = inputs[column];
	}
	return columns;
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
