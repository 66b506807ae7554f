import type { Service } from "./case-context.ts";

/**
 * Groups of reps to be planned one after the other: inside a group no two reps may contact the same customer, so that they are
 * independent. Managers with escalations come first, because what they take over is no longer offered to the owner; among the others
 * who shares a customer with another, as cover or telesales, follows in order of rows.
 */
export function wavesOf(context: Service, numReps: number): number[][] {
	const hasEscalation = new Set<number>();
	for (let customer = 0; customer < context.portfolio.tables.customers.length; customer++) hasEscalation.add(context.escalatedTo(customer));
	const reps = Array.from({ length: numReps }, (_, rep) => rep);
	const order = [...reps.filter((rep) => hasEscalation.has(rep)), ...reps.filter((rep) => !hasEscalation.has(rep))];
	const earlier = earlierSharers(context, order);
	const waveOf = new Int32Array(numReps);
	for (const rep of order) waveOf[rep] = Math.max(0, ...[...(earlier.get(rep) ?? [])].map((other) => waveOf[other] + 1));
	const numWaves = Math.max(-1, ...waveOf) + 1;
	return Array.from({ length: numWaves }, (_, wave) => order.filter((rep) => waveOf[rep] === wave));
}

/** Reps that come earlier in the order with whom each rep shares a customer. */
function earlierSharers({ ownership, escalatedTo, portfolio }: Service, order: readonly number[]): Map<number, Set<number>> {
	const position = new Int32Array(order.length);
	for (const [at, rep] of order.entries()) position[rep] = at;
	const shared = new Map<number, Set<number>>();
	for (let customer = 0; customer < portfolio.tables.customers.length; customer++) {
		const manager = escalatedTo(customer);
		const involved = [...ownership.repsOf(customer), ...(manager >= 0 ? [manager] : [])];
		if (involved.length < 2) continue;
		involved.sort((a, b) => position[a] - position[b]);
		for (const [at, rep] of involved.entries()) {
			const others = shared.get(rep) ?? new Set<number>();
			for (const other of involved.slice(0, at)) others.add(other);
			shared.set(rep, others);
		}
	}
	return shared;
}
