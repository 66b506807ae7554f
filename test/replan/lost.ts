import type { PlanDocument } from "../../engine/index.ts";
import { carryOn } from "../../engine/replan/carry.ts";
import { solutionOf } from "../../engine/replan/compose.ts";
import type { Desk } from "../../engine/replan/desk.ts";
import { openScope, situationOf } from "../../engine/replan/rep.ts";
import { orderOf, type RepOrder } from "../../engine/replan/order.ts";
import { carriedOver } from "../../engine/replan/carried-over.ts";
import { readReplanRequest, type ReplanOrder } from "../../engine/replan/request.ts";
import { solve } from "../../engine/solver/solve.ts";

/** What the rest of a rep's horizon is worth as it was replanned, and as a solve from nothing finds it. Cents. */
export interface Loss {
	readonly replanned: number;
	readonly scratch: number;
	/** Customers asked for that the solve from nothing does not hold, by row. */
	readonly unmet: readonly number[];
}

/**
 * Solves the state that a replanning began from anew, from nothing, free to change whatever is not promised. Null where there is nothing to
 * compare: a day on a slower road is two problems, and an absence may leave none.
 */
export function lossOf(
	desk: Desk,
	before: PlanDocument,
	after: PlanDocument,
	order: ReplanOrder,
	repId: string,
	iterations: number,
): Loss | null {
	const request = readReplanRequest(order);
	return solvedAnew(desk, orderOf(desk, before, repId, request, carriedOver(before, request), Number.POSITIVE_INFINITY), after, iterations);
}

/** The same of an order for one rep, whatever it wishes for and rules out. */
export function solvedAnew(desk: Desk, order: RepOrder, after: PlanDocument, iterations: number): Loss | null {
	const asked = { ...order, changePrice: 0 };
	const { facts, planned, present } = situationOf(desk, asked);
	if (present && present.factor !== 1) return null;
	const { remaining, wanted } = openScope(desk, asked, facts, planned, present, () => true, planned, Number.POSITIVE_INFINITY);
	const { problem, repCase, bonus, anchor } = remaining;
	if (problem.numSlots === 0) return null;
	const part = after.reps.find(({ rep_id }) => rep_id === asked.repId);
	if (!part) return null;
	const settled = new Set(facts.map(({ customer, date }) => `${customer} ${date}`));
	const held = desk.heldBy(part).filter(({ customer, date }) => date >= asked.moment.day && !settled.has(`${customer} ${date}`));
	const carried = carryOn(remaining, held, part.days);
	if (carried.options.some((option) => option < 0)) throw new Error(`${asked.repId}: the agendas do not fit the state they came from`);
	const replanned = solutionOf({ remaining, solution: carried.solution }).value;
	const { value, schedules } = solve(problem, { seed: 5, iterations, boundWork: 1 });
	const [seen, met] = [new Set<number>(), new Set<number>()];
	let scratch = value;
	for (const { contacts } of schedules) {
		for (const { option } of contacts) {
			if (option === anchor) continue;
			const { customer } = repCase.options[option];
			if (bonus[option] > 0) met.add(customer);
			if (!seen.has(customer)) scratch -= bonus[option];
			seen.add(customer);
		}
	}
	return { replanned, scratch, unmet: [...wanted.keys()].filter((customer) => !met.has(customer)) };
}
