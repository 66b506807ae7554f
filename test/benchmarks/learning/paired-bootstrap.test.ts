import { describe, expect, it } from "vitest";
import { pairedGain } from "../../../benchmarks/learning/paired-bootstrap.ts";
import { createRandom } from "../../../engine/random.ts";

describe("pairedGain", () => {
	it("is the mean over cutoffs of the mean difference, whatever their sizes", () => {
		// (2 − 1) at the first cutoff, mean of (3 − 1) and (5 − 1) at the second: (1 + 3) ÷ 2.
		const pairs = [
			{ customer: [7], ours: [1], theirs: [2] },
			{ customer: [7, 9], ours: [1, 1], theirs: [3, 5] },
		];
		expect(pairedGain(pairs, 1).mean).toBe(2);
	});

	it("spreads as the standard error says, and the same for a seed", () => {
		// Differences of standard deviation 1 over 400 customers: 95 % within 1.96 ÷ 20 on either side.
		const random = createRandom(3);
		const customer = Array.from({ length: 400 }, (_, i) => i);
		const pair = { customer, ours: customer.map(() => 0), theirs: customer.map(() => 0.2 + random.normal()) };
		const gain = pairedGain([pair], 5);
		expect(gain.high - gain.low).toBeGreaterThan(0.17);
		expect(gain.high - gain.low).toBeLessThan(0.22);
		expect(pairedGain([pair], 5)).toEqual(gain);
	});

	it("takes a customer's rows at two cutoffs together", () => {
		// The same differences twice are no more evidence than once: the interval stays, where independent rows would narrow it by √2.
		const random = createRandom(3);
		const customer = Array.from({ length: 400 }, (_, i) => i);
		const pair = { customer, ours: customer.map(() => 0), theirs: customer.map(() => random.normal()) };
		const [once, twice] = [pairedGain([pair], 5), pairedGain([pair, pair], 5)];
		expect(twice.low).toBeCloseTo(once.low, 12);
		expect(twice.high).toBeCloseTo(once.high, 12);
	});
});
