import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildMatrices, leastSeconds, legBetween, straightLine } from "../../engine/agenda/travel.ts";
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

	it("puts legs that are too long for 32 bits out of reach instead of wrapping them", () => {
		// Half the equator, 20,015 km, times 10 is more than 100,000 km of road; at 1 km/h it takes 7.2 × 10^8 s and 2 × 10^8 units.
		const absurd = { detour: 10, speeds: [{ kmh: 1 }], cost_per_km: 1000, cost_per_hour: 10_000 };
		const far = buildMatrices(absurd, [EQUATOR, { lat: 0, lon: 180 }]);
		for (const matrix of [far.travelTime, far.travelDistance, far.travelCost]) expect([...matrix]).toEqual([0, 1e8, 1e8, 0]);
	});

	it("knows a time that no way between two places is below, through whatever other places", () => {
		// A slow first band: it is faster to go 9 km by way of a place 12 km off both.
		const bands = { ...travel, speeds: [{ up_to_km: 10, kmh: 5 }, { kmh: 60 }] };
		const longitude = fc.double({ min: -0.3, max: 0.3, noNaN: true });
		const point = fc.record({ lat: longitude, lon: longitude });
		fc.assert(
			fc.property(fc.array(point, { minLength: 2, maxLength: 6 }), (places) => {
				const legs = places.slice(1).map((to, at) => legBetween(bands, places[at], to).seconds);
				const way = legs.reduce((sum, seconds) => sum + seconds, 0);
				expect(way).toBeGreaterThanOrEqual(leastSeconds(bands, places[0], places[places.length - 1], legs.length));
			}),
			{ seed: 3, numRuns: 300 },
		);
		// 20,000 m straight: 26,000 m at 60 km/h, 1,560 s, less half a second and half a metre (0.03 s) for one leg.
		expect(leastSeconds(bands, EQUATOR, eastBy(20_000), 1)).toBeCloseTo(1_559.47, 6);
	});

	it("puts places without coordinates out of reach of every route and keeps the diagonal at zero", () => {
		const { travelTime } = buildMatrices(travel, [EQUATOR, null, eastBy(1_900)]);
		expect([...travelTime]).toEqual([0, 100_000_000, 445, 100_000_000, 0, 100_000_000, 445, 100_000_000, 0]);
	});
});
