import { expect, it } from "vitest";
import { straightMetres } from "../../engine/check/places.ts";
import { legOf } from "./small-plan.ts";

it("measures great circles on the mean sphere", () => {
	// A degree of a meridian is 6,371,008.8 × π ÷ 180.
	expect(straightMetres({ lat: -23, lon: -46 }, { lat: -24, lon: -46 })).toBeCloseTo((6_371_008.8 * Math.PI) / 180, 6);
	// A degree of the parallel of 60°: the haversine is cos² 60° × sin² 0.5°.
	expect(straightMetres({ lat: 60, lon: 0 }, { lat: 60, lon: 1 })).toBeCloseTo(
		2 * 6_371_008.8 * Math.asin(0.5 * Math.sin(Math.PI / 360)),
		6,
	);
	expect(straightMetres({ lat: 10, lon: 179.5 }, { lat: 10, lon: -179.5 })).toBeCloseTo(
		straightMetres({ lat: 10, lon: 0 }, { lat: 10, lon: 1 }),
		6,
	);
	expect(straightMetres({ lat: 5, lon: 5 }, { lat: 5, lon: 5 })).toBe(0);
	expect(straightMetres({ lat: 90, lon: 0 }, { lat: -90, lon: 0 })).toBeCloseTo(6_371_008.8 * Math.PI, 6);
});

it("agrees with the chord on the plan's legs", () => {
	const metres = 1.3 * straightMetres({ lat: -23.55, lon: -46.63 }, { lat: -23.6, lon: -46.7 });
	expect(legOf("home", "C02").metres).toBe(Math.round(metres));
});
