import type { Entry, PlanDocument } from "../../engine/index.ts";
import { createRandom, type Random } from "../../engine/random.ts";
import type { ReplanOrder } from "../../engine/replan/request.ts";
import { formatTime, parseTime } from "../../engine/units.ts";

type Event = NonNullable<ReplanOrder["events"]>[number];

/** A working rep of a plan, and its entries on a date. */
interface Busy {
	readonly repId: string;
	readonly date: string;
	readonly entries: readonly Entry[];
	readonly start: string;
	readonly end: string;
}

/** One thing that goes wrong, or right, on a rep's day at a time. */
function eventOf(random: Random, plan: PlanDocument, { repId, date, entries }: Busy, time: number): Event | null {
	const open = entries.filter(({ start, status }) => status === undefined && parseTime(start) > time);
	const over = entries.filter(({ end, status }) => status === undefined && parseTime(end) <= time);
	const pick = <T>(list: readonly T[]): T | undefined => list[random.below(Math.max(1, list.length))];
	const rep_id = repId;
	const kind = random.below(10);
	const coming = pick(open);
	const last = over.at(-1);
	if (kind === 0 && last) return { type: "done", rep_id, customer_id: last.customer_id, outcome: "no_order", objection: "price" };
	if (kind === 1 && last) return { type: "not_reached", rep_id, customer_id: last.customer_id };
	if (kind === 2 && coming) return { type: "cancelled", rep_id, customer_id: coming.customer_id };
	if (kind === 3) return { type: "delayed", rep_id, minutes: 10 + random.below(120) };
	if (kind === 4) return { type: "absent", rep_id, ...(random.next() < 0.3 && { until: plan.horizon.to }) };
	if (kind === 5) {
		const mine = plan.reps.find((rep) => rep.rep_id === repId)?.days.flatMap((day) => (day.date > date ? day.entries : [])) ?? [];
		const left = plan.unplanned.filter((row) => row.rep_id === repId);
		const customer = random.next() < 0.5 ? pick(mine)?.customer_id : pick(left)?.customer_id;
		return customer === undefined ? null : { type: "urgent", rep_id, customer_id: customer };
	}
	if (kind === 6) return { type: "road", rep_id, factor: 1.2 + random.next() };
	if (kind === 7 && coming)
		return { type: "refuse", rep_id, customer_id: coming.customer_id, date, until: plan.horizon.to, reason: "the owner is away" };
	if (kind === 8 && coming) return { type: "accept", rep_id, customer_id: coming.customer_id, date };
	const other = pick(plan.unplanned.filter((row) => row.rep_id === repId));
	if (kind === 9 && coming && other)
		return { type: "swap", rep_id, customer_id: coming.customer_id, date, with: other.customer_id, reason: "asked for it" };
	return null;
}

/** Orders of a seeded day, each made of the plan as the one before left it. */
export function randomOrders(seed: number, revise: (order: ReplanOrder, plan: PlanDocument) => PlanDocument, plan: PlanDocument): void {
	const random = createRandom(seed);
	const dates = [...new Set(plan.reps.flatMap(({ days }) => days.map(({ date }) => date)))].sort();
	const date = dates[random.below(dates.length)];
	let time = 7 * 3600 + random.below(5 * 3600);
	let current = plan;
	for (let nth = 0; nth < 3; nth++) {
		const busy = current.reps.flatMap((rep): Busy[] =>
			rep.days.filter((day) => day.date === date && day.entries.length > 0).map((day) => ({ ...day, repId: rep.rep_id })),
		);
		if (busy.length === 0) return;
		const chosen = [busy[random.below(busy.length)], ...(random.next() < 0.3 ? [busy[random.below(busy.length)]] : [])];
		const events = [...new Map(chosen.map((rep) => [rep.repId, rep])).values()].flatMap((rep) => eventOf(random, current, rep, time) ?? []);
		const freeze = (["none", "none", "none", "today", "tomorrow", "all"] as const)[random.below(6)];
		if (events.length > 0)
			current = revise(
				{ now: `${date}T${formatTime(time)}`, events, freeze, max_changes: random.below(10), seed: random.below(1000) },
				current,
			);
		time += 600 + random.below(2 * 3600);
	}
}
