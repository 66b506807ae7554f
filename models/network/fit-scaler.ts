import type { Scaler } from "../../engine/scoring/scaler.ts";
import type { Matrix } from "./fit-network.ts";

/** Mean and standard deviation of every column; a column that never varies has deviation 1. */
export function fitScaler({ width, values }: Matrix): Scaler {
	const numRows = values.length / width;
	const mean = new Float64Array(width);
	const square = new Float64Array(width);
	for (let at = 0; at < values.length; at++) mean[at % width] += values[at] / numRows;
	for (let at = 0; at < values.length; at++) square[at % width] += (values[at] - mean[at % width]) ** 2 / numRows;
	const rounded = (x: number): number => Number(x.toPrecision(8));
	return { mean: Array.from(mean, rounded), deviation: Array.from(square, (s) => (s > 1e-12 ? rounded(Math.sqrt(s)) : 1)) };
}
