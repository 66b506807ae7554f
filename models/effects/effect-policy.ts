import { CLASSES, effectRowsOf, PHASES, type Policy } from "../../engine/index.ts";
import { CHANNELS } from "../../engine/portfolio/schema.ts";
import { cellOf } from "./trial-groups.ts";

/** One row of the policy's effects. */
export type EffectRow = Policy["effects"][number];

/** What was assumed before anything was measured, so that outcomes are not counted again by the next estimate. */
export function assumptionOf(row: EffectRow | undefined): number {
	return row?.measured?.assumed_order_logit ?? row?.order_logit ?? 0;
}

/** The words of a phase × class × channel, as in the policy's effects. */
export interface CellNames {
	readonly phase: (typeof PHASES)[number];
	readonly class: (typeof CLASSES)[number];
	readonly channel: (typeof CHANNELS)[number];
}

/** What a phase × class × channel shows, in log-odds of an order within the interval. */
export interface EffectCell extends CellNames {
	readonly assumed: number;
	/** The assumption and the outcomes weighed together, with the interval that holds the effect with probability `level`. */
	readonly order_logit: number;
	readonly lower: number;
	readonly upper: number;
	/** Contacts made, reached or not, with orders in their windows; and those that the lot withheld. */
	readonly made: number;
	readonly made_ordered: number;
	readonly held_out: number;
	readonly held_out_ordered: number;
	/** Contacts of a trial with equal arms that would tell as much: 4 × made × held out ÷ (made + held out). */
	readonly effective_contacts: number;
}

/** Names a cell, by its position as `cellOf` counts. */
export function namesOf(cell: number): CellNames {
	const row = Math.floor(cell / CHANNELS.length);
	return {
		phase: PHASES[Math.floor(row / CLASSES.length)],
		class: CLASSES[row % CLASSES.length],
		channel: CHANNELS[cell % CHANNELS.length],
	};
}

/** The measured rows, and of the policy's own those that are not of one measured cell. */
export function mergeEffects(policy: Policy, cells: readonly EffectCell[], asOf: string): EffectRow[] {
	const rows = effectRowsOf(policy);
	const keyOf = (row: { phase: string | null; class: string | null; channel: string }): string =>
		`${row.phase} ${row.class} ${row.channel}`;
	const measured = cells.map((found): EffectRow => {
		const { phase, class: cls, channel } = found;
		const cell = cellOf(PHASES.indexOf(phase), CLASSES.indexOf(cls), CHANNELS.indexOf(channel));
		return {
			phase,
			class: cls,
			channel,
			order_logit: rounded(Math.max(-5, Math.min(5, found.order_logit))),
			retention_logit: rows[cell]?.retention_logit ?? 0,
			measured: {
				as_of: asOf,
				assumed_order_logit: found.assumed,
				level: policy.effect_learning.level,
				lower: rounded(found.lower),
				upper: rounded(found.upper),
				made: found.made,
				held_out: found.held_out,
			},
		};
	});
	const taken = new Set(measured.map(keyOf));
	return [...measured, ...policy.effects.filter((row) => !taken.has(keyOf(row)))];
}

/** To four decimals: what a policy file is read with. */
function rounded(value: number): number {
	return Math.round(value * 1e4) / 1e4;
}
