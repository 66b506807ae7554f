import { CHANNELS, REP_KINDS } from "../portfolio/schema.ts";
import { CLASSES, PHASES, POTENTIALS } from "./case.ts";
import type { ActionPlan, Effect } from "./policy-schema.ts";

/** What rows are matched on, each with its words; null in a row matches all of them. */
export type Dimensions<Row> = readonly (readonly [keyof Row & string, readonly string[]])[];

export const PLAN_DIMENSIONS: Dimensions<ActionPlan> = [
	["phase", PHASES],
	["class", CLASSES],
	["potential", POTENTIALS],
	["rep_kind", REP_KINDS],
];
export const EFFECT_DIMENSIONS: Dimensions<Effect> = [
	["phase", PHASES],
	["class", CLASSES],
	["channel", CHANNELS],
];

/** The rows, and those of `fallbacks` whose selector no row has. */
export function completed<Row>(rows: readonly Row[], fallbacks: readonly Row[], dimensions: Dimensions<Row>): readonly Row[] {
	const isThere = (fallback: Row) => rows.some((row) => dimensions.every(([name]) => row[name] === fallback[name]));
	return [...rows, ...fallbacks.filter((fallback) => !isThere(fallback))];
}

/**
 * Winner by combination of the dimensions' words, row-major in their order: the row that matches with the fewest nulls. Values are
 * positions in `rows`, -1 where none matches; `onTie` hears of two that are equally specific.
 */
export function resolveRows<Row>(
	rows: readonly Row[],
	dimensions: Dimensions<Row>,
	onTie: (first: number, second: number) => void = () => {},
): Int32Array {
	const winners = new Int32Array(dimensions.reduce((product, [, words]) => product * words.length, 1));
	for (let cell = 0; cell < winners.length; cell++) winners[cell] = winnerOf(rows, dimensions, wordsOf(cell, dimensions), onTie);
	return winners;
}

function wordsOf<Row>(cell: number, dimensions: Dimensions<Row>): string[] {
	const words: string[] = [];
	for (let d = dimensions.length - 1, rest = cell; d >= 0; d--) {
		const [, choices] = dimensions[d];
		words[d] = choices[rest % choices.length];
		rest = Math.floor(rest / choices.length);
	}
	return words;
}

function winnerOf<Row>(
	rows: readonly Row[],
	dimensions: Dimensions<Row>,
	words: readonly string[],
	onTie: (first: number, second: number) => void,
): number {
	let winner = -1;
	let tied = -1;
	let best = -1;
	for (let i = 0; i < rows.length; i++) {
		const row = rows[i];
		if (!dimensions.every(([name], d) => row[name] === null || row[name] === words[d])) continue;
		const specificity = dimensions.reduce((count, [name]) => count + (row[name] === null ? 0 : 1), 0);
		if (specificity > best) [winner, tied, best] = [i, -1, specificity];
		else if (specificity === best) tied = i;
	}
	if (tied >= 0) onTie(winner, tied);
	return winner;
}
