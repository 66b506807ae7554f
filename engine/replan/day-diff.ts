import { createVoice } from "../agenda/messages.ts";
import type { PlanDocument } from "../agenda/plan-document.ts";
import { diffPlans, type PlanChange, type PlanDiff } from "./diff.ts";

/** What a plan does otherwise than the one of an earlier day, on the days and for the reps that both plan. */
export interface DayDiff extends PlanDiff {
	/** First and last date that both plan. */
	readonly from: string;
	readonly to: string;
	/** What the plans rest on that is no longer the same. */
	readonly changed: readonly ("inputs" | "policy" | "model")[];
	/** Changes by cause. */
	readonly causes: Readonly<Record<string, number>>;
}

/**
 * What differs between the plans of two days and why: of who was dropped the reason why the later plan leaves it out, of who is new the
 * reason of its contact. Days that only one of them plans are no difference.
 */
export function diffDays(before: PlanDocument, after: PlanDocument): DayDiff {
	const from = before.as_of > after.as_of ? before.as_of : after.as_of;
	const to = before.horizon.to < after.horizon.to ? before.horizon.to : after.horizon.to;
	const shared = new Set(before.reps.map(({ rep_id }) => rep_id));
	const reps = new Set(after.reps.map(({ rep_id }) => rep_id).filter((id) => shared.has(id)));
	const [was, is] = [before, after].map((plan) => narrowed(plan, reps, from, to));
	const { language } = after.policy as { language?: string };
	const diff = diffPlans({ voice: createVoice(language ?? "en", after.currency) }, was, is);
	const explain = createExplainer(after);
	const changes = diff.changes.map(explain);
	const causes: Record<string, number> = {};
	for (const { cause } of changes) causes[cause] = (causes[cause] ?? 0) + 1;
	const digests = [
		["inputs", before.receipt.inputs_digest, after.receipt.inputs_digest],
		["policy", before.receipt.policy_digest, after.receipt.policy_digest],
		["model", before.receipt.model, after.receipt.model],
	] as const;
	return { ...diff, changes, from, to, causes, changed: digests.flatMap(([name, one, other]) => (one === other ? [] : [name])) };
}

/** The days of a plan that are compared; a rep's value is that of these days. */
function narrowed(plan: PlanDocument, shared: ReadonlySet<string>, from: string, to: string): PlanDocument {
	const reps = plan.reps
		.filter(({ rep_id }) => shared.has(rep_id))
		.map((rep) => {
			const days = rep.days.filter(({ date }) => date >= from && date <= to);
			const ofDay = ({ entries, travel_cost_cents }: (typeof days)[number]): number =>
				entries.reduce((sum, { value_cents }) => sum + value_cents, -travel_cost_cents);
			return { ...rep, days, value_cents: days.reduce((sum, day) => sum + ofDay(day), 0) };
		});
	return { ...plan, reps };
}

/** Says of a change what the later plan itself says of the customer. */
function createExplainer({ reps, unplanned, unmet_required }: PlanDocument): (change: PlanChange) => PlanChange {
	const leftOut = new Map(unplanned.map(({ customer_id, reasons }) => [customer_id, reasons[0]]));
	const unmet = new Map(unmet_required.map(({ customer_id, code, detail }) => [customer_id, { code, detail }]));
	const entryOf = new Map(
		reps.flatMap(({ days }) =>
			days.flatMap(({ date, entries }) => entries.map((entry) => [`${entry.customer_id} ${date}`, entry] as const)),
		),
	);
	return (change) => {
		const { customer_id, to } = change;
		if (change.change === "added") {
			const entry = entryOf.get(`${customer_id} ${to?.date}`);
			return entry ? { ...change, reason: entry.reason } : change;
		}
		const why = change.change === "dropped" ? (leftOut.get(customer_id) ?? unmet.get(customer_id)) : undefined;
		return why ? { ...change, cause: why.code, reason: why.detail } : change;
	};
}
