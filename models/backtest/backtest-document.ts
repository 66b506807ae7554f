import { z } from "zod";

/**
 * Orders in which customers could have been contacted. `value`: the plan's, by what a contact is worth. `last_order`: longest silence first. `biggest`:
 * most sales of the past year first. `route`: a fixed weekly round. `random`: a lot. `reps`: whom reps contacted, in that order.
 * `plan`: a plan solved as of the origin, in order of its contacts; only where asked for.
 */
export const RANKINGS = ["value", "last_order", "biggest", "route", "random", "reps", "plan"] as const;
export type Ranking = (typeof RANKINGS)[number];

const share = z.number().min(0).max(1).nullable();
const estimate = z.strictObject({ mean: z.number().nullable(), lower: z.number().nullable(), upper: z.number().nullable() });

/** What the customers that a ranking has first then did. */
const captured = z.looseObject({
	ranking: z.enum(RANKINGS),
	num_contacts: z.int(),
	breaks: share.meta({ description: "of the positivation breaks that followed: share among the first" }),
	value_at_risk: share.meta({ description: "of the past year's sales of those that broke: share among the first" }),
	sales: share.meta({ description: "of the sales of the window: share of the first" }),
});

const origin = z.looseObject({
	origin: z.iso.date(),
	num_customers: z.int().meta({ description: "that could be contacted" }),
	num_contacts: z.int().meta({ description: "the first so many of every ranking count" }),
	num_breaks: z.int(),
	break_cents: z.number().meta({ description: "the past year's sales of those that broke" }),
	sales_cents: z.number(),
	has_seen: z.boolean().meta({ description: "did the model learn from days on or after the origin? Then its figures flatter it" }),
	rankings: z.array(captured),
});

const overall = z.looseObject({
	ranking: z.enum(RANKINGS),
	num_origins: z.int(),
	breaks: estimate,
	value_at_risk: estimate,
	sales: estimate,
	curve: z.array(z.strictObject({ customers: z.number(), breaks: share, value_at_risk: share, sales: share })).meta({
		description: "what the first so large a share of the customers hold, mean of the origins; of `reps` and `plan` no further than they go",
	}),
	value_ahead: z
		.strictObject({ breaks: estimate, value_at_risk: estimate, sales: estimate })
		.nullable()
		.meta({ description: "how much more the ranking `value` captures on the same origins; null for itself" }),
});

const bin = z.strictObject({ mean_score: z.number(), mean_label: z.number(), count: z.int() });

/** What a back-test cannot show, and why figures are missing. */
export const BACKTEST_LIMITS = [
	"NOBODY_TO_RANK",
	"NO_BREAKS",
	"NO_UPLIFT",
	"USUAL_SERVICE",
	"TODAYS_MASTER_DATA",
	"NO_SOLVE",
	"NO_CONTACTS",
	"MODEL_HAS_SEEN",
] as const;

/** A replay of a company's own past: `carteira backtest --json`. */
export const backtestDocument = z.looseObject({
	from: z.iso.date(),
	to: z.iso.date(),
	currency: z.string(),
	model: z.string(),
	window_days: z.int().meta({ description: "days from each origin in which it is seen what customers did" }),
	contact_days: z.int().meta({ description: "days from each origin whose contacts are ranked" }),
	level: z.number(),
	origins: z.array(origin),
	overall: z.array(overall),
	calibration: z.strictObject({
		order: z.array(bin).meta({ description: "P(order within the window) against what came, tenths of equal count over all origins" }),
		log_loss: z.number().nullable(),
		value_bias: z.number().nullable().meta({ description: "value foretold for 90 days over what came, less 1" }),
	}),
	limits: z.array(z.strictObject({ code: z.enum(BACKTEST_LIMITS), detail: z.string() })),
});

export type BacktestDocument = z.output<typeof backtestDocument>;
export type BacktestOrigin = BacktestDocument["origins"][number];
export type Captured = BacktestOrigin["rankings"][number];
export type Estimate = z.output<typeof estimate>;
