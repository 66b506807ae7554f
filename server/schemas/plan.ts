import { z } from "zod";
import type { Limits } from "../config.ts";
import { PLAN_STATUS, PUBLICATIONS } from "../store/store.ts";
import { askedDate, id, inputProblem, isoDate } from "./common.ts";

/** Body of `POST …/plans`. */
export function planOrderBody(limits: Limits) {
	const steps = z.int().min(0).max(limits.max_iterations);
	const budget = z
		.strictObject({
			iterations: z
				.union([steps, z.record(id, steps)])
				.optional()
				.meta({ description: "a number for every rep, or by rep id: those of a plan's receipt repeat it exactly" }),
			seconds: z.number().positive().max(limits.max_seconds).optional(),
		})
		.refine((given) => given.iterations === undefined || given.seconds === undefined, { message: "give iterations or seconds, not both" })
		.meta({ description: "search a rep: iterations repeat exactly, seconds do not" });
	return z.strictObject({
		as_of: askedDate.meta({ description: "first day planned; history is what lies before it" }),
		horizon_days: z.int().min(1).max(limits.max_horizon_days).optional(),
		reps: z.array(id).min(1).max(100_000).optional().meta({ description: "default: every rep" }),
		seed: z.int32().optional(),
		budget: budget.optional(),
		mode: z.enum(["validate", "solve"]).default("solve").meta({ description: "validate: read and judge the inputs, plan nothing" }),
		policy: z.record(z.string(), z.unknown()).optional().meta({ description: "fields laid over the portfolio's policy for this plan" }),
	});
}

const time = z.string().meta({ description: "local HH:MM:SS" });
const cents = z.int();

const entry = z
	.looseObject({
		entry_id: z.string(),
		sequence: z.int(),
		customer_id: z.string(),
		channel: z.string(),
		kind: z.string(),
		objective: z.string(),
		arrive: time,
		start: time,
		end: time,
		travel_seconds: z.int(),
		travel_metres: z.int(),
		phase: z.string(),
		class: z.string(),
		potential: z.string(),
		min_gap_days: z.number(),
		churn_risk: z.number().nullable(),
		order_by: z.string().optional(),
		delivers_on: isoDate.optional(),
		value_cents: cents,
		terms: z.array(z.looseObject({ name: z.string(), cents })).meta({ description: "sum to value_cents" }),
		products: z.array(z.looseObject({ product_id: z.string(), propensity: z.number(), expected_cents: z.number(), reason: z.string() })),
		reason: z.string(),
		brief: z.looseObject({}),
	})
	.meta({ id: "Entry" });

const dayFields = {
	date: isoDate,
	start: time,
	end: time,
	time_zone: z.string(),
	stage: z.string().optional().meta({ description: "of the rep's team in the roll-out: shadow or advise; absent: the agenda is the plan" }),
	reason: z.string().optional().meta({ description: "shadow: why a published agenda has no entries" }),
	breaks: z.array(z.looseObject({ start: time, end: time })),
	travel_seconds: z.int(),
	travel_metres: z.int(),
	travel_cost_cents: cents,
	entries: z.array(entry),
};
const day = z.looseObject(dayFields).meta({ id: "Day" });
const agenda = z.looseObject({ rep_id: z.string(), ...dayFields }).meta({ id: "Agenda" });

const unplanned = z
	.looseObject({
		customer_id: z.string(),
		rep_id: z.string().nullable(),
		reasons: z.array(
			z.looseObject({
				code: z.string(),
				proven: z.boolean().meta({ description: "true: no plan could include it; false: it was outbid" }),
				detail: z.string(),
			}),
		),
		value_forgone_cents: z.number(),
		next_best_day: isoDate.nullable(),
	})
	.meta({ id: "Unplanned" });

const unmet = z
	.looseObject({ customer_id: z.string(), rep_id: z.string(), on: isoDate, code: z.string(), detail: z.string() })
	.meta({ id: "UnmetRequired" });

const rep = z
	.looseObject({
		rep_id: z.string(),
		value_cents: cents,
		upper_bound_cents: cents,
		gap: z.number().nullable(),
		bound_method: z.string(),
		floor_cents: cents,
		days: z.array(day),
	})
	.meta({ id: "RepPlan" });

const progress = z.looseObject({
	phase: z.string(),
	reps_done: z.int(),
	num_reps: z.int(),
	value_cents: z.number(),
	upper_bound_cents: z.number(),
	gap: z.number().nullable(),
});

/** A plan at any stage; the fields of plan.json are there once it is completed or stopped. */
export const planView = z
	.looseObject({
		id: z.string(),
		portfolio: z.string(),
		status: z.enum(PLAN_STATUS),
		publication: z.enum(PUBLICATIONS),
		created_at: z.string(),
		finished_at: z.string().nullable(),
		published_at: z.string().nullable(),
		progress: progress.nullable(),
		failure: z.looseObject({ code: z.string(), detail: z.string(), errors: z.array(inputProblem) }).nullable(),
		plan_id: z.string().optional().meta({ description: "digest of the receipt: the same inputs and budget give the same" }),
		as_of: isoDate,
		horizon: z.looseObject({ from: isoDate, to: isoDate }).optional(),
		currency: z.string().optional(),
		policy: z.looseObject({}).optional(),
		receipt: z.looseObject({}).optional(),
		kpis: z.record(z.string(), z.number().nullable()).optional(),
		warnings: z.array(z.string()).optional(),
		reps: z.array(rep).optional(),
		unplanned: z.array(unplanned).optional(),
		unmet_required: z.array(unmet).optional(),
	})
	.meta({ id: "Plan" });

export const validationView = z
	.looseObject({
		valid: z.boolean(),
		portfolio: z.string(),
		as_of: isoDate,
		horizon: z.looseObject({ from: isoDate, to: isoDate }),
		data_through: z.record(z.string(), isoDate),
		warnings: z.array(z.string()),
	})
	.meta({ id: "Validation" });

export const agendasView = z
	.looseObject({
		portfolio: z.string(),
		plans: z.array(z.looseObject({ id: z.string(), plan_id: z.string() })),
		currency: z.string(),
		fallback: z.boolean().optional().meta({ description: "of published agendas: they stand in for those of the day's own plan" }),
		fallback_reason: z
			.looseObject({ code: z.string(), detail: z.string(), since: z.string(), unchecked: z.string().nullable() })
			.optional(),
		dropped: z.array(z.looseObject({ rep_id: z.string(), customer_id: z.string(), code: z.string(), detail: z.string() })).optional(),
		agendas: z.array(agenda),
	})
	.meta({ id: "Agendas" });

export const unplannedView = z
	.looseObject({ id: z.string(), plan_id: z.string(), unplanned: z.array(unplanned) })
	.meta({ id: "UnplannedList" });

export const suggestion = z
	.looseObject({
		rep_id: z.string(),
		date: isoDate,
		channel: z.string(),
		start: z.string(),
		end: z.string(),
		detour_seconds: z.int(),
		value_change_cents: z.int(),
		displaced: z.array(
			z.looseObject({ customer_id: z.string(), date: isoDate, to: z.looseObject({ date: isoDate, start: z.string() }).nullable() }),
		),
	})
	.meta({ id: "Suggestion" });

const alternatives = z
	.looseObject({
		without: z.array(z.looseObject({ rep_id: z.string(), date: isoDate, value_change_cents: z.int() })),
		instead: z.array(suggestion),
	})
	.nullable()
	.meta({
		id: "Alternatives",
		description: "what the plan could do otherwise, each change priced; null: the portfolio has changed too much to ask",
	});

export const explanationView = z
	.looseObject({
		id: z.string(),
		plan_id: z.string(),
		customer_id: z.string(),
		entries: z.array(z.looseObject({ rep_id: z.string(), date: isoDate, ...entry.shape })),
		unplanned: z.array(unplanned),
		unmet_required: z.array(unmet),
		alternatives,
	})
	.meta({ id: "Explanation" });
