import type { History } from "../portfolio/history.ts";

/** At most so many of the customers that ever ordered, evenly through the portfolio, ascending. */
export function sampleCustomers({ eventStart, numCustomers }: History, most: number): Int32Array {
	const buyers = Int32Array.from({ length: numCustomers }, (_, customer) => customer).filter((c) => eventStart[c + 1] > eventStart[c]);
	const length = Math.min(most, buyers.length);
	return Int32Array.from({ length }, (_, i) => buyers[Math.floor((i * buyers.length) / length)]);
}
