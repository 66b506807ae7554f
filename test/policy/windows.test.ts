import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clipWindows, startWindows } from "../../engine/policy/windows.ts";

describe("start windows", () => {
	it("hold starts whose whole service lies in one interval and in the shift", () => {
		expect(
			startWindows(
				[
					[0, 100],
					[200, 220],
					[300, 900],
				],
				50,
				600,
				30,
			),
		).toEqual([
			[50, 70],
			[300, 570],
		]);
	});

	it("hold a start that is possible at one second only", () => {
		expect(startWindows([[100, 130]], 0, 1000, 30)).toEqual([[100, 100]]);
	});

	it("agree with trying every second", () => {
		const interval = fc.tuple(fc.nat(20), fc.nat(20)).map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]);
		fc.assert(
			fc.property(
				interval,
				interval,
				fc.nat(20),
				fc.integer({ min: 1, max: 10 }),
				fc.nat(20),
				([from, to], [open, close], gap, duration, cut) => {
					const hours: [number, number][] = [
						[from, to],
						[to + 1 + gap, to + 9 + gap],
					];
					const windows = clipWindows(startWindows(hours, open, close, duration), 0, cut);
					for (let start = 0; start < 60; start++) {
						const fits =
							hours.some(([a, b]) => a <= start && start + duration <= b) && open <= start && start + duration <= close && start <= cut;
						expect(windows.some(([first, last]) => first <= start && start <= last)).toBe(fits);
					}
				},
			),
			{ seed: 9 },
		);
	});
});
