import type { Random } from "../../engine/random.ts";
import { chance, cumulate, pickCumulative } from "./draw.ts";
import type { Place } from "./geography.ts";
import { offset } from "./geography.ts";

/** A city around which customers are placed, and its share of them. */
interface City {
	readonly name: string;
	readonly centre: Place;
	readonly share: number;
}

const CITIES: readonly City[] = [
	{ name: "London", centre: { lat: 51.51, lon: -0.13 }, share: 26 },
	{ name: "Birmingham", centre: { lat: 52.48, lon: -1.9 }, share: 10 },
	{ name: "Manchester", centre: { lat: 53.48, lon: -2.24 }, share: 11 },
	{ name: "Leeds", centre: { lat: 53.8, lon: -1.55 }, share: 9 },
	{ name: "Bristol", centre: { lat: 51.45, lon: -2.59 }, share: 8 },
	{ name: "Southampton", centre: { lat: 50.93, lon: -1.4 }, share: 8 },
	{ name: "Nottingham", centre: { lat: 52.95, lon: -1.15 }, share: 7 },
	{ name: "Glasgow", centre: { lat: 55.86, lon: -4.25 }, share: 6 },
	{ name: "Newcastle", centre: { lat: 54.97, lon: -1.61 }, share: 5 },
	{ name: "Norwich", centre: { lat: 52.63, lon: 1.29 }, share: 5 },
	{ name: "Cardiff", centre: { lat: 51.48, lon: -3.18 }, share: 5 },
];
const shares = cumulate(CITIES.map(({ share }) => share));

export const NUM_CITIES = CITIES.length;

export function cityOf(index: number): City {
	return CITIES[index];
}

/** Draws where a customer is: in a city, one in five somewhere around it. */
export function drawPlace(random: Random): { readonly city: number; readonly place: Place } {
	const city = pickCumulative(random, shares);
	const spreadKm = chance(random, 0.2) ? 18 : 5;
	return { city, place: offset(CITIES[city].centre, spreadKm * random.normal(), spreadKm * random.normal()) };
}
