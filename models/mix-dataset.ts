import { createIsSale, type History } from "../engine/portfolio/history.ts";
import type { Portfolio } from "../engine/portfolio/portfolio.ts";
import type { Random } from "../engine/random.ts";
import { cutHistory } from "../engine/scoring/cut-history.ts";
import { type CandidateList, createCandidateReader, OPEN_INPUTS, REPLENISH_INPUTS } from "../engine/scoring/mix-inputs.ts";
import { buildRhythm } from "../engine/scoring/rhythm.ts";
import type { Day } from "../engine/units.ts";
import type { Rows } from "./fit-network.ts";

/** Origins of the mix lie so many days apart, the last of them this long before the end: most next baskets have come by then. */
const STEP = 37;
const NUM_ORIGINS = 5;
const FUTURE = 60;
/** A next basket later than this is not an answer to today's question. */
export const BASKET_DAYS = 90;

/** Rows of the two lists: candidates of customers that ordered after the origin, labelled by whether the next basket holds them. */
export function buildMixRows(
	portfolio: Portfolio,
	history: History,
	{ maxCustomers, random }: { readonly maxCustomers: number; readonly random: Random },
): { replenish: Rows; open: Rows } {
	const replenish = createRowList(REPLENISH_INPUTS.length);
	const open = createRowList(OPEN_INPUTS.length);
	const origins = Array.from({ length: NUM_ORIGINS }, (_, i) => history.before - FUTURE - i * STEP);
	const pasts = origins.map((origin) => cutHistory(portfolio, history, origin)).filter((past) => past.eventDay.length > 0);
	const buyers = pasts.map((past) => customersThatReturn(history, past));
	const share = Math.min(
		1,
		maxCustomers /
			Math.max(
				1,
				buyers.reduce((sum, some) => sum + some.length, 0),
			),
	);
	for (const [i, past] of pasts.entries()) {
		const read = createCandidateReader(portfolio, past, buildRhythm(portfolio, past));
		for (const customer of buyers[i]) {
			if (random.next() >= share) continue;
			const basket = nextBasket(portfolio, history, customer, past.before);
			const candidates = read(customer);
			replenish.add(candidates.replenish, basket);
			open.add(candidates.open, basket);
		}
	}
	return { replenish: replenish.finish(), open: open.finish() };
}

/** Products with a sale line on the customer's first event in [origin, origin + BASKET_DAYS); empty where there is none. */
export function nextBasket(portfolio: Portfolio, history: History, customer: number, origin: Day): Set<number> {
	const { orders } = portfolio.tables;
	const isSale = createIsSale(portfolio.tables.orders);
	const basket = new Set<number>();
	let basketDay = origin + BASKET_DAYS - 1;
	for (let i = history.lineStart[customer]; i < history.lineStart[customer + 1]; i++) {
		const row = history.line[i];
		const day = orders.days.ordered_on[row];
		if (day > basketDay) break;
		if (day < origin || !isSale(row)) continue;
		basketDay = day;
		basket.add(orders.refs.product_id[row]);
	}
	return basket;
}

function customersThatReturn(history: History, past: History): number[] {
	const returning: number[] = [];
	for (let customer = 0; customer < past.numCustomers; customer++) {
		const numBefore = past.eventStart[customer + 1] - past.eventStart[customer];
		const next = history.eventStart[customer] + numBefore;
		if (numBefore > 0 && next < history.eventStart[customer + 1] && history.eventDay[next] < past.before + BASKET_DAYS)
			returning.push(customer);
	}
	return returning;
}

function createRowList(width: number) {
	const inputs: Float32Array[] = [];
	const labels: number[] = [];
	return {
		add(list: CandidateList, basket: ReadonlySet<number>): void {
			inputs.push(list.inputs.slice(0, list.length * width));
			for (let i = 0; i < list.length; i++) labels.push(basket.has(list.product[i]) ? 1 : 0);
		},
		finish(): Rows {
			const values = new Float32Array(labels.length * width);
			let at = 0;
			for (const part of inputs) {
				values.set(part, at);
				at += part.length;
			}
			return {
				numRows: labels.length,
				inputs: { width, values },
				offsets: { width: 1, values: new Float32Array(labels.length) },
				labels: { width: 1, values: Float32Array.from(labels) },
			};
		},
	};
}
