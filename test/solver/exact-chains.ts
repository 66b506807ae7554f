import type { ProblemSpec } from "../../engine/solver/problem-spec.ts";

/** Contacts that one customer may have over the horizon. */
export interface Chain {
	readonly options: readonly number[];
	readonly prize: number;
	/** Required options left out, and 1 for a customer with day combinations that is left out altogether. */
	readonly missing: number;
}

/** More chains of a customer than this, and the exact twin refuses. */
export const MOST_CHAINS = 5000;

/** Every allowed chain of a customer, day after day. */
export function enumerateChains(spec: ProblemSpec, customer: number): Chain[] {
	const combinations = spec.dayCombinations?.[customer];
	const own = spec.options.flatMap((option, o) => (option.customer === customer ? [o] : []));
	const numRequired = own.filter((o) => spec.options[o].required).length;
	const found: Chain[] = [];
	const follow = (options: readonly number[], prize: number, required: number, days: number): void => {
		if (!combinations || days === 0 || combinations.includes(days))
			found.push({ options, prize, missing: numRequired - required + (combinations && days === 0 ? 1 : 0) });
		if (found.length > MOST_CHAINS) throw new RangeError(`too large for the exact twin: customer ${customer} has too many chains`);
		const previous = options.length === 0 ? -1 : spec.options[options[options.length - 1]].day;
		for (const o of own) {
			const option = spec.options[o];
			if (option.day <= previous || !keepsGap(spec, options, o)) continue;
			follow([...options, o], prize + option.prize[previous + 1], required + (option.required ? 1 : 0), days | (1 << option.day));
		}
	};
	follow([], 0, 0, 0);
	return found;
}

/** Whether a contact is far enough from every earlier one, exempt ones aside. */
function keepsGap(spec: ProblemSpec, options: readonly number[], o: number): boolean {
	const { day, customer, gapExempt } = spec.options[o];
	if (gapExempt) return true;
	return options.every(
		(other) => spec.options[other].gapExempt || spec.days[day] - spec.days[spec.options[other].day] >= spec.minGap[customer],
	);
}
