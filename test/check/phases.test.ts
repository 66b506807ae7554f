import { describe, expect, it } from "vitest";
import { abcClasses } from "../../engine/check/classes.ts";
import { phasesOf } from "../../engine/check/phases.ts";
import { formatDay, parseDay } from "../../engine/units.ts";
import { AS_OF } from "./small-plan.ts";
import { contextOf } from "./contexts.ts";
import type { Row } from "./tables.ts";

/** Orders of a customer at so many days before as_of. */
function orders(customer_id: string, daysAgo: readonly number[], net_value = 100): Row[] {
	return daysAgo.map((days) => ({
		order_id: `${customer_id}${days}`,
		customer_id,
		ordered_on: formatDay(parseDay(AS_OF) - days),
		product_id: "P",
		quantity: 1,
		net_value,
	}));
}

function phases(daysAgo: readonly number[], interval: number, cells: Row = {}): string[] {
	const rows = { customers: [{ customer_id: "C", ...cells }], products: [{ product_id: "P" }], orders: orders("C", daysAgo) };
	return phasesOf(contextOf(rows, {}, [interval]), 0);
}

describe("the phase", () => {
	// Interval 10: pre_inactive from max(10, 15) = 15 days, inactivating from max(20, 25) = 25, inactive from max(40, 40) = 40.
	it.each([
		[14, "active"],
		[15, "pre_inactive"],
		[24, "pre_inactive"],
		[25, "inactivating"],
		[39, "inactivating"],
		[40, "inactive"],
		[364, "inactive"],
		[365, "ex_customer"],
	])("of %i silent days at an interval of 10 is %s", (days, phase) => {
		// Right at a threshold a 32-bit interval may turn it.
		expect(phases([500, days], 10)[0]).toBe(phase);
	});

	it("has floors and ceilings", () => {
		// Interval 2: 3 days of 1.5 × 2 are fewer than the floor of 10.
		expect(phases([500, 9], 2)).toEqual(["active"]);
		// Interval 60: 90 days of 1.5 × 60 are more than the ceiling of 60.
		expect(phases([500, 61], 60)).toEqual(["pre_inactive"]);
	});

	it("is new for 90 days after the first order", () => {
		expect(phases([89, 80], 10)).toEqual(["new"]);
		expect(phases([90, 12], 10)).toEqual(["active"]);
	});

	it("is that of a prospect without orders, and of an ex-customer once closed", () => {
		expect(phases([], Number.NaN)).toEqual(["prospect"]);
		expect(phases([500, 3], 10, { status: "closed" })).toEqual(["ex_customer"]);
	});
});

describe("the class", () => {
	const classesOf = (values: Readonly<Record<string, readonly Row[]>>) => {
		const customers = Object.keys(values).map((customer_id) => ({ customer_id }));
		const context = contextOf({ customers, products: [{ product_id: "P" }], orders: Object.values(values).flat() }, {}, [7, 7, 7, 7]);
		return customers.map((_, row) => abcClasses(context).get(row));
	};

	it("follows the curve of value over tenure", () => {
		// All are a year old: 700, 240, 40 and 20 of 1000. The second crosses 80 %, the third 95 %.
		expect(
			classesOf({
				a: orders("a", [365, 1], 350),
				b: orders("b", [365, 1], 120),
				c: orders("c", [365, 1], 20),
				d: orders("d", [365, 1], 10),
			}),
		).toEqual([["A"], ["A", "B"], ["B", "C"], ["C"]]);
	});

	it("credits a young customer with a whole window", () => {
		// 100 in 73 days is 500 a year, as much as the other's 500.
		expect(classesOf({ a: orders("a", [365], 500), b: orders("b", [73], 100) })).toEqual([
			["A", "B", "C"],
			["A", "B", "C"],
		]);
		// 10 in 365 days against 490 + 500 a year: C.
		expect(classesOf({ a: orders("a", [365], 990), b: orders("b", [365], 10) })).toEqual([["A", "B", "C"], ["C"]]);
	});
});
