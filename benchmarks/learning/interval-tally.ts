import { estimateUplift } from "../../models/experiment/uplift.ts";

type Rows = Parameters<typeof estimateUplift>[0];

/** How often 90 % intervals over many lots hold a known effect, and how often no effect at all is refuted. */
export interface IntervalTally {
	/** Estimates from the rows of a lot and looks where `truth` lies. */
	add(rows: Rows, truth: number, seed: number): void;
	/** In words. */
	told(): string;
}

export function createIntervalTally(): IntervalTally {
	const counts = { lots: 0, adjusted: 0, randomised: 0, refuted: 0 };
	return {
		add(rows, truth, seed) {
			const found = estimateUplift(rows, { level: 0.9, seed, numDraws: 199 });
			if (!found) return;
			counts.lots++;
			counts.adjusted += Number(found.adjusted[0] <= truth && truth <= found.adjusted[1]);
			counts.randomised += Number(found.randomised[0] <= truth && truth <= found.randomised[1]);
			counts.refuted += Number(found.pValue <= 0.1);
		},
		told() {
			const percent = (count: number): string => `${((100 * count) / counts.lots).toFixed(1)} %`;
			const held = `adjusted intervals hold it ${percent(counts.adjusted)}, randomised ${percent(counts.randomised)}`;
			return `${counts.lots} lots: ${held}; no effect refuted ${percent(counts.refuted)}`;
		},
	};
}
