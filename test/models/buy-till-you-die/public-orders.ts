import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Day, parseDay } from "../../../engine/units.ts";
import type { FittedCustomer } from "../../../models/buy-till-you-die/customer-groups.ts";

const folder = process.env.CARTEIRA_DATA ?? join(import.meta.dirname, "../../../../shared/data");
export const CDNOW = join(folder, "cdnow/cdnow_sample_2357.csv.gz");
export const GROCERY = join(folder, "grocery-elog/grocery_elog.csv.gz");
/** The tests of published figures need both files. */
export const isHere = existsSync(CDNOW) && existsSync(GROCERY);

/** A customer's past in weeks, the values of its repeat purchase days, and its purchase days in the weeks held out. */
export interface PublicCustomer extends FittedCustomer {
	readonly repeatValues: readonly number[];
	readonly future: number;
}

/** Customers of the tenth of CDNOW that the literature uses, calibrated to 1997-09-30, held out for 39 weeks. */
export function readCdnow(): PublicCustomer[] {
	return read(CDNOW, ([, customer, date, , dollars]) => ({ customer, date, value: Number(dollars) }), parseDay("1997-09-30"), 39);
}

/** Customers of Reutterer's online grocery, calibrated to 2006-12-31, held out for 52 weeks. */
export function readGrocery(): PublicCustomer[] {
	return read(GROCERY, ([customer, date]) => ({ customer, date, value: 0 }), parseDay("2006-12-31"), 52);
}

interface Line {
	readonly customer: string;
	readonly date: string;
	readonly value: number;
}

function read(file: string, lineOf: (cells: readonly string[]) => Line, end: Day, weeks: number): PublicCustomer[] {
	const [past, future] = [new Map<string, Map<Day, number>>(), new Map<string, Set<Day>>()];
	for (const text of gunzipSync(readFileSync(file)).toString("utf8").trim().split("\n").slice(1)) {
		const { customer, date, value } = lineOf(text.split(","));
		const day = parseDay(date);
		if (day > end) {
			if (day <= end + 7 * weeks) future.set(customer, (future.get(customer) ?? new Set()).add(day));
			continue;
		}
		const values = past.get(customer) ?? new Map<Day, number>();
		past.set(customer, values.set(day, (values.get(day) ?? 0) + value));
	}
	return [...past].map(([customer, values]) => ({ ...summaryOf(values, end), future: future.get(customer)?.size ?? 0 }));
}

function summaryOf(values: ReadonlyMap<Day, number>, end: Day): Omit<PublicCustomer, "future"> {
	const days = [...values.keys()].sort((a, b) => a - b);
	const gaps = days.slice(1).map((day, i) => (day - days[i]) / 7);
	return {
		repeatCount: gaps.length,
		lastRepeat: (days[gaps.length] - days[0]) / 7,
		age: (end - days[0]) / 7,
		sumLogGaps: gaps.reduce((sum, gap) => sum + Math.log(gap), 0),
		repeatValues: days.slice(1).map((day) => values.get(day) ?? 0),
	};
}

/** Mean distance of the orders foretold and those that came. */
export function meanError(customers: readonly PublicCustomer[], foretold: (customer: PublicCustomer) => number): number {
	return customers.reduce((sum, customer) => sum + Math.abs(foretold(customer) - customer.future), 0) / customers.length;
}
