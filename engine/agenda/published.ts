import { type Portfolio, rowsById } from "../portfolio/portfolio.ts";
import { type Day, parseDay } from "../units.ts";
import type { PlanDocument } from "./plan-document.ts";

/** A contact of an agenda in force: date, and row of the reps table. */
export interface PublishedContact {
	readonly date: Day;
	readonly rep: number;
}

/** Dates on which some published agenda that binds has contacts, of whichever customers. */
export function publishedDates(published: PlanDocument | undefined): ReadonlySet<Day> {
	const days = (published?.reps ?? []).flatMap((rep) => rep.days.filter(({ entries, stage }) => entries.length > 0 && stage === undefined));
	return new Set(days.map(({ date }) => parseDay(date)));
}

/** Contacts of the published plan by customer, so that leaving them has a price; what was only compared or advised has none. */
export function publishedContacts(
	portfolio: Portfolio,
	published: PlanDocument | undefined,
): ReadonlyMap<number, readonly PublishedContact[]> {
	const contacts = new Map<number, PublishedContact[]>();
	if (!published) return contacts;
	const { customers, reps } = portfolio.tables;
	const customerRows = rowsById(customers, "customer_id");
	const repRows = rowsById(reps, "rep_id");
	for (const rep of published.reps) {
		for (const { date, entries, stage } of rep.days) {
			if (stage !== undefined) continue;
			for (const { customer_id } of entries) {
				const customer = customerRows.get(customer_id);
				const repRow = repRows.get(rep.rep_id);
				if (customer === undefined || repRow === undefined) continue;
				contacts.set(customer, [...(contacts.get(customer) ?? []), { date: parseDay(date), rep: repRow }]);
			}
		}
	}
	return contacts;
}
