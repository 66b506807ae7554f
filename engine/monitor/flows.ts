import { PHASES } from "../policy/case.ts";
import { phasesOn } from "./month-phases.ts";
import { monthStarts, periodOf } from "./periods.ts";
import type { Source } from "./source.ts";
import type { View } from "./view.ts";

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
