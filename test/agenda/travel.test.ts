import { describe, expect, it } from "vitest";
import { buildMatrices, legBetween, straightLine } from "../../engine/agenda/travel.ts";
import { DEFAULT_POLICY } from "../../engine/policy/policy.ts";

const travel = DEFAULT_POLICY.travel;
const EQUATOR = { lat: 0, lon: 0 };
/** A point so many metres east along the equator: an arc of s metres is s / R radians. */
const eastBy = (metres: number) => ({ lat: 0, lon: (metres / 6_371_008.8) * (180 / Math.PI) });

describe("travel without a matrix", () => {
	it("measures the great circle", () => {
		// A quarter of the meridian is π/2 · R.
		expect(straightLine(EQUATOR, { lat: 90, lon: 0 })).toBeCloseTo((Math.PI / 2) * 6_371_008.8, 3);
	});

	it("takes the speed of the first band that holds the straight line, not the road", () => {
		// 1,900 m straight: road 1.3 × 1,900 = 2,470 m at 20 km/h = 2,470 × 3.6 / 20 = 444.6 s → 445 s.
		expect(legBetween(travel, EQUATOR, eastBy(1_900))).toMatchObject({ metres: 2_470, seconds: 445 });
		// 5,000 m straight: 6,500 m at 32 km/h = 731.25 s → 731 s.
		expect(legBetween(travel, EQUATOR, eastBy(5_000))).toMatchObject({ metres: 6_500, seconds: 731 });
		// 20,000 m straight: 26,000 m at 60 km/h = 1,560 s.
		expect(legBetween(travel, EQUATOR, eastBy(20_000))).toMatchObject({ metres: 26_000, seconds: 1_560 });
	});

	it("rounds the cost once a leg", () => {
		// 26 km × 0.90 + 1,560 s × 35 / 3,600 = 23.40 + 15.1667 = 38.5667 → 3,857 cents.
		expect(legBetween(travel, EQUATOR, eastBy(20_000)).cost).toBe(3_857);
	});

	it("puts places without coordinates out of reach of every route and keeps the diagonal at zero", () => {
		const { travelTime } = buildMatrices(travel, [EQUATOR, null, eastBy(1_900)]);
		expect([...travelTime]).toEqual([0, 100_000_000, 445, 100_000_000, 0, 100_000_000, 445, 100_000_000, 0]);
	});
});
