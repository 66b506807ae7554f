import type { ContactRule, PlanDocument, RevisionRecord } from "../agenda/plan-document.ts";
import type { ReplanRequest } from "./request.ts";

/** Lists that revisions hand on, with what the present events add. */
export type CarriedOver = Pick<RevisionRecord, "resumptions" | "rules" | "urgent" | "absences">;

export function carriedOver(plan: PlanDocument, { events, now }: ReplanRequest): CarriedOver {
	const before = plan.receipt.revision;
	const today = now.slice(0, 10);
	const rules = events.flatMap((event): ContactRule[] => {
		if (event.type === "cancelled") return [ruleOf(event, event.date ?? today, event.date ?? today, event.reason ?? "cancelled")];
		if (event.type === "refuse") return [ruleOf(event, event.date, event.until ?? event.date, event.reason ?? "refused")];
		if (event.type === "swap") return [ruleOf(event, event.date, event.date, event.reason ?? "swapped")];
		return [];
	});
	const urgent = events.flatMap((event) => {
		if (event.type === "urgent") return [{ rep_id: event.rep_id, customer_id: event.customer_id, by: event.by ?? today }];
		return event.type === "swap" ? [{ rep_id: event.rep_id, customer_id: event.with, by: event.date }] : [];
	});
	const absences = events.flatMap((event) =>
		event.type === "absent" ? [{ rep_id: event.rep_id, from: now, until: event.until ?? today }] : [],
	);
	return {
		resumptions: before?.resumptions ?? [],
		rules: [...(before?.rules ?? []), ...rules],
		urgent: [...(before?.urgent ?? []), ...urgent],
		absences: [...(before?.absences ?? []), ...absences],
	};
}

function ruleOf(
	{ rep_id, customer_id }: { rep_id: string; customer_id: string },
	from: string,
	until: string,
	reason: string,
): ContactRule {
	return { rep_id, customer_id, from, until, reason };
}
