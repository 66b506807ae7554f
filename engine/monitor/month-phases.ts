import { phaseOf } from "../policy/phase.ts";
import type { Policy } from "../policy/policy.ts";
import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { intervalsBefore } from "../scoring/past-intervals.ts";
import type { Day } from "../units.ts";
import { monthStarts } from "./periods.ts";

interface Known {
	readonly history: History;
	readonly policy: Policy;
}

/** Phase codes of all customers at the beginning of each month told of. */
export function phasesAtStarts({
	portfolio,
	history,
	policy,
	asOf,
}: Known & { readonly portfolio: Portfolio; readonly asOf: Day }): Uint8Array[] {
	const months = monthStarts(asOf);
	const intervals = intervalsBefore(portfolio, history, months);
	return months.map((day, k) => phasesOn({ history, policy }, day, day, intervals[k]));
}

/** Phase codes of all customers when a day begins, by the orders before it alone; their silence is counted up to `silenceFrom`. */
export function phasesOn({ history, policy }: Known, day: Day, silenceFrom: Day, intervals: Float32Array): Uint8Array {
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
