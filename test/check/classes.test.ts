import { describe, expect, it } from "vitest";
import { abcClasses } from "../../engine/check/classes.ts";
import { contextOf, ordersBefore } from "./contexts.ts";
import type { Row } from "./tables.ts";

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
				a: ordersBefore("a", [365, 1], 350),
				b: ordersBefore("b", [365, 1], 120),
				c: ordersBefore("c", [365, 1], 20),
				d: ordersBefore("d", [365, 1], 10),
			}),
		).toEqual([["A"], ["A", "B"], ["B", "C"], ["C"]]);
	});

	it("credits a young customer with a whole window", () => {
		// 100 in 73 days is 500 a year, as much as the other's 500.
		expect(classesOf({ a: ordersBefore("a", [365], 500), b: ordersBefore("b", [73], 100) })).toEqual([
			["A", "B", "C"],
			["A", "B", "C"],
		]);
		// 10 in 365 days against 490 + 500 a year: C.
		expect(classesOf({ a: ordersBefore("a", [365], 990), b: ordersBefore("b", [365], 10) })).toEqual([["A", "B", "C"], ["C"]]);
	});
});
