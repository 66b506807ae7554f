import type { Entry, PlanDocument } from "../../engine/index.ts";

/** An entry worth 12.34: 15.00 of sale less 2.66 of channel cost. */
export function sampleEntry(customerId: string, sequence: number, start: string, end: string): Entry {
	return {
		entry_id: `e-${customerId}-${sequence}`,
		sequence,
		customer_id: customerId,
		channel: "visit",
		kind: "retain",
		objective: "recover",
		arrive: start,
		start,
		end,
		travel_seconds: 600,
		travel_metres: 5000,
		phase: "pre_inactive",
		class: "A",
		potential: "high",
		min_gap_days: 3,
		churn_risk: 0.625,
		order_by: "16:00:00",
		delivers_on: "2026-11-25",
		value_cents: 1234,
		terms: [
			{ name: "sale", cents: 1500 },
			{ name: "channel_cost", cents: -266 },
		],
		products: [{ name: null, product_id: "p1", propensity: 0.5, expected_cents: 900, reason: "due" }],
		reason: "buys every 9 days, silent for 21",
		brief: {
			customer_name: `Padaria ${customerId}`,
			last_order_on: "2026-11-02",
			days_since_last_order: 21,
			expected_interval_days: 9,
			ticket_cents: 30000,
			lapsed_products: [],
			overdue_cents: 0,
			overdue_days: 0,
			headroom_cents: null,
			credit: "sell",
			stock_alerts: [],
			open_complaint: null,
			last_objection: null,
			goal_missing: null,
			order_by: null,
			delivers_on: null,
			recovery: null,
		},
	};
}

/** Two reps, two days from a date, a visit to one customer on each; customer `left` is left out by rep r1. */
export function samplePlan(options: { asOf?: string; next?: string; reps?: readonly string[]; planId?: string } = {}): PlanDocument {
	const { asOf = "2026-11-23", next = "2026-11-24", reps = ["r1", "r2"], planId = `plan${asOf.replaceAll("-", "")}` } = options;
	const day = (date: string, customer: string) => ({
		date,
		start: "08:00:00",
		end: "10:00:00",
		breaks: [],
		time_zone: "America/Sao_Paulo",
		travel_seconds: 1200,
		travel_metres: 10000,
		travel_cost_cents: 2067,
		entries: [sampleEntry(customer, 1, "08:10:00", "08:40:00")],
	});
	return {
		plan_id: planId,
		as_of: asOf,
		horizon: { from: asOf, to: next },
		currency: "BRL",
		policy: { time_zone: "America/Sao_Paulo", language: "pt-BR" },
		receipt: {
			as_of: asOf,
			inputs_digest: "i",
			policy_digest: "p",
			model: "m",
			engine: "carteira-test",
			travel: "straight",
			seed: 1,
			iterations: Object.fromEntries(reps.map((rep) => [rep, 10])),
			data_through: { orders: "2026-11-22" },
			published: null,
		},
		kpis: { num_visits: 2 * reps.length },
		reps: reps.map((rep) => ({
			rep_id: rep,
			value_cents: 2 * 1234 - 2 * 2067,
			upper_bound_cents: 5000,
			gap: 0.5,
			bound_method: "test",
			work_seconds: 288_000,
			due_seconds: 100_000,
			floor_cents: 0,
			days: [day(asOf, `${rep}-a`), day(next, `${rep}-b`)],
		})),
		unplanned: [
			{
				customer_id: "left",
				rep_id: "r1",
				reasons: [{ code: "NOT_DUE", proven: false, detail: "contacted yesterday" }],
				value_forgone_cents: 12,
				next_best_day: next,
			},
		],
		unmet_required: [],
		warnings: ["orders: no orders on 2026-11-12"],
	};
}
