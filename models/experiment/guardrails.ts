import type { Guardrail } from "./experiment-document.ts";
import type { Participant } from "./participants.ts";
import { imbalanceOf } from "./power.ts";
import type { UpliftUnit } from "./uplift.ts";

/** A rep, a stratum or a floor's customers give at most so many times the share, and a unit more. */
export const MOST_SHARE = 2;
/** Standard errors by which the arms may differ before anything is done: a lot goes beyond once in three hundred times. */
const MOST_IMBALANCE = 3;

/** The rule with its figure, met where that is no larger than the limit. */
export function guardrail(rule: Guardrail["rule"], figure: number, limit: number, detail: string): Guardrail {
	return { rule, is_met: figure <= limit, figure, limit, detail };
}

/** Did the lot come out even? By what was sold before. */
export function balanceOf(units: readonly UpliftUnit[]): Guardrail {
	return guardrail("balance", imbalanceOf(units), MOST_IMBALANCE, "difference of the arms' sales before, in standard errors");
}

/** Largest share held out of any group of units, each counted by `weight`, `slack` of it apart; 0 where there are none. */
export function mostOf<T extends { readonly id: string }>(
	groups: Iterable<readonly T[]>,
	drawn: ReadonlySet<string>,
	weight: (unit: T) => number,
	slack: number,
): number {
	const sum = (own: readonly T[]): number => own.reduce((total, unit) => total + Math.max(0, weight(unit)), 0);
	const shares = [...groups].map((own) => (sum(own) > 0 ? (sum(own.filter(({ id }) => drawn.has(id))) - slack) / sum(own) : 0));
	return Math.max(0, ...shares);
}

/** Fairness to reps and strata, and to the customers that each of the policy's floors is for (`floors`: lists of them). */
export function fairnessOf(
	units: readonly Participant[],
	drawn: ReadonlySet<string>,
	share: number,
	floors: readonly (readonly Participant[])[],
): Guardrail[] {
	const limit = MOST_SHARE * share;
	const byRep = [...Map.groupBy(units, ({ rep }) => rep).values()];
	const byStratum = [...Map.groupBy(units, ({ stratum }) => stratum).values()];
	const one = () => 1;
	return [
		guardrail("rep_share", mostOf(byRep, drawn, one, 1), limit, "largest share of a rep's customers that is held out, one customer apart"),
		guardrail(
			"rep_value",
			mostOf(byRep, drawn, ({ pastYear }) => pastYear, 0),
			limit,
			"largest share of a rep's past-year sales that is held out",
		),
		guardrail("stratum_share", mostOf(byStratum, drawn, one, 1), limit, "largest share of a stratum, one customer apart"),
		guardrail("phase_floor", mostOf(floors, drawn, one, 1), limit, "largest share of the customers of a floor, one customer apart"),
	];
}
