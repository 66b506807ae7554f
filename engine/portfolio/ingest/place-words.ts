import type { LineColumn } from "./event-lines.ts";
import { eachText, type QueryEngine } from "./query-engine.ts";

/** Ids of the tables that orders and contacts name, in order of their rows; null: the table was not given. */
export interface LinkIds {
	readonly customers: Iterable<string> | null;
	readonly products: Iterable<string> | null;
	readonly reps: Iterable<string> | null;
}

export interface Stubs {
	readonly customers: readonly string[];
	readonly products: readonly string[];
	readonly reps: readonly string[];
}

/** Which row each id has. */
export function rowsOf(ids: Iterable<string>): Map<string, number> {
	const rows = new Map<string, number>();
	for (const id of ids) rows.set(id, rows.size);
	return rows;
}

/**
 * Makes `placed_customers`, the row of customers of each word of `words_customer_id`: of the id it is or means, else of a stub behind
 * the known rows.
 */
export async function placeCustomers(
	engine: QueryEngine,
	known: ReadonlyMap<string, number> | null,
	linked: ReadonlyMap<string, string>,
): Promise<{ readonly stubs: string[]; readonly idOf: (row: number) => string }> {
	const ids = known ? [...known.keys()] : [];
	const numKnown = ids.length;
	const stubs: string[] = [];
	const rows: number[] = [];
	await engine.each("SELECT word FROM words_customer_id", (chunk) =>
		eachText(chunk, 0, (word) => {
			const row = known?.get(linked.get(word) ?? word);
			rows.push(row ?? (known ? -1 : numKnown + stubs.push(word) - 1)); // -1: only rows that are set aside name it
		}),
	);
	await engine.run("CREATE TABLE customer_rows (word INTEGER, row INTEGER)");
	const appender = await engine.openAppender("customer_rows", ["INTEGER", "INTEGER"]);
	appender.append([rows.map((_, word) => word), rows]);
	appender.close();
	await engine.run(`CREATE TABLE placed_customers AS SELECT w.word, r.row
		FROM words_customer_id w JOIN customer_rows r ON r.word = w.rowid WHERE r.row >= 0`);
	return { stubs, idOf: (row) => (row < numKnown ? ids[row] : stubs[row - numKnown]) };
}

/** Rows of the words of products and reps, stubs for those that nothing holds, and the margin rates of the words of products. */
export function linkWords(
	columns: readonly LineColumn[],
	ids: LinkIds,
	marginRates: Float64Array,
): { readonly links: Map<string, Int32Array>; readonly stubs: Omit<Stubs, "customers">; readonly ratesOfWords: Float64Array } {
	const links = new Map<string, Int32Array>();
	const link = (column: string, known: Iterable<string> | null): string[] => {
		const words = columns.find(({ name }) => name === column)?.words;
		const rows = rowsOf(known ?? []);
		const stubs: string[] = [];
		if (!words) return stubs;
		const rowOf = Int32Array.from({ length: words.length }, (_, code) => {
			const word = words.at(code) ?? "";
			return rows.get(word) ?? rows.size + stubs.push(word) - 1;
		});
		links.set(column, rowOf);
		return stubs;
	};
	const stubs = { products: link("product_id", ids.products), reps: link("rep_id", ids.reps) };
	const ratesOfWords = Float64Array.from(links.get("product_id") ?? [], (row) => marginRates[row] ?? Number.NaN);
	return { links, stubs, ratesOfWords };
}
