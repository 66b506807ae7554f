import { describe, expect, it } from "vitest";
import { buildHistory } from "../../../engine/portfolio/history.ts";
import { parseDay } from "../../../engine/units.ts";
import { calendarSummary, fitOrderModels, fitTickets } from "../../../models/buy-till-you-die/order-models.ts";
import { portfolioOf, syntheticPortfolio, LAST_DAY } from "../../scoring/synthetic-portfolio.ts";

const TODAY = parseDay("2026-03-02");
const twoCustomers = portfolioOf([
	{ customer: 0, day: TODAY - 28, product: 0, value: 3000 },
	{ customer: 0, day: TODAY - 21, product: 0, value: 5000 },
	{ customer: 0, day: TODAY - 7, product: 0, value: 0 },
	{ customer: 1, day: TODAY - 1, product: 0, value: 2000 },
]);

describe("order models", () => {
	it("know a customer by its weeks, closures or not", () => {
		// gaps of one and two weeks: log 1 + log 2
		const expected = { repeatCount: 2, lastRepeat: 3, age: 4, sumLogGaps: Math.log(2) };
		expect(calendarSummary(buildHistory(twoCustomers, TODAY), 0)).toEqual(expected);
	});

	it("foretell about as many orders as come, the one that knows regularity best", () => {
		// Two years of a trade of Erlang-3 gaps: two models know nothing of them, and take a silence that ends a customer for a long gap.
		const portfolio = syntheticPortfolio(400, 3, 20);
		const past = buildHistory(portfolio, LAST_DAY - 90);
		const customers = Array.from({ length: past.numCustomers }, (_, c) => c).filter((c) => past.eventStart[c + 1] > past.eventStart[c]);
		const whole = buildHistory(portfolio, LAST_DAY);
		const ordersOf = (customer: number, { eventStart }: typeof whole): number => eventStart[customer + 1] - eventStart[customer];
		const came = customers.reduce((sum, customer) => sum + ordersOf(customer, whole) - ordersOf(customer, past), 0);
		const ratios = fitOrderModels(past).map((model): [string, number] => {
			return [model.name, customers.reduce((sum, customer) => sum + model.expectedOrders(customer, 90), 0) / came];
		});
		expect(ratios.map(([name]) => name)).toEqual(["BG/NBD", "Pareto/NBD", "MBG/CNBD-k"]);
		const errors = ratios.map(([, ratio]) => Math.abs(ratio - 1));
		expect(Math.max(...errors)).toBeLessThan(0.2);
		expect(errors[2]).toBe(Math.min(...errors));
	});

	it("give finite tickets between the customer's and everybody's, over the orders that had a value", () => {
		const ticketOf = fitTickets(buildHistory(twoCustomers, TODAY));
		expect(ticketOf(0)).toBeGreaterThan(2000);
		expect(ticketOf(0)).toBeLessThanOrEqual(4000 * 1.001);
		expect(ticketOf(1)).toBeLessThan(4000);
	});

	it("say nothing of tickets where nothing has a value", () => {
		const free = portfolioOf([{ customer: 0, day: TODAY - 1, product: 0, value: 0 }]);
		expect(fitTickets(buildHistory(free, TODAY))(0)).toBe(0);
	});
});
