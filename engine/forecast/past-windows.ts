import { createLineSales } from "../policy/line-sales.ts";
import type { Policy } from "../policy/policy.ts";
import { firstEventFrom } from "../scoring/churn-inputs.ts";
import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import type { Day } from "../units.ts";
import { HORIZONS } from "./forecast-document.ts";
import type { Parts } from "./forecast-groups.ts";

/** Days between the past origins; every horizon is a multiple of it, so that their windows share their edges. */
export const STEP = 30;

/** What one customer bought in the windows of a grid, line by line and (last) of all lines together. */
export interface PastWindows {
	/** Reads the windows of a customer into this object. */
	read(customer: number): void;
	/** Windows begin STEP × start days before the grid's end, `start` from 1 to this. */
	readonly numStarts: number;
	/** Codes of lines; this one stands for all lines together. */
	readonly numLines: number;
	/** Position in the arrays below: of a horizon's number, a start, and a line's code (all lines: `numLines`). */
	at(horizon: number, start: number, line: number): number;
	/** Net sales and margin in cents, returns subtracted on the day they came; cancelled and cut lines left out. */
	readonly value: Float64Array;
	readonly margin: Float64Array;
	/** 1: net sales and products reach the policy's positivation. */
	readonly isReached: Uint8Array;
	/** 1: something was sold. */
	readonly isBought: Uint8Array;
}

/**
 * Windows that end on or before `end` in steps of STEP days: [end − STEP × start, … + horizon). Nothing that the history does not hold is
 * in them. Where a window would go beyond `end`, it holds what came before `end`.
 */
export function createPastWindows(
	portfolio: Portfolio,
	history: History,
	policy: Policy,
	parts: Parts,
	end: Day,
	numStarts: number,
): PastWindows {
	const { orders } = portfolio.tables;
	const lineSales = createLineSales(portfolio, policy);
	const { ordered_on: orderedOn } = orders.days;
	const product = orders.refs.product_id;
	const { numLines } = parts;
	const width = numLines + 1;
	const length = HORIZONS.length * (numStarts + 1) * width;
	const [value, margin] = [new Float64Array(length), new Float64Array(length)];
	const [isReached, isBought] = [new Uint8Array(length), new Uint8Array(length)];
	const minValue = 100 * policy.positivation.min_value;
	const minProducts = policy.positivation.min_products;
	/** Products of a window and line, only where more than one is asked for. */
	const bought = Array.from({ length: minProducts > 1 ? length : 0 }, () => new Set<number>());
	const at = (horizon: number, start: number, line: number): number => (horizon * (numStarts + 1) + start) * width + line;

	const add = (position: number, row: number, net: number, gain: number): void => {
		value[position] += net;
		margin[position] += gain;
		if (!lineSales.isSale(row)) return;
		isBought[position] = 1;
		if (minProducts > 1) bought[position].add(product[row]);
	};

	return {
		numStarts,
		numLines,
		at,
		value,
		margin,
		isReached,
		isBought,
		read(customer) {
			for (const array of [value, margin, isReached, isBought]) array.fill(0);
			for (const set of bought) set.clear();
			for (let i = history.lineStart[customer]; i < history.lineStart[customer + 1]; i++) {
				const row = history.line[i];
				const day = orderedOn[row];
				if (day >= end || !lineSales.counts(row)) continue;
				const [net, gain] = [lineSales.net(row), lineSales.margin(row)];
				const line = parts.lineOf(row);
				const latest = Math.ceil((end - day) / STEP); // the last start whose window has begun by then
				for (const [horizon, days] of HORIZONS.entries()) {
					for (let start = latest; start < latest + days / STEP && start <= numStarts; start++) {
						add(at(horizon, start, line), row, net, gain);
						add(at(horizon, start, numLines), row, net, gain);
					}
				}
			}
			for (let position = 0; position < length; position++) {
				const hasProducts = minProducts > 1 ? bought[position].size >= minProducts : isBought[position] === 1 || minProducts === 0;
				isReached[position] = Number(value[position] >= minValue && hasProducts);
			}
		},
	};
}

/** First day with an order of any customer; the history's end where there is none. */
export function firstDayOf({ eventDay, before }: History): Day {
	return eventDay.reduce((first, day) => Math.min(first, day), before);
}

/** Has a customer ordered in the year before a day? */
export function isActive(history: History, customer: number, before: Day): boolean {
	const event = firstEventFrom(history, customer, before - 365);
	return event < history.eventStart[customer + 1] && history.eventDay[event] < before;
}
