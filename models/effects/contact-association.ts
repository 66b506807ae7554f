import { probit } from "simple-statistics";
import { fitLogistic } from "../numerics/fit-logistic.ts";
import type { TrialGroup } from "./trial-groups.ts";

/** A difference in log-odds with its interval. */
export interface Association {
	readonly logit: number;
	readonly lower: number;
	readonly upper: number;
}

/** A standard deviation in log-odds that says next to nothing. */
const VAGUE = 10;

/** How much more often orders followed treated trials than others of the same chance; null where one of the arms is empty. */
export function associationOf(groups: readonly TrialGroup[], level: number): Association | null {
	const numTreated = groups.filter(({ isTreated }) => isTreated).length;
	if (numTreated === 0 || numTreated === groups.length) return null;
	const rows = groups.map(({ count, orders, sumLogOdds, isTreated }) => {
		const chance = sumLogOdds / count;
		return { count, orders, offset: 0, terms: [[0, 1] as const, [1, chance] as const, ...(isTreated ? [[2, 1] as const] : [])] };
	});
	const fit = fitLogistic(rows, new Float64Array(3).fill(VAGUE ** 2), Float64Array.of(0, 1, 0));
	const reach = probit((1 + level) / 2) * Math.sqrt(fit.varianceOf([2]));
	return { logit: fit.mean[2], lower: fit.mean[2] - reach, upper: fit.mean[2] + reach };
}
