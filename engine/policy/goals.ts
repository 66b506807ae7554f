import type { Calendar } from "../portfolio/calendar/calendar.ts";
import type { History } from "../portfolio/history.ts";
import type { Portfolio, Table } from "../portfolio/portfolio.ts";
import { TARGET_METRICS } from "../portfolio/schema.ts";
import { type Cents, type Day, formatDay } from "../units.ts";
import type { Classification } from "./case.ts";
import type { Ownership } from "./ownership.ts";
import { createSales, isPositivated, type MonthlySales, type SalesOf } from "./monthly-sales.ts";
import { INACTIVATING, NEW, PROSPECT } from "./phase.ts";
import type { Policy } from "./policy.ts";

type Metric = (typeof TARGET_METRICS)[number];

/** A target that a rep has not reached yet, with the price of what is missing. */
interface Goal {
	readonly metric: Metric;
	readonly line: string | null;
	/** Cents for each unit that is missing: a customer, a currency unit of sales, a product in a positivated customer's mix. */
	readonly centsPerUnit: number;
	/** Does the period's past count, because as_of lies in it? */
	readonly isRunning: boolean;
}

export interface Goals {
	/**
	 * Cents that an order would earn towards the targets of its rep's month, were it certain: a customer counts once for positivation,
	 * new and recovered, an order's value and margin for revenue and margin, its new products for mix where the customer is positivated by then.
	 * A line's target counts a whole order. Never more than the order's margin, so that the end of a month cannot starve the next. Targets without bonus_value, and
	 * reached ones, have no price. In the running month a unit's share of the bonus is paid by how hard pressed the target is: what is
	 * missing over what the working days left would bring at an even pace, at most the policy's `goal_pressure_cap`.
	 */
	centsOf(
		rep: number,
		customer: number,
		day: Day,
		order: { readonly value: Cents; readonly margin: Cents; readonly newProducts: number },
	): Cents;
	/** Cents that a unit of a target, a row of the table, earns its rep today; null for targets without a price. */
	priceOf(target: number): number | null;
}

/**
 * How far each rep is, by metric and line (null: all) of the month's targets; arrays by row of reps. A target of `mix` is the mean number of
 * products of a positivated customer: `byRep` then counts the products, `buyers` the customers that had them this month, and last month.
 */
export type Achieved = readonly {
	readonly metric: Metric;
	readonly line: string | null;
	readonly byRep: Float64Array;
	readonly buyers: { readonly soFar: Float64Array; readonly lastMonth: Float64Array } | null;
}[];

export interface GoalInputs {
	readonly portfolio: Portfolio;
	readonly history: History;
	readonly classification: Classification;
	readonly policy: Policy;
	readonly ownership: Ownership;
	readonly calendar: Calendar;
	readonly asOf: Day;
	/** Reads sales from the month before on, where somebody does already. */
	readonly salesOf?: SalesOf;
}

/** Sales of the month of as_of so far, and of the month before. */
function salesOfMonths(inputs: GoalInputs): Readonly<Record<"soFar" | "before", (line: string | null) => MonthlySales>> {
	const start = monthStartOf(inputs.asOf);
	const last = monthStartOf(start - 1);
	const salesOf = inputs.salesOf ?? createSales(inputs, last).salesOf;
	return { soFar: cached((line) => salesOf(line, start, inputs.asOf)), before: cached((line) => salesOf(line, last, start)) };
}

/** Adds up what every rep of a whole portfolio reached of the targets that run. */
export function measureAchieved(inputs: GoalInputs): Achieved {
	const { targets } = inputs.portfolio.tables;
	const running = monthOf(inputs.asOf);
	const sales = salesOfMonths(inputs);
	const measures = new Map<string, Achieved[number]>();
	for (let row = 0; row < targets.numRows; row++) {
		const metric = TARGET_METRICS[targets.codes.metric[row]];
		const period = targets.texts.period.at(row) ?? "";
		// How many customers share a later month's mix is told by this one and the last.
		const isMeasured = period === running || (metric === "mix" && period > running);
		if (!isMeasured || !hasBonus(targets, row)) continue;
		const line = targets.texts.line.at(row);
		const key = JSON.stringify([metric, line]);
		if (measures.has(key)) continue;
		const buyersIn = (of: MonthlySales): Float64Array => achievedByRep(inputs, "positivation", of);
		const buyers = metric === "mix" ? { soFar: buyersIn(sales.soFar(line)), lastMonth: buyersIn(sales.before(line)) } : null;
		measures.set(key, { metric, line, byRep: achievedByRep(inputs, metric, sales.soFar(line)), buyers });
	}
	return [...measures.values()];
}

/** The targets of reps, and of their teams, with how far each is; `achieved` of the whole portfolio, where this one is a slice of it. */
export function createGoals(inputs: GoalInputs, achieved: Achieved = measureAchieved(inputs)): Goals {
	const { portfolio, policy, classification, asOf } = inputs;
	const { reps, targets } = portfolio.tables;
	const running = monthOf(asOf);
	const { soFar } = salesOfMonths(inputs);
	const teams = Map.groupBy(
		Array.from({ length: reps.numRows }, (_, rep) => rep),
		(rep) => reps.texts.team_id.at(rep),
	);

	const timeLeft = shareOfDaysLeft(inputs);
	const goalOf = (row: number): Goal | null => {
		const metric = TARGET_METRICS[targets.codes.metric[row]];
		const line = targets.texts.line.at(row);
		const isRunning = targets.texts.period.at(row) === running;
		const rep = targets.refs.rep_id[row];
		const members = rep >= 0 ? [rep] : (teams.get(targets.texts.team_id.at(row)) ?? []);
		const { reached, unitsInOne } = standOf(
			achieved.find((measure) => measure.metric === metric && measure.line === line),
			members,
			isRunning,
		);
		const target = targets.numbers.target[row];
		const gap = target - reached;
		if (!(gap > 0)) return null;
		const pressure = isRunning ? Math.min(policy.value.goal_pressure_cap, gap / target / timeLeft) : 1;
		return { metric, line, centsPerUnit: (targets.numbers.bonus_value[row] / (gap * unitsInOne)) * pressure, isRunning };
	};
	const goalsOf = cached((month: string) =>
		cached((rep: number): Goal[] => targetsOf(targets, month, rep, reps.texts.team_id.at(rep)).flatMap((row) => goalOf(row) ?? [])),
	);

	const unitsOf = ({ metric, line, isRunning }: Goal, customer: number, order: Parameters<Goals["centsOf"]>[3]): number => {
		const phase = classification.phase[customer];
		if (metric === "revenue") return order.value / 100;
		if (metric === "margin") return order.margin / 100;
		if (metric === "new") return phase === PROSPECT ? 1 : 0;
		if (metric === "recovered") return phase >= INACTIVATING ? 1 : 0;
		const sales = soFar(line);
		const isCounted = isRunning && isPositivated(policy, sales, customer);
		const reached = isRunning ? sales.value[customer] : 0;
		const isWon = reached + order.value >= 100 * policy.positivation.min_value;
		if (metric === "mix") return isCounted || isWon ? order.newProducts : 0;
		return !isCounted && isWon ? 1 : 0;
	};

	const hasTargets = targets.numRows > 0;
	return {
		centsOf: (rep, customer, day, order) => {
			if (!hasTargets) return 0;
			const month = day === asOf ? running : monthOf(day);
			const cents = goalsOf(month)(rep).reduce((sum, goal) => sum + unitsOf(goal, customer, order) * goal.centsPerUnit, 0);
			return Math.min(cents, Math.max(0, order.margin));
		},
		priceOf: (target) => (hasBonus(targets, target) ? (goalOf(target)?.centsPerUnit ?? null) : null),
	};
}

/**
 * How far members are towards a target, and how many units stand behind one of it: a mean grows by one when each of its customers, at least
 * as many as last month, takes one more.
 */
function standOf(
	measure: Achieved[number] | undefined,
	members: readonly number[],
	isRunning: boolean,
): { readonly reached: number; readonly unitsInOne: number } {
	const sum = (values: Float64Array): number => members.reduce((total, rep) => total + values[rep], 0);
	const { byRep, buyers } = measure ?? { byRep: null, buyers: null };
	const units = isRunning && byRep ? sum(byRep) : 0;
	if (!buyers) return { reached: units, unitsInOne: 1 };
	const soFar = sum(buyers.soFar);
	return { reached: isRunning ? meanOf(units, soFar) : 0, unitsInOne: Math.max(1, soFar, sum(buyers.lastMonth)) };
}

/** Products of a positivated customer; 0 without any. */
export function meanOf(products: number, buyers: number): number {
	return buyers > 0 ? products / buyers : 0;
}

/** Working days left of the month of as_of over all of its working days, as_of counted as one in any case. */
function shareOfDaysLeft({ calendar, asOf }: GoalInputs): number {
	const [from, to] = [monthStartOf(asOf), monthStartOf(monthStartOf(asOf) + 31)];
	const left = Math.max(1, countWorkingDays(calendar, asOf, to));
	return left / Math.max(left, countWorkingDays(calendar, from, to));
}

/** Working days of from … to − 1. */
export function countWorkingDays(calendar: Calendar, from: Day, to: Day): number {
	let count = 0;
	for (let day = from; day < to; day++) if (calendar.isWorkingDay(day)) count++;
	return count;
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

function hasBonus({ numbers }: Table, row: number): boolean {
	return numbers.bonus_value[row] > 0;
}

/** Rows of a month's targets with a bonus for a rep, then of those for its team. A look at every row, since a plan of one rep asks but once a month. */
function targetsOf(targets: Table, month: string, rep: number, team: string | null): number[] {
	const { rep_id: reps } = targets.refs;
	const [own, ofTeam]: [number[], number[]] = [[], []];
	for (let row = 0; row < targets.numRows; row++) {
		if (reps[row] >= 0 && reps[row] !== rep) continue;
		if (!hasBonus(targets, row) || targets.texts.period.at(row) !== month) continue;
		if (reps[row] === rep) own.push(row);
		else if (team !== null && targets.texts.team_id.at(row) === team) ofTeam.push(row);
	}
	return [...own, ...ofTeam];
}

/** What the customers of each rep contributed to a metric in the month so far, by row of reps; `sales` are those of the month. Mix: products of positivated customers. */
export function achievedByRep(
	{ portfolio, classification, policy, ownership, history, asOf }: Omit<GoalInputs, "calendar">,
	metric: Metric,
	sales: MonthlySales,
): Float64Array {
	const monthStart = monthStartOf(asOf);
	const unitsOf: Readonly<Record<Metric, (customer: number) => number>> = {
		revenue: (customer) => sales.value[customer] / 100,
		margin: (customer) => sales.margin[customer] / 100,
		mix: (customer) => (isPositivated(policy, sales, customer) ? sales.numProducts[customer] : 0),
		positivation: (customer) => Number(isPositivated(policy, sales, customer)),
		new: (customer) => Number(classification.phase[customer] === NEW && history.eventDay[history.eventStart[customer]] >= monthStart),
		recovered: (customer) => Number(classification.recovered[customer] === 1 && classification.lastOrderDay[customer] >= monthStart),
	};
	const sums = new Float64Array(portfolio.tables.reps.length);
	for (let customer = 0; customer < sales.value.length; customer++) {
		const owner = ownership.ownerOf(customer);
		if (owner >= 0) sums[owner] += unitsOf[metric](customer);
	}
	return sums;
}

export function monthStartOf(day: Day): Day {
	return day - new Date(day * 86_400_000).getUTCDate() + 1;
}
