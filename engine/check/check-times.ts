import { formatTime } from "../units.ts";
import type { AgendaView, Checked, ContactView } from "./views.ts";
import { type Interval, overlaps, type WorkDay } from "./work-day.ts";

/** Order of entries, the shift, breaks, and the start and end of every day. */
export function checkTimes(context: Checked): void {
	for (const { agendas } of context.reps) {
		for (const agenda of agendas) {
			checkOrder(context, agenda);
			if (!agenda.work) continue;
			checkShift(context, agenda, agenda.work);
			checkBreaks(context, agenda, agenda.work);
			checkStart(context, agenda);
		}
	}
}

/** Where the plan leaves for its first visit; the arrival of the first visit where there is no leg to it. */
function leaveOf({ contacts }: AgendaView): number {
	const first = contacts.find(({ isVisit }) => isVisit);
	return first ? first.arrive - first.entry.travel_seconds : Number.POSITIVE_INFINITY;
}

function checkOrder({ report }: Checked, { contacts }: AgendaView): void {
	let before = Number.NEGATIVE_INFINITY;
	for (const [index, contact] of contacts.entries()) {
		const { arrive, start, end, entry, pointer } = contact;
		if (entry.sequence !== index + 1) report("sequence", `${pointer}/sequence`, `${entry.sequence}, expected ${index + 1}`);
		if (arrive > start || start >= end) report("time-order", pointer, `arrive ${entry.arrive}, start ${entry.start}, end ${entry.end}`);
		if (arrive < before && !contact.isFact)
			report("time-order", `${pointer}/arrive`, `${entry.arrive} is before the previous entry's end ${formatTime(before)}`);
		before = Math.max(before, end);
	}
}

function checkShift({ report }: Checked, agenda: AgendaView, { open, close }: WorkDay): void {
	const shift = `${formatTime(open)}-${formatTime(close)}`;
	for (const { arrive, end, entry, pointer, isFact } of agenda.contacts) {
		if (isFact) continue;
		const leave = arrive - entry.travel_seconds;
		if (leave < open || end > close) report("outside-shift", pointer, `left for at ${clock(leave)}, ended at ${entry.end}, shift ${shift}`);
	}
	// A day that went on late may end late, but plans nothing more; one that began early did.
	const isOver = agenda.contacts.length > 0 && agenda.contacts.every(({ isFact }) => isFact);
	const isEarly = agenda.start < open && !agenda.contacts[0]?.isFact;
	if (!isOver && (isEarly || agenda.end > close || agenda.start > agenda.end)) {
		report("outside-shift", agenda.pointer, `day from ${agenda.shape.start} to ${agenda.shape.end}, shift ${shift}`);
	}
}

function clock(seconds: number): string {
	return seconds < 0 ? `${seconds} s` : formatTime(seconds);
}

function checkBreaks(context: Checked, agenda: AgendaView, work: WorkDay): void {
	const { report } = context;
	if (agenda.resumed) {
		checkResumedBreaks(context, agenda, agenda.resumed.at, work);
		return;
	}
	const { unknown, missing, doubled } = compareBreaks(agenda, work);
	for (const at of unknown) report("break-unknown", `${agenda.pointer}/breaks/${at}`, "the rep has no such break");
	for (const at of doubled) report("break-overlap", `${agenda.pointer}/breaks/${at}`, "it is taken during another break");
	// A day without contacts takes its breaks whether they are listed or not.
	if (agenda.contacts.length > 0) {
		for (const pause of missing) report("break-missing", `${agenda.pointer}/breaks`, `no break ${pause}`);
	}
	const pauses = [...agenda.breaks, ...work.fixed, ...work.cut];
	for (const contact of agenda.contacts) checkPauses(context, contact, pauses);
}

/** Of a day that went on: breaks still to come are the rep's, and no contact that is still to come meets a break. */
function checkResumedBreaks(context: Checked, agenda: AgendaView, at: number, work: WorkDay): void {
	const coming = agenda.contacts.filter(({ isFact }) => !isFact);
	const later = agenda.breaks.filter(([from]) => from >= at);
	for (const [from, to] of later) {
		const isFixed = work.listable.some(([start, end]) => end === to && start <= from);
		const isFlexible = work.flexible.some(({ earliest, duration }) => earliest <= from && duration === to - from);
		if (!isFixed && !isFlexible) context.report("break-unknown", `${agenda.pointer}/breaks`, `the rep has no break ${text([from, to])}`);
	}
	if (coming.length > 0) {
		for (const stated of work.fixed) {
			const isComing = stated[0] >= at && !agenda.breaks.some((listed) => contains(listed, stated));
			if (isComing) context.report("break-missing", `${agenda.pointer}/breaks`, `no break ${text(stated)}`);
		}
		const owed = [...work.owed].filter(({ earliest }) => earliest >= at).length;
		const numTaken = agenda.breaks.filter((listed) => !work.listable.some(([start, end]) => start <= listed[0] && listed[1] <= end)).length;
		if (numTaken < owed) context.report("break-missing", `${agenda.pointer}/breaks`, `${numTaken} of ${owed} breaks still to come`);
	}
	for (const contact of coming) checkPauses(context, contact, later);
}

function checkPauses({ report }: Checked, { arrive, start, end, entry, pointer }: ContactView, pauses: readonly Interval[]): void {
	const hit = pauses.find((pause) => overlaps(pause, [start, end]));
	if (hit) report("contact-in-break", pointer, `${entry.start}-${entry.end} meets the break ${text(hit)}`);
	const onTheWay = pauses.find((pause) => overlaps(pause, [arrive - entry.travel_seconds, arrive]));
	if (onTheWay)
		report("travel-in-break", pointer, `on the way for ${entry.travel_seconds} s until ${entry.arrive}, break ${text(onTheWay)}`);
}

interface Comparison {
	/** Positions of listed breaks that the rep does not have, and of those that are taken during another. */
	readonly unknown: readonly number[];
	readonly doubled: readonly number[];
	/** Breaks of the rep that are not listed. */
	readonly missing: readonly string[];
}

function compareBreaks({ breaks }: AgendaView, { fixed, listable, flexible, owed }: WorkDay): Comparison {
	const isFixed = ([from, to]: Interval): boolean => listable.some(([start, end]) => from === start && to === end);
	const missing = fixed.filter((stated) => !breaks.some((listed) => contains(listed, stated))).map(text);
	const doubled: number[] = [];
	const loose = breaks.map((listed, at) => ({ listed, at })).filter(({ listed }) => !isFixed(listed));
	for (const pause of [...flexible].sort((a, b) => a.latest - b.latest)) {
		const { earliest, latest, duration } = pause;
		const match = loose.findIndex(({ listed: [from, to] }) => from >= earliest && from <= latest && to - from === duration);
		if (match < 0 && owed.has(pause)) missing.push(`of ${duration / 60} min starting in ${text([earliest, latest])}`);
		if (match < 0) continue;
		const [{ listed, at }] = loose.splice(match, 1);
		const others = [...fixed, ...breaks.filter((_, other) => other !== at)];
		if (owed.has(pause) && others.some((other) => overlaps(other, listed))) doubled.push(at);
	}
	return { unknown: loose.map(({ at }) => at), doubled, missing };
}

function contains([from, to]: Interval, [start, end]: Interval): boolean {
	return from <= start && end <= to;
}

function text([from, to]: Interval): string {
	return `${formatTime(from)}-${formatTime(to)}`;
}

function checkStart({ report, portfolio }: Checked, agenda: AgendaView): void {
	const { contacts, shape, pointer } = agenda;
	if (contacts.length === 0 || contacts[0].isFact) return;
	const first = Math.min(...contacts.map(({ start }) => start));
	const expected = Math.min(leaveOf(agenda), first);
	const hasLeg =
		!Number.isNaN(portfolio.tables.reps.numbers.start_lat[agenda.rep]) &&
		!Number.isNaN(portfolio.tables.reps.numbers.start_lon[agenda.rep]);
	// Without a start place nobody says whether the day starts with arriving or with the service.
	const isStart = agenda.start === expected || (!hasLeg && agenda.start === first);
	if (!isStart) report("day-start", `${pointer}/start`, `${shape.start}, expected ${clock(expected)}`);
}
