import { createIsSale, type History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { cutHistory } from "../../engine/scoring/cut-history.ts";
import type { Day } from "../../engine/units.ts";

/** Origins lie so many days apart, the last of them this long before the end: most next baskets have come by then. */
const STEP = 37;
const NUM_ORIGINS = 8;
const FUTURE = 45;
/** A next basket later than this is not an answer to today's question. */
export const BASKET_DAYS = 90;

/** A moment at which the mix could have been asked for some customers, and what each of them took next. */
export interface Occasion {
	readonly portfolio: Portfolio;
	/** As it was known then. */
	readonly past: History;
	/** Ascending; all of them had ordered, and ordered again. */
	readonly customers: readonly number[];
	readonly basketOf: (customer: number) => ReadonlySet<number>;
}

/** Past days of a portfolio as occasions, latest first. */
export function pastOccasions(portfolio: Portfolio, history: History): Occasion[] {
	const origins = Array.from({ length: NUM_ORIGINS }, (_, i) => history.before - FUTURE - i * STEP);
	return origins.map((origin) => occasionAt(portfolio, history, origin)).filter(({ customers }) => customers.length > 0);
}

/** The customers whose next basket came within BASKET_DAYS of a day. */
export function occasionAt(portfolio: Portfolio, history: History, origin: Day): Occasion {
	const past = cutHistory(portfolio, history, origin);
	const basketOf = (customer: number): Set<number> => nextBasket(portfolio, history, customer, origin);
	return { portfolio, past, customers: customersThatReturn(history, past), basketOf };
}

/** Products with a sale line on the customer's first event in [origin, origin + BASKET_DAYS); empty where there is none. */
export function nextBasket(portfolio: Portfolio, history: History, customer: number, origin: Day): Set<number> {
	const { orders } = portfolio.tables;
	const isSale = createIsSale(orders);
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
