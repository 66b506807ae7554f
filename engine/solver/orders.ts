import { canBeVisited } from "./neighbours.ts";
import type { Problem } from "./problem.ts";

/** Orders in which a recreation offers customers the free time. */
export interface Orders {
	/** By largest prize, and by largest prize for the time it takes, descending. */
	readonly byPrize: Int32Array;
	readonly byDensity: Int32Array;
	/** Rank of a customer in these. */
	readonly prizeRank: Int32Array;
	readonly densityRank: Int32Array;
}

/** Orders of all customers that have an option. */
export function buildOrders(problem: Problem): Orders {
	const { numCustomers, customerFirstOption, optionDay, optionChannel, itemDuration, prize, numDays } = problem;
	const ways = quickestWays(problem);
	const most = new Float64Array(numCustomers).fill(-Infinity);
	const density = new Float64Array(numCustomers).fill(-Infinity);
	const customers: number[] = [];
	for (let c = 0; c < numCustomers; c++) {
		if (customerFirstOption[c + 1] > customerFirstOption[c]) customers.push(c);
		for (let option = customerFirstOption[c]; option < customerFirstOption[c + 1]; option++) {
			const time = 1 + itemDuration[option] + (optionChannel[option] === 0 ? ways.into[c] + ways.outOf[c] : 0);
			for (let previous = 0; previous <= optionDay[option]; previous++) {
				const value = prize[option * (numDays + 1) + previous];
				most[c] = Math.max(most[c], value);
				density[c] = Math.max(density[c], value / time);
			}
		}
	}
	const sorted = (key: Float64Array): Int32Array => Int32Array.from(customers).sort((a, b) => key[b] - key[a] || a - b);
	const [byPrize, byDensity] = [sorted(most), sorted(density)];
	return { byPrize, byDensity, prizeRank: ranksOf(byPrize, numCustomers), densityRank: ranksOf(byDensity, numCustomers) };
}

function ranksOf(order: Int32Array, numCustomers: number): Int32Array {
	const rank = new Int32Array(numCustomers).fill(numCustomers);
	order.forEach((customer, r) => {
		rank[customer] = r;
	});
	return rank;
}

/** Quickest way into and out of every customer, from and to any other customer or end of a slot. */
function quickestWays(problem: Problem): { readonly into: Float64Array; readonly outOf: Float64Array } {
	const { numCustomers, numPlaces, travelTime } = problem;
	const into = new Float64Array(numCustomers);
	const outOf = new Float64Array(numCustomers);
	const customers = Array.from({ length: numCustomers }, (_, c) => c).filter((customer) => canBeVisited(problem, customer));
	const from = [...new Set([...customers, ...problem.slotStart])];
	const to = [...new Set([...customers, ...problem.slotEnd])];
	for (const c of customers) {
		into[c] = from.reduce((least, place) => (place === c ? least : Math.min(least, travelTime[place * numPlaces + c])), Infinity);
		outOf[c] = to.reduce((least, place) => (place === c ? least : Math.min(least, travelTime[c * numPlaces + place])), Infinity);
	}
	return { into, outOf };
}
