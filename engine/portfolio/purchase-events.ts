import { NULL_CODE, NULL_DAY } from "../units.ts";
import type { PurchaseEvents, Table } from "./portfolio.ts";
import { ORDER_KINDS, ORDER_STATUS } from "./schema.ts";

const CANCELLED = ORDER_STATUS.indexOf("cancelled");
const RETURN = ORDER_KINDS.indexOf("return");
const SALE = ORDER_KINDS.indexOf("sale");

/**
 * Folds each customer's lines, which are in order of day, into one event a day with a sale. `line` are the rows of `orders`, those of
 * customer c from start[c] to start[c + 1] - 1; null: the rows of the table in their own order. `marginRate` is by row of products.
 */
export function foldEvents(orders: Table, marginRate: Float64Array, start: Int32Array, line: Int32Array | null): PurchaseEvents {
	const { ordered_on: orderedOn } = orders.days;
	const { net_value: netValue, margin } = orders.numbers;
	const { status } = orders.codes;
	const product = orders.refs.product_id;
	const numCustomers = start.length - 1;
	const isSale = createIsSale(orders);
	const signOf = createSignOf(orders);

	const eventStart = new Int32Array(numCustomers + 1);
	// At most one event a line; cut to size at the end.
	const eventDay = new Int32Array(start[numCustomers]);
	const eventValue = new Float64Array(start[numCustomers]);
	const eventMargin = new Float64Array(start[numCustomers]);
	let numEvents = 0;
	for (let c = 0; c < numCustomers; c++) {
		const end = start[c + 1];
		let day = NULL_DAY;
		let value = 0;
		let margins = 0;
		let isPurchase = false;
		for (let i = start[c]; i <= end; i++) {
			const row = i === end ? -1 : line === null ? i : line[i];
			if (row < 0 || orderedOn[row] !== day) {
				if (isPurchase) {
					eventDay[numEvents] = day;
					eventValue[numEvents] = value;
					eventMargin[numEvents++] = Math.round(margins);
				}
				if (row < 0) break;
				day = orderedOn[row];
				value = margins = 0;
				isPurchase = false;
			}
			if (status[row] === CANCELLED) continue;
			const sign = signOf(row);
			value += sign * netValue[row];
			margins += sign * (Number.isNaN(margin[row]) ? netValue[row] * marginRate[product[row]] : margin[row]);
			if (isSale(row)) isPurchase = true;
		}
		eventStart[c + 1] = numEvents;
	}
	return {
		eventStart,
		eventDay: eventDay.slice(0, numEvents),
		eventValue: eventValue.slice(0, numEvents),
		eventMargin: eventMargin.slice(0, numEvents),
	};
}

/** Is an order line a sale: quantity above 0, not cancelled, and neither return nor bonus nor exchange? */
export function createIsSale({ numbers, codes }: Table): (row: number) => boolean {
	const { quantity } = numbers;
	const { status, kind } = codes;
	return (row) => quantity[row] > 0 && status[row] !== CANCELLED && (kind[row] === SALE || kind[row] === NULL_CODE);
}

/** What the money of an order line counts by: some systems write returns with a positive value beside the negative quantity. */
export function createSignOf({ numbers, codes }: Table): (row: number) => 1 | -1 {
	const { quantity, net_value: netValue } = numbers;
	const { kind } = codes;
	return (row) => ((quantity[row] < 0 || kind[row] === RETURN) && netValue[row] > 0 ? -1 : 1);
}
