import { z } from "zod";

/** What is drawn: customers for the whole time, or a rep's days, which switch back and forth. */
export const EXPERIMENT_UNITS = ["customer", "rep_day"] as const;
export type ExperimentUnit = (typeof EXPERIMENT_UNITS)[number];
export const OUTCOME_METRICS = ["revenue", "margin", "orders", "positivation"] as const;
export type OutcomeMetric = (typeof OUTCOME_METRICS)[number];
/** Steps of a roll-out, in order: plans are made and only compared; agendas are advice; agendas are the plan. */
export const LADDER = ["shadow", "advise", "plan"] as const;

const stratum = z.strictObject({ name: z.string(), num_units: z.int(), num_held_out: z.int() });

const power = z.strictObject({
	metric: z.enum(OUTCOME_METRICS),
	baseline: z.number().meta({ description: "mean a unit in the time before: cents, orders, share of customers" }),
	deviation: z.number().meta({ description: "standard deviation between units that the time before does not explain" }),
	minimum_detectable: z.number().meta({ description: "effect a unit that is found with the stated power" }),
	minimum_detectable_share: z.number().nullable().meta({ description: "of the baseline" }),
});

const guardrail = z.strictObject({
	rule: z.enum(["rep_share", "rep_value", "stratum_share", "phase_floor", "longest_silence", "balance", "contamination"]),
	is_met: z.boolean(),
	figure: z.number(),
	limit: z.number(),
	detail: z.string(),
});

/** What is stated before an experiment begins: `carteira experiment design --json`. */
export const experimentDesign = z.looseObject({
	experiment: z.string(),
	unit: z.enum(EXPERIMENT_UNITS),
	seed: z.int(),
	share: z.number(),
	from: z.iso.date(),
	to: z.iso.date().meta({ description: "last day" }),
	level: z.number(),
	wanted_power: z.number(),
	num_units: z.int(),
	num_held_out: z.int(),
	strata: z.array(stratum),
	power: z.array(power),
	guardrails: z.array(guardrail),
	policy: z.looseObject({}).meta({ description: "fields to lay over policy.json, so that plans withhold what the lot drew" }),
});

const interval = z.strictObject({ effect: z.number(), lower: z.number(), upper: z.number() });

const uplift = z.strictObject({
	metric: z.enum(OUTCOME_METRICS),
	planned: z.number().meta({ description: "mean a unit" }),
	held_out: z.number(),
	adjusted: interval.meta({
		description: "difference within strata, after what the time before explains; robust to units that belong together",
	}),
	randomised: interval.meta({ description: "the same by drawing the lot again: every constant effect that it does not refute" }),
	p_value: z.number().meta({ description: "of no effect on anybody, by the same draws" }),
	verdict: z.enum(["gain", "loss", "no_effect_shown"]),
});

const step = z.strictObject({
	team_id: z.string().nullable(),
	stage: z.enum(LADDER),
	next: z.enum(LADDER).nullable().meta({ description: "null: none is higher" }),
	is_ready: z.boolean(),
	evidence: z.array(z.strictObject({ rule: z.string(), is_met: z.boolean(), detail: z.string() })),
	uplift: z.array(uplift).meta({ description: "of the team alone; empty where its own lot is too small to tell" }),
});

/** What an experiment showed: `carteira experiment report --json`. */
export const experimentReport = z.looseObject({
	experiment: z.string(),
	unit: z.enum(EXPERIMENT_UNITS),
	from: z.iso.date(),
	to: z.iso.date(),
	as_of: z.iso.date(),
	is_over: z.boolean(),
	level: z.number(),
	num_draws: z.int(),
	num_units: z.int(),
	num_held_out: z.int(),
	num_contacted_though_held_out: z.int().meta({ description: "units of the hold-out that were contacted all the same; they stay in it" }),
	uplift: z.array(uplift),
	guardrails: z.array(guardrail),
	ladder: z.array(step),
	notes: z.array(z.strictObject({ code: z.string(), detail: z.string() })),
});

export type ExperimentDesign = z.output<typeof experimentDesign>;
export type ExperimentReport = z.output<typeof experimentReport>;
export type Guardrail = z.output<typeof guardrail>;
export type Uplift = z.output<typeof uplift>;
export type LadderStep = z.output<typeof step>;
