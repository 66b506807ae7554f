import { describe, expect, it } from "vitest";
import { canSell, creditRungOf, headroomOf } from "../../engine/policy/credit.ts";
import { DEFAULT_POLICY } from "../../engine/policy/policy.ts";
import { CREDIT_STATUS } from "../../engine/portfolio/schema.ts";
import { NULL_CODE } from "../../engine/units.ts";

const rung = (amount: number, days: number, status = NULL_CODE) =>
	CREDIT_STATUS[creditRungOf(status, amount * 100, days, DEFAULT_POLICY.credit)];
const code = (name: (typeof CREDIT_STATUS)[number]) => CREDIT_STATUS.indexOf(name);

describe("the credit ladder", () => {
	it("descends with the days overdue", () => {
		expect([0, 1, 4, 5, 29, 30, 59, 60].map((days) => rung(500, days))).toEqual([
			"sell",
			"sell_with_notice",
			"sell_with_notice",
			"collect_and_sell_cash",
			"collect_and_sell_cash",
			"collect_only",
			"collect_only",
			"collections_team",
		]);
	});

	it("ignores amounts below the policy's, and what is not stated", () => {
		expect(rung(49.99, 90)).toBe("sell");
		expect(rung(50, 90)).toBe("collections_team");
		expect(rung(Number.NaN, 90)).toBe("sell");
		expect(rung(500, Number.NaN)).toBe("sell");
	});

	it("gives way to the word of the ERP", () => {
		expect(rung(500, 90, code("sell"))).toBe("sell");
		expect(rung(0, 0, code("collect_only"))).toBe("collect_only");
	});
});

describe("headroom", () => {
	it("is the limit less open balance and open orders", () => {
		expect(headroomOf(100_000, 30_000, 20_000)).toBe(50_000);
		expect(headroomOf(100_000, Number.NaN, Number.NaN)).toBe(100_000);
		expect(headroomOf(Number.NaN, 30_000, 20_000)).toBe(Infinity);
	});

	it("stops selling when it is used up or has no room for the least order", () => {
		expect(canSell(code("sell"), 1, Number.NaN)).toBe(true);
		expect(canSell(code("sell"), 0, Number.NaN)).toBe(false);
		expect(canSell(code("sell"), 9_999, 10_000)).toBe(false);
		expect(canSell(code("sell_with_notice"), 10_000, 10_000)).toBe(true);
	});

	it("does not bind who pays cash, and does not help who is only collected from", () => {
		expect(canSell(code("collect_and_sell_cash"), -5, Number.NaN)).toBe(true);
		expect(canSell(code("collect_only"), Infinity, Number.NaN)).toBe(false);
	});
});
