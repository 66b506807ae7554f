import { contactDay, isReached } from "../policy/classify.ts";
import { workDaysOf } from "../policy/work-days.ts";
import { OUTCOMES, REP_KINDS } from "../portfolio/schema.ts";
import { SECONDS_PER_DAY } from "../units.ts";
import { serviceSecondsOf } from "./cadence-debt.ts";
import type { MonitorRep } from "./monitor-document.ts";
import type { PlannedContacts } from "./planned.ts";
import { RECENT_DAYS, valueOn } from "./standing-figures.ts";
import type { View } from "./view.ts";

const CANCELLED = OUTCOMES.indexOf("cancelled");
const ORDER = OUTCOMES.indexOf("order");

/** Load of every rep of the table in the horizon, and what its own contacts of the last 28 days brought; in order of rows. */
export function repLoads(view: View, planned: PlannedContacts | null): MonitorRep[] {
	const { portfolio, horizon, calendar, ownership } = view;
	const { reps } = portfolio.tables;
	const due = dueSeconds(view);
	const made = contactsMade(view);
	const rows: MonitorRep[] = [];
	for (let rep = 0; rep < reps.numRows; rep++) {
		const workDayOf = workDaysOf(reps, rep, calendar);
		const last = horizon[horizon.length - 1];
		let shift = 0;
		for (let day = view.asOf; day <= last; day++) if (!ownership.isAbsent(rep, day)) shift += workDayOf(day)?.workSeconds ?? 0;
		const seconds = Math.round(due.seconds[rep]);
		const travel = planned?.travel[rep] ?? 0;
		rows.push({
			rep_id: reps.texts.rep_id.at(rep) ?? "",
			name: reps.texts.name.at(rep),
			team_id: reps.texts.team_id.at(rep),
			kind: REP_KINDS[reps.codes.kind[rep]],
			num_customers: due.numCustomers[rep],
			due_seconds: seconds,
			shift_seconds: shift,
			load: shift > 0 ? Math.round((1000 * seconds) / shift) / 1000 : null,
			is_overloaded: seconds + travel > shift,
			planned_seconds: planned === null ? null : planned.service[rep],
			planned_travel_seconds: planned === null ? null : travel,
			contacts: made.contacts[rep],
			reached: made.reached[rep],
			orders: made.orders[rep],
			value_cents: made.value[rep],
		});
	}
	return rows;
}

/** Service that the intervals of each rep's customers ask for between as_of and the horizon's end. */
function dueSeconds(view: View): { readonly seconds: Float64Array; readonly numCustomers: Int32Array } {
	const { owner, isServed, interval, horizon, asOf, portfolio } = view;
	const numDays = horizon[horizon.length - 1] - asOf + 1;
	const secondsOf = serviceSecondsOf(view);
	const numReps = portfolio.tables.reps.length;
	const [seconds, numCustomers] = [new Float64Array(numReps), new Int32Array(numReps)];
	for (let customer = 0; customer < owner.length; customer++) {
		if (isServed[customer] === 0) continue;
		numCustomers[owner[customer]]++;
		seconds[owner[customer]] += (secondsOf(customer) * numDays) / interval[customer];
	}
	return { seconds, numCustomers };
}

/** Contacts by whoever made them. */
function contactsMade({ portfolio, history, asOf }: View) {
	const { contacts, reps } = portfolio.tables;
	const since = (asOf - RECENT_DAYS) * SECONDS_PER_DAY;
	const blank = (): Float64Array => new Float64Array(reps.length);
	const made = { contacts: blank(), reached: blank(), orders: blank(), value: blank() };
	for (let customer = 0; customer < history.numCustomers; customer++) {
		let paidDay = -1;
		for (let i = history.contactStart[customer + 1] - 1; i >= history.contactStart[customer]; i--) {
			const row = history.contact[i];
			const at = contacts.numbers.contacted_at[row];
			if (at < since) break;
			const outcome = contacts.codes.outcome[row];
			if (outcome === CANCELLED) continue;
			const rep = contacts.refs.rep_id[row];
			made.contacts[rep]++;
			if (isReached(outcome)) made.reached[rep]++;
			if (outcome !== ORDER) continue;
			made.orders[rep]++;
			const day = contactDay(at);
			if (day !== paidDay) made.value[rep] += valueOn(history, customer, day);
			paidDay = day;
		}
	}
	return made;
}
