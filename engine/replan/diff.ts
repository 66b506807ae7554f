import type { ContactName, Entry, PlanDocument, RepPlan } from "../agenda/plan-document.ts";
import { parseTime } from "../units.ts";
import type { Desk } from "./desk.ts";
import { type DecisionKey, sayDecision } from "./words.ts";

/** Where a contact stands in a plan. */
export interface Spot {
	readonly rep_id: string;
	readonly date: string;
	readonly start: string;
	readonly channel: string;
	readonly value_cents: number;
}

/** One contact that differs between two plans. */
export interface PlanChange {
	readonly change: "added" | "moved" | "dropped";
	readonly customer_id: string;
	readonly from: Spot | null;
	readonly to: Spot | null;
	/** What made it: the event that took it out or pushed it back, or `replanned`. */
	readonly cause: string;
	/** One sentence in the language of the policy. */
	readonly reason: string;
}

/** What the second of two plans does otherwise. */
export interface PlanDiff {
	readonly from_plan_id: string;
	readonly to_plan_id: string;
	readonly value_change_cents: number;
	readonly num_added: number;
	readonly num_moved: number;
	readonly num_dropped: number;
	readonly changes: readonly PlanChange[];
}

const USUAL_TOLERANCE = 30;

/**
 * What differs between a plan and a later one: contacts that are new, gone, or at another day, rep, channel or a start further off than the
 * later one's tolerance. `forced`: those of them that events made.
 */
export function diffPlans(
	desk: Pick<Desk, "voice">,
	before: PlanDocument,
	after: PlanDocument,
	forced: readonly (ContactName & { readonly cause: string })[] = after.receipt.revision?.forced ?? [],
): PlanDiff {
	const tolerance = 60 * (after.receipt.revision?.tolerance_minutes ?? USUAL_TOLERANCE);
	const [was, is] = [spotsOf(before, new Set(after.reps)), spotsOf(after, new Set(before.reps))];
	const causes = new Map(forced.map(({ customer_id, date, cause }) => [`${customer_id} ${date}`, cause]));
	const events = eventCauses(after);
	const changes: PlanChange[] = [];
	for (const customerId of new Set([...was.keys(), ...is.keys()])) {
		const fresh = [...(is.get(customerId) ?? [])];
		const gone = (was.get(customerId) ?? []).filter((spot) => {
			const same = fresh.findIndex((other) => isSame(spot, other, tolerance));
			if (same >= 0) fresh.splice(same, 1);
			return same < 0;
		});
		while (gone.length > 0 || fresh.length > 0) {
			const from = gone.shift() ?? null;
			const to = (from && fresh.find(({ date }) => date === from.date)) ?? fresh[0] ?? null;
			if (to) fresh.splice(fresh.indexOf(to), 1);
			const cause =
				(from && (causes.get(`${customerId} ${from.date}`) ?? events.get(customerId))) ??
				(to ? events.get(customerId) : undefined) ??
				"replanned";
			changes.push(changeOf(desk, customerId, from, to, cause));
		}
	}
	changes.sort(byPlace);
	const count = (kind: PlanChange["change"]): number => changes.filter(({ change }) => change === kind).length;
	return {
		from_plan_id: before.plan_id,
		to_plan_id: after.plan_id,
		value_change_cents: valueOf(after) - valueOf(before),
		num_added: count("added"),
		num_moved: count("moved"),
		num_dropped: count("dropped"),
		changes,
	};
}

export function valueOf({ reps }: Pick<PlanDocument, "reps">): number {
	return reps.reduce((sum, { value_cents }) => sum + value_cents, 0);
}

/** Contacts by customer; parts of reps that the other plan took over as they are have nothing to tell. */
function spotsOf({ reps }: PlanDocument, others: ReadonlySet<RepPlan>): Map<string, Spot[]> {
	const spots = new Map<string, Spot[]>();
	for (const rep of reps) {
		if (others.has(rep)) continue;
		const { rep_id, days } = rep;
		for (const { date, entries } of days) {
			for (const entry of entries) spots.set(entry.customer_id, [...(spots.get(entry.customer_id) ?? []), spotOf(rep_id, date, entry)]);
		}
	}
	return spots;
}

function spotOf(rep_id: string, date: string, { start, channel, value_cents }: Entry): Spot {
	return { rep_id, date, start, channel, value_cents };
}

function isSame(one: Spot, other: Spot, tolerance: number): boolean {
	return (
		one.rep_id === other.rep_id &&
		one.date === other.date &&
		one.channel === other.channel &&
		Math.abs(parseTime(one.start) - parseTime(other.start)) <= tolerance
	);
}

function byPlace(a: PlanChange, b: PlanChange): number {
	const key = ({ from, to, customer_id }: PlanChange): string => {
		const spot = from ?? to;
		return `${spot?.rep_id} ${spot?.date} ${spot?.start} ${customer_id}`;
	};
	return key(a) < key(b) ? -1 : 1;
}

/** What events say of customers by name. */
function eventCauses(plan: PlanDocument): ReadonlyMap<string, string> {
	const causes = new Map<string, string>();
	for (const event of plan.receipt.revision?.events ?? []) {
		if (typeof event.customer_id === "string" && event.type !== "accept") causes.set(event.customer_id, event.type);
		if (event.type === "swap" && typeof event.with === "string") causes.set(event.with, "swap");
	}
	return causes;
}

const WHY: Readonly<Record<string, DecisionKey>> = {
	cancelled: "cancelled",
	refuse: "refused",
	swap: "swapped",
	urgent: "urgent",
	absent: "absent",
	delayed: "delayed",
	road: "road",
	not_reached: "notReached",
	done: "done",
	rules: "rules",
};

function changeOf({ voice }: Pick<Desk, "voice">, customer_id: string, from: Spot | null, to: Spot | null, cause: string): PlanChange {
	const change = from ? (to ? "moved" : "dropped") : "added";
	const what = WHY[cause];
	const worth = voice.money((to ?? from)?.value_cents ?? 0);
	const why = sayDecision(voice, what ?? (change === "added" ? "roomFor" : change === "moved" ? "fitsBetter" : "gaveWay"), { worth });
	const where =
		to && from && to.date !== from.date ? sayDecision(voice, "nowOn", { date: voice.date(to.date), time: to.start.slice(0, 5) }) : "";
	return { change, customer_id, from, to, cause, reason: where === "" ? `${why}.` : `${why}; ${where}.` };
}
