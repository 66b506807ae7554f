import type { Random } from "../random.ts";
import type { Journal } from "./journal.ts";
import type { Neighbours } from "./neighbours.ts";
import type { Orders } from "./orders.ts";
import type { Problem } from "./problem.ts";
import type { SearchSettings } from "./settings.ts";

/** The customers that a recreation offers the free time, in order. */
export interface Offers {
	readonly customers: Int32Array;
	count: number;
	/** Iteration in which a customer was last listed, and in which it last lost a contact. */
	readonly listedAt: Int32Array;
	readonly lostAt: Int32Array;
	readonly key: Float64Array;
}

export function createOffers(problem: Problem): Offers {
	const byCustomer = (): Int32Array => new Int32Array(problem.numCustomers).fill(-1);
	return { customers: byCustomer(), count: 0, listedAt: byCustomer(), lostAt: byCustomer(), key: new Float64Array(problem.numCustomers) };
}

/** What `listOffers` draws from. */
export interface OfferSources {
	readonly problem: Problem;
	readonly journal: Journal;
	readonly neighbours: Neighbours;
	readonly orders: Orders;
	readonly random: Random;
	readonly settings: SearchSettings;
}

/**
 * Lists all customers that lost a contact in this move, some of those near the ruin's seed (-1: none), where the free time is, and a few from
 * anywhere: more iterations are worth more than complete ones. Their order is random, by value for their time, or by value. Now and then the centre is
 * anybody instead of the seed, and who lost a contact comes last.
 */
export function listOffers(offers: Offers, sources: OfferSources, iteration: number, seed: number): void {
	const { problem, journal, neighbours, orders, random, settings } = sources;
	offers.count = 0;
	for (let i = 0; i < journal.numRemoved; i++) {
		const customer = problem.optionCustomer[journal.removed[i]];
		offers.lostAt[customer] = iteration;
		offer(offers, customer, iteration);
	}
	const numLost = offers.count;
	const isElsewhere = settings.elsewhere > 0 && orders.byPrize.length > 0 && random.next() < settings.elsewhere;
	if (isElsewhere) seed = orders.byPrize[random.below(orders.byPrize.length)];
	const hasNear = seed >= 0 && neighbours.width > 0 && neighbours.list[seed * neighbours.width] >= 0;
	if (hasNear) {
		const near = Math.min(settings.nearOffers, neighbours.width);
		for (let rank = 0; rank < near; rank++) {
			const customer = neighbours.list[seed * neighbours.width + rank];
			if (customer < 0) break;
			if (random.next() < 0.5) offer(offers, customer, iteration);
		}
	}
	const { byPrize } = orders;
	const far = hasNear ? settings.farOffers : settings.farOffers + settings.nearOffers;
	for (let i = 0; i < far && byPrize.length > 0; i++) offer(offers, byPrize[random.below(byPrize.length)], iteration);
	const choice = random.next();
	if (choice < 0.4) for (let i = 0; i < offers.count; i++) offers.key[i] = random.next();
	else {
		const rank = choice < 0.7 ? orders.densityRank : orders.prizeRank;
		for (let i = 0; i < offers.count; i++) offers.key[i] = rank[offers.customers[i]];
	}
	if (isElsewhere) for (let i = 0; i < numLost; i++) offers.key[i] += orders.byPrize.length;
	sortByKey(offers);
}

function offer(offers: Offers, customer: number, iteration: number): void {
	if (offers.listedAt[customer] === iteration) return;
	offers.listedAt[customer] = iteration;
	offers.customers[offers.count++] = customer;
}

/** Insertion sort: the lists are short, and nothing is allocated. */
function sortByKey({ customers, key, count }: Offers): void {
	for (let i = 1; i < count; i++) {
		const customer = customers[i];
		const own = key[i];
		let j = i;
		for (; j > 0 && key[j - 1] > own; j--) {
			key[j] = key[j - 1];
			customers[j] = customers[j - 1];
		}
		key[j] = own;
		customers[j] = customer;
	}
}
