import { calibrationLoss, discountedGainAt, recallAt } from "../../models/evaluation/metrics.ts";
import type { MixTrial, Target } from "./mix-trial.ts";

const K = 10;

/** A model's ten best products that count, and its ten best never bought, by customer. */
export interface Rankings {
	readonly top: (customer: number) => readonly number[];
	/** Null where a model knows only what was bought before. */
	readonly open: ((customer: number) => readonly number[]) | null;
}

/** Means over the judged customers; recall among never-bought products over those whose basket holds one. */
export interface RankingFigures {
	readonly recall: number;
	readonly gain: number;
	readonly openRecall: number | null;
}

/** Judges rankings against what was taken. */
export function judgeRankings({ idealOverAll }: MixTrial, targets: readonly Target[], { top, open }: Rankings): RankingFigures {
	const opens = targets.filter((target) => target.open.size > 0);
	return {
		recall: meanOf(targets, ({ customer, all }) => recallAt(K, top(customer), all)),
		gain: meanOf(targets, ({ customer, all }) => discountedGainAt(K, top(customer), all, idealOverAll ? all.size : K)),
		openRecall: open && meanOf(opens, (target) => recallAt(K, open(target.customer), target.open)),
	};
}

/** Expected calibration error over pairs of customer and product. */
export function pairCalibration(
	{ judged }: MixTrial,
	pairs: { customer: ArrayLike<number>; product: ArrayLike<number>; probability: ArrayLike<number> },
): number {
	const labels = Uint8Array.from({ length: pairs.product.length }, (_, i) =>
		judged.basketOf(pairs.customer[i]).has(pairs.product[i]) ? 1 : 0,
	);
	return calibrationLoss(labels, pairs.probability);
}

function meanOf<T>(all: readonly T[], figure: (one: T) => number): number {
	return all.reduce((sum, one) => sum + figure(one), 0) / all.length;
}
