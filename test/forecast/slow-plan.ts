import type { PlanContext } from "../../engine/agenda/context.ts";
import type { ForecastMetric } from "../../engine/forecast/forecast-document.ts";
import type { Part } from "../../engine/forecast/forecast-groups.ts";
import { CLASSES, PHASES, POTENTIALS } from "../../engine/policy/case.ts";
import { CHANNELS, CREDIT_STATUS, REP_KINDS } from "../../engine/portfolio/schema.ts";
import { orderProbability } from "../../engine/scoring/scores.ts";
import { parseDay } from "../../engine/units.ts";
import { assignedOf, dayOf, ownerOf, plainRows, type SlowRow } from "../monitor/slow-figures.ts";
import { slowPicture } from "./slow-picture.ts";
import { linesOf } from "./trade.ts";

type Channel = (typeof CHANNELS)[number];

/** What a forecast reads of a plan. */
export interface SlowPlan {
	readonly plan_id: string;
	readonly as_of: string;
	readonly horizon: { readonly from: string; readonly to: string };
	readonly receipt: { readonly reps?: readonly string[] };
	readonly reps: readonly {
		readonly days: readonly {
			readonly date: string;
			readonly entries: readonly { readonly customer_id: string; readonly channel: Channel }[];
		}[];
	}[];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const middle = (values: readonly number[]): number => {
	const known = values.filter((value) => value > 0).sort((a, b) => a - b);
	return known[known.length >> 1];
};

type Selected<Words extends string> = { readonly [Word in Words]: string | null };

/** The row that matches words with the fewest nulls. */
function mostSpecific<Words extends string, Found extends Selected<Words>>(
	rows: readonly Found[],
	words: Record<Words, string>,
): Found | undefined {
	const names = Object.keys(words) as Words[];
	const numNull = (row: Found): number => names.filter((name) => row[name] === null).length;
	const matching = rows.filter((row) => names.every((name) => row[name] === null || row[name] === words[name]));
	return matching.sort((a, b) => numNull(a) - numNull(b)).at(0);
}

/** Lowest, expected and highest; by the words of a part, a metric and a horizon. */
type Range = readonly [lower: number, mean: number, upper: number];

/** What a plan adds to usual service, customer by customer and contact by contact, from rows, scores and policy. */
export function slowPlanGain(context: PlanContext, plan: SlowPlan) {
	const { portfolio, policy, scores, classification, asOf } = context;
	const [customers, reps] = [plainRows(portfolio.tables.customers), plainRows(portfolio.tables.reps)];
	const made = plainRows(portfolio.tables.contacts).filter(
		(row) => dayOf(row) >= asOf - 90 && dayOf(row) < asOf && row.direction !== "inbound" && row.outcome !== "cancelled",
	);
	const numDays = parseDay(plan.horizon.to) - parseDay(plan.horizon.from) + 1;
	const entries = plan.reps.flatMap(({ days }) => days.flatMap((day) => day.entries));
	const ownerIdOf = (c: number): string | null => {
		const owner = ownerOf({ portfolio, asOf, customers, reps }, c);
		return owner < 0 ? null : String(reps[owner].rep_id);
	};
	/** Is the customer judged by the plan: named in it, or of a rep that it was made for? */
	const isJudged = (c: number): boolean =>
		plan.receipt.reps === undefined ||
		entries.some(({ customer_id }) => customer_id === customers[c].customer_id) ||
		plan.receipt.reps.some((id) => id === ownerIdOf(c));
	const usualTicket = middle([...scores.ticket]);
	const usualInterval = middle([...scores.expectedInterval]) || 14;

	const orderOf = (c: number, row: SlowRow, phase: string): { value: number; margin: number } => {
		const rung = CREDIT_STATUS[classification.credit[c]];
		const room =
			row.credit_limit === null ? Infinity : Number(row.credit_limit) - Number(row.open_balance ?? 0) - Number(row.open_orders_value ?? 0);
		const isStopped = rung === "collect_only" || rung === "collections_team";
		const isCash = rung === "collect_and_sell_cash";
		const canOrder = isCash || (room > 0 && room >= Number(row.min_order_value ?? 0));
		const prospect = row.potential_value === null ? usualTicket / 2 : (Number(row.potential_value) * usualInterval) / (365.25 / 12);
		const ticket = phase === "prospect" ? prospect : Math.max(0, scores.ticket[c]);
		const value = isStopped || !canOrder ? 0 : isCash ? ticket : Math.min(ticket, room);
		const rate = Number.isNaN(scores.marginRate[c]) ? policy.value.default_margin_rate : Math.max(0, scores.marginRate[c]);
		return { value, margin: value * rate };
	};

	const gains = customers.map((row, c) => {
		const phase = PHASES[classification.phase[c]];
		const cls = CLASSES[classification.class[c]];
		const owner = ownerOf({ portfolio, asOf, customers, reps }, c);
		const kind = owner < 0 ? REP_KINDS[0] : String(reps[owner].kind);
		const potential = POTENTIALS[classification.potential[c]];
		const actionPlan = mostSpecific(policy.action_plans, { phase, class: cls, potential, rep_kind: kind });
		const assigned = assignedOf({ portfolio, asOf }, c)?.interval_days;
		const interval = Number(assigned ?? row.visit_interval_days ?? actionPlan?.interval_days);
		const chance = phase === "prospect" ? policy.value.prospect_order_probability : orderProbability(scores, c, interval);
		const differences = CHANNELS.map((channel) => {
			const planned = entries.filter((entry) => entry.customer_id === row.customer_id && entry.channel === channel).length;
			const usual = made.filter((contact) => contact.customer_id === c && contact.channel === channel).length;
			return isJudged(c) ? planned - (usual * numDays) / 90 : 0;
		});
		/** Orders that one more contact wins, at either end of what its effect may be and as it is taken to be. */
		const wonBy = (channel: string): Range => {
			const effect = mostSpecific(policy.effects, { phase, class: cls, channel });
			const logit = effect?.order_logit ?? 0;
			const { lower, upper } = effect?.measured ?? { lower: 0, upper: 2 * logit };
			const won = (by: number): number => {
				const odds = (chance / (1 - chance)) * Math.exp(by);
				return (1 - policy.value.pull_forward) * (odds / (1 + odds) - chance);
			};
			return [won(lower), won(logit), won(upper)];
		};
		const parts = CHANNELS.map((channel, i) => wonBy(channel).map((won) => differences[i] * won));
		const orders: Range = [
			sum(parts.map(([low, , high]) => Math.min(low, high))),
			sum(parts.map(([, mean]) => mean)),
			sum(parts.map(([low, , high]) => Math.max(low, high))),
		];
		return { c, orders, ...orderOf(c, row, phase), isMixed: differences.some((one) => one > 0) && differences.some((one) => one < 0) };
	});

	const isOf = ({ by, id }: Part, c: number): boolean =>
		by === "rep" ? ownerIdOf(c) === id : by === "segment" ? customers[c].segment === id : true;
	const gainOf = (part: Part, metric: ForecastMetric, days: number): Range => {
		const own = gains.filter(({ c }) => isOf(part, c));
		const of = (end: 0 | 1 | 2): number =>
			sum(
				own.map(({ c, orders, value, margin }) => {
					if (metric === "revenue") return orders[end] * value;
					if (metric === "margin") return orders[end] * margin;
					// Of those that would not have ordered an order makes every second one positivated; a customer counts once.
					return 0.5 * (1 - orderProbability(scores, c, days)) * Math.max(-1, Math.min(1, orders[end]));
				}),
			);
		return [of(0), of(1), of(2)];
	};
	const lines = linesOf(portfolio).filter(({ day }) => day < asOf);
	/** Owners, segments and lines by name, customers or sales without one last. */
	const parts = (): Part[] => {
		const named = (by: Part["by"], names: readonly (string | null)[]): Part[] =>
			[...new Set(names)].sort((x, y) => (x === null ? 1 : y === null ? -1 : x < y ? -1 : 1)).map((id) => ({ by, id }));
		const ids = customers.map((_, c) => c);
		return [
			{ by: "total", id: null },
			...named("rep", ids.map(ownerIdOf)),
			...named(
				"segment",
				customers.map(({ segment }) => (segment === null ? null : String(segment))),
			),
			...named(
				"line",
				linesOf(portfolio).map(({ line }) => line),
			),
		];
	};
	/** Customers of a part that ordered in the year before; of a line, those whose sales of it in 360 days were above its returns. */
	const numActive = (part: Part): number =>
		customers.filter((_, c) => {
			const own = lines.filter(({ customer }) => customer === c);
			const ofLine = own.filter(({ day, line }) => day >= asOf - 360 && line === part.id);
			const isBought = part.by !== "line" || sum(ofLine.map(({ value = 0 }) => value)) > 0;
			return isBought && isOf(part, c) && own.some(({ day, quantity = 1 }) => day >= asOf - 365 && quantity > 0);
		}).length;
	const picture = slowPicture(context, scores, asOf, ownerIdOf);
	const everybody: Part = { by: "total", id: null };
	return {
		numContacts: entries.length,
		usualContacts: sum(customers.map((_, c) => (isJudged(c) ? made.filter((row) => row.customer_id === c).length : 0))) * (numDays / 90),
		gains,
		parts,
		numActive,
		/** Of a supplier line its share of what is foretold of all; else what the part's customers gain. */
		of(part: Part, metric: ForecastMetric, days: number): Range {
			if (part.by !== "line") return gainOf(part, metric, days);
			const m = ["revenue", "margin", "positivation"].indexOf(metric);
			const share = picture.of(part, days).model[m] / picture.of(everybody, days).model[m];
			const [lower, mean, upper] = gainOf(everybody, metric, days);
			return [share * lower, share * mean, share * upper];
		},
	};
}
