import type { Cause } from "../policy/case.ts";
import type { EarlyStage } from "../policy/rollout.ts";

/** plan.json as api.md states it: the answer of `plan`, the body of a completed plan, the input of `check`. Keys are the contract's. */
export interface PlanDocument {
	readonly plan_id: string;
	readonly as_of: string;
	readonly horizon: { readonly from: string; readonly to: string };
	readonly currency: string;
	/** The effective policy. */
	readonly policy: unknown;
	readonly receipt: Receipt;
	readonly kpis: Readonly<Record<string, number | null>>;
	readonly reps: readonly RepPlan[];
	readonly unplanned: readonly Unplanned[];
	readonly unmet_required: readonly UnmetRequired[];
	/** What the reader should know before trusting the plan: stale feeds, quarantined rows, missing tables. */
	readonly warnings: readonly string[];
	/** Pseudonyms of customers whose data were erased since: their contacts stand here with what they are worth and nothing else. */
	readonly erased?: readonly string[];
}

export interface Receipt {
	readonly as_of: string;
	readonly inputs_digest: string;
	readonly policy_digest: string;
	/** What the effects of contacts rest on: `assumed`, or `measured` and the date before which outcomes were used. */
	readonly effects?: string;
	readonly model: string;
	readonly engine: string;
	readonly travel: string;
	readonly seed: number;
	readonly iterations: Readonly<Record<string, number>>;
	readonly data_through: Readonly<Record<string, string>>;
	/** Digest of the earlier inputs that what the whole portfolio says was measured on; only where those are not `inputs_digest`. */
	readonly population?: string;
	/** plan_id of the published plan whose changes were priced. */
	readonly published: string | null;
	/** The reps asked for, where not all were. */
	readonly reps?: readonly string[];
	/** Of a plan revised during its days: what it revises and why. */
	readonly revision?: RevisionRecord;
}

/** How a revision came about. Lists that are kept from revision to revision say so; the others are of this one. */
export interface RevisionRecord {
	/** plan_id of the plan revised. */
	readonly of: string;
	/** 1 for the first revision of a plan. */
	readonly number: number;
	/** Local date and time of the reps. */
	readonly now: string;
	readonly freeze: string;
	readonly max_changes: number;
	readonly tolerance_minutes: number;
	readonly seed: number;
	readonly iterations: number;
	readonly pins: readonly ContactName[];
	readonly events: readonly (Readonly<Record<string, unknown>> & { readonly type: string; readonly rep_id: string })[];
	/** Contacts that the events took out or pushed back, which are no changes of the replanning. */
	readonly forced: readonly (ContactName & { readonly cause: string })[];
	/** Kept: where and when the rep's day went on. Contacts that start earlier are what happened. */
	readonly resumptions: readonly Resumption[];
	/** Kept: dates on which a rep does not contact a customer, with the reason given. */
	readonly rules: readonly ContactRule[];
	/** Kept: customers that are contacted though not due. */
	readonly urgent: readonly { readonly rep_id: string; readonly customer_id: string; readonly by: string }[];
	/** Kept: absences that the tables do not know, from the moment of the event. */
	readonly absences: readonly { readonly rep_id: string; readonly from: string; readonly until: string }[];
}

/** A contact of a plan by rep, customer and date. */
export interface ContactName {
	readonly rep_id: string;
	readonly customer_id: string;
	readonly date: string;
}

/** Where a rep's day went on. */
export interface Resumption {
	readonly rep_id: string;
	readonly date: string;
	/** Local time from which the rep is free. */
	readonly at: string;
	/** Customer at whose place the rep is; null: the start place. */
	readonly from_customer_id: string | null;
	/** Times of legs from then on, over those of the travel rule. */
	readonly travel_factor: number;
	/** Nothing more is done on the day. */
	readonly closed: boolean;
}

/** From `from` to `until`, both included. */
export interface ContactRule {
	readonly rep_id: string;
	readonly customer_id: string;
	readonly from: string;
	readonly until: string;
	readonly reason: string;
}

export interface RepPlan {
	readonly rep_id: string;
	readonly value_cents: number;
	readonly upper_bound_cents: number;
	readonly gap: number | null;
	readonly bound_method: string;
	readonly floor_cents: number;
	/** Shift time less breaks over the horizon. */
	readonly work_seconds: number;
	/** Service time that is due: the most valuable contact, if worth anything, of every customer that may be contacted. */
	readonly due_seconds: number;
	readonly days: readonly DayPlan[];
}

export interface DayPlan {
	readonly date: string;
	/** IANA zone of the rep, in which the day's times are. */
	readonly time_zone: string;
	/** Of the rep's team in the roll-out: only compared, or advice. Absent: the agenda is the plan. */
	readonly stage?: EarlyStage;
	readonly start: string;
	readonly end: string;
	readonly breaks: readonly { readonly start: string; readonly end: string }[];
	readonly travel_seconds: number;
	readonly travel_metres: number;
	readonly travel_cost_cents: number;
	readonly entries: readonly Entry[];
}

export interface Entry {
	readonly entry_id: string;
	readonly sequence: number;
	readonly customer_id: string;
	readonly channel: string;
	readonly kind: string;
	readonly objective: string;
	readonly arrive: string;
	readonly start: string;
	readonly end: string;
	readonly travel_seconds: number;
	readonly travel_metres: number;
	readonly phase: string;
	readonly class: string;
	readonly potential: string;
	readonly min_gap_days: number;
	readonly churn_risk: number | null;
	readonly order_by?: string;
	readonly delivers_on?: string;
	readonly value_cents: number;
	readonly terms: readonly { readonly name: string; readonly cents: number }[];
	readonly products: readonly {
		readonly product_id: string;
		readonly name: string | null;
		readonly propensity: number;
		readonly expected_cents: number;
		readonly reason: string;
	}[];
	readonly reason: string;
	readonly brief: Brief;
	/** What became of the contact, in a revision; absent: planned, or done as planned. */
	readonly status?: "done" | "not_reached";
	readonly outcome?: string;
	readonly objection?: string;
}

/** What the rep wants to know before the contact. Absent facts are null. */
export interface Brief {
	readonly customer_name: string | null;
	readonly last_order_on: string | null;
	readonly days_since_last_order: number | null;
	readonly expected_interval_days: number | null;
	readonly ticket_cents: number | null;
	readonly lapsed_products: readonly string[];
	readonly overdue_cents: number;
	readonly overdue_days: number;
	/** Null: no limit. */
	readonly headroom_cents: number | null;
	readonly credit: string;
	readonly stock_alerts: readonly string[];
	readonly open_complaint: string | null;
	readonly last_objection: string | null;
	readonly goal_missing: string | null;
	/** Latest time of an order for the delivery below; null where delivery does not apply or has no cut-off. */
	readonly order_by: string | null;
	readonly delivers_on: string | null;
	/** Of a customer that bought regularly and stopped; null: it did not. */
	readonly recovery: Recovery | null;
}

/** Why a customer stopped, and what a contact does about it. */
export interface Recovery {
	readonly cause: Cause;
	/** When the order that did not come was expected. */
	readonly since: string;
	/** Null: that of the action plan. */
	readonly objective: string | null;
	/** A sentence in the policy's language. */
	readonly advice: string;
	/** The row that tells of it; null of an unknown cause. */
	readonly evidence: { readonly table: string; readonly id: string; readonly on: string | null; readonly detail: string } | null;
}

export interface Unplanned {
	readonly customer_id: string;
	readonly rep_id: string | null;
	readonly reasons: readonly { readonly code: string; readonly proven: boolean; readonly detail: string }[];
	readonly value_forgone_cents: number;
	readonly next_best_day: string | null;
}

export interface UnmetRequired {
	readonly customer_id: string;
	readonly rep_id: string;
	readonly on: string;
	readonly code: "REQUIRED_INFEASIBLE";
	readonly detail: string;
}

/** One broken rule that `check` found. `rule` is a stable kebab-case word. */
export interface Violation {
	readonly rule: string;
	/** JSON pointer into plan.json. */
	readonly pointer: string;
	readonly message: string;
}
