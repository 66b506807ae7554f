import { parseTime, type Seconds } from "../units.ts";
import { longestLeg, placeOfCustomer, placeOfRep } from "./places.ts";
import type { DayShape, EntryShape, PlanShape, RevisionShape } from "./shape.ts";
import type { AgendaView, Checked, ContactView } from "./views.ts";
import { type Interval, overlaps } from "./work-day.ts";

type Rule = RevisionShape["rules"][number];
type Absence = RevisionShape["absences"][number];

export const keyOf = (repId: string, date: string, customerId: string): string => JSON.stringify([repId, date, customerId]);
export const clockOf = ({ now }: RevisionShape): Seconds => parseTime(now.slice(11));
export const dateOf = ({ now }: RevisionShape): string => now.slice(0, 10);

/** Events that take a contact out of its day, or end it at other times than planned. */
const FREEING: ReadonlySet<string> = new Set(["cancelled", "refuse", "swap", "not_reached", "done"]);

/**
 * Of the contacts that a revision says events forced, those that they can have: ruled out or on a day of absence, by events or by the plan before;
 * or on the day in hand behind something that is late, or gone; or on a later day behind what the events took out of it; or, where the inputs have changed since, whatever their rules now say. The others
 * are reported, and are changes like any other.
 */
export function forcedBy(context: Checked, revision: RevisionShape, revised: PlanShape): ReadonlySet<string> {
	const before = revised.receipt.revision;
	const rules = [...(before?.rules ?? []), ...rulesIn(revision)];
	const absences = [...(before?.absences ?? []), ...absencesIn(revision)];
	const haveInputsChanged = revised.receipt.inputs_digest !== context.plan.receipt.inputs_digest;
	const moved = new Map(context.reps.map(({ shape }) => [shape.rep_id, movedOf(context, revision, revised, shape.rep_id, rules)]));
	const forced = new Set<string>();
	for (const [at, { rep_id, customer_id, date, cause }] of revision.forced.entries()) {
		const isRuled = rules.some((rule) => rule.rep_id === rep_id && rule.customer_id === customer_id && holds(rule, date));
		const isAway = absences.some((away) => away.rep_id === rep_id && away.from.slice(0, 10) <= date && date <= away.until);
		const isMoved = date === dateOf(revision) && moved.get(rep_id)?.has(customer_id) === true;
		const isOfRules = cause === "rules" && haveInputsChanged;
		const isFreed = date > dateOf(revision) && isBehindFreed(revised, rulesIn(revision), { rep_id, customer_id, date });
		if (isRuled || isAway || isMoved || isFreed || isOfRules) forced.add(keyOf(rep_id, date, customer_id));
		else context.report("forced-unknown", `/receipt/revision/forced/${at}`, `no event forces ${customer_id} on ${date}`);
	}
	return forced;
}

/** Does a contact come after one that the rules take out of its day? */
function isBehindFreed(
	revised: PlanShape,
	rules: readonly Rule[],
	{ rep_id, customer_id, date }: { readonly rep_id: string; readonly customer_id: string; readonly date: string },
): boolean {
	const entries = revised.reps.find((rep) => rep.rep_id === rep_id)?.days.find((day) => day.date === date)?.entries ?? [];
	const freed = entries.findIndex((entry) =>
		rules.some((rule) => rule.rep_id === rep_id && rule.customer_id === entry.customer_id && holds(rule, date)),
	);
	return freed >= 0 && entries.findIndex((entry) => entry.customer_id === customer_id) > freed;
}

const holds = ({ from, until }: Rule, date: string): boolean => from <= date && date <= until;

const textOr = (value: unknown, otherwise: string): string => (typeof value === "string" ? value : otherwise);

/** Rules that the events make. */
function rulesIn(revision: RevisionShape): Rule[] {
	return revision.events.flatMap((event): Rule[] => {
		const { type, rep_id } = event;
		if (type !== "cancelled" && type !== "refuse" && type !== "swap") return [];
		const from = textOr(event.date, dateOf(revision));
		const until = type === "refuse" ? textOr(event.until, from) : from;
		return [{ rep_id, customer_id: textOr(event.customer_id, ""), from, until, reason: type }];
	});
}

function absencesIn(revision: RevisionShape): Absence[] {
	return revision.events
		.filter(({ type }) => type === "absent")
		.map((event) => ({ rep_id: event.rep_id, from: revision.now, until: textOr(event.until, dateOf(revision)) }));
}

/** Customers of a rep's day in hand whose contact can have been pushed back, brought forward or out by what happened before it. */
function movedOf(
	context: Checked,
	revision: RevisionShape,
	revised: PlanShape,
	repId: string,
	rules: readonly Rule[],
): ReadonlySet<string> {
	const today = dateOf(revision);
	const planned = revised.reps.find(({ rep_id }) => rep_id === repId)?.days.find(({ date }) => date === today);
	const agenda = context.reps.find(({ shape }) => shape.rep_id === repId)?.agendas.find(({ shape }) => shape.date === today);
	if (!planned || !agenda?.resumed) return new Set();
	const facts = new Set(agenda.contacts.filter(({ isFact }) => isFact).map(({ entry }) => entry.customer_id));
	const isGone = ({ customer_id }: EntryShape): boolean =>
		rules.some((rule) => rule.rep_id === repId && rule.customer_id === customer_id && holds(rule, today));
	const rest = planned.entries.filter((entry) => !facts.has(entry.customer_id) && !isGone(entry));
	const freed = planned.entries.filter(({ customer_id }) =>
		revision.events.some((event) => event.rep_id === repId && event.customer_id === customer_id && FREEING.has(event.type)),
	);
	const freedFrom = Math.min(...freed.map(({ start }) => parseTime(start)));
	const late = latenessOf(
		context,
		agenda,
		planned,
		rest,
		pausesToCome(agenda, planned, clockOf(revision)),
		factorOf(revised, repId, today),
	);
	const isLateAt = (entry: EntryShape): boolean => late.has(entry) || parseTime(entry.start) >= freedFrom;
	const first = rest.findIndex(isLateAt);
	const stays = new Set(agenda.contacts.map(({ entry }) => entry.customer_id));
	// Who is no longer there may have made room for a promise further on; who still is moved by what is before it.
	return new Set(
		rest.filter((entry, at) => first >= 0 && (at >= first || !stays.has(entry.customer_id))).map((entry) => entry.customer_id),
	);
}

function factorOf({ receipt }: PlanShape, repId: string, date: string): number {
	return receipt.revision?.resumptions.find((row) => row.rep_id === repId && row.date === date)?.travel_factor ?? 1;
}

/** Breaks of a day that had not begun at a time, or were worked through: what holds the rep up until later does not take them. */
function pausesToCome({ contacts }: AgendaView, { breaks }: DayShape, time: Seconds): Interval[] {
	const worked = contacts.filter(({ isFact }) => isFact).map(({ start, end }): Interval => [start, end]);
	return breaks
		.map(({ start, end }): Interval => [parseTime(start), parseTime(end)])
		.filter((pause) => pause[0] >= time || worked.some((fact) => overlaps(fact, pause)));
}

/** Contacts that cannot begin when they were planned if the day goes on in its order from where the rep is; all, where the road has changed. */
function latenessOf(
	context: Checked,
	{ rep, resumed, work }: AgendaView,
	planned: DayShape,
	rest: readonly EntryShape[],
	pauses: readonly Interval[],
	factorBefore: number,
): ReadonlySet<EntryShape> {
	const { at, place, factor } = resumed ?? { at: 0, place: -1, factor: 1 };
	if (factor !== factorBefore) return new Set(rest);
	const rowOf = ({ customer_id }: EntryShape): number => context.customerRows.get(customer_id) ?? -1;
	const visits = planned.entries.filter(({ channel }) => channel === "visit");
	const items = [
		...rest.map((entry) => ({ entry, start: parseTime(entry.start), end: parseTime(entry.end) })),
		...pauses.map(([start, end]) => ({ entry: null, start, end })),
	].sort((a, b) => a.start - b.start);
	const late = new Set<EntryShape>();
	let clock = at;
	let here = place;
	for (const { entry, start, end } of items) {
		let leg = 0;
		if (entry?.channel === "visit") {
			const last = visits[visits.indexOf(entry) - 1];
			const [from, to] = [
				here < 0 ? placeOfRep(context, rep, "start") : placeOfCustomer(context, here),
				placeOfCustomer(context, rowOf(entry)),
			];
			const isSameWay = (last ? rowOf(last) : -1) === here;
			leg = isSameWay ? entry.travel_seconds : from && to ? Math.ceil(longestLeg(context, from, to) * factor) : 0;
			here = rowOf(entry);
		}
		const begins = Math.max(start, clock + leg);
		if (entry && begins > start) late.add(entry);
		const isFixed = entry === null && work?.listable.some(([from, to]) => to === end && from <= start);
		clock = isFixed ? Math.max(clock, end) : begins + end - start;
	}
	return late;
}

/** Did it happen, or was it under way at a time, or the rep on the way to it? */
function hasBegun({ entry, start, arrive, isVisit }: ContactView, time: Seconds): boolean {
	return entry.status !== undefined || start <= time || (isVisit && arrive - entry.travel_seconds < time);
}

/** A day goes on no later than what happened explains: the moment with the delays told, the last contact's end, the break in hand. */
export function checkResumptions({ plan, reps, revised, report }: Checked, revision: RevisionShape): void {
	for (const [nth, { rep_id, date, at }] of revision.resumptions.entries()) {
		if (date !== dateOf(revision) || !revision.events.some((event) => event.rep_id === rep_id)) continue;
		const agenda = reps.find(({ shape }) => shape.rep_id === rep_id)?.agendas.find(({ shape }) => shape.date === date);
		const delays = revision.events.filter(({ type, rep_id: whose }) => type === "delayed" && whose === rep_id);
		const delay = delays.reduce((sum, { minutes }) => sum + 60 * Number(minutes), 0);
		const was = revised?.receipt.revision?.resumptions.find((row) => row.rep_id === rep_id && row.date === date);
		const latest = Math.max(
			clockOf(revision) + delay,
			was ? parseTime(was.at) : 0,
			...(agenda?.contacts.filter((contact) => hasBegun(contact, clockOf(revision))).map(({ end }) => end) ?? []),
			...(agenda?.breaks.filter(([from]) => from < clockOf(revision)).map(([, to]) => to) ?? []),
		);
		if (parseTime(at) > latest)
			report(
				"resumed-late",
				`/receipt/revision/resumptions/${nth}`,
				`rep ${rep_id} goes on at ${at} in ${plan.plan_id}, and nothing took so long`,
			);
	}
}
