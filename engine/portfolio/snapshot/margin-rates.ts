import { openColumnFile } from "./column-file.ts";

/** Margin over net value by row of the products in a part, stubs included; NaN where it is not known. */
export function marginRatesIn(path: string): Float64Array {
	const products = openColumnFile(path);
	return products.has("margin_rate")
		? (products.values("margin_rate") as Float64Array)
		: new Float64Array(products.numRows).fill(Number.NaN);
}
