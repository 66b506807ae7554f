import type { RouteSlotSpec } from "../solver/problem-spec.ts";
import type { CaseContext } from "./case-context.ts";
import { type CaseDay, NO_CUTOFF } from "./options.ts";
import { workDaysOf } from "./work-days.ts";

/** Stands for "no limit" in counts and seconds of a slot. */
const UNLIMITED = NO_CUTOFF;

/** Dates that the rep works: in shift, not absent. */
export function caseDays(context: CaseContext, rep: number): CaseDay[] {
	const workOn = workDaysOf(context.portfolio.tables.reps, rep, context.calendar);
	const days: CaseDay[] = [];
	for (const date of context.dates) {
		const work = context.ownership.isAbsent(rep, date) ? null : workOn(date);
		if (work) days.push({ index: days.length, date, work });
	}
	return days;
}

/** The rep's day as the solver sees it: 0 stands for its start place, 1 for its end place. */
export function slotOf({ portfolio, policy }: CaseContext, rep: number, { index, work }: CaseDay): RouteSlotSpec {
	const {
		max_visits: visits,
		max_calls: calls,
		max_travel_minutes: minutes,
		start_lat,
		start_lon,
		end_lat,
		end_lon,
	} = portfolio.tables.reps.numbers;
	const orUnlimited = (limit: number): number => (Number.isNaN(limit) ? UNLIMITED : limit);
	return {
		day: index,
		open: work.open,
		close: work.close,
		start: Number.isNaN(start_lat[rep]) || Number.isNaN(start_lon[rep]) ? -1 : 0,
		end: Number.isNaN(end_lat[rep]) || Number.isNaN(end_lon[rep]) ? -1 : 1,
		breaks: work.breaks,
		maxVisits: orUnlimited(visits[rep]),
		maxCalls: orUnlimited(calls[rep]),
		maxTravelTime: orUnlimited(minutes[rep] * 60),
		maxSwaps: policy.routing_mode === "guided" ? policy.stability.max_swaps_per_day : UNLIMITED,
	};
}

/** Where the rep's days start or end; null without a leg. */
export function placeOf({ portfolio }: CaseContext, rep: number, which: "start" | "end"): { lat: number; lon: number } | null {
	const { numbers } = portfolio.tables.reps;
	const [lat, lon] = [numbers[`${which}_lat`][rep], numbers[`${which}_lon`][rep]];
	return Number.isNaN(lat) || Number.isNaN(lon) ? null : { lat, lon };
}
