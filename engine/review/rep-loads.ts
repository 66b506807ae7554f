import type { ReviewDay, ReviewPlan } from "./plan-part.ts";
import { isManager } from "../policy/ownership.ts";
import { channelsOf } from "../policy/standing.ts";
import { workDaysOf } from "../policy/work-days.ts";
import { REP_KINDS } from "../portfolio/schema.ts";
import { formatDay, parseTime, type Seconds } from "../units.ts";
import { behind, daysOf, type MonthView } from "./month-view.ts";
import { cadenceAt, isServed, planAt } from "./results.ts";
import type { ReviewLoad } from "./review-document.ts";

/** Service that a customer's interval asked for in the month, by the first channel that its rep may use, by row of customers; 0 without. */
export function dueSeconds(view: MonthView): Float64Array {
	const { portfolio, month, ownership } = view;
	return Float64Array.from({ length: portfolio.tables.customers.length }, (_, customer) => {
		if (!isServed(view, customer)) return 0;
		const { interval } = cadenceAt(view, customer, month.from);
		const channels = channelsOf(view, ownership.ownerOf(customer), customer, planAt(view, customer, month.from));
		const first = channels.find(({ preference }) => preference === 0);
		return first ? (first.duration * (month.until - month.from)) / interval : 0;
	});
}

/** Of every rep with customers of its own, highest load first. */
export function repLoads(view: MonthView, due: Float64Array = dueSeconds(view)): ReviewLoad[] {
	const { reps } = view.portfolio.tables;
	const travel = travelShares(view);
	const loads: ReviewLoad[] = [];
	for (let rep = 0; rep < reps.numRows; rep++) {
		if (isManager(reps, rep)) continue;
		const own = view.customersOf(rep);
		const seconds = own.reduce((sum, customer) => sum + due[customer], 0);
		const shift = shiftSeconds(view, rep);
		const id = reps.texts.rep_id.at(rep) ?? "";
		const share = travel(id);
		const load = shift > 0 ? seconds / (shift * (1 - share)) : null;
		loads.push({
			rep_id: id,
			name: reps.texts.name.at(rep),
			team_id: reps.texts.team_id.at(rep),
			kind: REP_KINDS[reps.codes.kind[rep]] ?? REP_KINDS[0],
			due_seconds: Math.round(seconds),
			shift_seconds: shift,
			travel_share: share,
			load,
			is_too_big: load !== null && load > 1,
			...behind(view, due, { among: own }),
		});
	}
	return loads.sort((a, b) => (b.load ?? -1) - (a.load ?? -1));
}

function shiftSeconds({ portfolio, calendar, month, ownership }: MonthView, rep: number): Seconds {
	const workDayOf = workDaysOf(portfolio.tables.reps, rep, calendar);
	return daysOf(month).reduce((sum, day) => sum + (ownership.isAbsent(rep, day) ? 0 : (workDayOf(day)?.workSeconds ?? 0)), 0);
}

/**
 * A rep's share of its planned days, breaks apart, that is on the road; of a rep without planned contacts everyone's; 0 where there are none.
 * At most 90 %. A plan lists the breaks of the shift, also those before the day's first contact and after its last: they take nothing from it.
 */
function travelShares({ plans, month }: MonthView): (repId: string) => number {
	const sums = new Map<string, { travel: number; whole: number }>();
	const everyone = { travel: 0, whole: 0 };
	for (const { repId, day } of plannedDays(plans, formatDay(month.from), formatDay(month.until - 1))) {
		const [from, to] = [parseTime(day.start), parseTime(day.end)];
		if (to <= from) continue;
		const own = sums.get(repId) ?? { travel: 0, whole: 0 };
		sums.set(repId, own);
		const paused = day.breaks.reduce((sum, { start, end }) => {
			return sum + Math.max(0, Math.min(to, parseTime(end)) - Math.max(from, parseTime(start)));
		}, 0);
		for (const part of [own, everyone]) {
			part.travel += day.travel_seconds;
			part.whole += to - from - paused;
		}
	}
	return (repId) => {
		const { travel, whole } = sums.get(repId) ?? everyone;
		return whole > 0 ? Math.min(0.9, travel / whole) : 0;
	};
}

/**
 * The days in force of some plans in the order of their publication, from one date to another: the last plan that holds a rep's date says.
 * Each bears an even share of what its plan paid for floors that the rep does not meet.
 */
export function plannedDays(plans: readonly ReviewPlan[], from: string, to: string) {
	const days = new Map<string, { readonly repId: string; readonly day: ReviewDay; readonly floorCents: number }>();
	for (const { reps } of plans)
		for (const { rep_id: repId, floor_cents, days: own } of reps)
			for (const day of own)
				if (day.date >= from && day.date <= to) days.set(`${day.date} ${repId}`, { repId, day, floorCents: floor_cents / own.length });
	return [...days.values()];
}
