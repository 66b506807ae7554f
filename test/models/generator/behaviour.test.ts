import { describe, expect, it } from "vitest";
import { createRandom } from "../../../engine/random.ts";
import type { LifeState } from "../../../models/generator/behaviour.ts";
import { initialState, liveDay, orderProbabilityOn } from "../../../models/generator/behaviour.ts";
import type { Behaviour } from "../../../models/generator/customer.ts";

const faithful: Behaviour = {
	startsOn: 0,
	shape: 4,
	interval: 12,
	growth: 0,
	seasonality: 1,
	effects: { visit: 2, phone: 1.4, message: 0.5 },
	conversion: 0.1,
	monthly: { decline: 0, leave: 0, mend: 0, fall: 0, recover: 0 },
	contactProtection: 1,
	basket: [],
};
const regular = (clock: number): LifeState => ({ mode: "regular", clock, sinceContact: 50, goneOn: null, cause: null, recoveredOn: null });

/** Trading days between orders of a customer that lives undisturbed for many days. */
function gapsOf(behaviour: Behaviour, numDays: number): number[] {
	const random = createRandom(1);
	const state = regular(0);
	const gaps: number[] = [];
	let last = 0;
	for (let day = 0; day < numDays; day++) {
		if (!liveDay(state, behaviour, day, 1, 1, null, random)) continue;
		gaps.push(day - last);
		last = day;
	}
	return gaps;
}

describe("a customer's life", () => {
	it("orders as an Erlang renewal process: mean interval, coefficient of variation 1 ÷ √shape", () => {
		const gaps = gapsOf(faithful, 200_000);
		const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
		const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
		// 200,000 days ÷ 12 = 16,700 gaps: standard errors 0.05 and 0.003; whole days add half a day to the mean and 1/12 to the variance.
		expect(mean).toBeGreaterThan(11.8);
		expect(mean).toBeLessThan(12.8);
		expect(deviation / mean).toBeCloseTo(0.5, 1);
	});

	it("has the Erlang hazard of a day", () => {
		// Shape 2, mean 10: rate 0.2. Clock 5, one day: survival e^-1 (1 + 1) → e^-1.2 (1 + 1.2); 1 - e^-0.2 × 2.2 ÷ 2 = 0.09940.
		const probability = orderProbabilityOn({ ...faithful, shape: 2, interval: 10 }, regular(5), 1, null);
		expect(probability).toBeCloseTo(1 - (Math.exp(-0.2) * 2.2) / 2, 12);
	});

	it("moves the logit of ordering by a contact's effect on its day, and by half of a visit's on the two days after", () => {
		const logit = (p: number): number => Math.log(p / (1 - p));
		const usual = orderProbabilityOn(faithful, regular(9), 1, null);
		expect(logit(orderProbabilityOn(faithful, regular(9), 1, "visit")) - logit(usual)).toBeCloseTo(2, 10);
		expect(logit(orderProbabilityOn(faithful, regular(9), 1, "phone")) - logit(usual)).toBeCloseTo(1.4, 10);
		expect(logit(orderProbabilityOn(faithful, { ...regular(9), sinceContact: 2 }, 1, null)) - logit(usual)).toBeCloseTo(1, 10);
		expect(orderProbabilityOn(faithful, { ...regular(9), sinceContact: 3 }, 1, null)).toBe(usual);
	});

	it("falls silent when it leaves, says why, and comes back only by recovering", () => {
		const random = createRandom(3);
		const fickle = { ...faithful, monthly: { decline: 0, leave: 0.5, mend: 0, fall: 0, recover: 0 } };
		const state = initialState(fickle, 1, random);
		const days = Array.from({ length: 600 }, (_, day) => liveDay(state, fickle, day, 1, 1, null, random));
		expect(state.mode).toBe("gone");
		expect(state.cause).not.toBeNull();
		expect(days.slice(state.goneOn ?? 0)).not.toContain(true);
		const returning = { ...fickle, monthly: { ...fickle.monthly, leave: 0, recover: 1 } };
		state.cause = "unknown";
		expect(Array.from({ length: 200 }, (_, day) => liveDay(state, returning, 600 + day, 1, 1, null, random))).toContain(true);
		expect(state.recoveredOn).toBeGreaterThanOrEqual(600);
	});

	it("turns a prospect into a customer only through a contact", () => {
		const random = createRandom(4);
		const prospect = { ...faithful, startsOn: null, conversion: 1 };
		const state = initialState(prospect, 0, random);
		expect(Array.from({ length: 100 }, (_, day) => liveDay(state, prospect, day, 1, 1, null, random))).not.toContain(true);
		expect(liveDay(state, prospect, 100, 1, 1, "visit", random)).toBe(true);
		expect(state.mode).toBe("regular");
	});

	it("begins to buy on its first day and not before", () => {
		const random = createRandom(5);
		const young = { ...faithful, startsOn: 40 };
		const state = initialState(young, 0, random);
		const days = Array.from({ length: 41 }, (_, day) => liveDay(state, young, day, 1, 1, null, random));
		expect(days.indexOf(true)).toBe(40);
	});
});
