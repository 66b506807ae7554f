import { contactValuesOf, type PlanContext } from "../../engine/index.ts";
import { type History, netValueOf } from "../../engine/portfolio/history.ts";
import { DIRECTIONS, OUTCOMES } from "../../engine/portfolio/schema.ts";
import { createRandom } from "../../engine/random.ts";
import { type Day, SECONDS_PER_DAY } from "../../engine/units.ts";
import { customersOf } from "../churn/populations.ts";
import type { Ranking } from "./backtest-document.ts";

const CANCELLED = OUTCOMES.indexOf("cancelled");
const INBOUND = DIRECTIONS.indexOf("inbound");
/** Weeks of the fixed round. */
const ROUND_WEEKS = 4;

/** Customers that could be contacted at an origin, and the orders in which they could be, first to last; all by rows of the customers table. */
export interface Ranked {
	readonly customers: readonly number[];
	readonly rankings: ReadonlyMap<Ranking, readonly number[]>;
}

/** Ranks customers by what was known before the context's day. Candidates ordered in the year before, and the rules allow a contact in the horizon. */
export function rankCustomers(context: PlanContext, seed: number): Ranked {
	const { portfolio, history, asOf } = context;
	const { best, rep } = contactValuesOf(context);
	const customers = customersOf(history, 1).filter((customer) => !Number.isNaN(best[customer]));
	const lastOrder = (customer: number): Day => history.eventDay[history.eventStart[customer + 1] - 1];
	const pastYear = new Map(customers.map((customer) => [customer, netValueOf(portfolio, history, customer, asOf - 365, asOf)]));
	const random = createRandom(seed, asOf);
	const lot = new Map(customers.map((customer) => [customer, random.next()]));
	const round = placesInRound(customers, rep, asOf);
	const by = (keyOf: (customer: number) => number): number[] => customers.toSorted((a, b) => keyOf(a) - keyOf(b) || a - b);
	return {
		customers,
		rankings: new Map<Ranking, readonly number[]>([
			["value", by((customer) => -best[customer])],
			["last_order", by(lastOrder)],
			["biggest", by((customer) => -(pastYear.get(customer) ?? 0))],
			["route", by((customer) => round.get(customer) ?? 0)],
			["random", by((customer) => lot.get(customer) ?? 0)],
		]),
	};
}

/** Share of the round until each customer's turn: every rep takes its customers in order of rows, a part a week, and begins anew after four. */
function placesInRound(customers: readonly number[], rep: Int32Array, asOf: Day): ReadonlyMap<number, number> {
	const begun = (Math.floor((asOf + 3) / 7) % ROUND_WEEKS) / ROUND_WEEKS; // weeks begin on Mondays
	const places = new Map<number, number>();
	for (const own of Map.groupBy(customers, (customer) => rep[customer]).values())
		for (const [i, customer] of own.entries()) places.set(customer, (i / own.length - begun + 1) % 1);
	return places;
}

/** Candidates whom reps contacted from a day on, in that order; contacts made by customers and such that were called off do not count. */
export function contactedBy(context: PlanContext, whole: History, customers: readonly number[], days: number): number[] {
	const { contacts } = context.portfolio.tables;
	const { contacted_at: at } = contacts.numbers;
	const [from, to] = [context.asOf * SECONDS_PER_DAY, (context.asOf + days) * SECONDS_PER_DAY];
	const firsts = customers.flatMap((customer) => {
		for (let i = whole.contactStart[customer]; i < whole.contactStart[customer + 1]; i++) {
			const row = whole.contact[i];
			const isMade = contacts.codes.direction[row] !== INBOUND && contacts.codes.outcome[row] !== CANCELLED;
			if (isMade && at[row] >= from && at[row] < to) return [{ customer, at: at[row] }];
		}
		return [];
	});
	return firsts.sort((a, b) => a.at - b.at || a.customer - b.customer).map(({ customer }) => customer);
}
