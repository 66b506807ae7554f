import type { History } from "../../engine/portfolio/history.ts";
import { aliveProbability, expectedOrders, noOrderProbability } from "../../engine/scoring/buy-till-you-die.ts";
import { expectedTicket } from "../../engine/scoring/gamma-gamma.ts";
import { paretoAliveProbability, paretoExpectedOrders, paretoNoOrderProbability } from "../../engine/scoring/pareto-nbd.ts";
import type { FittedCustomer } from "./customer-groups.ts";
import { type BuyTillYouDieOptions, fitBuyTillYouDie } from "./fit-buy-till-you-die.ts";
import { fitGammaGamma } from "./fit-gamma-gamma.ts";
import { fitParetoNbd } from "./fit-pareto-nbd.ts";

/** Time runs in weeks of calendar days, as in the literature. */
const WEEK = 7;

/** A buy-till-you-die model as it is published: fitted to all customers of a history in calendar time, nothing of the portfolio's known. */
export interface OrderModel {
	readonly name: string;
	/** P(no order within so many days of the history's end). Customers are those with an order. */
	noOrder(customer: number, days: number): number;
	alive(customer: number): number;
	expectedOrders(customer: number, days: number): number;
}

/** BG/NBD, Pareto/NBD and MBG/CNBD-k. */
export function fitOrderModels(history: History): OrderModel[] {
	return [fitBgNbd, fitPareto, fitMbgCnbd].map((fit) => fit(history));
}

export function fitBgNbd(history: History): OrderModel {
	return cnbdModel("BG/NBD", history, { maxK: 1, staysAfterFirst: true });
}

export function fitMbgCnbd(history: History): OrderModel {
	return cnbdModel("MBG/CNBD-k", history, {});
}

function cnbdModel(name: string, history: History, options: BuyTillYouDieOptions): OrderModel {
	const { model } = fitBuyTillYouDie(calendarCustomers(history), options);
	const of = (customer: number): FittedCustomer => calendarSummary(history, customer);
	return {
		name,
		noOrder: (customer, days) => noOrderProbability(model, of(customer), days / WEEK),
		alive: (customer) => aliveProbability(model, of(customer)),
		expectedOrders: (customer, days) => expectedOrders(model, of(customer), days / WEEK),
	};
}

export function fitPareto(history: History): OrderModel {
	const { model } = fitParetoNbd(calendarCustomers(history));
	const of = (customer: number): FittedCustomer => calendarSummary(history, customer);
	return {
		name: "Pareto/NBD",
		noOrder: (customer, days) => paretoNoOrderProbability(model, of(customer), days / WEEK),
		alive: (customer) => paretoAliveProbability(model, of(customer)),
		expectedOrders: (customer, days) => paretoExpectedOrders(model, of(customer), days / WEEK),
	};
}

/**
 * Expected value in cents of one order of a customer by Gamma-Gamma over all its orders of a value above 0; 0 where nobody has any, and the
 * customers' mean where the tail is too heavy for one.
 */
export function fitTickets(history: History): (customer: number) => number {
	const tickets = Array.from({ length: history.numCustomers }, (_, customer) => ticketsOf(history, customer));
	const known = tickets.filter(({ orderCount }) => orderCount > 0);
	if (known.length === 0) return () => 0;
	const { model } = fitGammaGamma(known);
	const mean = known.reduce((sum, { meanTicket }) => sum + meanTicket, 0) / known.length;
	return (customer) => {
		const { orderCount, meanTicket } = tickets[customer];
		const ticket = expectedTicket(model, orderCount, meanTicket);
		return Number.isFinite(ticket) ? ticket : mean;
	};
}

function ticketsOf({ eventStart, eventValue }: History, customer: number): { orderCount: number; meanTicket: number } {
	let [orderCount, sum] = [0, 0];
	for (let event = eventStart[customer]; event < eventStart[customer + 1]; event++) {
		if (eventValue[event] <= 0) continue;
		orderCount++;
		sum += eventValue[event];
	}
	return { orderCount, meanTicket: orderCount > 0 ? sum / orderCount : 0 };
}

function calendarCustomers(history: History): FittedCustomer[] {
	const customers: FittedCustomer[] = [];
	for (let customer = 0; customer < history.numCustomers; customer++)
		if (history.eventStart[customer + 1] > history.eventStart[customer]) customers.push(calendarSummary(history, customer));
	return customers;
}

/** What the models know of a customer with an order, in weeks. */
export function calendarSummary({ eventStart, eventDay, before }: History, customer: number): FittedCustomer {
	const [from, to] = [eventStart[customer], eventStart[customer + 1]];
	let sumLogGaps = 0;
	for (let event = from + 1; event < to; event++) sumLogGaps += Math.log((eventDay[event] - eventDay[event - 1]) / WEEK);
	return {
		repeatCount: to - from - 1,
		lastRepeat: (eventDay[to - 1] - eventDay[from]) / WEEK,
		age: (before - eventDay[from]) / WEEK,
		sumLogGaps,
	};
}
