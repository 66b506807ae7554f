import { CHANNELS, REP_KINDS } from "../portfolio/schema.ts";
import type { Table } from "../portfolio/portfolio.ts";
import { CLASSES, POTENTIALS } from "./case.ts";
import type { ActionPlan, Policy } from "./policy.ts";
import { EFFECT_DIMENSIONS, PLAN_DIMENSIONS, resolveRows } from "./row-match.ts";

/** Answers which action plan holds and what a contact is assumed to do; arguments are codes. */
export interface ActionPlans {
	planOf(phase: number, cls: number, potential: number, repKind: number): ActionPlan;
	/** Log-odds that a contact adds to an order soon, and takes from churn; 0 where no row of effects applies. */
	orderLogit(phase: number, cls: number, channel: number): number;
	retentionLogit(phase: number, cls: number, channel: number): number;
}

/** Matches every combination once, so that a look-up is an index. */
export function buildActionPlans(policy: Policy): ActionPlans {
	const plans = resolveRows(policy.action_plans, PLAN_DIMENSIONS);
	const effects = resolveRows(policy.effects, EFFECT_DIMENSIONS);
	const effectAt = (phase: number, cls: number, channel: number) =>
		policy.effects[effects[(phase * CLASSES.length + cls) * CHANNELS.length + channel]];
	return {
		planOf: (phase, cls, potential, repKind) =>
			policy.action_plans[plans[((phase * CLASSES.length + cls) * POTENTIALS.length + potential) * REP_KINDS.length + repKind]],
		orderLogit: (phase, cls, channel) => effectAt(phase, cls, channel)?.order_logit ?? 0,
		retentionLogit: (phase, cls, channel) => effectAt(phase, cls, channel)?.retention_logit ?? 0,
	};
}

/** Days between contacts that hold for one customer. */
export interface Cadence {
	readonly interval: number;
	readonly minGap: number;
	readonly maxGap: number;
}

/**
 * The action plan's days, overridden by the customer's own and, for the interval, by its assignment's (NaN: none). A longer interval
 * of the customer's own also moves a maximum gap that it does not state, so that keeping the interval is never a disruption.
 */
export function cadenceOf(plan: ActionPlan, customers: Table, customer: number, assignedInterval: number): Cadence {
	const { visit_interval_days: own, min_gap_days: minGap, max_gap_days: maxGap } = customers.numbers;
	const interval = orElse(assignedInterval, orElse(own[customer], plan.interval_days));
	return {
		interval,
		minGap: orElse(minGap[customer], plan.min_gap_days),
		maxGap: orElse(maxGap[customer], Math.max(plan.max_gap_days, interval)),
	};
}

function orElse(value: number, fallback: number): number {
	return Number.isNaN(value) ? fallback : value;
}
