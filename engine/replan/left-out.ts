import type { PlanDocument, RepPlan, Unplanned, UnmetRequired } from "../agenda/plan-document.ts";
import type { RepOutcome } from "./rep.ts";

/**
 * Customers that no agenda of the revision holds. Who was left out before keeps what is proven of it, unless the inputs
 * of now offer it a day; for the others the replanned agendas say
 * why, which is never proven: what an event ruled out, another day could have held.
 */
export function leftOut(
	plan: PlanDocument,
	reps: readonly RepPlan[],
	unmet: readonly UnmetRequired[],
	outcomes: ReadonlyMap<string, RepOutcome>,
	today: string,
): Unplanned[] {
	const present = new Set(unmet.map(({ customer_id }) => customer_id));
	for (const { days } of reps) for (const { entries } of days) for (const { customer_id } of entries) present.add(customer_id);
	const before = new Map(plan.unplanned.map((row) => [row.customer_id, row]));
	const fresh = new Map<string, Unplanned>();
	for (const { unplanned } of outcomes.values())
		for (const row of unplanned) if (!fresh.has(row.customer_id)) fresh.set(row.customer_id, row);
	const left: Unplanned[] = [];
	for (const row of plan.unplanned) if (!present.has(row.customer_id)) left.push(updated(row, fresh.get(row.customer_id), today));
	const handedOn = new Set(reps);
	for (const rep of plan.reps) {
		if (handedOn.has(rep)) continue; // whom it holds is there
		const { rep_id, days } = rep;
		for (const { entries } of days) {
			for (const { customer_id } of entries) {
				if (present.has(customer_id) || before.has(customer_id)) continue;
				present.add(customer_id);
				left.push(open(fresh.get(customer_id), customer_id, rep_id));
			}
		}
	}
	return left;
}

function updated(row: Unplanned, fresh: Unplanned | undefined, today: string): Unplanned {
	// A day that it could have by the inputs of now refutes also what was proven by those of then.
	if (fresh && fresh.reasons.length > 0 && fresh.next_best_day !== null) return open(fresh, row.customer_id, row.rep_id);
	if (row.reasons.every(({ proven }) => proven)) return row;
	return row.next_best_day !== null && row.next_best_day < today ? { ...row, next_best_day: null } : row;
}

function open(row: Unplanned | undefined, customer_id: string, rep_id: string | null): Unplanned {
	const base = row ?? { customer_id, rep_id, reasons: [], value_forgone_cents: 0, next_best_day: null };
	const reasons = base.reasons.map((reason) => ({ ...reason, proven: false }));
	if (reasons.length > 0) return { ...base, reasons };
	return { ...base, reasons: [{ code: "NO_WINDOW", proven: false, detail: "no time is left for it on the days that remain" }] };
}
