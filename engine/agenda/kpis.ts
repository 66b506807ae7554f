import { parseTime } from "../units.ts";
import type { RepPlan, Unplanned } from "./plan-document.ts";

/** Totals of a plan: counts, whole cents, seconds, metres; shares in [0, 1], null where there is nothing to share. */
export function kpisOf(reps: readonly RepPlan[], unplanned: readonly Unplanned[]): Record<string, number | null> {
	const days = reps.flatMap((rep) => rep.days);
	const entries = days.flatMap((day) => day.entries);
	const visits = entries.filter((entry) => entry.channel === "visit").length;
	const serviceSeconds = sum(entries.map((entry) => parseTime(entry.end) - parseTime(entry.start)));
	const travelSeconds = sum(days.map((day) => day.travel_seconds));
	const workSeconds = sum(reps.map((rep) => rep.work_seconds));
	const gaps = reps.flatMap((rep) => rep.gap ?? []);
	return {
		contacts: entries.length,
		visits,
		remote_contacts: entries.length - visits,
		customers_planned: new Set(entries.map((entry) => entry.customer_id)).size,
		customers_unplanned: unplanned.length,
		value_cents: sum(reps.map((rep) => rep.value_cents)),
		upper_bound_cents: sum(reps.map((rep) => rep.upper_bound_cents)),
		mean_gap: gaps.length === 0 ? null : sum(gaps) / gaps.length,
		floor_cents: sum(reps.map((rep) => rep.floor_cents)),
		travel_cost_cents: sum(days.map((day) => day.travel_cost_cents)),
		travel_seconds: travelSeconds,
		travel_metres: sum(days.map((day) => day.travel_metres)),
		service_seconds: serviceSeconds,
		busy_share: workSeconds === 0 ? null : (serviceSeconds + travelSeconds) / workSeconds,
		value_forgone_cents: sum(unplanned.map((customer) => customer.value_forgone_cents)),
	};
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}
