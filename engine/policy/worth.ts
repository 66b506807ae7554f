import type { Portfolio } from "../portfolio/portfolio.ts";
import type { Scores } from "../scoring/scores.ts";
import type { Cents } from "../units.ts";
import { PHASES, type Classification } from "./case.ts";
import { canSell, CASH } from "./credit.ts";
import type { Policy } from "./policy.ts";

const DAYS_A_MONTH = 365.25 / 12;
const PROSPECT = PHASES.indexOf("prospect");
/** What holds where no customer of the portfolio has a rhythm yet. */
const USUAL_INTERVAL = 14;
/** A prospect of unknown potential is taken for half a usual customer. */
const UNKNOWN_PROSPECT = 0.5;

/** What a customer buys and brings, in cents. */
export interface Worth {
	readonly canSell: boolean;
	/** Expected order, capped by the headroom unless it is paid in cash; 0 for customers that may not be sold to. */
	readonly orderValue: Cents;
	readonly orderMargin: Cents;
	readonly marginRate: number;
	/** Room for more in the same order. */
	readonly room: Cents;
	/** Margin that a kept customer brings over `retention_months`. */
	readonly remainingValue: Cents;
	/** P(no order in 90 days); 0 for prospects. */
	readonly churnRisk: number;
}

/** The customer in the middle of a portfolio. */
export interface UsualCustomer {
	/** Cents. */
	readonly ticket: Cents;
	/** Days between orders. */
	readonly interval: number;
}

/** Medians over the customers of a whole portfolio. */
export function usualCustomerOf({ ticket, expectedInterval }: Scores): UsualCustomer {
	return { ticket: medianOf(ticket) || 0, interval: medianOf(expectedInterval) || USUAL_INTERVAL };
}

/** Answers what a customer is worth; the portfolio's own medians stand in for what is not known of prospects. */
export function createWorth(
	portfolio: Portfolio,
	scores: Scores,
	classification: Classification,
	policy: Policy,
	usual: UsualCustomer = usualCustomerOf(scores),
): (customer: number) => Worth {
	const { potential_value: potential, min_order_value: minOrder } = portfolio.tables.customers.numbers;

	const prospectTicket = (customer: number): Cents =>
		Number.isNaN(potential[customer]) ? UNKNOWN_PROSPECT * usual.ticket : (potential[customer] * usual.interval) / DAYS_A_MONTH;

	return (customer) => {
		const isProspect = classification.phase[customer] === PROSPECT;
		const ticket = Math.max(0, (isProspect ? prospectTicket(customer) : scores.ticket[customer]) || 0);
		const interval = (isProspect ? usual.interval : scores.expectedInterval[customer]) || usual.interval;
		const rate = scores.marginRate[customer];
		const marginRate = Number.isNaN(rate) ? policy.value.default_margin_rate : Math.max(0, rate);
		const rung = classification.credit[customer];
		const headroom = rung === CASH ? Infinity : classification.headroom[customer];
		const isSold = canSell(rung, classification.headroom[customer], minOrder[customer]);
		const orderValue = isSold ? Math.min(ticket, headroom) : 0;
		return {
			canSell: isSold,
			orderValue,
			orderMargin: orderValue * marginRate,
			marginRate,
			room: isSold ? headroom - orderValue : 0,
			remainingValue: ticket * marginRate * ((policy.value.retention_months * DAYS_A_MONTH) / interval),
			churnRisk: isProspect ? 0 : scores.churnRisk[customer] || 0,
		};
	};
}

function medianOf(values: Float32Array | Float64Array): number {
	const known = values.filter((value) => value > 0).sort();
	return known.length === 0 ? Number.NaN : known[known.length >> 1];
}
