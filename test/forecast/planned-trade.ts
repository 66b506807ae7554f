import { CLASSES, PHASES } from "../../engine/policy/case.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { CHANNELS } from "../../engine/portfolio/schema.ts";
import { createRandom, type Random } from "../../engine/random.ts";
import { formatDay } from "../../engine/units.ts";
import { portfolioOf, type Row } from "../check/tables.ts";
import { LAST_DAY } from "../scoring/synthetic-portfolio.ts";
import type { SlowPlan } from "./slow-plan.ts";
import { madeTrade } from "./trade.ts";

const NUM_BUYERS = 36;
const NUM_CUSTOMERS = 42;
const REPS: readonly Row[] = [
	{ rep_id: "r0", kind: "field_employee" },
	{ rep_id: "r1", kind: "inside" },
	{ rep_id: "r2", kind: "rca" },
];
const EFFECTS = ["measured", "assumed", "mixed"] as const;

/**
 * Two years of trade whose customers have owners by table and by assignment, credit that runs out, intervals of their own, and contacts of every
 * channel and outcome; some never ordered. The plan calls on many, on some often, on others not at all. Effects of contacts are measured (also
 * as harmful), assumed, or both.
 */
export function plannedTrade(seed: number): { readonly portfolio: Portfolio; readonly plan: SlowPlan } {
	const random = createRandom(seed, 41);
	const pick = <T>(items: readonly T[]): T => items[random.below(items.length)];
	const chance = (share: number): boolean => random.next() < share;
	const on = (from: number, to: number): string => formatDay(LAST_DAY + from + random.below(to - from));
	const ids = Array.from({ length: NUM_CUSTOMERS }, (_, c) => `customers-${c}`);
	const reps = REPS.map(({ rep_id }) => String(rep_id));
	const trade = madeTrade(NUM_BUYERS, seed);
	const rows = {
		customers: ids.map(
			(customer_id): Row => ({
				customer_id,
				...(chance(0.9) && { rep_id: pick(reps) }),
				...(chance(0.7) && { segment: pick(["bar", "market"]) }),
				...(chance(0.4) && { potential_value: 100 + random.below(4000) }),
				...(chance(0.3) && { visit_interval_days: 3 + random.below(25) }),
				...(chance(0.5) && { credit_limit: pick([20, 150, 4000]), open_balance: pick([0, 30, 90]), open_orders_value: pick([0, 10]) }),
				...(chance(0.3) && { min_order_value: pick([50, 120]) }),
				...(chance(0.15) && { credit_status: pick(["collect_only", "collect_and_sell_cash", "sell_with_notice"]) }),
			}),
		),
		reps: REPS,
		assignments: ids
			.filter(() => chance(0.4))
			.map(
				(customer_id): Row => ({
					customer_id,
					rep_id: pick(reps),
					role: pick(["owner", "owner", "telesales", "cover"]),
					...(chance(0.6) && { interval_days: 2 + random.below(30) }),
					...(chance(0.3) && { valid_from: on(-2, 3) }),
					...(chance(0.3) && { valid_to: on(-2, 3) }),
				}),
			),
		contacts: Array.from(
			{ length: 400 },
			(_, i): Row => ({
				contact_id: `k${i}`,
				customer_id: pick(ids),
				contacted_at: `${on(-93, 3)}T${pick(["00:00", "12:30", "23:59"])}`,
				channel: pick(CHANNELS),
				outcome: pick(["order", "no_order", "not_reached", "cancelled"]),
				...(chance(0.3) && { direction: "inbound" }),
			}),
		),
	};
	const { customers, reps: ofReps, assignments, contacts } = portfolioOf(rows).tables;
	const { orders } = trade.tables;
	// Some lines state a supplier line of their own, one that no product has, and a margin.
	const lines = Array.from({ length: orders.numRows }, () => (chance(0.15) ? pick(["snacks", "wine"]) : null));
	const margin = orders.numbers.net_value.map((value) => (chance(0.3) ? Math.round(value * random.next() * 0.6) : Number.NaN));
	const ordered = {
		...orders,
		texts: { ...orders.texts, line: { length: orders.numRows, at: (row: number) => lines[row] } },
		numbers: { ...orders.numbers, margin },
	};
	const policy = {
		positivation: { min_value: 300, min_products: 2 },
		value: { pull_forward: pick([0.2, 0.5]), default_margin_rate: 0.21, prospect_order_probability: 0.07 },
		effects: effectsOf(random, EFFECTS[seed % EFFECTS.length]),
		action_plans: [
			{ interval_days: 11, rep_kind: "inside" },
			{ interval_days: 6, class: "A", rep_kind: "inside" },
			{ interval_days: 23, class: "A", rep_kind: "field_employee" },
			{ interval_days: 4, class: "B", potential: "high", rep_kind: "field_employee" },
			...PHASES.map((phase) => ({ interval_days: 9, phase, class: "C", potential: "low", rep_kind: "rca" })),
		],
	};
	const tables = { ...trade.tables, customers, reps: ofReps, assignments, contacts, orders: ordered };
	return { portfolio: { ...trade, tables, policy }, plan: planOf(random, ids, reps) };
}

/** Effects of every third cell, and of a class or phase where no row names both. */
function effectsOf(random: Random, how: (typeof EFFECTS)[number]): object[] {
	const isMeasured = (): boolean => how === "measured" || (how === "mixed" && random.next() < 0.5);
	const effect = (phase: string | null, cls: string | null, channel: string): object => {
		const order_logit = Math.round(100 * (1.6 * random.next() - 0.4)) / 100;
		const measured = {
			as_of: formatDay(LAST_DAY - 1 - random.below(90)),
			assumed_order_logit: 0.3,
			level: 0.9,
			lower: order_logit - random.next(),
			upper: order_logit + random.next() / 2,
			made: 40,
			held_out: 20,
		};
		return { phase, class: cls, channel, order_logit, ...(isMeasured() && { measured }) };
	};
	const cells = PHASES.flatMap((phase) => CLASSES.flatMap((cls) => CHANNELS.map((channel) => [phase, cls, channel] as const)));
	return [
		...cells.filter(() => random.next() < 0.3).map(([phase, cls, channel]) => effect(phase, cls, channel)),
		...CLASSES.map((cls) => effect(null, cls, "visit")),
		...PHASES.map((phase) => effect(phase, null, "phone")),
		effect(null, null, "message"),
	];
}

function planOf(random: Random, ids: readonly string[], reps: readonly string[]): SlowPlan {
	const numDays = 5 + random.below(10);
	const favourites = ids.filter(() => random.next() < 0.3);
	const pick = <T>(items: readonly T[]): T => items[random.below(items.length)];
	const entries = () => Array.from({ length: 14 }, () => ({ customer_id: pick(pick([favourites, ids])), channel: pick(CHANNELS) }));
	return {
		plan_id: "made-in-a-test",
		as_of: formatDay(LAST_DAY),
		horizon: { from: formatDay(LAST_DAY), to: formatDay(LAST_DAY + numDays - 1) },
		receipt: pick([{}, { reps: [pick(reps)] }]),
		reps: reps.map(() => ({ days: [0, 1, 2].map((day) => ({ date: formatDay(LAST_DAY + day), entries: entries() })) })),
	};
}
