import type { Day } from "../units.ts";
import type { Portfolio } from "./portfolio.ts";

/**
 * What each customer did before a day, as compressed rows: the slice of customer c is start[c] … start[c + 1] - 1, oldest first.
 * A purchase event is a customer-day with a sale line (quantity > 0, status not cancelled). Nothing dated `before` or later is in it.
 */
export interface History {
	readonly before: Day;
	/** Of customers, stubs included. */
	readonly numCustomers: number;
	readonly eventStart: Int32Array;
	readonly eventDay: Int32Array;
	/** Net value of the day's lines in cents, returns of that day subtracted. */
	readonly eventValue: Float64Array;
	/** Margin in cents; where lines carry none, the product's margin_rate, else NaN for the whole event. */
	readonly eventMargin: Float64Array;
	readonly lineStart: Int32Array;
	/** Rows of `orders`, by customer, then day, then row. */
	readonly line: Int32Array;
	readonly contactStart: Int32Array;
	/** Rows of `contacts`, by customer, then time. */
	readonly contact: Int32Array;
}

declare const notYet: unique symbol;
export type NotYet = typeof notYet;

/** Groups orders and contacts dated before a day by customer. */
export function buildHistory(_portfolio: Portfolio, _before: Day): History {
	throw new Error("to be written by the portfolio work");
}
