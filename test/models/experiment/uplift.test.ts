import { describe, expect, it } from "vitest";
import { createRandom } from "../../../engine/random.ts";
import { drawHoldOut, lotOf } from "../../../models/experiment/lot.ts";
import { estimateUplift, studentQuantile, type UpliftUnit } from "../../../models/experiment/uplift.ts";

/** Units whose outcomes with and without planning are both known; heavy tails, as sales have. */
function potential(numUnits: number, seed: number, effect: (size: number) => number) {
	const random = createRandom(seed, 3);
	return Array.from({ length: numUnits }, (_, i) => {
		const size = Math.exp(0.8 * random.normal());
		const withheld = 100 * size * Math.exp(0.4 * random.normal());
		return {
			id: `c${i}`,
			stratum: `s${i % 3}`,
			cluster: `g${i}`,
			before: 100 * size * Math.exp(0.4 * random.normal()),
			withheld,
			planned: withheld + effect(size),
		};
	});
}

function observed(units: ReturnType<typeof potential>, drawn: ReadonlySet<string>): UpliftUnit[] {
	return units.map(({ id, planned, withheld, ...unit }) => ({
		...unit,
		isHeldOut: drawn.has(id),
		outcome: drawn.has(id) ? withheld : planned,
	}));
}

/** Share of the lots whose intervals hold the true mean effect. */
function coverage(effect: (size: number) => number): { adjusted: number; randomised: number; refuted: number } {
	const units = potential(300, 5, effect);
	const truth = units.reduce((sum, { planned, withheld }) => sum + planned - withheld, 0) / units.length;
	const counts = { adjusted: 0, randomised: 0, refuted: 0 };
	const numLots = 300;
	for (let seed = 0; seed < numLots; seed++) {
		const found = estimateUplift(observed(units, drawHoldOut(units, { experiment: "x", seed }, 0.2)), { level: 0.9, seed, numDraws: 199 });
		const holds = ([lower, upper]: readonly [number, number]): number => Number(lower <= truth && truth <= upper);
		counts.adjusted += holds(found?.adjusted ?? [1, 0]);
		counts.randomised += holds(found?.randomised ?? [1, 0]);
		counts.refuted += Number((found?.pValue ?? 1) <= 0.1);
	}
	return { adjusted: counts.adjusted / numLots, randomised: counts.randomised / numLots, refuted: counts.refuted / numLots };
}

describe("the lot", () => {
	const units = potential(500, 1, () => 0);
	const seventh = { experiment: "autumn", seed: 7 };

	it("of two experiments with one seed are two lots: whoever is in one is in the other by chance alone", () => {
		let both = 0;
		const numSeeds = 40;
		for (let seed = 0; seed < numSeeds; seed++) {
			const other = drawHoldOut(units, { experiment: "winter", seed }, 0.1);
			both += [...drawHoldOut(units, { experiment: "autumn", seed }, 0.1)].filter((id) => other.has(id)).length;
		}
		// A tenth of a tenth of 500 units, 40 times: 200 of the 2,000 that one lot would share with itself; six standard errors of 14.
		expect(Math.abs(both - 200)).toBeLessThan(84);
	});

	it("is the same for a seed and unit in whatever order and company", () => {
		expect(lotOf(seventh, "c1")).toBe(lotOf(seventh, "c1"));
		expect(lotOf(seventh, "c1")).not.toBe(lotOf({ ...seventh, seed: 8 }, "c1"));
		expect(drawHoldOut(units.toReversed(), seventh, 0.1)).toEqual(drawHoldOut(units, seventh, 0.1));
	});

	it("takes the share of every stratum, and every unit as often as another", () => {
		const drawn = drawHoldOut(units, seventh, 0.1);
		for (const stratum of ["s0", "s1", "s2"]) {
			const own = units.filter((unit) => unit.stratum === stratum);
			const count = own.filter(({ id }) => drawn.has(id)).length;
			expect([Math.floor(0.1 * own.length), Math.ceil(0.1 * own.length)]).toContain(count);
		}
		const small = units.slice(0, 12);
		const times = new Map<string, number>();
		for (let seed = 0; seed < 2000; seed++)
			for (const id of drawHoldOut(small, { ...seventh, seed }, 0.3)) times.set(id, (times.get(id) ?? 0) + 1);
		for (const { id } of small) expect(Math.abs((times.get(id) ?? 0) / 2000 - 0.3)).toBeLessThan(0.055); // five standard errors
	});
});

describe("the uplift", () => {
	it("is the difference of means within strata, less what the time before explains, as a slow sum says", () => {
		const units = observed(
			potential(90, 2, (size) => 20 * size),
			drawHoldOut(
				potential(90, 2, () => 0),
				{ experiment: "autumn", seed: 3 },
				0.3,
			),
		);
		const found = estimateUplift(units, { level: 0.9, seed: 1, numDraws: 99 });
		const strata = ["s0", "s1", "s2"].map((name) => units.filter(({ stratum }) => stratum === name));
		const mean = (own: readonly UpliftUnit[], of: (unit: UpliftUnit) => number): number =>
			own.map(of).reduce((a, b) => a + b, 0) / own.length;
		const arms = (own: readonly UpliftUnit[]) => [own.filter((u) => !u.isHeldOut), own.filter((u) => u.isHeldOut)];
		const deviations = strata.flatMap((own) =>
			arms(own).flatMap((cell) => cell.map((u) => [u.before - mean(cell, (v) => v.before), u.outcome - mean(cell, (v) => v.outcome)])),
		);
		const slope = deviations.reduce((sum, [x, y]) => sum + x * y, 0) / deviations.reduce((sum, [x]) => sum + x * x, 0);
		const slow = strata.reduce((sum, own) => {
			const [planned, held] = arms(own).map((cell) => mean(cell, (u) => u.outcome - slope * u.before));
			return sum + (own.length / units.length) * (planned - held);
		}, 0);
		expect(found?.effect).toBeCloseTo(slow, 9);
	});

	it("has intervals that hold the true effect about as often as stated", () => {
		const { adjusted, randomised } = coverage((size) => 25 * size);
		expect(adjusted).toBeGreaterThan(0.84);
		expect(adjusted).toBeLessThan(0.96);
		expect(randomised).toBeGreaterThan(0.84);
	});

	it("reports no effect where there is none, but for the stated share of lots", () => {
		const { adjusted, refuted } = coverage(() => 0);
		expect(refuted).toBeLessThan(0.16);
		expect(adjusted).toBeGreaterThan(0.84);
	});

	it("takes clusters for what they are: ten units of one luck are no ten opinions", () => {
		const random = createRandom(4, 4);
		const make = (isClustered: boolean): UpliftUnit[] =>
			Array.from({ length: 40 }, (_, g) => ({ luck: random.normal(), g })).flatMap(({ luck, g }) =>
				Array.from({ length: 10 }, (_, i) => ({
					stratum: "all",
					cluster: isClustered ? `${g}` : `${g} ${i}`,
					isHeldOut: g % 4 === 0,
					outcome: luck,
					before: 0,
				})),
			);
		const width = (units: UpliftUnit[]): number => {
			const [lower, upper] = estimateUplift(units, { level: 0.9, seed: 1, numDraws: 19 })?.adjusted ?? [0, 0];
			return upper - lower;
		};
		expect(width(make(true))).toBeGreaterThan(2 * width(make(false)));
	});

	it("says nothing without two units in both arms of a stratum", () => {
		expect(estimateUplift([{ stratum: "a", cluster: "1", isHeldOut: true, outcome: 1, before: 1 }], { level: 0.9, seed: 1 })).toBeNull();
	});

	it("reaches as far as tables say where few are held out, since too near an end finds effects that are none", () => {
		const table = [
			[0.9, 5, 1.476],
			[0.95, 1, 6.314],
			[0.95, 2, 2.92],
			[0.95, 3, 2.353],
			[0.95, 10, 1.812],
			[0.975, 1, 12.706],
			[0.975, 2, 4.303],
			[0.975, 4, 2.776],
		];
		for (const [probability, freedom, quantile] of table) expect(studentQuantile(probability, freedom) / quantile).toBeCloseTo(1, 2);
	});
});
