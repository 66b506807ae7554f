import { describe, expect, it } from "vitest";
import { headroomOf, isFull, rungOf } from "../../engine/check/credit.ts";
import { contextOf } from "./contexts.ts";
import type { Row } from "./tables.ts";

const customer = (cells: Row) => contextOf({ customers: [{ customer_id: "C", ...cells }] });

describe("the credit ladder", () => {
	// Rungs begin at 1, 5, 30 and 60 days overdue; amounts below 50 are ignored.
	it.each([
		[0, "sell"],
		[1, "sell_with_notice"],
		[4, "sell_with_notice"],
		[5, "collect_and_sell_cash"],
		[29, "collect_and_sell_cash"],
		[30, "collect_only"],
		[59, "collect_only"],
		[60, "collections_team"],
	])("puts %i days overdue on its rung", (overdue_days, rung) => {
		expect(rungOf(customer({ overdue_amount: 50, overdue_days }), 0)).toBe(rung);
	});

	it("ignores small amounts, and days without an amount", () => {
		expect(rungOf(customer({ overdue_amount: 49.99, overdue_days: 90 }), 0)).toBe("sell");
		expect(rungOf(customer({ overdue_days: 90 }), 0)).toBe("sell");
	});

	it("takes the ERP's word first", () => {
		expect(rungOf(customer({ overdue_amount: 500, overdue_days: 90, credit_status: "sell" }), 0)).toBe("sell");
		expect(rungOf(customer({ credit_status: "collect_only" }), 0)).toBe("collect_only");
	});
});

describe("headroom", () => {
	it("is the limit less balance and open orders", () => {
		// 1000 − 300 − 200.50 = 499.50
		expect(headroomOf(customer({ credit_limit: 1000, open_balance: 300, open_orders_value: 200.5 }), 0)).toBe(49_950);
	});

	it("is unlimited without a limit", () => {
		expect(headroomOf(customer({ open_balance: 300 }), 0)).toBe(Number.POSITIVE_INFINITY);
		expect(isFull(customer({ open_balance: 300, min_order_value: 10 }), 0)).toBe(false);
	});

	it("has no room at zero, or below the smallest order", () => {
		expect(isFull(customer({ credit_limit: 100, open_balance: 100 }), 0)).toBe(true);
		expect(isFull(customer({ credit_limit: 100, open_balance: 50, min_order_value: 50.01 }), 0)).toBe(true);
		expect(isFull(customer({ credit_limit: 100, open_balance: 50, min_order_value: 50 }), 0)).toBe(false);
	});
});
