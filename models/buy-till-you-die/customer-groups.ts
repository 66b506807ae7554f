import type { PurchaseSummary } from "../../engine/scoring/buy-till-you-die.ts";

/** A customer of a fit: its summary, and the sum of the logarithms of its gaps, which decides the regularity k. */
export interface FittedCustomer extends PurchaseSummary {
	readonly sumLogGaps: number;
}

/** Customers of a fit as columns, those of equal summaries counted once. */
export interface CustomerGroups {
	readonly repeatCount: Int32Array;
	readonly lastRepeat: Float64Array;
	readonly age: Float64Array;
	/** Customers of the group. */
	readonly size: Int32Array;
	readonly numCustomers: number;
	readonly maxRepeats: number;
	/** Over all customers. */
	readonly sumRepeats: number;
	readonly sumLogGaps: number;
	readonly sumAges: number;
}

/** Groups customers by their summaries, in order of their first one. */
export function groupCustomers(customers: readonly FittedCustomer[]): CustomerGroups {
	const sizes = new Map<string, { readonly customer: FittedCustomer; size: number }>();
	let [maxRepeats, sumRepeats, sumLogGaps, sumAges] = [0, 0, 0, 0];
	for (const customer of customers) {
		const { repeatCount, lastRepeat, age } = customer;
		const key = `${repeatCount},${lastRepeat},${age}`;
		const group = sizes.get(key);
		if (group) group.size++;
		else sizes.set(key, { customer, size: 1 });
		maxRepeats = Math.max(maxRepeats, repeatCount);
		sumRepeats += repeatCount;
		sumLogGaps += customer.sumLogGaps;
		sumAges += age;
	}
	const groups = [...sizes.values()];
	return {
		repeatCount: Int32Array.from(groups, ({ customer }) => customer.repeatCount),
		lastRepeat: Float64Array.from(groups, ({ customer }) => customer.lastRepeat),
		age: Float64Array.from(groups, ({ customer }) => customer.age),
		size: Int32Array.from(groups, ({ size }) => size),
		numCustomers: customers.length,
		maxRepeats,
		sumRepeats,
		sumLogGaps,
		sumAges,
	};
}

/** Time an order, for the start of a fit. */
export function meanGap({ sumAges, sumRepeats }: CustomerGroups): number {
	return (sumAges + 1e-3) / (sumRepeats + 1);
}
