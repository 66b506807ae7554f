import type { Portfolio, Table, TextColumn } from "../../engine/portfolio/portfolio.ts";
import { TABLES, type TableName } from "../../engine/portfolio/schema.ts";
import { createRandom, type Random } from "../../engine/random.ts";
import { type Day, NULL_CODE, NULL_DAY, parseDay, weekdayOf } from "../../engine/units.ts";

/** One order line of a hand-made portfolio; `value` in cents. */
export interface LineSpec {
	readonly customer: number;
	readonly day: Day;
	readonly product: number;
	readonly quantity?: number;
	readonly value?: number;
	readonly status?: number;
}

/** A portfolio in memory from order lines alone, all other columns null. */
export function portfolioOf(lines: readonly LineSpec[], { numCustomers = 0, numProducts = 0 } = {}): Portfolio {
	const most = (of: (line: LineSpec) => number): number => lines.reduce((max, line) => Math.max(max, of(line) + 1), 0);
	const lengths: Partial<Record<TableName, number>> = {
		customers: Math.max(
			numCustomers,
			most((line) => line.customer),
		),
		products: Math.max(
			numProducts,
			most((line) => line.product),
		),
		orders: lines.length,
	};
	const table = (name: TableName): Table => nullTable(name, lengths[name] ?? 0);
	const tables: Record<TableName, Table> = {
		customers: table("customers"),
		assignments: table("assignments"),
		orders: table("orders"),
		reps: table("reps"),
		products: table("products"),
		prices: table("prices"),
		contacts: table("contacts"),
		appointments: table("appointments"),
		delivery_routes: table("delivery_routes"),
		campaigns: table("campaigns"),
		targets: table("targets"),
		service_events: table("service_events"),
		holidays: table("holidays"),
	};
	for (const [row, line] of lines.entries()) {
		tables.orders.refs.customer_id[row] = line.customer;
		tables.orders.refs.product_id[row] = line.product;
		tables.orders.days.ordered_on[row] = line.day;
		tables.orders.numbers.quantity[row] = line.quantity ?? 1;
		tables.orders.numbers.net_value[row] = line.value ?? 1000;
		tables.orders.codes.status[row] = line.status ?? NULL_CODE;
	}
	return { tables, given: new Set<TableName>(["orders"]), policy: null, reports: [], digest: "made-in-a-test" };
}

function nullTable(name: TableName, length: number): Table {
	const texts: Record<string, TextColumn> = {};
	const refs: Record<string, Int32Array> = {};
	const numbers: Record<string, Float64Array> = {};
	const days: Record<string, Int32Array> = {};
	const codes: Record<string, Uint8Array> = {};
	for (const [column, { type }] of Object.entries(TABLES[name].columns)) {
		if (type === "ref") refs[column] = new Int32Array(length).fill(-1);
		else if (["number", "integer", "money", "datetime", "time"].includes(type)) numbers[column] = new Float64Array(length).fill(Number.NaN);
		else if (type === "day") days[column] = new Int32Array(length).fill(NULL_DAY);
		else if (type === "enum" || type === "boolean") codes[column] = new Uint8Array(length).fill(NULL_CODE);
		else texts[column] = { length, at: (row) => (type === "id" ? `${name}-${row}` : null) };
	}
	return { name, numRows: length, numStubs: 0, length, texts, refs, numbers, days, codes };
}

/** First and one past the last day of the synthetic orders. */
export const FIRST_DAY = parseDay("2024-11-25");
export const LAST_DAY = parseDay("2026-11-23");

/**
 * Two years of a small trade: customers with Erlang-3 rhythms of 5 to 45 days and a basket of favourites, of whom one in twenty stops
 * after each order, and fresh ones arrive all along. Orders fall on working days.
 */
export function syntheticPortfolio(numCustomers: number, seed: number, numProducts = 60): Portfolio {
	const lines: LineSpec[] = [];
	for (let customer = 0; customer < numCustomers; customer++) lines.push(...linesOf(customer, createRandom(seed, customer), numProducts));
	return portfolioOf(lines, { numCustomers, numProducts });
}

function linesOf(customer: number, random: Random, numProducts: number): LineSpec[] {
	const lines: LineSpec[] = [];
	const interval = 5 * 9 ** random.next();
	const stops = random.next() < 0.4 ? 0.08 : 0.015;
	const ticket = 20_000 * Math.exp(0.7 * random.normal());
	const favourites = Array.from(
		{ length: 4 + random.below(8) },
		() => (random.below(numProducts) * random.below(numProducts)) % numProducts,
	);
	for (let day = FIRST_DAY + random.below(600) * random.next(); ; day += erlang3(interval, random)) {
		const workingDay = Math.floor(day) + [0, 0, 0, 0, 0, 2, 1][weekdayOf(Math.floor(day))];
		if (workingDay >= LAST_DAY) return lines;
		const basket = new Set(favourites.filter(() => random.next() < 0.5));
		basket.add(random.next() < 0.2 ? random.below(numProducts) : favourites[0]);
		for (const product of basket) {
			const value = Math.round((ticket / basket.size) * (0.7 + 0.6 * random.next()));
			lines.push({ customer, day: workingDay, product, quantity: 1 + random.below(6), value });
		}
		if (random.next() < stops) return lines;
	}
}

function erlang3(mean: number, random: Random): number {
	return Math.max(1, (-mean / 3) * Math.log((1 - random.next()) * (1 - random.next()) * (1 - random.next())));
}
