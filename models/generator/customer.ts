import type { Random } from "../../engine/random.ts";
import { createRandom } from "../../engine/random.ts";
import type { Cents, Day } from "../../engine/units.ts";
import type { Catalogue } from "./catalogue.ts";
import { between, chance, clip, cumulate, logNormal, pick, pickCumulative, pickWeighted, wholeBetween } from "./draw.ts";
import type { Place, Territory } from "./geography.ts";
import { placeIn } from "./geography.ts";
import { HISTORY_DAYS } from "./market-calendar.ts";
import { shopName } from "./names.ts";
import type { Segment } from "./segments.ts";
import { SEGMENTS } from "./segments.ts";
import { STREAMS } from "./streams.ts";

/** One product that a customer takes from time to time. */
export interface BasketItem {
	/** Position in the catalogue's products. */
	readonly product: number;
	/** P(in an order). */
	readonly probability: number;
	readonly quantity: number;
	/** Which of the customer's groups of products it belongs to; -1 for none. Items of a group come together. */
	readonly group: number;
	/** Days on which the customer took it up and gave it up. */
	readonly from: Day;
	readonly to: Day;
}

/** How a customer truly behaves: what the models are to find out. */
export interface Behaviour {
	/** First day of its life as a buyer; null for a prospect. */
	readonly startsOn: Day | null;
	/** Purchases are an Erlang renewal process of this shape and mean, the mean in whole trading days. */
	readonly shape: number;
	readonly interval: number;
	/** Growth of quantities a year, logarithmic. */
	readonly growth: number;
	/** How much of the market's season it follows. */
	readonly seasonality: number;
	/** What a contact that reaches it adds to the logit of ordering that day, by channel. */
	readonly effects: { readonly visit: number; readonly phone: number; readonly message: number };
	/** P(order) of a prospect that is reached. */
	readonly conversion: number;
	/** Monthly probabilities of its ways out and back. */
	readonly monthly: {
		readonly decline: number;
		readonly leave: number;
		readonly mend: number;
		readonly fall: number;
		readonly recover: number;
	};
	/** What a contact in the last month multiplies the ways out with. */
	readonly contactProtection: number;
	readonly basket: readonly BasketItem[];
}

/** Everything that stays as it is about one customer. */
export interface Customer {
	readonly index: number;
	readonly id: string;
	readonly name: string;
	readonly segment: number;
	readonly groupId: string | null;
	readonly cityCode: string;
	readonly place: Place | null;
	readonly channels: readonly string[];
	readonly visitHours: string | null;
	readonly serviceMinutes: number | null;
	/** Purchases against the average customer. */
	readonly size: number;
	/** Position in PRICE_TABLES. */
	readonly priceTable: number;
	/** Typical purchase a month if it buys what shops like it buy. */
	readonly potential: Cents;
	readonly registeredOn: Day;
	readonly behaviour: Behaviour;
}

const segmentShares = cumulate(SEGMENTS.map(({ share }) => share));

/** Draws one customer of a territory; `remote` ones are small and served by an inside rep. */
export function buildCustomer(
	seed: number,
	index: number,
	territory: Territory,
	catalogue: Catalogue,
	asOf: Day,
	remote: boolean,
): Customer {
	const random = createRandom(seed, STREAMS.customer + index);
	const segmentIndex = pickCumulative(random, segmentShares);
	const segment = SEGMENTS[segmentIndex];
	const size = round3(segment.size * logNormal(random, 0.7) * (remote ? 0.45 : 1));
	const { town, place } = placeIn(random, territory);
	const startsOn = drawStart(random, asOf);
	const located = chance(random, remote ? 0.6 : 0.98);
	return {
		index,
		id: `${String(1 + (index % 3)).padStart(2, "0")}:${String(index + 1).padStart(6, "0")}:01`,
		name: shopName(random, pick(random, segment.titles)),
		segment: segmentIndex,
		groupId: chance(random, 0.04) ? `REDE-${String(wholeBetween(random, 1, 40)).padStart(3, "0")}` : null,
		cityCode: town.cityCode,
		place: located ? place : null,
		channels: drawChannels(random, located && !remote),
		visitHours: chance(random, 0.75) ? pick(random, segment.hours) : null,
		serviceMinutes: chance(random, 0.6) ? 5 * Math.round(between(random, ...segment.minutes) / 5) : null,
		size,
		priceTable: size > 3 ? 2 : size > 1.2 ? 1 : chance(random, 0.8) ? 0 : 3,
		potential: Math.round((150_000 * size * logNormal(random, 0.3)) / 1000) * 1000,
		registeredOn: startsOn === null ? asOf - wholeBetween(random, 5, 400) : startsOn - wholeBetween(random, 0, 900),
		behaviour: drawBehaviour(random, segment, segmentIndex, catalogue, size, startsOn, asOf),
	};
}

/** Prospects 8 %, of whom some convert later; of the others three quarters were there before the history begins. */
function drawStart(random: Random, asOf: Day): Day | null {
	if (chance(random, 0.08)) return null;
	return asOf - HISTORY_DAYS + (chance(random, 0.76) ? -1 : random.below(HISTORY_DAYS - 4));
}

function drawChannels(random: Random, visitable: boolean): string[] {
	const channels = visitable ? ["visit"] : [];
	if (!visitable || chance(random, 0.85)) channels.push("phone");
	if (chance(random, 0.7)) channels.push("message");
	if (chance(random, 0.3)) channels.push("email");
	return channels;
}

function drawBehaviour(
	random: Random,
	segment: Segment,
	segmentIndex: number,
	catalogue: Catalogue,
	size: number,
	startsOn: Day | null,
	asOf: Day,
): Behaviour {
	const calendarInterval = clip(22 * logNormal(random, 0.45) * (size / segment.size) ** -0.15 * size ** -0.12, 6, 45);
	const fragility = logNormal(random, 0.5) * clip(size ** -0.2, 0.6, 1.6);
	return {
		startsOn,
		shape: pickWeighted(random, [
			[2, 0.25],
			[3, 0.25],
			[4, 0.25],
			[5, 0.15],
			[6, 0.1],
		]),
		interval: round3((calendarInterval * 5.2) / 7),
		growth: round3(0.03 + 0.12 * random.normal()),
		seasonality: round3(between(random, 0.3, 1.4)),
		effects: {
			visit: round3(Math.max(0, 2 + 0.35 * random.normal())),
			phone: round3(Math.max(0, 1.4 + 0.3 * random.normal())),
			message: round3(Math.max(0, 0.5 + 0.2 * random.normal())),
		},
		conversion: round3(between(random, 0.04, 0.14)),
		monthly: {
			decline: round3(0.02 * fragility),
			leave: round3(0.006 * fragility),
			mend: 0.12,
			fall: 0.24,
			recover: 0.014,
		},
		contactProtection: round3(between(random, 0.45, 0.85)),
		basket: drawBasket(random, catalogue, segmentIndex, size, startsOn ?? asOf, asOf),
	};
}

/** Eight to forty products: some from two to four groups that its kind of shop buys together, the others by taste. */
function drawBasket(random: Random, catalogue: Catalogue, segment: number, size: number, startsOn: Day, asOf: Day): BasketItem[] {
	const numItems = Math.round(clip(14 * size ** 0.3 * logNormal(random, 0.3), 6, 40));
	const groupOf = new Map<number, number>();
	const numGroups = wholeBetween(random, 2, 4);
	for (let group = 0; group < numGroups; group++) {
		for (const product of pick(random, catalogue.clusters[segment])) if (groupOf.size < numItems * 0.7) groupOf.set(product, group);
	}
	while (groupOf.size < numItems) {
		const product = pickCumulative(random, catalogue.tastes[segment]);
		if (!groupOf.has(product)) groupOf.set(product, -1);
	}
	return [...groupOf].map(([product, group], rank) => drawItem(random, catalogue, product, group, rank, size, startsOn, asOf));
}

function drawItem(
	random: Random,
	catalogue: Catalogue,
	product: number,
	group: number,
	rank: number,
	size: number,
	startsOn: Day,
	asOf: Day,
): BasketItem {
	const { usualQuantity, soldFrom, soldTo } = catalogue.products[product];
	const taken = chance(random, 0.2) ? startsOn + random.below(Math.max(1, asOf - startsOn)) : startsOn - 1;
	const given = chance(random, 0.12) ? startsOn + random.below(Math.max(1, asOf - startsOn)) : asOf + 36_500;
	return {
		product,
		probability: round3(clip(0.8 * (rank + 1) ** -0.5 * logNormal(random, 0.3), 0.03, 0.95)),
		quantity: round3(Math.max(0.6, usualQuantity * size ** 0.6 * logNormal(random, 0.3))),
		group,
		from: Math.max(taken, soldFrom),
		to: Math.min(given, soldTo),
	};
}

function round3(value: number): number {
	return Math.round(value * 1000) / 1000;
}
