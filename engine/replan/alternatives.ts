import { z } from "zod";
import { createJournal, beginMove, removeContact, rollBack, settleTouched } from "../solver/journal.ts";
import { formatDay } from "../units.ts";
import type { Desk } from "./desk.ts";
import { openQuestion, repsFor, type Suggestion, suggest } from "./suggest.ts";
import { readAs } from "./request.ts";

const alternativesRequest = z.strictObject({ customer_id: z.string().min(1).max(200) });

/** What else could be done with one customer, and what the rep's plan would then be worth more or less. Cents. */
export interface Alternatives {
	/** Each contact of the plan that is still to come, left out, with nothing in its place. */
	readonly without: readonly { readonly rep_id: string; readonly date: string; readonly value_change_cents: number }[];
	/** Other days, times and channels, the most valuable first; who must go for it may be the customer's own contact. */
	readonly instead: readonly Suggestion[];
}

/** What a plan could do with a customer otherwise, each priced on the plan as it stands. INVALID_INPUT for a customer that is none. */
export function alternatives(desk: Desk, document: unknown, order: unknown): Alternatives {
	const plan = desk.read(document);
	const { customer_id } = readAs(alternativesRequest, order, "alternatives");
	const { suggestions } = suggest(desk, plan, { customer_id, most: 100 });
	const without = repsFor(desk, plan, customer_id).flatMap((repId) => {
		const { remaining, solution } = openQuestion(desk, plan, repId, customer_id);
		const { problem, repCase } = remaining;
		const journal = createJournal(problem, solution);
		const customer = desk.customerRows.get(customer_id);
		return [...repCase.options.entries()].flatMap(([option, { customer: whose, day, required }]) => {
			if (whose !== customer || required || solution.slotOf[option] < 0) return [];
			const before = solution.value;
			beginMove(journal, solution);
			removeContact(problem, solution, journal, option);
			settleTouched(problem, solution, journal);
			const change = solution.value - before;
			rollBack(problem, solution, journal);
			return [{ rep_id: repId, date: formatDay(repCase.days[day]), value_change_cents: change }];
		});
	});
	return { without, instead: suggestions };
}
