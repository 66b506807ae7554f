import {
	escalationReps,
	hasReached,
	plannersOf,
	isManager,
	kindOf,
	matchActionPlan,
	serverOn,
	assignmentsOn,
	OWNER,
	type Standing,
} from "../../engine/check/action-plans.ts";
import { isBlocked, lastReached } from "../../engine/check/check-contacts.ts";
import type { CheckContext } from "../../engine/check/context.ts";
import { isFull, rungOf } from "../../engine/check/credit.ts";
import { deliveriesOf } from "../../engine/check/delivery.ts";
import { longestLeg, placeOfCustomer, placeOfRep, type Point } from "../../engine/check/places.ts";
import type { Checked } from "../../engine/check/views.ts";
import { overlaps, type WorkDay, workDayOf } from "../../engine/check/work-day.ts";
import { intervalsOn, isVisitDay, parseChannels, parseHours, parseVisitDays } from "../../engine/portfolio/calendar/calendar.ts";
import { CHANNELS, SERVICE_EVENT_KINDS, VISIT_DAY_RULES } from "../../engine/portfolio/schema.ts";
import { type Day, formatDay, formatTime, NULL_DAY, SECONDS_PER_DAY } from "../../engine/units.ts";

const COMPLAINT = SERVICE_EVENT_KINDS.indexOf("complaint");
const HARD = VISIT_DAY_RULES.indexOf("hard");

/**
 * A contact that some plan could hold with a customer under the hard rules, in words; null for none. Exact for one contact alone: it tries every
 * day, rep, channel and every start at which something can change. Knows the rules from `check`, nothing of the code that makes plans.
 */
export function includable(context: CheckContext, customer: number, standing: Standing): string | null {
	const checked = context as Checked; // what is read of it here needs no agendas
	if (isBlocked(checked, customer) || rungOf(context, customer) === "collections_team") return null;
	const managers = isLive(context, customer, standing) ? escalationReps(context, customer, standing) : [];
	for (let day = context.asOf; day <= context.lastDay; day++) {
		const own = serverOn(context, customer, day);
		const reps = [
			...(own >= 0 && !isManager(context, own) ? [{ rep: own, isEscalated: false }] : []),
			...managers.map((rep) => ({ rep, isEscalated: true })),
		];
		for (const { rep, isEscalated } of reps) {
			const found = onDay(checked, customer, standing, rep, day, isEscalated);
			if (found !== null) return `rep ${rep} on ${formatDay(day)}: ${found}`;
		}
	}
	return null;
}

/**
 * Is the customer escalated now: by its owner's action plan, or by the objection of its last reached contact while that is live? `check` takes any
 * objection of the history for a reason to escalate; to include a customer it must be the live one.
 */
function isLive(context: CheckContext, customer: number, standing: Standing): boolean {
	const { policy, portfolio, history, asOf } = context;
	const owners = plannersOf(context, customer, asOf);
	if (owners.some((owner) => matchActionPlan(policy, standing, kindOf(context, owner))?.escalate_to != null)) return true;
	const { contacts } = portfolio.tables;
	for (let at = history.contactStart[customer + 1] - 1; at >= history.contactStart[customer]; at--) {
		const row = history.contact[at];
		if (!hasReached(contacts, row)) continue;
		const rule = policy.objections.find(({ code }) => code === contacts.texts.objection.at(row));
		const age = asOf - Math.floor(contacts.numbers.contacted_at[row] / SECONDS_PER_DAY);
		return rule?.escalate_to != null && age <= Math.max(policy.objection_days, rule.defer_days ?? 0);
	}
	return false;
}

function onDay(context: Checked, customer: number, standing: Standing, rep: number, day: Day, isEscalated: boolean): string | null {
	const work = workDayOf(context, rep, day);
	const plan = matchActionPlan(context.policy, standing, kindOf(context, rep));
	if (!work || !plan) return null;
	const { numbers, texts } = context.portfolio.tables.customers;
	const gap = Number.isNaN(numbers.min_gap_days[customer]) ? plan.min_gap_days : numbers.min_gap_days[customer];
	const reached = lastReached(context, customer);
	if (reached !== NULL_DAY && day - reached < Math.max(1, gap)) return null;
	const rung = rungOf(context, customer);
	const complains = hasOpenComplaint(context, customer);
	const isSelling = !isEscalated && rung !== "collect_only" && !complains;
	if (isSelling && rung !== "collect_and_sell_cash" && isFull(context, customer)) return null;
	const agreed = texts.channels.at(customer);
	for (const { channel, minutes } of plan.channels) {
		const code = CHANNELS.indexOf(channel);
		if (agreed !== null && ((parseChannels(agreed) >> code) & 1) === 0) continue;
		const isVisit = channel === "visit";
		const duration = Math.round(
			60 * (isVisit && !Number.isNaN(numbers.service_minutes[customer]) ? numbers.service_minutes[customer] : minutes),
		);
		const starts = isVisit ? visitStarts(context, customer, rep, day, work, duration) : callStarts(work, duration);
		const start = starts.find((at) => !isSelling || deliveriesOf(context, customer, day, at).length > 0);
		if (start !== undefined) return `${channel} at ${formatTime(start)}`;
	}
	return null;
}

function hasOpenComplaint({ portfolio, complaints, asOf }: Checked, customer: number): boolean {
	const { codes, numbers } = portfolio.tables.service_events;
	const now = asOf * SECONDS_PER_DAY;
	return (complaints.get(customer) ?? []).some(
		(row) => codes.kind[row] === COMPLAINT && numbers.at[row] < now && !(numbers.resolved_at[row] < now),
	);
}

/** Starts of a call that lie in the shift and meet no break that cannot give way. */
function callStarts({ open, close, fixed, cut, owed }: WorkDay, duration: number): number[] {
	const busy = [...fixed, ...cut];
	const rest = [...owed].reduce((sum, pause) => sum + pause.duration, 0);
	const candidates = [open, ...busy.map(([, to]) => to), close - duration];
	return candidates
		.filter(
			(start) =>
				start >= open &&
				start + duration <= close &&
				!busy.some((pause) => overlaps(pause, [start, start + duration])) &&
				duration + rest <= close - open,
		)
		.sort((a, b) => a - b);
}

function visitStarts(context: Checked, customer: number, rep: number, day: Day, work: WorkDay, duration: number): number[] {
	const { portfolio, calendar } = context;
	const place = placeOfCustomer(context, customer);
	if (!place || kindOf(context, rep) === "inside" || !isAllowedDay(context, customer, day)) return [];
	const leg = (home: Point | null): number => (home ? longestLeg(context, home, place) : 0);
	const [there, back] = [leg(placeOfRep(context, rep, "start")), leg(placeOfRep(context, rep, "end"))];
	const { max_travel_minutes: minutes, max_visits: visits } = portfolio.tables.reps.numbers;
	if (there + back > minutes[rep] * 60 || visits[rep] < 1) return [];
	const { visit_hours: text, state, city_code: city } = portfolio.tables.customers.texts;
	const hours = text.at(customer);
	const intervals =
		hours === null
			? ([[0, SECONDS_PER_DAY]] as const)
			: intervalsOn(parseHours(hours), day, calendar.isHoliday(day, [state.at(customer), city.at(customer)]));
	const busy = [...work.fixed, ...work.cut];
	const rest = [...work.owed].reduce((sum, pause) => sum + pause.duration, 0);
	const isFree = (from: number, to: number): boolean =>
		from >= work.open && to <= work.close && !busy.some((pause) => overlaps(pause, [from, to]));
	const leaves = [work.open, ...busy.map(([, to]) => to)];
	const candidates = intervals.flatMap(([from]) => [from, ...leaves.map((leave) => leave + there), ...busy.map(([, to]) => to)]);
	return candidates
		.filter((start) => {
			const isInside = intervals.some(([from, to]) => from <= start && start + duration <= to) && isFree(start, start + duration);
			const canArrive = leaves.some((leave) => leave + there <= start && isFree(leave, leave + there));
			const canReturn = [start + duration, ...busy.map(([, to]) => to).filter((to) => to >= start + duration)].some((leave) =>
				isFree(leave, leave + back),
			);
			return isInside && canArrive && canReturn && there + duration + back + rest <= work.close - work.open;
		})
		.sort((a, b) => a - b);
}

/** Hard visit days, and with fixed routing any. */
function isAllowedDay(context: Checked, customer: number, day: Day): boolean {
	const { texts, codes } = context.portfolio.tables.assignments;
	const rows = assignmentsOn(context, customer, day).filter((row) => codes.role[row] === OWNER);
	const days = rows.map((row) => texts.visit_days.at(row));
	const isVisited = days.some((text) => text !== null && isVisitDay(parseVisitDays(text), day));
	if (context.policy.routing_mode === "fixed") return isVisited;
	const isHard = rows.length > 0 && rows.every((row) => codes.visit_day_rule[row] === HARD) && days.every((text) => text !== null);
	return !isHard || isVisited;
}
