import type { LinkedTable } from "../rows/link-tables.ts";
import { openColumnFile } from "./column-file.ts";

/** Margin over net value by row of the products in a part, stubs included; NaN where it is not known. */
export function marginRatesIn(path: string): Float64Array {
	const products = openColumnFile(path);
	return products.has("margin_rate")
		? (products.values("margin_rate") as Float64Array)
		: new Float64Array(products.numRows).fill(Number.NaN);
}

/** Margin over net value by row of products, stubs included; NaN where it is not known. */
export function marginRates({ draft, kept, stubs }: LinkedTable): Float64Array {
	const rates = new Float64Array(kept.length + stubs.length).fill(Number.NaN);
	const held = draft?.columns.margin_rate?.held;
	if (held?.kind === "numbers") for (const [at, row] of kept.entries()) rates[at] = held.values[row];
	return rates;
}
