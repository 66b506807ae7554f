import type { History } from "../../engine/portfolio/history.ts";
import type { Day } from "../../engine/units.ts";
import { futureOf } from "./churn-dataset.ts";

/** Customers with at least so many orders, the last of them in the year before, ascending. */
export function customersOf({ eventStart, eventDay, numCustomers, before }: History, minOrders: number): number[] {
	const customers: number[] = [];
	for (let customer = 0; customer < numCustomers; customer++) {
		const [from, to] = [eventStart[customer], eventStart[customer + 1]];
		if (to - from >= minOrders && before - eventDay[to - 1] <= 365) customers.push(customer);
	}
	return customers;
}

/** 1 for each customer without an order in its days from `origin` on, else 0. */
export function churnLabels(history: History, origin: Day, customers: readonly number[], daysOf: (customer: number) => number): number[] {
	return customers.map((customer) => (futureOf(history, customer, origin).daysToOrder < daysOf(customer) ? 0 : 1));
}

/** First day after the last order of the data: an origin is over when its window ends by then. */
export function endOfOrders(orderedOn: Int32Array): Day {
	return orderedOn.reduce((last, day) => Math.max(last, day), -1) + 1;
}
