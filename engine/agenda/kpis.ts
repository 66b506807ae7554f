import { parseTime } from "../units.ts";
import type { RepPlan, Unplanned } from "./plan-document.ts";

/** Totals of a plan: counts, whole cents, seconds, metres; shares in [0, 1], null where there is nothing to share. */
export function kpisOf(reps: readonly RepPlan[], unplanned: readonly Unplanned[]): Record<string, number | null> {
	const tallies = reps.map(tallyOf);
	const total = (name: keyof Tally): number => sum(tallies.map((tally) => tally[name]));
	const [contacts, visits] = [total("contacts"), total("visits")];
	const [serviceSeconds, travelSeconds] = [total("serviceSeconds"), total("travelSeconds")];
	const workSeconds = sum(reps.map((rep) => rep.work_seconds));
	const gaps = reps.flatMap((rep) => rep.gap ?? []);
	const customers = new Set<string>();
	for (const { days } of reps) for (const { entries } of days) for (const { customer_id } of entries) customers.add(customer_id);
	return {
		contacts,
		visits,
		remote_contacts: contacts - visits,
		customers_planned: customers.size,
		customers_unplanned: unplanned.length,
		value_cents: sum(reps.map((rep) => rep.value_cents)),
		upper_bound_cents: sum(reps.map((rep) => rep.upper_bound_cents)),
		mean_gap: gaps.length === 0 ? null : sum(gaps) / gaps.length,
		floor_cents: sum(reps.map((rep) => rep.floor_cents)),
		travel_cost_cents: total("travelCost"),
		travel_seconds: travelSeconds,
		travel_metres: total("travelMetres"),
		service_seconds: serviceSeconds,
		busy_share: workSeconds === 0 ? null : (serviceSeconds + travelSeconds) / workSeconds,
		value_forgone_cents: sum(unplanned.map((customer) => customer.value_forgone_cents)),
	};
}

/** What a rep's agendas add to the totals. */
interface Tally {
	readonly contacts: number;
	readonly visits: number;
	readonly serviceSeconds: number;
	readonly travelCost: number;
	readonly travelSeconds: number;
	readonly travelMetres: number;
}

/** Revisions hand on most parts of a plan as they are: each is counted once. */
const counted = new WeakMap<RepPlan, Tally>();

function tallyOf(rep: RepPlan): Tally {
	const known = counted.get(rep);
	if (known) return known;
	const { days } = rep;
	const entries = days.flatMap((day) => day.entries);
	const tally: Tally = {
		contacts: entries.length,
		visits: entries.filter((entry) => entry.channel === "visit").length,
		serviceSeconds: sum(entries.map((entry) => parseTime(entry.end) - parseTime(entry.start))),
		travelCost: sum(days.map((day) => day.travel_cost_cents)),
		travelSeconds: sum(days.map((day) => day.travel_seconds)),
		travelMetres: sum(days.map((day) => day.travel_metres)),
	};
	counted.set(rep, tally);
	return tally;
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}
