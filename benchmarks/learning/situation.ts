import { buildHistory, type History, netValueOf } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { cutHistory } from "../../engine/scoring/cut-history.ts";
import { buildRhythm, ownRhythmDays, type Rhythm } from "../../engine/scoring/rhythm.ts";
import type { Day } from "../../engine/units.ts";
import { futureOf } from "../../models/churn/churn-dataset.ts";
import { customersOf, endOfOrders } from "../../models/churn/populations.ts";

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
	return buildHistory(portfolio, endOfOrders(portfolio.tables.orders.days.ordered_on));
}

/** Cuts a history at a day, and reads what came within `horizon` days from what the given history knows. */
export function situationAt(portfolio: Portfolio, history: History, cutoff: Day, horizon: number): Situation {
	const past = cutHistory(portfolio, history, cutoff);
	const rhythm = buildRhythm(portfolio, past);
	const { eventStart } = past;
	const customers = Int32Array.from(customersOf(past, 1));
	const valueIn = (customer: number, from: Day, to: Day): number => netValueOf(portfolio, history, customer, from, to);
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
