import { type FigureId, FIGURES } from "./figures.ts";
import type { Groups } from "./groups.ts";
import type { Source } from "./source.ts";

/** A row of a figure: cells by name, the number of customers, then the measures. */
export type Row = Readonly<Record<string, string | number | null>>;

/** Measures that only a plan can fill: null without one. */
export const PLANNED_MEASURES: readonly string[] = ["breaches_with_plan"];

/** Rows of a figure for each group, in order of cells, the empty ones left out. `mask` 0 leaves a customer out; null: nobody. */
export function sumUp(source: Source, { keys, start, group }: Groups, mask: Uint8Array | null, hasPlan: boolean): Row[][] {
	const { measures } = FIGURES[source.figure];
	const width = 1 + measures.length;
	const numCells = source.cells.length;
	const sums = new Float64Array(keys.length * numCells * width);
	const out = new Float64Array(measures.length);
	source.each(out, (customer, cell) => {
		if (mask !== null && mask[customer] === 0) return;
		for (let at = start[customer]; at < start[customer + 1]; at++) {
			const into = (group[at] * numCells + cell) * width;
			sums[into]++;
			for (let measure = 0; measure < out.length; measure++) sums[into + 1 + measure] += out[measure];
		}
	});
	return keys.map((_, nth) => {
		const rows: Row[] = [];
		for (let cell = 0; cell < numCells; cell++) {
			const at = (nth * numCells + cell) * width;
			if (sums[at] > 0) rows.push(rowOf(source.figure, source.cells[cell], sums.subarray(at, at + width), hasPlan));
		}
		return rows;
	});
}

function rowOf(figure: FigureId, cell: readonly string[], sums: Float64Array, hasPlan: boolean): Row {
	const { cells, measures } = FIGURES[figure];
	return {
		...Object.fromEntries(cells.map((name, i) => [name, cell[i]])),
		customers: sums[0],
		...Object.fromEntries(measures.map((name, i) => [name, measureOf(name, sums[1 + i], hasPlan)])),
	};
}

/** Money and counts are whole, expectations have three decimals. */
export function measureOf(name: string, value: number, hasPlan: boolean): number | null {
	if (!hasPlan && PLANNED_MEASURES.includes(name)) return null;
	return Math.round(value * 1000) / 1000;
}
