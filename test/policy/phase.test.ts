import { describe, expect, it } from "vitest";
import { PHASES } from "../../engine/policy/case.ts";
import { isRecovered, phaseOf, type Rhythm, thresholdOf } from "../../engine/policy/phase.ts";
import { DEFAULT_POLICY } from "../../engine/policy/policy.ts";

const rules = DEFAULT_POLICY.phases;
const AS_OF = 20_000;
const settled: Rhythm = { isClosed: false, numEvents: 30, firstOrder: AS_OF - 900, lastOrder: AS_OF - 1, expectedInterval: 14 };

/** Phase after so many days of silence of a customer with an expected interval. */
function after(silence: number, expectedInterval = 14, silenceFrom = AS_OF): string {
	return PHASES[phaseOf({ ...settled, lastOrder: silenceFrom - silence, expectedInterval }, rules, AS_OF, silenceFrom).phase];
}

describe("phases", () => {
	it("begin where the silence reaches ratio × expected interval between floor and ceiling", () => {
		// Interval 14: 1.5 × 14 = 21, 2.5 × 14 = 35, 4 × 14 = 56.
		expect([20, 21, 34, 35, 55, 56, 364, 365].map((days) => after(days))).toEqual([
			"active",
			"pre_inactive",
			"pre_inactive",
			"inactivating",
			"inactivating",
			"inactive",
			"inactive",
			"ex_customer",
		]);
	});

	it("do not begin before the floor for quick buyers, nor after the ceiling for slow ones", () => {
		// Interval 3: floors 10, 20, 40. Interval 100: ceilings 60, 100, 150.
		expect([9, 10, 19, 20, 39, 40].map((days) => after(days, 3))).toEqual([
			"active",
			"pre_inactive",
			"pre_inactive",
			"inactivating",
			"inactivating",
			"inactive",
		]);
		expect([59, 60, 100, 150].map((days) => after(days, 100))).toEqual(["active", "pre_inactive", "inactivating", "inactive"]);
	});

	it("fall back on the floors where no interval is known", () => {
		expect(after(10, Number.NaN)).toBe("pre_inactive");
	});

	it("count silence only up to the last day that the feed vouches for", () => {
		const rhythm = { ...settled, lastOrder: AS_OF - 30 };
		expect(PHASES[phaseOf(rhythm, rules, AS_OF, AS_OF).phase]).toBe("pre_inactive");
		expect(PHASES[phaseOf(rhythm, rules, AS_OF, AS_OF - 12).phase]).toBe("active"); // 18 of 30 days count
	});

	it("put prospects, closed and new customers before the ladder", () => {
		const phase = (rhythm: Partial<Rhythm>) => PHASES[phaseOf({ ...settled, ...rhythm }, rules, AS_OF, AS_OF).phase];
		expect(phase({ numEvents: 0, isClosed: true })).toBe("prospect");
		expect(phase({ isClosed: true })).toBe("ex_customer");
		expect(phase({ firstOrder: AS_OF - 89, lastOrder: AS_OF - 89 })).toBe("new");
		expect(phase({ firstOrder: AS_OF - 90, lastOrder: AS_OF - 90 })).toBe("inactive"); // 90 ≥ 56
	});

	it("state the threshold that was reached", () => {
		expect(phaseOf({ ...settled, lastOrder: AS_OF - 40 }, rules, AS_OF, AS_OF)).toEqual({
			phase: PHASES.indexOf("inactivating"),
			threshold: 35,
		});
		expect(thresholdOf(PHASES.indexOf("inactive"), 14, rules)).toBe(56);
	});
});

describe("a recovered customer", () => {
	const recovered = (...days: number[]) =>
		isRecovered(
			days.map((ago) => AS_OF - ago),
			0,
			days.length,
			14,
			rules,
			AS_OF,
		);

	it("ended a silence of inactivating length less than 60 days ago", () => {
		expect(recovered(94, 59)).toBe(true); // 35 days of silence end 59 days ago
		expect(recovered(95, 60)).toBe(false); // too long ago
		expect(recovered(93, 59)).toBe(false); // 34 days are no such silence
	});

	it("stays so through the orders that follow", () => {
		expect(recovered(100, 40, 26, 12)).toBe(true);
	});

	it("is not one that ordered once", () => {
		expect(recovered(10)).toBe(false);
	});
});
