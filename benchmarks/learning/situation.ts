import { buildHistory, type History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { ORDER_KINDS, ORDER_STATUS } from "../../engine/portfolio/schema.ts";
import { cutHistory } from "../../engine/scoring/cut-history.ts";
import { buildRhythm, ownRhythmDays, type Rhythm } from "../../engine/scoring/rhythm.ts";
import type { Day } from "../../engine/units.ts";
import { futureOf } from "../../models/churn-dataset.ts";

const CANCELLED = ORDER_STATUS.indexOf("cancelled");
const RETURN = ORDER_KINDS.indexOf("return");

/** What is asked at a cutoff, of whom, and what came: arrays run over `customers`. */
export interface Situation {
	readonly cutoff: Day;
	readonly portfolio: Portfolio;
	/** As known before the cutoff. */
	readonly past: History;
	readonly rhythm: Rhythm;
	/** With at least one order, the last of them at most 365 days before the cutoff. */
	readonly customers: Int32Array;
	readonly orderCount: Int32Array;
	/** Days of the own rhythm's window. */
	readonly ownDays: Int32Array;
	/** From the cutoff to the next order; Infinity where none is known. */
	readonly daysToOrder: Float64Array;
	/** Net value in cents, floored at 0, of the window and of the year before the cutoff. */
	readonly value: Float64Array;
	readonly pastYearValue: Float64Array;
}

/** Everything that the data tell: the history up to their last day. */
export function buildWholeHistory(portfolio: Portfolio): History {
	const lastDay = portfolio.tables.orders.days.ordered_on.reduce((last, day) => Math.max(last, day), -1);
	return buildHistory(portfolio, lastDay + 1);
}

/** Cuts a history at a day, and reads what came within `horizon` days from what the given history knows. */
export function situationAt(portfolio: Portfolio, history: History, cutoff: Day, horizon: number): Situation {
	const past = cutHistory(portfolio, history, cutoff);
	const rhythm = buildRhythm(portfolio, past);
	const { eventStart, eventDay } = past;
	const customers = Int32Array.from({ length: past.numCustomers }, (_, customer) => customer).filter(
		(customer) => eventStart[customer + 1] > eventStart[customer] && cutoff - eventDay[eventStart[customer + 1] - 1] <= 365,
	);
	const valueIn = (customer: number, from: Day, to: Day): number => netValue(portfolio, history, customer, from, to);
	return {
		cutoff,
		portfolio,
		past,
		rhythm,
		customers,
		orderCount: customers.map((customer) => eventStart[customer + 1] - eventStart[customer]),
		ownDays: customers.map((customer) => ownRhythmDays(rhythm.medianGap[customer], rhythm.gapCount[customer])),
		daysToOrder: Float64Array.from(customers, (customer) => futureOf(history, customer, cutoff).daysToOrder),
		value: Float64Array.from(customers, (customer) => valueIn(customer, cutoff, cutoff + horizon)),
		pastYearValue: Float64Array.from(customers, (customer) => valueIn(customer, cutoff - 365, cutoff)),
	};
}

/** Sales less returns of [from, to), floored at 0; returns count on whatever day they came. */
function netValue(portfolio: Portfolio, { lineStart, line }: History, customer: number, from: Day, to: Day): number {
	const { days, numbers, codes } = portfolio.tables.orders;
	let value = 0;
	for (let at = lineStart[customer]; at < lineStart[customer + 1]; at++) {
		const row = line[at];
		if (days.ordered_on[row] < from || days.ordered_on[row] >= to || codes.status[row] === CANCELLED) continue;
		const isReturn = numbers.quantity[row] < 0 || codes.kind[row] === RETURN;
		value += isReturn ? -Math.abs(numbers.net_value[row]) : numbers.net_value[row];
	}
	return Math.max(0, value);
}
