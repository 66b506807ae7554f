import type { Random } from "../../engine/random.ts";
import { createRandom } from "../../engine/random.ts";
import type { Day } from "../../engine/units.ts";
import { formatDay, parseDay } from "../../engine/units.ts";
import { between, chance, cumulate, pick, pickCumulative, wholeBetween } from "./draw.ts";
import { townName } from "./names.ts";
import { STREAMS } from "./streams.ts";

export interface Place {
	readonly lat: number;
	readonly lon: number;
}

/** A town or a district of a larger one, where customers cluster around a few shopping streets. */
export interface Town {
	readonly cityCode: string;
	readonly name: string;
	readonly centre: Place;
	readonly streets: readonly Place[];
	/** Spread of customers around a street, km. */
	readonly spread: number;
	readonly weight: number;
}

/** Where one rep's customers are. */
export interface Territory {
	readonly kind: "urban" | "mixed" | "rural";
	readonly towns: readonly Town[];
	/** Running sums of the towns' weights. */
	readonly cumulative: readonly number[];
}

const KM_PER_DEGREE = 111.195;
/** Reps of a team work around one hub. */
export const REPS_PER_TEAM = 10;

/** A point some kilometres east and north of another, to six decimals (0.1 m). */
export function offset(from: Place, eastKm: number, northKm: number): Place {
	const lat = from.lat + northKm / KM_PER_DEGREE;
	const lon = from.lon + eastKm / (KM_PER_DEGREE * Math.cos((from.lat * Math.PI) / 180));
	return { lat: Math.round(lat * 1e6) / 1e6, lon: Math.round(lon * 1e6) / 1e6 };
}

/** The hub city of a team, somewhere inland in the state of São Paulo. */
export function hubOf(seed: number, team: number): Place {
	const random = createRandom(seed, STREAMS.team + team);
	return offset({ lat: between(random, -23.3, -20.8), lon: between(random, -50.4, -46.4) }, 0, 0);
}

/** The territory of a rep: a district of the hub for the urban ones, a string of towns around it for the others. */
export function buildTerritory(seed: number, rep: number): Territory {
	const random = createRandom(seed, STREAMS.territory + rep);
	const team = Math.floor(rep / REPS_PER_TEAM);
	const hub = hubOf(seed, team);
	const direction = ((rep % REPS_PER_TEAM) + random.next() * 0.6) * ((2 * Math.PI) / REPS_PER_TEAM);
	const draw = random.next();
	const kind = draw < 0.55 ? "urban" : draw < 0.85 ? "mixed" : "rural";
	const towns = kind === "urban" ? [district(random, hub, team, direction)] : [];
	const numTowns = kind === "urban" ? 0 : kind === "mixed" ? wholeBetween(random, 3, 5) : wholeBetween(random, 6, 9);
	for (let i = 0; i < numTowns; i++) towns.push(town(random, hub, rep, i, direction, kind === "mixed" ? 22 : 45));
	return { kind, towns, cumulative: cumulate(towns.map(({ weight }) => weight)) };
}

function district(random: Random, hub: Place, team: number, direction: number): Town {
	const reach = between(random, 2.5, 5);
	const centre = offset(hub, reach * Math.cos(direction), reach * Math.sin(direction));
	return { ...around(random, centre, wholeBetween(random, 4, 7), 2.2), cityCode: hubCodeOf(team), weight: 1 };
}

function town(random: Random, hub: Place, rep: number, index: number, direction: number, reachKm: number): Town {
	const reach = between(random, 6, reachKm);
	const angle = direction + between(random, -0.45, 0.45);
	const centre = offset(hub, reach * Math.cos(angle), reach * Math.sin(angle));
	const weight = between(random, 0.4, 1) * (index === 0 ? 3 : 1);
	return { ...around(random, centre, wholeBetween(random, 1, 3), index === 0 ? 1.2 : 0.6), cityCode: cityCode(rep, index + 1), weight };
}

function around(random: Random, centre: Place, numStreets: number, radiusKm: number): Omit<Town, "cityCode" | "weight"> {
	const streets = Array.from({ length: numStreets }, () =>
		offset(centre, radiusKm * random.normal() * 0.6, radiusKm * random.normal() * 0.6),
	);
	return { name: townName(random), centre, streets, spread: between(random, 0.2, 0.5) };
}

/** Seven digits that begin with the state's 35; ten towns a rep. */
function cityCode(rep: number, index: number): string {
	return String(3_500_000 + rep * 10 + index);
}

/** City code of a team's hub. */
export function hubCodeOf(team: number): string {
	return cityCode(team * REPS_PER_TEAM, 0);
}

/** The anniversary of a hub city, a holiday there, in the years around a date. */
export function anniversariesOf(seed: number, team: number, asOf: Day): Day[] {
	const random = createRandom(seed, STREAMS.anniversary + team);
	const monthDay = `${String(wholeBetween(random, 2, 10)).padStart(2, "0")}-${String(wholeBetween(random, 1, 28)).padStart(2, "0")}`;
	const year = Number(formatDay(asOf).slice(0, 4));
	return [-2, -1, 0, 1, 2].map((years) => parseDay(`${year + years}-${monthDay}`));
}

/** Where one customer of a territory is. */
export function placeIn(random: Random, territory: Territory): { readonly town: Town; readonly place: Place } {
	const town = territory.towns[pickCumulative(random, territory.cumulative)];
	const spread = chance(random, 0.15) ? town.spread * 4 : town.spread;
	return { town, place: offset(pick(random, town.streets), spread * random.normal(), spread * random.normal()) };
}

/** Seconds on the road between two places, a little slower than the default policy takes them to be, so that promises keep. */
export function cautiousTravel(from: Place, to: Place): number {
	const rad = Math.PI / 180;
	const h =
		Math.sin(((to.lat - from.lat) * rad) / 2) ** 2 +
		Math.cos(from.lat * rad) * Math.cos(to.lat * rad) * Math.sin(((to.lon - from.lon) * rad) / 2) ** 2;
	const km = 2 * 6371.0088 * Math.asin(Math.sqrt(h));
	const kmh = km <= 2 ? 16 : km <= 10 ? 26 : 50;
	return Math.round(((km * 1.35) / kmh) * 3600) + 60;
}
