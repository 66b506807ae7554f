import { z } from "zod";
import { PHASES } from "../policy/case.ts";

/** Figures of a month beside those of the month before. */
export const RESULTS = ["revenue", "margin", "positivated", "new", "recovered", "lost", "reached", "disrupted"] as const;
export type ResultId = (typeof RESULTS)[number];
/** What a rep did with a contact of its agenda; `untouched`: neither. */
export const DECISIONS = ["accept", "swap", "refuse", "untouched"] as const;
export type Decision = (typeof DECISIONS)[number];
/** What a review asks to change, the gravest kind first. */
export const CHANGES = ["SHRINK_PORTFOLIO", "MOVE_CUSTOMER", "REVIEW_THRESHOLD", "REVIEW_FLOOR"] as const;

/** Why a review says less than it could. Words for people are made from the code; `detail` is English. */
export const REVIEW_WARNINGS = ["ORDERS_END_EARLY", "NO_CONTACTS", "NO_PLANS"] as const;

const date = z.iso.date();
const name = z.string().nullable();
const share = z.number().nullable();

const customer = z.strictObject({
	customer_id: z.string(),
	name,
	rep_id: name,
	value: z.number().meta({ description: "what the customer adds to the figure" }),
	before: z.number().nullable().meta({ description: "the month before; null where the figure has none" }),
});
/** The customers behind a figure: how many, and the first by weight. */
const behind = { num_customers: z.int(), customers: z.array(customer).meta({ description: "at most 20, the weightiest first" }) };

const result = z.strictObject({
	id: z.enum(RESULTS),
	unit: z.enum(["cents", "customers", "contacts"]),
	value: z.number(),
	before: z.number().meta({ description: "of the month before" }),
	change: share.meta({
		description: "over the month before, less 1; of money and contacts a working day; null where that was not above 0",
	}),
	verdict: z.enum(["better", "worse", "same"]).meta({ description: "same: within 2 %" }),
	...behind,
});

const rate = z.strictObject({ num: z.int(), ordered: z.int(), rate: share });
const threshold = z.strictObject({
	phase: z.enum(PHASES).meta({ description: "the phase that begins at the threshold" }),
	nearer_phase: z.enum(PHASES),
	ratio: z.number(),
	floor_days: z.number(),
	ceiling_days: z.number(),
	nearer: rate.meta({ description: "customer-months that began in the nearer phase, and those with an order in the month" }),
	deeper: rate,
	difference: share.meta({ description: "rate of the nearer phase less that of the deeper" }),
	lower: share.meta({ description: "95 %, robust to customers that come again" }),
	upper: share,
	separates: z.boolean().nullable().meta({
		description:
			"does the deeper phase order at most 0.8 times as often? With 95 %; null: not clear, or fewer than 30 customer-months on a side",
	}),
	...behind,
});

const load = z.strictObject({
	rep_id: z.string(),
	name,
	team_id: name,
	kind: z.string(),
	due_seconds: z.number().meta({ description: "service that the intervals of its customers asked for in the month" }),
	shift_seconds: z.number().meta({ description: "shifts of the month less breaks and absences" }),
	travel_share: z.number().meta({ description: "of the planned days from leaving to coming back, breaks apart; 0 where none is known" }),
	load: share.meta({ description: "due over what travel leaves of the shift; null without shift" }),
	is_too_big: z.boolean(),
	...behind,
});

const move = z.strictObject({
	customer_id: z.string(),
	name,
	from_rep_id: z.string(),
	to_rep_id: z.string(),
	from_km: z.number().meta({ description: "straight line to the middle of the rep's customers" }),
	to_km: z.number(),
	due_seconds: z.number(),
	from_load: z.number().meta({ description: "after this move and those before it" }),
	to_load: z.number(),
});

const floor = z.strictObject({
	phase: z.enum(PHASES).nullable(),
	class: name,
	num_contacts: z.int(),
	seconds: z.number(),
	margin_cents: z.number().meta({ description: "of orders on the days of the contacts" }),
	margin_cents_an_hour: share,
	others_cents_an_hour: share.meta({ description: "the same of all other contacts" }),
	cost_cents: z.number().meta({ description: "what the hours would have brought at the others' rate, less what they brought; at least 0" }),
	is_too_dear: z.boolean().meta({ description: "an hour or more at less than half of the others' rate" }),
	...behind,
});

const outcome = z.strictObject({
	decision: z.enum(DECISIONS),
	num_over: z.int().meta({ description: "whose 14 days after the date are over in the orders at hand: the figures are of these" }),
	num_open: z.int(),
	reached: z.int().meta({ description: "customers reached within the 14 days" }),
	ordered: z.int(),
	ordered_share: share,
	value_cents: z.number(),
	value_cents_each: share,
	reasons: z
		.array(z.strictObject({ reason: z.string(), num: z.int(), ordered: z.int() }))
		.meta({ description: "as reps gave them, most often first" }),
	...behind,
});

const change = z.strictObject({
	code: z.enum(CHANGES),
	subject: z.string().meta({ description: "rep, customer, phase, or phase and class of a floor" }),
	figure: z.number().meta({ description: "load, kilometres nearer, difference of rates, or cents" }),
});

/** The review of a month: `carteira review --json`, `GET …/reviews/{month}`. Nothing dated after the month is looked at. */
export const reviewDocument = z
	.looseObject({
		month: z.string(),
		from: date,
		to: date,
		currency: z.string(),
		language: z.string(),
		working_days: z.int(),
		working_days_before: z.int(),
		results: z.array(result),
		thresholds: z.array(threshold),
		reps: z.array(load).meta({ description: "highest load first" }),
		moves: z.array(move),
		floors: z.array(floor),
		floor_price_cents: z.number().nullable().meta({
			description: "what the month's days in force paid for floors not met, each its even share of its plan's price; null without plans",
		}),
		overrides: z.array(outcome).meta({ description: "of reps who are no RCA; empty without plans" }),
		num_rca_left_out: z.int().meta({ description: "RCA, for whom an agenda is a recommendation: what they did with it is no figure" }),
		changes: z.array(change),
		receipt: z.strictObject({ engine: z.string(), inputs_digest: z.string(), plans: z.array(z.string()) }),
		warnings: z.array(z.strictObject({ code: z.enum(REVIEW_WARNINGS), detail: z.string() })),
	})
	.meta({ id: "Review" });

export type ReviewDocument = z.output<typeof reviewDocument>;
export type ReviewCustomer = z.output<typeof customer>;
export type ReviewResult = z.output<typeof result>;
export type ReviewThreshold = z.output<typeof threshold>;
export type ReviewLoad = z.output<typeof load>;
export type ReviewMove = z.output<typeof move>;
export type ReviewFloor = z.output<typeof floor>;
export type ReviewOverrides = z.output<typeof outcome>;
export type ReviewChange = z.output<typeof change>;
