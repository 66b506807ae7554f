import { buildHistory } from "../../engine/portfolio/history.ts";
import { parseDay } from "../../engine/units.ts";
import type { Occasion } from "../../models/mix/mix-occasions.ts";
import { type LineSpec, portfolioOf } from "../../test/scoring/synthetic-portfolio.ts";
import type { BasketSplit, Baskets } from "./basket-split.ts";

/** Baskets without dates lie a week apart, the last known one of every user a week before this day. */
const AS_OF = parseDay("2026-11-23");
const STEP = 7;
const NUM_FOLDS = 5;

/** The users that judge: their last basket is not in the portfolio, those of the others are. */
export function judgedOccasion({ train, judged, numProducts }: BasketSplit): Occasion {
	return occasionOf(
		numProducts,
		train,
		judged.map(({ baskets, target }) => ({ baskets, target })),
	);
}

/**
 * Users to learn from, in folds: those of a fold lack their last basket, those of the other folds have theirs, exactly as it is for the
 * users that judge. So what sells in last baskets is known of others only.
 */
export function foldOccasions({ train, judged, numProducts }: BasketSplit): Occasion[] {
	const known = judged.map(({ baskets }) => baskets);
	return Array.from({ length: NUM_FOLDS }, (_, fold) => {
		const isAsked = (user: number): boolean => user % NUM_FOLDS === fold;
		const asked = train.filter((all, user) => isAsked(user) && all.length > 1);
		const others = train.filter((_all, user) => !isAsked(user));
		return occasionOf(
			numProducts,
			[...others, ...known],
			asked.map((all) => ({ baskets: all.slice(0, -1), target: all[all.length - 1] })),
		);
	});
}

function occasionOf(
	numProducts: number,
	others: readonly Baskets[],
	asked: readonly { readonly baskets: Baskets; readonly target: readonly number[] }[],
): Occasion {
	const lines: LineSpec[] = [];
	for (const [customer, baskets] of [...asked.map(({ baskets }) => baskets), ...others].entries())
		for (const [i, basket] of baskets.entries())
			for (const product of basket) lines.push({ customer, day: AS_OF - STEP * (baskets.length - i), product });
	const portfolio = portfolioOf(lines, { numCustomers: asked.length + others.length, numProducts });
	const targets = asked.map(({ target }) => new Set(target));
	return {
		portfolio,
		past: buildHistory(portfolio, AS_OF),
		customers: Array.from(asked.keys()),
		basketOf: (customer) => targets[customer],
	};
}
