import { parseTime } from "../units.ts";
import { checkResumptions, clockOf, dateOf, forcedBy, keyOf } from "./check-forced.ts";
import type { EntryShape, PlanShape, RevisionShape } from "./shape.ts";
import type { Checked } from "./views.ts";

/** A contact by rep, date and customer, with where it is. */
interface Placed {
	readonly repId: string;
	readonly date: string;
	readonly entry: EntryShape;
	readonly pointer: string;
}

/**
 * Of a plan revised during its days: that it plans nothing in the past, keeps to what events ruled out, and, beside the plan that it revises, that
 * what happened, what is promised, pinned or frozen stays, and that no more is changed than was allowed.
 */
export function checkRevision(context: Checked): void {
	const { revision } = context.plan.receipt;
	if (!revision) return;
	const now = placedIn(context.plan);
	checkMoment(context, revision);
	checkRules(context, revision, now);
	const { revised } = context;
	if (!revised) return;
	if (revised.plan_id !== revision.of)
		context.report("revision-of", "/receipt/revision/of", `${revision.of}, given was ${revised.plan_id}`);
	const before = placedIn(revised);
	checkPast(context, revision, before, now);
	checkResumptions(context, revision);
	const forced = forcedBy(context, revision, revised);
	checkKept(context, revision, before, now, forced);
	checkCount(context, revision, before, now, forced);
}

function placedIn(plan: PlanShape): Map<string, Placed> {
	const placed = new Map<string, Placed>();
	for (const [r, { rep_id, days }] of plan.reps.entries()) {
		for (const [d, { date, entries }] of days.entries()) {
			for (const [e, entry] of entries.entries())
				placed.set(keyOf(rep_id, date, entry.customer_id), { repId: rep_id, date, entry, pointer: `/reps/${r}/days/${d}/entries/${e}` });
		}
	}
	return placed;
}

/** Days go on at the moment of the revision or later, and only facts start earlier. */
function checkMoment({ plan, report }: Checked, revision: RevisionShape): void {
	const named = new Set(revision.events.map(({ rep_id }) => rep_id));
	for (const [at, { rep_id, date, at: from }] of revision.resumptions.entries()) {
		const isOfNow = date === dateOf(revision) && named.has(rep_id);
		if (isOfNow && parseTime(from) < clockOf(revision))
			report("before-now", `/receipt/revision/resumptions/${at}`, `${from} is before ${revision.now}`);
	}
	for (const repId of named) {
		const works = plan.reps.find(({ rep_id }) => rep_id === repId)?.days.some(({ date }) => date === dateOf(revision));
		const goesOn = revision.resumptions.some(({ rep_id, date }) => rep_id === repId && date === dateOf(revision));
		if (works && !goesOn) report("before-now", "/receipt/revision/resumptions", `nothing says where the day of rep ${repId} goes on`);
	}
}

function checkRules(context: Checked, { rules, absences }: RevisionShape, now: ReadonlyMap<string, Placed>): void {
	const facts = new Set(
		context.reps.flatMap(({ agendas }) =>
			agendas.flatMap(({ contacts }) => contacts.filter(({ isFact }) => isFact).map(({ pointer }) => pointer)),
		),
	);
	for (const { repId, date, entry, pointer } of now.values()) {
		if (facts.has(pointer)) continue;
		const rule = rules.find(
			({ rep_id, customer_id, from, until }) => rep_id === repId && customer_id === entry.customer_id && from <= date && date <= until,
		);
		if (rule)
			context.report("rule-broken", pointer, `${entry.customer_id} is not contacted from ${rule.from} to ${rule.until}: ${rule.reason}`);
		const away = absences.find(({ rep_id, from, until }) => rep_id === repId && from.slice(0, 10) <= date && date <= until);
		if (away) context.report("rule-broken", pointer, `rep ${repId} is absent from ${away.from} to ${away.until}`);
	}
}

/** What the plan had before the revision's moment is still there, but for what events tell otherwise. */
function checkPast(context: Checked, revision: RevisionShape, before: ReadonlyMap<string, Placed>, now: ReadonlyMap<string, Placed>): void {
	for (const [key, { repId, date, entry }] of before) {
		const isDone = date < dateOf(revision) || entry.status !== undefined;
		const ended = date === dateOf(revision) && parseTime(entry.end) <= clockOf(revision);
		if (!isDone && !ended) continue;
		const is = now.get(key);
		const isTold = revision.events.some(({ rep_id, customer_id }) => rep_id === repId && customer_id === entry.customer_id);
		if (isTold && date === dateOf(revision)) continue;
		const isBehind = ended && !isDone && isHeldUp(revision, repId);
		if (!is) {
			if (!isBehind) context.report("past-changed", `/reps`, `${repId} had contacted ${entry.customer_id} on ${date} at ${entry.start}`);
		} else if (
			!isBehind &&
			(is.entry.start !== entry.start || is.entry.channel !== entry.channel || is.entry.value_cents !== entry.value_cents)
		) {
			context.report(
				"past-changed",
				is.pointer,
				`${entry.customer_id} on ${date}: at ${is.entry.start} for ${is.entry.value_cents}, was at ${entry.start} for ${entry.value_cents}`,
			);
		}
	}
}

/** Was a contact of the rep told to have been at other times than planned, so that others may not have been had yet? */
function isHeldUp({ events }: RevisionShape, repId: string): boolean {
	return events.some(
		({ type, rep_id, start, end }) => rep_id === repId && (type === "done" || type === "not_reached") && (start ?? end) !== undefined,
	);
}

/** What of a contact may be told otherwise than planned. */
const TELLING: ReadonlySet<string> = new Set(["done", "not_reached", "cancelled", "refuse", "swap"]);

/**
 * Promised contacts stay on their day; promised, pinned and frozen ones stay at their time, unless an event pushed them; a promise that events
 * pushed is kept later on its day, or the plan says that it cannot be.
 */
function checkKept(
	context: Checked,
	revision: RevisionShape,
	before: ReadonlyMap<string, Placed>,
	now: ReadonlyMap<string, Placed>,
	forced: ReadonlySet<string>,
): void {
	const unmet = new Set(context.plan.unmet_required.map(({ rep_id, on, customer_id }) => keyOf(rep_id, on, customer_id)));
	const accepted = revision.events
		.filter(({ type }) => type === "accept")
		.map((event) => keyOf(event.rep_id, String(event.date), String(event.customer_id)));
	const pinned = new Set([...revision.pins.map(({ rep_id, date, customer_id }) => keyOf(rep_id, date, customer_id)), ...accepted]);
	for (const [key, { repId, date, entry }] of before) {
		if (date < dateOf(revision)) continue;
		const isPromised = entry.kind === "appointment";
		const isTold = revision.events.some(
			({ type, rep_id, customer_id }) => rep_id === repId && customer_id === entry.customer_id && TELLING.has(type),
		);
		if ((!isPromised && !pinned.has(key) && !isFrozen(context, revision, repId, date)) || (isTold && !pinned.has(key))) continue;
		if (forced.has(key) && !isPromised) continue;
		const is = now.get(key);
		if (is && isNear(is.entry, entry, revision.tolerance_minutes)) continue;
		if (isPromised && !is && unmet.has(key)) continue; // and so says the plan
		if (is && forced.has(key) && is.entry.channel === entry.channel && parseTime(is.entry.start) > parseTime(entry.start)) continue;
		context.report(
			isPromised ? "promise-moved" : "pin-moved",
			is?.pointer ?? "/reps",
			`${entry.customer_id} with ${repId} on ${date} at ${entry.start}`,
		);
	}
}

function isFrozen({ revised }: Checked, { freeze, now }: RevisionShape, repId: string, date: string): boolean {
	const today = now.slice(0, 10);
	if (freeze === "all" || freeze === "none") return freeze === "all";
	if (date === today) return true;
	const days = revised?.reps.find(({ rep_id }) => rep_id === repId)?.days ?? [];
	return freeze === "tomorrow" && date === days.find((day) => day.date > today)?.date;
}

function isNear(one: EntryShape, other: EntryShape, minutes: number): boolean {
	return one.channel === other.channel && Math.abs(parseTime(one.start) - parseTime(other.start)) <= minutes * 60;
}

/** Contacts that are gone, new or moved, a moved one once, less those that are forced or wished for. */
function checkCount(
	{ report }: Checked,
	revision: RevisionShape,
	before: ReadonlyMap<string, Placed>,
	now: ReadonlyMap<string, Placed>,
	forced: ReadonlySet<string>,
): void {
	const told = new Set(
		revision.events.flatMap(({ rep_id, customer_id, with: other }) => [customer_id, other].map((id) => JSON.stringify([rep_id, id]))),
	);
	const gone = new Map<string, number>();
	const fresh = new Map<string, number>();
	const add = (counts: Map<string, number>, { repId, entry }: Placed): void => {
		const key = JSON.stringify([repId, entry.customer_id]);
		if (!told.has(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
	};
	for (const [key, placed] of before) {
		const is = now.get(key);
		const isKept = is !== undefined && isNear(is.entry, placed.entry, revision.tolerance_minutes);
		if (isKept) continue;
		if (!forced.has(key)) add(gone, placed);
	}
	for (const [key, placed] of now) {
		const was = before.get(key);
		const isKept = was !== undefined && isNear(was.entry, placed.entry, revision.tolerance_minutes);
		// A forced contact that is still on its day was pushed back, not put there.
		if (!isKept && !(was && forced.has(key))) add(fresh, placed);
	}
	let changes = 0;
	for (const key of new Set([...gone.keys(), ...fresh.keys()])) changes += Math.max(gone.get(key) ?? 0, fresh.get(key) ?? 0);
	if (changes > revision.max_changes)
		report("max-changes", "/receipt/revision/max_changes", `${changes} contacts changed, at most ${revision.max_changes}`);
}
