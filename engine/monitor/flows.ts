import { PHASES } from "../policy/case.ts";
import { phaseOf } from "../policy/phase.ts";
import { intervalsBefore } from "../scoring/past-intervals.ts";
import type { Day } from "../units.ts";
import { monthStarts, periodOf } from "./periods.ts";
import type { Source } from "./source.ts";
import type { View } from "./view.ts";

/** Phase codes of all customers at the beginning of each month told of. */
export function phasesAtStarts({
	portfolio,
	history,
	policy,
	asOf,
}: Pick<View, "portfolio" | "history" | "policy" | "asOf">): Uint8Array[] {
	const months = monthStarts(asOf);
	const intervals = intervalsBefore(portfolio, history, months);
	return months.map((day, k) => phasesOn({ history, policy }, day, day, intervals[k]));
}

/** Phase codes of all customers when a day begins, by the orders before it alone; their silence is counted up to `silenceFrom`. */
function phasesOn({ history, policy }: Pick<View, "history" | "policy">, day: Day, silenceFrom: Day, intervals: Float32Array): Uint8Array {
	const { eventStart, eventDay, numCustomers } = history;
	const phases = new Uint8Array(numCustomers);
	// One object for all customers; the customers table does not say when one closed.
	const rhythm = { isClosed: false, numEvents: 0, firstOrder: 0, lastOrder: 0, expectedInterval: 0 };
	for (let customer = 0; customer < numCustomers; customer++) {
		const start = eventStart[customer];
		let end = eventStart[customer + 1];
		while (end > start && eventDay[end - 1] >= day) end--;
		rhythm.numEvents = end - start;
		rhythm.firstOrder = eventDay[start];
		rhythm.lastOrder = eventDay[end - 1];
		rhythm.expectedInterval = intervals[customer];
		phases[customer] = phaseOf(rhythm, policy.phases, day, silenceFrom).phase;
	}
	return phases;
}

/** Flows from each month's beginning to its end, the running one's to as_of; both ends by orders alone, so that like is held against like. */
export function flowsOf(view: View): Source {
	const { classification, revenue, asOf, expectedInterval, feed } = view;
	const months = monthStarts(asOf);
	const known = [...view.phasesAtStarts(), phasesOn(view, asOf, feed.silenceFrom, expectedInterval)];
	const steps = months.flatMap((day, k) => (day < asOf ? [{ period: periodOf(day), from: known[k], to: known[k + 1] }] : []));
	const numPhases = PHASES.length;
	return {
		figure: "flows",
		cells: steps.flatMap(({ period }) => PHASES.flatMap((from) => PHASES.map((to) => [period, from, to]))),
		each(out, emit) {
			for (const [step, { from, to }] of steps.entries()) {
				for (let customer = 0; customer < revenue.length; customer++) {
					out[0] = revenue[customer];
					const cell = (step * numPhases + from[customer]) * numPhases + to[customer];
					emit(customer, cell, classification.lastOrderDay[customer]);
				}
			}
		},
	};
}
