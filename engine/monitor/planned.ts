import type { PlanDocument } from "../agenda/plan-document.ts";
import { CarteiraError } from "../errors.ts";
import { rowsById } from "../portfolio/portfolio.ts";
import { CHANNELS } from "../portfolio/schema.ts";
import { type Day, parseDay, parseTime, type Seconds } from "../units.ts";
import type { View } from "./view.ts";

export interface PlannedContact {
	/** Row of customers, row of reps. */
	readonly customer: number;
	readonly rep: number;
	readonly day: Day;
	readonly channel: number;
	readonly seconds: Seconds;
}

/** What a plan does from as_of on, as far as the monitor asks. */
export interface PlannedContacts {
	readonly planId: string;
	readonly contacts: readonly PlannedContact[];
	/** Seconds of service and of travel by row of reps. */
	readonly service: Float64Array;
	readonly travel: Float64Array;
	isContactedBefore(customer: number, day: Day): boolean;
	/** Was the plan made for the rep, a row of reps? One that was asked for some reps says nothing of the others. */
	isFor(rep: number): boolean;
}

/** Reads a plan's contacts from as_of on; rows that the portfolio no longer has are left out. INVALID_INPUT for a plan of another kind of day. */
export function plannedOf({ portfolio, asOf }: View, plan: PlanDocument): PlannedContacts {
	const { customers, reps } = portfolio.tables;
	if (parseDay(plan.horizon.to) < asOf)
		throw new CarteiraError("INVALID_INPUT", `the plan ends on ${plan.horizon.to}; expected one that reaches as_of or later`);
	const repOf = rowsById(reps, "rep_id");
	const wanted = new Set(plan.reps.flatMap(({ days }) => days.flatMap(({ entries }) => entries.map(({ customer_id: id }) => id))));
	const customerOf = new Map<string, number>();
	for (let row = 0; row < customers.length && wanted.size > 0; row++) {
		const id = customers.texts.customer_id.at(row);
		if (id !== null && wanted.has(id)) customerOf.set(id, row);
	}
	const contacts: PlannedContact[] = [];
	const [service, travel] = [new Float64Array(reps.length), new Float64Array(reps.length)];
	const first = new Map<number, Day>();
	const asked = plan.receipt.reps && new Set(plan.receipt.reps.map((id) => repOf.get(id)));
	for (const { rep_id, days } of plan.reps) {
		const rep = repOf.get(rep_id);
		if (rep === undefined) continue;
		for (const { date, travel_seconds, entries } of days) {
			const day = parseDay(date);
			if (day < asOf) continue;
			travel[rep] += travel_seconds;
			for (const { customer_id, channel, start, end } of entries) {
				const customer = customerOf.get(customer_id);
				if (customer === undefined) continue;
				const seconds = parseTime(end) - parseTime(start);
				service[rep] += seconds;
				contacts.push({ customer, rep, day, channel: CHANNELS.findIndex((name) => name === channel), seconds });
				first.set(customer, Math.min(day, first.get(customer) ?? day));
			}
		}
	}
	return {
		planId: plan.plan_id,
		contacts,
		service,
		travel,
		isContactedBefore: (customer, day) => (first.get(customer) ?? Number.POSITIVE_INFINITY) < day,
		isFor: (rep) => asked?.has(rep) ?? true,
	};
}
