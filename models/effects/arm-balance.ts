import type { TrialGroup } from "./trial-groups.ts";

/** A lot misses this many standard errors once in 16,000 times. */
const MOST_ERRORS = 4;

/**
 * Do the arms differ in what was known before, cell by cell, more than a lot would make them? The difference of the others' mean log-odds
 * to the treated's in standard errors, where it is larger than luck; else null.
 */
export function findImbalance(groups: readonly TrialGroup[]): number | null {
	let [difference, variance] = [0, 0];
	for (const cell of new Set(groups.map((group) => group.cell))) {
		const own = groups.filter((group) => group.cell === cell);
		const [treated, others] = [true, false].map((arm) => momentsOf(own.filter(({ isTreated }) => isTreated === arm)));
		const all = momentsOf(own);
		if (treated.count === 0 || others.count === 0) continue;
		const weight = (treated.count * others.count) / all.count;
		difference += weight * (others.mean - treated.mean);
		variance += weight ** 2 * all.variance * (1 / treated.count + 1 / others.count);
	}
	const errors = variance > 0 ? difference / Math.sqrt(variance) : 0;
	return Math.abs(errors) > MOST_ERRORS ? errors : null;
}

function momentsOf(groups: readonly TrialGroup[]): { count: number; mean: number; variance: number } {
	const count = groups.reduce((sum, group) => sum + group.count, 0);
	const mean = groups.reduce((sum, group) => sum + group.sumLogOdds, 0) / count;
	const squares = groups.reduce((sum, group) => sum + group.count * (group.sumLogOdds / group.count - mean) ** 2, 0);
	return { count, mean, variance: squares / count };
}
