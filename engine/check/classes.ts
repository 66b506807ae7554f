import { CLASSES, POTENTIALS } from "../policy/case.ts";
import type { Cents } from "../units.ts";
import type { CheckContext } from "./context.ts";
import { ordersOf } from "./phases.ts";

/** Days as a customer that the youngest are taken to have. */
const LEAST_TENURES = [1, 30] as const;
/** What adding up in another order may do to a share. */
const NEAR = 1e-9;
/** Class by potential, for customers that never ordered. */
const CLASS_OF_POTENTIAL: ReadonlyMap<string, string> = new Map(POTENTIALS.map((potential, code) => [potential, CLASSES[code]]));

/**
 * Classes that each customer with orders may have, by the ABC curve of its value in the window over its time as a customer. A
 * customer across whom the curve passes a share has both classes; so has one that differs by whether a customer of a few days
 * counts as one of a month (the contract does not say how short a tenure may be taken at its word).
 */
export function abcClasses(context: CheckContext): Map<number, readonly string[]> {
	const readings = LEAST_TENURES.map((least) => curveOf(context, least));
	return new Map(
		[...readings[0]].map(([customer, classes]) => [customer, [...new Set([...classes, ...(readings[1].get(customer) ?? [])])]]),
	);
}

function curveOf(context: CheckContext, leastTenure: number): Map<number, readonly string[]> {
	const { a, b } = context.policy.classes;
	const ranked = valuesOf(context, leastTenure);
	const total = ranked.reduce((sum, { value }) => sum + value, 0);
	const allowed = new Map<number, readonly string[]>();
	let reached = 0;
	for (let from = 0, to = 0; from < ranked.length; from = to) {
		while (to < ranked.length && ranked[to].value === ranked[from].value) to++;
		const after = reached + ranked[from].value * (to - from); // customers of equal value may stand in any order
		const first = classAt(reached / total - NEAR, a, b);
		const last = classAt(after / total + NEAR, a, b);
		const classes = ranked[from].value > 0 ? CLASSES.slice(first, last + 1) : CLASSES.slice(last);
		for (let at = from; at < to; at++) allowed.set(ranked[at].customer, classes);
		reached = after;
	}
	return allowed;
}

/** The class that a prospect has by its potential. */
export function classOfPotential(potential: string): string | undefined {
	return CLASS_OF_POTENTIAL.get(potential);
}

/** Position in CLASSES at a share of the curve. */
function classAt(share: number, a: number, b: number): number {
	if (share < a) return 0;
	return share < b ? 1 : 2;
}

/** Customers that ordered with what they bring a day in the window, best first. */
function valuesOf(context: CheckContext, leastTenure: number): { customer: number; value: number }[] {
	const { asOf, policy, portfolio } = context;
	const values: { customer: number; value: number }[] = [];
	for (let customer = 0; customer < portfolio.tables.customers.numRows; customer++) {
		const orders = ordersOf(context, customer);
		if (!orders) continue;
		const tenure = Math.min(policy.classes.window_days, Math.max(leastTenure, asOf - orders.first));
		values.push({ customer, value: Math.max(0, windowValue(context, customer)) / tenure });
	}
	return values.sort((x, y) => y.value - x.value);
}

function windowValue({ history, policy, asOf }: CheckContext, customer: number): Cents {
	let sum = 0;
	for (let event = history.eventStart[customer]; event < history.eventStart[customer + 1]; event++) {
		if (history.eventDay[event] < asOf - policy.classes.window_days) continue;
		const value = history.eventValue[event];
		if (policy.classes.basis === "revenue") sum += value;
		else sum += Number.isNaN(history.eventMargin[event]) ? value * policy.value.default_margin_rate : history.eventMargin[event];
	}
	return sum;
}
