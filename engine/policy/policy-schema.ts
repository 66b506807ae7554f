import { z } from "zod";
import { DIALECT_WORDS } from "../portfolio/files/dialect.ts";
import { CHANNELS, REP_KINDS, TABLE_NAMES } from "../portfolio/schema.ts";
import { type Cause, CLASSES, PHASES, POTENTIALS } from "./case.ts";
import { CATCH_ALL_ACTION_PLAN, DEFAULT_ACTION_PLANS, DEFAULT_EFFECTS, DEFAULT_FLOORS, DEFAULT_OBJECTIONS } from "./defaults.ts";

const rate = () => z.number().min(0).max(1);
/** A threshold in currency units. */
const money = () => z.number().min(0).max(1e9);
/** A price that enters the value of one contact: at most what a term holds. */
const price = () => z.number().min(0).max(1e6);
/** A price that is paid for each hour or contact short: the sum over a plan stays exact. */
const shortfallPrice = () => z.number().min(0).max(1e5);
const days = () => z.int().min(0).max(3650);
const someDays = () => z.int().min(1).max(3650);
const orAll = <T extends readonly string[]>(words: T) => z.enum(words).nullable().default(null);
const manager = () => z.enum(["supervisor", "director"]).nullable().default(null);

const isTimeZone = (name: string): boolean => {
	try {
		return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone.length > 0;
	} catch {
		return false;
	}
};

const isLanguage = (tag: string): boolean => {
	try {
		return Intl.getCanonicalLocales(tag).length === 1;
	} catch {
		return false;
	}
};

const speed = z.strictObject({
	up_to_km: z
		.number()
		.positive()
		.optional()
		.describe("longest straight line, in kilometres, for which the speed holds; absent in the last band"),
	kmh: z.number().min(1).max(300).describe("average speed in kilometres an hour"),
});

const travel = z
	.strictObject({
		detour: z.number().min(1).max(10).default(1.3).describe("road length over straight line"),
		speeds: z
			.array(speed)
			.min(1)
			.refine(
				(bands) => bands.every((band, i) => (i === bands.length - 1) === (band.up_to_km === undefined)),
				"every band but the last states up_to_km, and the last does not",
			)
			.refine(
				(bands) => bands.every((band, i) => i === 0 || (band.up_to_km ?? Infinity) > (bands[i - 1].up_to_km ?? 0)),
				"up_to_km must ascend",
			)
			.default([{ up_to_km: 2, kmh: 20 }, { up_to_km: 10, kmh: 32 }, { kmh: 60 }])
			.describe("speed by length of the straight line; the first band that reaches holds"),
		cost_per_km: z.number().min(0).max(1000).default(0.9).describe("currency units a kilometre"),
		cost_per_hour: z.number().min(0).max(10_000).default(35).describe("currency units an hour on the road"),
	})
	.prefault({});

const silence = (ratio: number, floor: number, ceiling: number) =>
	z
		.strictObject({
			ratio: z
				.number()
				.positive()
				.max(100)
				.default(ratio)
				.describe("silence over the customer's expected interval at which the phase begins"),
			floor_days: days().default(floor).describe("never before so many days"),
			ceiling_days: days().default(ceiling).describe("never after so many days"),
		})
		.refine((threshold) => threshold.floor_days <= threshold.ceiling_days, "floor_days must not exceed ceiling_days")
		.prefault({});

const phases = z
	.strictObject({
		pre_inactive: silence(1.5, 10, 60).describe("quieter than usual"),
		inactivating: silence(2.5, 20, 100).describe("slipping away"),
		inactive: silence(4, 40, 150).describe("stopped buying"),
		ex_customer: z.strictObject({ days: someDays().default(365).describe("silence that makes an ex-customer") }).prefault({}),
		new_days: days().default(90).describe("a customer is new for so many days after its first order"),
		recovered_days: days().default(60).describe("a return from inactivating or deeper is marked for so many days"),
	})
	.prefault({});

const classes = z
	.strictObject({
		basis: z.enum(["revenue", "margin"]).default("revenue").describe("what the ABC curve adds up"),
		window_days: someDays().default(365).describe("trailing window"),
		a: rate().default(0.8).describe("class A holds the largest customers up to this share"),
		b: rate().default(0.95).describe("class B the next ones up to this share"),
	})
	.refine((classes) => classes.a <= classes.b, "a must not exceed b")
	.prefault({});

const potential = z
	.strictObject({
		high: rate().default(0.2).describe("share of the customers, best first, with high potential"),
		medium: rate().default(0.5).describe("share of the customers, best first, with high or medium potential"),
	})
	.refine((potential) => potential.high <= potential.medium, "high must not exceed medium")
	.prefault({});

const actionPlan = z
	.strictObject({
		phase: orAll(PHASES).describe("null: every phase"),
		class: orAll(CLASSES).describe("null: every class"),
		potential: orAll(POTENTIALS).describe("null: every potential"),
		rep_kind: orAll(REP_KINDS).describe("null: every kind of rep"),
		interval_days: someDays().default(14).describe("days from one contact to the next that the plan aims at"),
		min_gap_days: days().optional().describe("least difference of dates between two contacts; absent: a third of the interval"),
		max_gap_days: someDays().optional().describe("longest time without contact before service is disrupted; absent: twice the interval"),
		channels: z
			.array(z.strictObject({ channel: z.enum(CHANNELS), minutes: z.number().min(1).max(480).describe("service time of one contact") }))
			.min(1)
			.refine((rows) => new Set(rows.map((row) => row.channel)).size === rows.length, "a channel may appear once")
			.default(CATCH_ALL_ACTION_PLAN.channels)
			.describe("allowed channels, preferred first"),
		objective: z.string().min(1).max(100).default("keep_in_touch").describe("what the contact is for, in the company's words"),
		escalate_to: manager().describe("the first rep of this kind up the owner's managers makes the contact; null: nobody is called in"),
		disruption_cost_per_day: price().default(1).describe("price in currency units of a day beyond max_gap_days"),
	})
	.transform((plan) => ({
		...plan,
		min_gap_days: plan.min_gap_days ?? Math.max(1, Math.floor(plan.interval_days / 3)),
		max_gap_days: plan.max_gap_days ?? 2 * plan.interval_days,
	}));

const floor = z
	.strictObject({
		phase: orAll(PHASES).describe("null: every phase"),
		class: orAll(CLASSES).describe("null: every class"),
		min_share_of_time: rate().nullable().default(null).describe("least share of the rep's shift time less breaks, in service"),
		min_contacts: z.int().min(0).max(10_000).nullable().default(null).describe("least number of contacts over the horizon"),
		cost_per_hour_short: shortfallPrice().nullable().default(null).describe("price of each hour short; null beside min_share_of_time: 60"),
		cost_per_contact_short: shortfallPrice().nullable().default(null).describe("price of each contact short; null beside min_contacts: 10"),
	})
	.refine((row) => row.min_share_of_time !== null || row.min_contacts !== null, "a floor states min_share_of_time or min_contacts")
	.transform((row) => ({
		...row,
		cost_per_hour_short: row.min_share_of_time === null ? row.cost_per_hour_short : (row.cost_per_hour_short ?? 60),
		cost_per_contact_short: row.min_contacts === null ? row.cost_per_contact_short : (row.cost_per_contact_short ?? 10),
	}));

const logit = () => z.number().min(-5).max(5);
const count = () => z.int().min(0);

const measured = z
	.strictObject({
		as_of: z.iso.date().describe("outcomes before this date were used"),
		assumed_order_logit: logit().describe("the assumption that the outcomes were weighed with"),
		level: z.number().gt(0).lt(1).describe("probability that the interval states"),
		lower: z.number().describe("of order_logit"),
		upper: z.number().describe("of order_logit"),
		made: count().describe("contacts made, reached or not"),
		held_out: count().describe("contacts that a lot withheld"),
	})
	.refine(({ lower, upper }) => lower <= upper, "expected lower up to upper")
	.describe("how order_logit was measured; absent: it is an assumption");

const effect = z.strictObject({
	phase: orAll(PHASES).describe("null: every phase"),
	class: orAll(CLASSES).describe("null: every class"),
	channel: z.enum(CHANNELS),
	order_logit: logit().default(0).describe("what a contact adds to the log-odds of an order soon"),
	retention_logit: logit().default(0).describe("what a contact takes from the log-odds of churn"),
	measured: measured.optional(),
});

const spread = (amount: number) => z.number().positive().max(5).default(amount);

const effectLearning = z
	.strictObject({
		history_days: someDays().default(365).describe("contacts made in so many days before as_of count"),
		level: z.number().min(0.5).max(0.999).default(0.9).describe("probability that an interval states"),
		channel_spread: spread(0.5).describe("how far a channel's effects may lie from the assumed ones: standard deviation in log-odds"),
		phase_spread: spread(0.4).describe("how far a phase's may lie from the channel's"),
		prospect_spread: spread(0.8).describe("the same of prospects, which have no orders that would tell more"),
		class_spread: spread(0.4).describe("how far a class's may lie from the channel's"),
		cell_spread: spread(0.2).describe("how far a phase × class's may lie from what its phase and its class say"),
		spread_strength: z
			.number()
			.positive()
			.max(1000)
			.default(4)
			.describe("how many effects' worth of evidence the four spreads weigh against what the outcomes show of them"),
	})
	.prefault({});

const weight = () => z.number().min(0).max(100).default(1);

const value = z
	.strictObject({
		default_margin_rate: rate().default(0.18).describe("margin over net value where neither orders nor products state it"),
		retention_months: z.number().min(0).max(120).default(12).describe("months of margin that a kept customer stands for"),
		saturation_days: z
			.number()
			.positive()
			.max(365)
			.default(7)
			.describe("a contact Δ days after the previous one keeps 1 − exp(−Δ / this) of its worth, less still before the interval is over"),
		mix_attach_rate: rate().default(0.5).describe("share of the models' propensity for a new product that a contact realises"),
		pull_forward: rate().default(0.5).describe("share of the orders won by a contact that would have come later anyway"),
		service_share_by_preference: z
			.array(rate())
			.min(1)
			.max(CHANNELS.length)
			.default([1, 0.5, 0.15, 0.1])
			.describe(
				"share of the service standard (cadence) that a contact by the first, second, … of the action plan's channels open to the customer meets; later ones like the last",
			),
		due_from_share: rate()
			.default(0.5)
			.describe("share of the interval after which a contact to sell, retain or win a prospect is due; sooner none is made"),
		goal_pressure_cap: z
			.number()
			.min(0)
			.max(10)
			.default(2)
			.describe("most that being behind a month's target, for the working days left, multiplies a unit's share of its bonus by"),
		prospect_order_probability: rate().default(0.008).describe("P(first order within an interval) of a prospect that nobody contacts"),
		weights: z
			.strictObject({
				sale: weight(),
				retention: weight(),
				mix: weight(),
				collection: weight(),
				cadence: weight(),
				campaign: weight(),
				goal: weight(),
			})
			.prefault({})
			.describe("strategy: what a unit of each term counts"),
	})
	.prefault({});

const perChannel = (amount: () => z.ZodNumber, defaults: Readonly<Record<(typeof CHANNELS)[number], number>>) =>
	z
		.strictObject({
			visit: amount().default(defaults.visit),
			phone: amount().default(defaults.phone),
			message: amount().default(defaults.message),
			email: amount().default(defaults.email),
		})
		.prefault({});

const credit = z
	.strictObject({
		notice_after_days: days().default(1).describe("overdue days from which one sells with notice"),
		cash_after_days: days().default(5).describe("from which one collects and sells for cash only"),
		collect_only_after_days: days().default(30).describe("from which one only collects"),
		collections_team_after_days: days().default(60).describe("from which the customer is the collections team's"),
		ignore_below: money().default(50).describe("overdue amounts below this, in currency units, do not count"),
		collection_probability: perChannel(rate, { visit: 0.35, phone: 0.2, message: 0.05, email: 0.03 }).describe(
			"P(a contact recovers the overdue amount)",
		),
	})
	.refine(
		(ladder) =>
			ladder.notice_after_days <= ladder.cash_after_days &&
			ladder.cash_after_days <= ladder.collect_only_after_days &&
			ladder.collect_only_after_days <= ladder.collections_team_after_days,
		"the rungs must ascend",
	)
	.prefault({});

const objection = z.strictObject({
	code: z.string().min(1).max(100).describe("as contacts state it"),
	defer_days: days().nullable().default(null).describe("no contact for so many days after it; null: no deferral"),
	channel: z.enum(CHANNELS).nullable().default(null).describe("the next contact takes this channel; null: any"),
	escalate_to: manager().describe("who is called in; null: nobody"),
});

const recovery = (usual: string | null) => z.string().min(1).max(100).nullable().default(usual);
const recoveryObjectives = z
	.strictObject({
		not_served: recovery("resume_service"),
		credit: recovery("settle_credit"),
		stock_out: recovery("confirm_stock"),
		delivery_failure: recovery("make_up_delivery"),
		price_objection: recovery("review_price"),
		complaint: recovery("answer_complaint"),
		competitor: recovery("answer_competitor"),
		closed: recovery("confirm_open"),
		unknown: recovery(null),
	} satisfies Readonly<Record<Cause, z.ZodType>>)
	.prefault({});

const dialect = z.strictObject({
	delimiter: z.enum(DIALECT_WORDS.delimiter).optional(),
	decimal: z.enum(DIALECT_WORDS.decimal).optional().describe("of every number but coordinates"),
	dates: z.enum(DIALECT_WORDS.dates).optional().describe("order of dates with slashes"),
	encoding: z.enum(DIALECT_WORDS.encoding).optional(),
});

/** The schema of policy.json: every field with its default and a description, from which the documentation is made. */
export const POLICY_SCHEMA = z.strictObject({
	currency: z
		.string()
		.regex(/^[A-Z]{3}$/, "an ISO 4217 code")
		.default("BRL")
		.describe("ISO 4217 code of every amount"),
	country: z
		.string()
		.regex(/^[A-Z]{2}$/, "an ISO 3166-1 code")
		.default("BR")
		.describe("whose holidays hold"),
	region: z.string().min(1).max(20).nullable().default("SP").describe("state whose holidays hold; null: national ones only"),
	language: z.string().max(20).refine(isLanguage, "a BCP 47 tag").default("pt-BR").describe("BCP 47 tag of what people read"),
	time_zone: z.string().refine(isTimeZone, "an IANA time zone").default("America/Sao_Paulo").describe("IANA zone of local times"),
	horizon_days: z.int().min(1).max(60).default(10).describe("working days planned"),
	routing_mode: z
		.enum(["fixed", "guided", "free"])
		.default("free")
		.describe("fixed: visits on the customer's visit days only; guided: at most stability.max_swaps_per_day others; free: any day"),
	on_bad_rows: z.enum(["quarantine", "reject"]).default("quarantine").describe("set bad rows aside, or refuse the import"),
	dialects: z
		.partialRecord(z.enum(["all", ...TABLE_NAMES]), dialect)
		.default({})
		.describe("how a table's CSV is written, where that must not be left to detection; all: every table that does not say otherwise"),
	stale_after_days: days().default(2).describe("working days without order feed after which the plan warns"),
	travel,
	phases,
	classes,
	potential,
	positivation: z
		.strictObject({
			min_value: money().default(100).describe("least net value invoiced in the month"),
			min_products: z.int().min(1).max(10_000).default(1).describe("least number of products"),
		})
		.prefault({}),
	action_plans: z
		.array(actionPlan)
		.max(2000)
		.default(DEFAULT_ACTION_PLANS)
		.describe("the most specific match wins; a list without a row for everyone is completed by the default one"),
	recovery_objectives: recoveryObjectives.describe(
		"what a contact with a customer that stopped buying is for, by why it stopped, in the company's words; null: what its action plan says",
	),
	floors: z.array(floor).max(100).default(DEFAULT_FLOORS).describe("service that value alone must not starve, as priced rows"),
	effects: z
		.array(effect)
		.max(2000)
		.default(DEFAULT_EFFECTS)
		.describe("the most specific match wins; a channel without a row for everyone is completed by the default one"),
	effect_learning: effectLearning.describe(
		"how effects are re-estimated from outcomes; nothing is changed until the result is put into effects",
	),
	value,
	channel_costs: perChannel(price, { visit: 6, phone: 1.5, message: 0.1, email: 0.05 }).describe("currency units a contact, travel apart"),
	credit,
	delivery: z
		.strictObject({
			wait_cost_rate_per_day: rate().default(0.02).describe("share of the expected margin that a day of waiting costs"),
			max_wait_days: days().default(5).describe("longest wait from loading day to delivery, in calendar days"),
		})
		.prefault({}),
	objections: z
		.array(objection)
		.max(200)
		.refine((rows) => new Set(rows.map((row) => row.code)).size === rows.length, "a code may appear once")
		.default(DEFAULT_OBJECTIONS),
	objection_days: days()
		.default(14)
		.describe("days for which an objection decides the channel of the next contact and who is called in, unless it defers for longer"),
	hold_outs: z
		.array(
			z
				.strictObject({
					experiment: z.string().min(1).max(100),
					from: z.iso.date().describe("first day"),
					to: z.iso.date().describe("last day"),
					customers: z
						.array(z.string().min(1).max(256))
						.max(100_000)
						.refine((ids) => new Set(ids).size === ids.length, "a customer may appear once")
						.default([])
						.describe("ids that a lot drew: no contact with them is planned on these days, promises apart"),
					rep_days: z
						.array(z.strictObject({ rep_id: z.string().min(1).max(256), dates: z.array(z.iso.date()).max(1000) }))
						.max(10_000)
						.refine((rows) => new Set(rows.map((row) => row.rep_id)).size === rows.length, "a rep may appear once")
						.default([])
						.describe("days that a lot drew of each rep: its agenda has nothing on them but promises"),
					share: rate()
						.nullable()
						.default(null)
						.describe("share that the lot was to draw, from which its strata follow; null: that of those drawn"),
					left_out: z
						.array(z.string().min(1).max(256))
						.max(1_000_000)
						.default([])
						.describe(
							"ids of buyers that could not be drawn, since they were closed, blocked or without a rep; whatever becomes of the others later, they stay in the experiment",
						),
				})
				.refine(({ from, to }) => from <= to, "from must not come after to")
				.refine(
					({ from, to, rep_days }) => rep_days.every(({ dates }) => dates.every((date) => from <= date && date <= to)),
					"dates of rep_days must lie from from to to",
				),
		)
		.max(20)
		.refine((rows) => new Set(rows.map((row) => row.experiment)).size === rows.length, "an experiment may appear once")
		.default([])
		.describe("whom experiments leave without planned contact, so that the others' uplift can be measured"),
	contact_rules: z
		.array(
			z
				.strictObject({
					customer_id: z.string().min(1).max(256),
					rep_id: z.string().min(1).max(256).nullable().default(null).describe("null: whichever rep"),
					from: z.iso.date().describe("first day"),
					until: z.iso.date().describe("last day"),
					reason: z.string().min(1).max(1000),
				})
				.refine(({ from, until }) => from <= until, "from must not come after until"),
		)
		.max(100_000)
		.default([])
		.describe("whom reps do not contact on these days, promises apart; the server adds refusals that have not expired"),
	rollout: z
		.array(z.strictObject({ team_id: z.string().min(1).max(256).nullable(), stage: z.enum(["shadow", "advise", "plan"]) }))
		.max(10_000)
		.refine((rows) => new Set(rows.map((row) => row.team_id)).size === rows.length, "a team may appear once")
		.default([])
		.describe(
			"how far each team is: plans are only compared, are advice, or are the plan (teams not listed); experiment report says who is ready for the next",
		),
	stability: z
		.strictObject({
			change_cost: price().default(3).describe("price of a visit off a preferred day, and of a change to a published agenda"),
			max_swaps_per_day: z.int().min(0).max(1000).default(3).describe("guided routing: visits a day outside their customers' days"),
		})
		.prefault({}),
});

type Immutable<T> = T extends readonly (infer Item)[]
	? readonly Immutable<Item>[]
	: T extends object
		? { readonly [Key in keyof T]: Immutable<T[Key]> }
		: T;

/** The effective policy: policy.json with every default filled in, keys as in the file; amounts in currency units. */
export type Policy = Immutable<z.output<typeof POLICY_SCHEMA>>;
export type ActionPlan = Policy["action_plans"][number];
export type Effect = Policy["effects"][number];
