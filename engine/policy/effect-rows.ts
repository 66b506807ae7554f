import type { Policy } from "./policy.ts";
import type { Effect } from "./policy-schema.ts";
import { EFFECT_DIMENSIONS, resolveRows } from "./row-match.ts";

/** The row of effects that holds for each phase × class × channel, row-major; undefined where none does. */
export function effectRowsOf(policy: Policy): (Effect | undefined)[] {
	return Array.from(resolveRows(policy.effects, EFFECT_DIMENSIONS), (winner) => policy.effects[winner]);
}

/** `assumed`, or the last date of the outcomes that some of the policy's effects were measured by: `measured 2026-11-23`. */
export function effectsBasisOf(policy: Policy): string {
	const dates = policy.effects.flatMap(({ measured }) => measured?.as_of ?? []).sort();
	return dates.length === 0 ? "assumed" : `measured ${dates[dates.length - 1]}`;
}
