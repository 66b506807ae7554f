import { expect, it } from "vitest";
import { createStopRule } from "../../engine/solver/stop.ts";

it("stops at the number of iterations, and after a fixed number without any limit", () => {
	const { shallStop } = createStopRule({ iterations: 7 });
	expect([0, 6, 7].map(shallStop)).toEqual([false, false, true]);
	expect(createStopRule({}).shallStop(20_000)).toBe(true);
	expect(createStopRule({ seconds: 1e6 }).shallStop(20_000_001)).toBe(false);
});

it("stops at once where no time is left or the flag is set, and says which it was", () => {
	expect(createStopRule({ seconds: 0 }).shallStop(0)).toBe(true);
	const flagged = createStopRule({ stop: Int32Array.of(1) });
	expect(flagged.shallStop(0)).toBe(true);
	expect(flagged.isStopped()).toBe(true);
});
