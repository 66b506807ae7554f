/**
 * Gamma-Gamma: a customer's tickets are gamma distributed with shape p, their scale with shape q and scale v over the customers, so that a
 * customer's mean ticket says the more the more orders it stands on.
 * Fader and Hardie, "The Gamma-Gamma model of monetary value", brucehardie.com/notes/025 (2013).
 */
export interface GammaGamma {
	readonly p: number;
	readonly q: number;
	/** In the money of the tickets. */
	readonly v: number;
}

/** Expected value of one order of a customer with so many orders of this mean value; the portfolio's for none. Infinity where q ≤ 1 leaves it without. */
export function expectedTicket({ p, q, v }: GammaGamma, orderCount: number, meanTicket: number): number {
	const weight = p * orderCount + q - 1;
	return weight > 0 ? (p * (v + orderCount * meanTicket)) / weight : Number.POSITIVE_INFINITY;
}
