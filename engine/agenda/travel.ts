import type { Policy } from "../policy/policy.ts";
import type { Cents, Metres, Seconds } from "../units.ts";

/** A point in degrees, WGS84. */
export interface Point {
	readonly lat: number;
	readonly lon: number;
}

export interface Leg {
	readonly seconds: Seconds;
	readonly metres: Metres;
	readonly cost: Cents;
}

/** Row-major [from × n + to] of seconds, metres and cents between n places. */
export interface TravelMatrices {
	readonly travelTime: Int32Array;
	readonly travelDistance: Int32Array;
	readonly travelCost: Int32Array;
}

const EARTH_RADIUS: Metres = 6_371_008.8;
const RADIANS = Math.PI / 180;
/**
 * Stands between places of which one has no coordinates, and for legs that are as long in any measure: no route can hold it, no sum of
 * legs overflows 32 bits.
 */
const UNREACHABLE = 100_000_000;

/** Great-circle distance in metres (haversine). */
export function straightLine(a: Point, b: Point): number {
	const sinLat = Math.sin(((b.lat - a.lat) * RADIANS) / 2);
	const sinLon = Math.sin(((b.lon - a.lon) * RADIANS) / 2);
	const h = sinLat * sinLat + Math.cos(a.lat * RADIANS) * Math.cos(b.lat * RADIANS) * sinLon * sinLon;
	return 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** A leg by the policy's rule: straight line times detour, speed of the first band that holds the straight line. */
export function legBetween(travel: Policy["travel"], a: Point, b: Point): Leg {
	const straight = straightLine(a, b);
	const metres = Math.round(straight * travel.detour);
	const band =
		travel.speeds.find((speed) => speed.up_to_km == null || straight <= speed.up_to_km * 1000) ?? travel.speeds[travel.speeds.length - 1];
	const seconds = Math.round((metres * 3600) / (band.kmh * 1000));
	return { seconds, metres, cost: legCost(travel, metres, seconds) };
}

/** Cents of a leg, rounded once. */
export function legCost(travel: Policy["travel"], metres: Metres, seconds: Seconds): Cents {
	return Math.round(100 * ((metres / 1000) * travel.cost_per_km + (seconds / 3600) * travel.cost_per_hour));
}

/**
 * Seconds that any way between two points takes at least, through whatever other places: the road at the fastest speed, less what
 * rounding can take from each of at most `numLegs` legs.
 */
export function leastSeconds(travel: Policy["travel"], a: Point, b: Point, numLegs: number): Seconds {
	const fastest = Math.max(...travel.speeds.map(({ kmh }) => kmh)) / 3.6;
	return Math.max(0, (straightLine(a, b) * travel.detour) / fastest - numLegs * (0.5 + 0.5 / fastest));
}

/** Legs between all places; null stands for a place without coordinates. */
export function buildMatrices(travel: Policy["travel"], places: readonly (Point | null)[]): TravelMatrices {
	const n = places.length;
	const travelTime = new Int32Array(n * n).fill(UNREACHABLE);
	const travelDistance = new Int32Array(n * n).fill(UNREACHABLE);
	const travelCost = new Int32Array(n * n).fill(UNREACHABLE);
	const put = (cell: number, seconds: number, metres: number, cost: number): void => {
		travelTime[cell] = seconds;
		travelDistance[cell] = metres;
		travelCost[cell] = cost;
	};
	for (let from = 0; from < n; from++) {
		put(from * n + from, 0, 0, 0);
		for (let to = 0; to < from; to++) {
			const [a, b] = [places[from], places[to]];
			if (!a || !b) continue;
			const leg = legBetween(travel, a, b); // symmetric: one haversine serves both ways
			if (Math.max(leg.seconds, leg.metres, leg.cost) >= UNREACHABLE) continue;
			put(from * n + to, leg.seconds, leg.metres, leg.cost);
			put(to * n + from, leg.seconds, leg.metres, leg.cost);
		}
	}
	return { travelTime, travelDistance, travelCost };
}
