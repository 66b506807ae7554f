import type { Day } from "../units.ts";

/** Why a product is suggested, in order of code. */
export const PRODUCT_REASONS = ["repeat", "due", "cross_sell", "campaign"] as const;

/**
 * What the models say of every customer (stubs included, so indices are those of the customers table), under usual service.
 * Scores of customers that never ordered are NaN, their hazards 0.
 */
export interface Scores {
	/** Name of the model folder, `<name>-<date>`, and the digest of its weights. */
	readonly model: string;
	/** History is what lies before this day; hazards start on it. */
	readonly asOf: Day;
	readonly numCustomers: number;
	/** P(no order in [asOf, asOf + 90)). */
	readonly churnRisk: Float32Array;
	/** P(no order in [asOf, asOf + h)), h = clip(round(2 × median own gap), 14, 90); 90 with fewer than 3 gaps. */
	readonly churnRiskOwnRhythm: Float32Array;
	/** Orders (customer-days) and net value (cents) expected in [asOf, asOf + 90). */
	readonly expectedOrders: Float32Array;
	readonly expectedValue: Float64Array;
	readonly expectedDaysToOrder: Float32Array;
	/** Own purchase interval in days: own gaps shrunk to the portfolio's, collective closures taken out. */
	readonly expectedInterval: Float32Array;
	/** Expected net value of one order, cents, and expected margin as a share of it (NaN: not known, the policy's default holds). */
	readonly ticket: Float64Array;
	readonly marginRate: Float32Array;
	/** Upper edges of the hazard's bins in days after asOf, ascending: bin b covers [edge[b-1], edge[b]). */
	readonly hazardEdges: Int32Array;
	/** Row-major [customer × numBins + bin]: P(order in the bin | none before it). */
	readonly hazard: Float32Array;
	/** Suggested products by customer as compressed rows, best first: slice productStart[c] … productStart[c + 1] - 1. */
	readonly productStart: Int32Array;
	/** Row of the products table. */
	readonly product: Int32Array;
	/** P(in the next basket), calibrated. */
	readonly propensity: Float32Array;
	/** Expected value in cents if sold: usual quantity × price. */
	readonly productValue: Float64Array;
	/** Code in PRODUCT_REASONS. */
	readonly productReason: Uint8Array;
}

/** P(order in [asOf, asOf + days)) of a customer, by survival through the hazard's bins, linear in the logarithm inside a bin. */
export function orderProbability(scores: Scores, customer: number, days: number): number {
	const { hazardEdges, hazard } = scores;
	const numBins = hazardEdges.length;
	let survival = 1;
	let from = 0;
	for (let bin = 0; bin < numBins && from < days; bin++) {
		const to = hazardEdges[bin];
		const share = days >= to ? 1 : (days - from) / (to - from);
		survival *= (1 - hazard[customer * numBins + bin]) ** share;
		from = to;
	}
	return 1 - survival;
}
