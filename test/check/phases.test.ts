import { describe, expect, it } from "vitest";
import { phasesOf } from "../../engine/check/phases.ts";
import { contextOf, ordersBefore } from "./contexts.ts";
import type { Row } from "./tables.ts";

function phases(daysAgo: readonly number[], interval: number, cells: Row = {}): string[] {
	const rows = { customers: [{ customer_id: "C", ...cells }], products: [{ product_id: "P" }], orders: ordersBefore("C", daysAgo) };
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
