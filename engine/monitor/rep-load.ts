import { contactDay, isReached } from "../policy/classify.ts";
import { workDaysOf } from "../policy/work-days.ts";
import { OUTCOMES, REP_KINDS } from "../portfolio/schema.ts";
import { type Seconds, SECONDS_PER_DAY } from "../units.ts";
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
	const days = Array.from({ length: horizon[horizon.length - 1] - view.asOf + 1 }, (_, i) => view.asOf + i);
	const known = new Map<string, readonly Seconds[]>();
	for (let rep = 0; rep < reps.numRows; rep++) {
		const hours = JSON.stringify([reps.texts.shifts.at(rep), reps.texts.break.at(rep)]); // many reps work the same
		const work = known.get(hours) ?? days.map((day) => workDaysOf(reps, rep, calendar)(day)?.workSeconds ?? 0);
		known.set(hours, work);
		const shift = days.reduce((sum, day, i) => sum + (ownership.isAbsent(rep, day) ? 0 : work[i]), 0);
		const seconds = Math.round(due.seconds[rep]);
		const ofRep = planned?.isFor(rep) === true ? planned : null;
		const travel = ofRep?.travel[rep] ?? 0;
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
			planned_seconds: ofRep === null ? null : ofRep.service[rep],
			planned_travel_seconds: ofRep === null ? null : travel,
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
	const { contacted_at: contactedAt } = contacts.numbers;
	const { outcome: outcomes } = contacts.codes;
	const { rep_id: makers } = contacts.refs;
	const { contact, contactStart } = history;
	const since = (asOf - RECENT_DAYS) * SECONDS_PER_DAY;
	const blank = (): Float64Array => new Float64Array(reps.length);
	const made = { contacts: blank(), reached: blank(), orders: blank(), value: blank() };
	for (let customer = 0; customer < history.numCustomers; customer++) {
		let paidDay = -1;
		for (let i = contactStart[customer + 1] - 1; i >= contactStart[customer]; i--) {
			const row = contact[i];
			const at = contactedAt[row];
			if (at < since) break;
			const outcome = outcomes[row];
			if (outcome === CANCELLED) continue;
			const rep = makers[row];
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
