import { CHANNELS } from "../portfolio/schema.ts";
import type { Seconds } from "../units.ts";
import { longestLeg, placeOfCustomer, placeOfRep, type Point } from "./places.ts";
import type { Checked } from "./views.ts";
import { type Interval, overlaps, type WorkDay, workDayOf } from "./work-day.ts";

const VISIT = CHANNELS.indexOf("visit");

/**
 * Is an appointment surely feasible? Answers only for one that states its minutes and channel and is the only one of its rep and of its
 * customer on the day: then the day can hold it alone, with its way and the rep's breaks.
 */
export function couldBeKept(context: Checked, row: number): boolean {
	const { refs, days, numbers, codes } = context.portfolio.tables.appointments;
	const [customer, rep, day] = [refs.customer_id[row], refs.rep_id[row], days.on[row]];
	const isStated = codes.channel[row] < CHANNELS.length && !Number.isNaN(numbers.minutes[row]);
	const work = workDayOf(context, rep, day);
	if (!work || !isStated || !context.calendar.isWorkingDay(day) || context.plan.receipt.travel !== "straight") return false;
	const others = [...context.appointments.values()].filter((other) => other !== row && days.on[other] === day);
	if (others.some((other) => refs.rep_id[other] === rep || refs.customer_id[other] === customer)) return false;
	const legs = codes.channel[row] === VISIT ? legsOf(context, rep, customer) : ([0, 0] as const);
	if (!legs || !isWithinLimits(context, rep, codes.channel[row] === VISIT, legs[0] + legs[1])) return false;
	const at = numbers.at[row];
	const starts = Number.isNaN(at) ? [work.open, ...work.fixed.map(([, to]) => to)].map((free) => free + legs[0]) : [at];
	return starts.some((start) => holds(work, [start - legs[0], start + numbers.minutes[row] * 60 + legs[1]]));
}

/** The ways there and back at their longest; null to a customer without a place. */
function legsOf(context: Checked, rep: number, customer: number): readonly [Seconds, Seconds] | null {
	const place = placeOfCustomer(context, customer);
	const leg = (home: Point | null): Seconds => (home && place ? longestLeg(context, home, place) : 0);
	return place && [leg(placeOfRep(context, rep, "start")), leg(placeOfRep(context, rep, "end"))];
}

function isWithinLimits({ portfolio }: Checked, rep: number, isVisit: boolean, travel: Seconds): boolean {
	const { max_visits: visits, max_calls: calls, max_travel_minutes: minutes } = portfolio.tables.reps.numbers;
	return !((isVisit ? visits : calls)[rep] < 1) && !(travel > minutes[rep] * 60);
}

/** Does a shift hold an interval without meeting a break, each break in a window put at its first free time? */
function holds({ open, close, fixed, cut, owed }: WorkDay, interval: Interval): boolean {
	const busy: Interval[] = [...fixed, ...cut];
	if (interval[0] < open || interval[1] > close || busy.some((pause) => overlaps(pause, interval))) return false;
	busy.push(interval);
	for (const { earliest, latest, duration } of [...owed].sort((a, b) => a.latest - b.latest)) {
		const starts = [earliest, ...busy.map(([, to]) => to)].filter((start) => start >= earliest && start <= latest).sort((a, b) => a - b);
		const start = starts.find((free) => !busy.some((other) => overlaps(other, [free, free + duration])));
		if (start === undefined) return false;
		busy.push([start, start + duration]);
	}
	return true;
}
