import type { Metres, Seconds } from "../units.ts";
import type { CheckContext } from "./context.ts";

/** Degrees, WGS84. */
export interface Point {
	readonly lat: number;
	readonly lon: number;
}

const EARTH_RADIUS: Metres = 6_371_008.8;
/** Metres by which two correct formulas of a great circle may differ. */
export const ARC: Metres = 1e-3;
const RADIANS = Math.PI / 180;

/** Where a customer is; null without coordinates. */
export function placeOfCustomer({ portfolio }: CheckContext, row: number): Point | null {
	const { lat, lon } = portfolio.tables.customers.numbers;
	return pointOf(lat[row], lon[row]);
}

/** Where a rep's days start or end; null where they have no leg there. */
export function placeOfRep({ portfolio }: CheckContext, row: number, which: "start" | "end"): Point | null {
	const { numbers } = portfolio.tables.reps;
	return pointOf(numbers[`${which}_lat`][row], numbers[`${which}_lon`][row]);
}

/** Length of the great circle between two points, by the haversine formula with atan2. */
export function straightMetres(a: Point, b: Point): number {
	const h =
		haversine((b.lat - a.lat) * RADIANS) + Math.cos(a.lat * RADIANS) * Math.cos(b.lat * RADIANS) * haversine((b.lon - a.lon) * RADIANS);
	return 2 * EARTH_RADIUS * Math.atan2(Math.sqrt(h), Math.sqrt(Math.max(0, 1 - h)));
}

/** Speeds in km/h of the first band that holds a straight distance; right at a band's edge those of both sides. */
export function speedsAt({ policy }: CheckContext, straight: Metres): number[] {
	const { speeds } = policy.travel;
	const bandAt = (metres: number): number =>
		(speeds.find(({ up_to_km: upTo }) => upTo == null || metres <= upTo * 1000) ?? speeds[speeds.length - 1]).kmh;
	return [bandAt(straight), bandAt(straight - ARC), bandAt(straight + ARC)];
}

/** Seconds that a leg takes at most by the straight-line rule. */
export function longestLeg(context: CheckContext, from: Point, to: Point): Seconds {
	const straight = straightMetres(from, to);
	const metres = Math.ceil(straight * context.policy.travel.detour + ARC);
	return Math.ceil((metres * 3.6) / Math.min(...speedsAt(context, straight)));
}

function haversine(angle: number): number {
	return Math.sin(angle / 2) ** 2;
}

function pointOf(lat: number, lon: number): Point | null {
	return Number.isNaN(lat) || Number.isNaN(lon) ? null : { lat, lon };
}
