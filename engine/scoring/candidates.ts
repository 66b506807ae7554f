import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { createBestOf } from "./best-of.ts";
import { countItems, type ItemStatistics } from "./item-statistics.ts";
import { itemGap, OPEN_INPUTS, openInputs, REPLENISH_INPUTS, replenishInputs, type Situation } from "./mix-inputs.ts";
import { buildPool, createNeighbourReader, type Pool } from "./neighbours.ts";
import { createPersonalReader, type Personal } from "./personal-items.ts";
import type { Rhythm } from "./rhythm.ts";
import { createSimilarReader } from "./similar-items.ts";

/** Most candidates of a customer on each list. */
export const MAX_REPLENISH = 80;
export const MAX_OPEN = 80;
/** Of the open ones, those that each source brings at most, in this order, until the list is full. */
const FROM_SOURCE = 30;

/** One list of candidates with its inputs; the arrays are reused by the next customer. */
export interface CandidateList {
	length: number;
	readonly product: Int32Array;
	/** Row-major. */
	readonly inputs: Float32Array;
	/** Expected cents if sold. */
	readonly value: Float64Array;
	/** 1: its own gap has passed. All 0 on the open list. */
	readonly isDue: Uint8Array;
}

export interface Candidates {
	readonly replenish: CandidateList;
	readonly open: CandidateList;
}

/** What the whole portfolio says of products and of who buys alike: all that one customer's candidates take of the others. */
export interface CommonTaste {
	readonly items: ItemStatistics;
	readonly pool: Pool;
}

/** Counts products, and draws the customers to compare with, over a history. */
export function measureTaste(portfolio: Portfolio, history: History, rhythm: Rhythm): CommonTaste {
	return { items: countItems(portfolio, history, rhythm), pool: buildPool(portfolio, history) };
}

/** Candidates of a customer with at least one purchase event; the answer is overwritten by the next call. */
export type CandidateReader = (customer: number) => Candidates;

/**
 * Finds candidates: what the customer bought, by decayed share; what customers like it buy; what goes with what it bought; what others
 * begin to buy lately. All from the history.
 */
export function createCandidateReader(
	portfolio: Portfolio,
	history: History,
	rhythm: Rhythm,
	{ items, pool }: CommonTaste = measureTaste(portfolio, history, rhythm),
): CandidateReader {
	const category = categoryCodes(portfolio);
	const readPersonal = createPersonalReader(portfolio, history);
	const readNeighbours = createNeighbourReader(portfolio, pool);
	const readSimilar = createSimilarReader(items);
	const chooseOpen = createChooser(portfolio.tables.products.length);
	const replenish = createList(MAX_REPLENISH, REPLENISH_INPUTS.length);
	const open = createList(MAX_OPEN, OPEN_INPUTS.length);

	function situationOf(customer: number): Situation {
		const personal = readPersonal(customer);
		const interval = Math.max(1, rhythm.expectedInterval[customer]);
		const silence = history.before - personal.lastDay;
		const wait = Math.max(0, interval - silence);
		return { personal, interval, silence, wait, items, similar: readSimilar(personal), neighbours: readNeighbours(customer, personal) };
	}

	function fillReplenish(situation: Situation): void {
		const { personal, interval, silence } = situation;
		const chosen = personal.items.toSorted((a, b) => b.slow - a.slow || a.product - b.product).slice(0, MAX_REPLENISH);
		replenish.length = chosen.length;
		for (const [i, item] of chosen.entries()) {
			replenish.product[i] = item.product;
			replenish.value[i] = item.value / item.count;
			replenish.isDue[i] = silence + personal.lastDay - item.lastDay >= itemGap(item, interval) ? 1 : 0;
			replenish.inputs.set(replenishInputs(item, situation), i * REPLENISH_INPUTS.length);
		}
	}

	function fillOpen(customer: number, situation: Situation): void {
		const ticketRatio = Math.max(0.5, Math.min(2, rhythm.ticket[customer] / Math.max(1, rhythm.baseTicket)));
		const shares = shareByCategory(situation.personal, category);
		const chosen = chooseOpen(situation);
		open.length = chosen.length;
		for (const [i, product] of chosen.entries()) {
			const share = category[product] < 0 ? 0 : (shares.get(category[product]) ?? 0);
			open.product[i] = product;
			open.value[i] = items.lineValue[product] * ticketRatio;
			open.inputs.set(openInputs(product, share, situation), i * OPEN_INPUTS.length);
		}
	}

	return (customer) => {
		const situation = situationOf(customer);
		fillReplenish(situation);
		fillOpen(customer, situation);
		return { replenish, open };
	};
}

/** Chooses products never bought: the best of each source, each product once. */
function createChooser(numProducts: number): (situation: Situation) => number[] {
	const isTaken = new Uint8Array(numProducts);
	const best = createBestOf(FROM_SOURCE);
	return ({ personal, similar, neighbours, items }) => {
		const chosen: number[] = [];
		const take = (product: number): void => {
			if (isTaken[product] === 1 || chosen.length === MAX_OPEN) return;
			isTaken[product] = 1;
			chosen.push(product);
		};
		for (const { product } of personal.items) isTaken[product] = 1;
		for (const [touched, value] of [
			[neighbours.touched, neighbours.alike],
			[neighbours.touched, neighbours.fresh],
			[neighbours.touched, neighbours.near],
			[similar.touched, similar.score],
		] as const) {
			best.length = 0;
			for (const product of touched) if (value[product] > 0 && isTaken[product] === 0) best.offer(product, value[product]);
			for (const product of best.item.subarray(0, best.length)) take(product);
		}
		for (const product of items.popular) take(product);
		for (const { product } of personal.items) isTaken[product] = 0;
		for (const product of chosen) isTaken[product] = 0;
		return chosen;
	};
}

function createList(size: number, numInputs: number): CandidateList {
	return {
		length: 0,
		product: new Int32Array(size),
		inputs: new Float32Array(size * numInputs),
		value: new Float64Array(size),
		isDue: new Uint8Array(size),
	};
}

/** A number for each product's category, -1 for none. */
function categoryCodes(portfolio: Portfolio): Int32Array {
	const { category } = portfolio.tables.products.texts;
	const codes = new Map<string, number>();
	return Int32Array.from({ length: portfolio.tables.products.length }, (_, product) => {
		const name = category.at(product);
		if (name === null) return -1;
		const code = codes.get(name) ?? codes.size;
		codes.set(name, code);
		return code;
	});
}

function shareByCategory(personal: Personal, category: Int32Array): Map<number, number> {
	const share = new Map<number, number>();
	const total = personal.items.reduce((sum, item) => sum + item.slow, 0);
	for (const item of personal.items) share.set(category[item.product], (share.get(category[item.product]) ?? 0) + item.slow / total);
	return share;
}
