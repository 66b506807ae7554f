import { type History, netValueOf } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { cutHistory } from "../../engine/scoring/cut-history.ts";
import { fitOrderModels, fitTickets } from "../buy-till-you-die/order-models.ts";
import { churnLabels, customersOf } from "../churn/populations.ts";

/** A simple model to measure beside: what it says of a customer from what lay before the origin. */
export interface Baseline {
	readonly name: string;
	/** Does `noOrder` order customers without being a probability? */
	readonly isRanking?: boolean;
	/** P(no order in so many days). */
	readonly noOrder?: (customer: number, days: number) => number;
	/** Net value expected in 90 days, cents. */
	readonly value90?: (customer: number) => number;
}

/** Fits the simple models on a past: the published buy-till-you-die models, and what needs no model. */
export function fitBaselines(portfolio: Portfolio, past: History): Baseline[] {
	const orderModels = past.eventDay.length > 0 ? orderBaselines(past) : [];
	return [...orderModels, daysSinceLastOrder(past), baseRate(portfolio, past), lastQuarter(portfolio, past)];
}

/** BG/NBD, Pareto/NBD and MBG/CNBD-k; their value is the orders expected times Gamma-Gamma's ticket. */
function orderBaselines(past: History): Baseline[] {
	const ticketOf = fitTickets(past);
	return fitOrderModels(past).map((model) => ({
		name: model.name,
		noOrder: (customer, days) => model.noOrder(customer, days),
		value90: (customer) => model.expectedOrders(customer, 90) * ticketOf(customer),
	}));
}

function daysSinceLastOrder({ before, eventDay, eventStart }: History): Baseline {
	return {
		name: "days since last order",
		isRanking: true,
		noOrder: (customer) => before - eventDay[eventStart[customer + 1] - 1],
	};
}

/** The share without an order in 90 days at the latest day from which that was known at the origin, for everybody. */
function baseRate(portfolio: Portfolio, past: History): Baseline {
	const earlier = cutHistory(portfolio, past, past.before - 90);
	const labels = churnLabels(past, earlier.before, customersOf(earlier, 1), () => 90);
	const rate = labels.length > 0 ? labels.reduce((sum, label) => sum + label, 0) / labels.length : 0.5;
	return { name: "base rate", noOrder: () => rate };
}

function lastQuarter(portfolio: Portfolio, past: History): Baseline {
	return { name: "last 90 days again", value90: (customer) => netValueOf(portfolio, past, customer, past.before - 90, past.before) };
}
