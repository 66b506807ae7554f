import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { ORDER_KINDS, ORDER_STATUS, TARGET_METRICS } from "../portfolio/schema.ts";
import { type Cents, type Day, formatDay } from "../units.ts";
import type { Classification } from "./case.ts";
import type { Ownership } from "./ownership.ts";
import { INACTIVATING, NEW, PROSPECT } from "./phase.ts";
import type { Policy } from "./policy.ts";

type Metric = (typeof TARGET_METRICS)[number];

const CANCELLED = ORDER_STATUS.indexOf("cancelled");
const CUT = ORDER_STATUS.indexOf("cut");
const RETURN = ORDER_KINDS.indexOf("return");

/** A target that a rep has not reached yet, with the price of what is missing. */
interface Goal {
	readonly metric: Metric;
	readonly line: string | null;
	/** Cents of bonus for each unit that is missing: a customer, a currency unit of sales, a product in a customer's mix. */
	readonly centsPerUnit: number;
	/** Does the period's past count, because as_of lies in it? */
	readonly isRunning: boolean;
}

/** What a customer bought in the month of as_of, all lines or one. */
interface MonthlySales {
	readonly value: Float64Array;
	readonly margin: Float64Array;
	readonly numProducts: Uint16Array;
}

export interface Goals {
	/**
	 * Cents that an order would earn towards the targets of its rep's month, were it certain: a customer counts once for positivation,
	 * new and recovered, an order's value and margin for revenue and margin, its new products for mix. A line's target counts a whole
	 * order. Never more than the order's margin, so that the end of a month cannot starve the next. Targets without bonus_value, and
	 * reached ones, have no price.
	 */
	centsOf(
		rep: number,
		customer: number,
		day: Day,
		order: { readonly value: Cents; readonly margin: Cents; readonly newProducts: number },
	): Cents;
}

interface GoalInputs {
	readonly portfolio: Portfolio;
	readonly history: History;
	readonly classification: Classification;
	readonly policy: Policy;
	readonly ownership: Ownership;
	readonly asOf: Day;
}

/** The targets of reps, and of their teams, with how far each is. */
export function createGoals(inputs: GoalInputs): Goals {
	const { portfolio, policy, classification, asOf } = inputs;
	const running = monthOf(asOf);
	const salesOf = cached((line: string | null) => monthlySales(inputs, line));
	const goalsOf = cached((key: string) => {
		const [rep, month] = key.split(" ");
		return findGoals(inputs, Number(rep), month, salesOf);
	});
	const isPositivated = (sales: MonthlySales, customer: number): boolean =>
		sales.value[customer] >= 100 * policy.positivation.min_value && sales.numProducts[customer] >= policy.positivation.min_products;

	const unitsOf = ({ metric, line, isRunning }: Goal, customer: number, order: Parameters<Goals["centsOf"]>[3]): number => {
		const phase = classification.phase[customer];
		if (metric === "revenue") return order.value / 100;
		if (metric === "margin") return order.margin / 100;
		if (metric === "mix") return order.newProducts;
		if (metric === "new") return phase === PROSPECT ? 1 : 0;
		if (metric === "recovered") return phase >= INACTIVATING ? 1 : 0;
		const sales = salesOf(line);
		if (isRunning && isPositivated(sales, customer)) return 0;
		const reached = isRunning ? sales.value[customer] : 0;
		return reached + order.value >= 100 * policy.positivation.min_value ? 1 : 0;
	};

	const hasTargets = portfolio.tables.targets.numRows > 0;
	return {
		centsOf: (rep, customer, day, order) => {
			if (!hasTargets) return 0;
			const month = day === asOf ? running : monthOf(day);
			const cents = goalsOf(`${rep} ${month}`).reduce((sum, goal) => sum + unitsOf(goal, customer, order) * goal.centsPerUnit, 0);
			return Math.min(cents, Math.max(0, order.margin));
		},
	};
}

function monthOf(day: Day): string {
	return formatDay(day).slice(0, 7);
}

function cached<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
	const made = new Map<Key, Value>();
	return (key) => {
		const known = made.get(key);
		if (known !== undefined) return known;
		const value = make(key);
		made.set(key, value);
		return value;
	};
}

function findGoals(inputs: GoalInputs, rep: number, month: string, salesOf: (line: string | null) => MonthlySales): Goal[] {
	const { portfolio, asOf } = inputs;
	const { targets, reps } = portfolio.tables;
	const team = reps.texts.team_id.at(rep);
	const isRunning = month === monthOf(asOf);
	const goals: Goal[] = [];
	for (let row = 0; row < targets.numRows; row++) {
		const bonus = targets.numbers.bonus_value[row];
		const teamOfTarget = targets.texts.team_id.at(row);
		const isOwn = targets.refs.rep_id[row] === rep;
		const isTeams = targets.refs.rep_id[row] < 0 && teamOfTarget !== null && teamOfTarget === team;
		if (targets.texts.period.at(row) !== month || !(bonus > 0) || !(isOwn || isTeams)) continue;
		const metric = TARGET_METRICS[targets.codes.metric[row]];
		const line = targets.texts.line.at(row);
		const isMember = (owner: number): boolean => (isOwn ? owner === rep : owner >= 0 && reps.texts.team_id.at(owner) === team);
		const reached = isRunning ? achieved(inputs, metric, salesOf(line), isMember) : 0;
		const gap = targets.numbers.target[row] - reached;
		if (gap > 0) goals.push({ metric, line, centsPerUnit: bonus / gap, isRunning });
	}
	return goals;
}

/** What the customers of some owners contributed to a metric in the month so far. */
function achieved(
	{ classification, policy, ownership, history, asOf }: GoalInputs,
	metric: Metric,
	sales: MonthlySales,
	isMember: (owner: number) => boolean,
): number {
	const monthStart = asOf - new Date(asOf * 86_400_000).getUTCDate() + 1;
	const minValue = 100 * policy.positivation.min_value;
	let sum = 0;
	for (let customer = 0; customer < sales.value.length; customer++) {
		if (!isMember(ownership.ownerOf(customer))) continue;
		if (metric === "revenue") sum += sales.value[customer] / 100;
		else if (metric === "margin") sum += sales.margin[customer] / 100;
		else if (metric === "mix") sum += sales.numProducts[customer];
		else if (metric === "positivation")
			sum += Number(sales.value[customer] >= minValue && sales.numProducts[customer] >= policy.positivation.min_products);
		else if (metric === "new")
			sum += Number(classification.phase[customer] === NEW && history.eventDay[history.eventStart[customer]] >= monthStart);
		else sum += Number(classification.recovered[customer] === 1 && classification.lastOrderDay[customer] >= monthStart);
	}
	return sum;
}

/** Sales of the month of as_of, returns subtracted, cancelled and cut lines left out; of one supplier line, or of all (null). */
function monthlySales({ portfolio, history, policy, asOf }: GoalInputs, line: string | null): MonthlySales {
	const { orders, products } = portfolio.tables;
	const monthStart = asOf - new Date(asOf * 86_400_000).getUTCDate() + 1;
	const sales = {
		value: new Float64Array(history.numCustomers),
		margin: new Float64Array(history.numCustomers),
		numProducts: new Uint16Array(history.numCustomers),
	};
	const isOfLine = (row: number): boolean =>
		line === null || (orders.texts.line.at(row) ?? products.texts.line.at(orders.refs.product_id[row])) === line;
	for (let customer = 0; customer < history.numCustomers; customer++) {
		const bought = new Set<number>();
		for (let i = history.lineStart[customer + 1] - 1; i >= history.lineStart[customer]; i--) {
			const row = history.line[i];
			if (orders.days.ordered_on[row] < monthStart) break;
			const status = orders.codes.status[row];
			if (status === CANCELLED || status === CUT || !isOfLine(row)) continue;
			const isReturn = orders.numbers.quantity[row] < 0 || orders.codes.kind[row] === RETURN;
			const value = isReturn ? -Math.abs(orders.numbers.net_value[row]) : orders.numbers.net_value[row];
			const margin = orders.numbers.margin[row];
			sales.value[customer] += value;
			sales.margin[customer] += Number.isNaN(margin) ? value * policy.value.default_margin_rate : margin;
			if (!isReturn) bought.add(orders.refs.product_id[row]);
		}
		sales.numProducts[customer] = bought.size;
	}
	return sales;
}
