import { PHASES } from "../policy/case.ts";
import { phaseOf } from "../policy/phase.ts";
import type { Source } from "./source.ts";
import { periodOf, type View } from "./view.ts";

/** Phase codes of all customers before the first day of each of the view's months, by what was known then: from orders alone. */
export function phasesBefore({ history, months, intervalsBefore, policy }: View): Uint8Array[] {
	const { eventStart, eventDay, numCustomers } = history;
	return months.map((day, k) => {
		const phases = new Uint8Array(numCustomers);
		const intervals = intervalsBefore[k];
		for (let customer = 0; customer < numCustomers; customer++) {
			const start = eventStart[customer];
			let end = eventStart[customer + 1];
			while (end > start && eventDay[end - 1] >= day) end--;
			const rhythm = {
				isClosed: false, // the customers table says what a customer is today, not what it was
				numEvents: end - start,
				firstOrder: eventDay[start],
				lastOrder: eventDay[end - 1],
				expectedInterval: intervals[customer],
			};
			phases[customer] = phaseOf(rhythm, policy.phases, day, day).phase;
		}
		return phases;
	});
}

/** Flows from each month's beginning to its end, the running one's to as_of. */
export function flowsOf(view: View): Source {
	const { classification, revenue, months, asOf } = view;
	const known = [...phasesBefore(view), classification.phase];
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
