import type { Ownership } from "../policy/ownership.ts";
import type { Portfolio, TextColumn } from "../portfolio/portfolio.ts";
import type { ForecastGrouping } from "./forecast-document.ts";

/** A part of the portfolio's sales. */
export interface Part {
	readonly by: ForecastGrouping;
	readonly id: string | null;
}

/** The parts that a forecast is broken down by; customers belong to one of each grouping, order lines to one line. */
export interface Parts {
	/** The total first. */
	readonly list: readonly Part[];
	/** Positions in `list` of all that a customer's sales count to, lines apart; the first is the total. */
	readonly ofCustomer: (customer: number) => readonly number[];
	/** Position in `list` by code of a line; -1 where sales are not broken down by line. */
	readonly ofLine: (line: number) => number;
	/** Code of the line by row of orders. */
	readonly lineOf: (order: number) => number;
	readonly numLines: number;
}

/** Finds the parts of a portfolio, by who owns the customers; a grouping that would have one part without a name alone is left out. */
export function findParts({ tables: { customers, orders, products, reps } }: Portfolio, ownership: Ownership): Parts {
	const list: Part[] = [{ by: "total", id: null }];
	const repOf = groupCustomers(list, "rep", customers.length, (customer) => {
		const owner = ownership.ownerOf(customer);
		return owner < 0 ? null : reps.texts.rep_id.at(owner);
	});
	const segmentOf = groupCustomers(list, "segment", customers.length, (customer) => customers.texts.segment.at(customer));
	const { codes, names } = codeTexts(products.length, (product) => products.texts.line.at(product));
	const own = stated(orders.texts.line, orders.numRows);
	const product = orders.refs.product_id;
	const codeOf = new Map(names.map((name, code) => [name, code]));
	const ownCode = (name: string): number => {
		const known = codeOf.get(name);
		if (known !== undefined) return known;
		codeOf.set(name, names.length);
		return names.push(name) - 1;
	};
	const lines = Int32Array.from({ length: orders.numRows }, (_, row) => {
		const name = own ? orders.texts.line.at(row) : null;
		return name === null ? codes[product[row]] : ownCode(name);
	});
	const isBroken = names.some((name) => name !== null);
	const order = names.map((_, code) => code).sort((a, b) => compareNames(names[a], names[b]));
	const position = new Int32Array(names.length).fill(-1);
	if (isBroken) for (const code of order) position[code] = list.push({ by: "line", id: names[code] }) - 1;
	return {
		list,
		ofCustomer: (customer) => [0, repOf[customer], segmentOf[customer]].filter((part) => part >= 0),
		ofLine: (line) => position[line],
		lineOf: (order) => lines[order],
		numLines: names.length,
	};
}

/** Does a column hold any text? Looked at once, since decoding texts is what costs. */
function stated(column: TextColumn, numRows: number): boolean {
	for (let row = 0; row < numRows; row++) if (column.at(row) !== null) return true;
	return false;
}

/** Adds the parts of a grouping in order of their names and answers each customer's; -1 where there is none. */
function groupCustomers(list: Part[], by: ForecastGrouping, numCustomers: number, nameOf: (customer: number) => string | null): Int32Array {
	const { codes, names } = codeTexts(numCustomers, nameOf);
	if (!names.some((name) => name !== null)) return codes.fill(-1);
	const position = new Int32Array(names.length);
	const order = names.map((_, code) => code).sort((a, b) => compareNames(names[a], names[b]));
	for (const code of order) position[code] = list.push({ by, id: names[code] }) - 1;
	return codes.map((code) => position[code]);
}

function codeTexts(length: number, textOf: (row: number) => string | null): { codes: Int32Array; names: (string | null)[] } {
	const codeOf = new Map<string | null, number>();
	const codes = new Int32Array(length);
	for (let row = 0; row < length; row++) {
		const text = textOf(row);
		let code = codeOf.get(text);
		if (code === undefined) codeOf.set(text, (code = codeOf.size));
		codes[row] = code;
	}
	return { codes, names: [...codeOf.keys()] };
}

/** By name, what has none last. */
function compareNames(a: string | null, b: string | null): number {
	if (a === b) return 0;
	if (a === null || b === null) return a === null ? 1 : -1;
	return a < b ? -1 : 1;
}
