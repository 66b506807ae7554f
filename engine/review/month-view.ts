import type { ReviewPlan } from "./plan-part.ts";
import { CarteiraError } from "../errors.ts";
import { type ActionPlans, buildActionPlans } from "../policy/action-plan.ts";
import { potentialRanks } from "../policy/abc.ts";
import { buildOwnership, type Ownership } from "../policy/ownership.ts";
import { type PastPicture, pictureBefore } from "../policy/past-picture.ts";
import { PROSPECT } from "../policy/phase.ts";
import { type Policy, validatePolicy } from "../policy/policy.ts";
import { buildCalendar, type Calendar } from "../portfolio/calendar/calendar.ts";
import { buildHistory, type History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { type Day, formatDay, NULL_CODE, parseDay } from "../units.ts";
import type { ReviewCustomer } from "./review-document.ts";

/** A month, or as many days: from the first to the last but `until`. */
export interface Span {
	readonly from: Day;
	readonly until: Day;
}

/** A month with all that was known by its end. */
export interface MonthView {
	readonly portfolio: Portfolio;
	readonly policy: Policy;
	readonly calendar: Calendar;
	/** What lies before the month's end. */
	readonly history: History;
	readonly month: Span;
	readonly before: Span;
	/** Day up to which orders are at hand: the month's end, or where they end more than a week before it; −Infinity without any. */
	readonly ordersUntil: Day;
	/** Phases and classes when a day of the month began, its end or that of an earlier month, from what was known then. */
	readonly pictureAt: (day: Day) => PastPicture;
	readonly ownership: Ownership;
	/** Rows of the customers that a row of reps owns. */
	readonly customersOf: (rep: number) => readonly number[];
	readonly actionPlans: ActionPlans;
	/** Code in POTENTIALS, by what the customers table states. */
	readonly potential: Uint8Array;
	/** Plans in force in the month, in the order of their publication. */
	readonly plans: readonly ReviewPlan[];
}

/** Days without orders at a month's end that may be chance. */
const MOST_QUIET = 7;

/** Looks at a month, `YYYY-MM`, of a portfolio. INVALID_INPUT for another text. */
export function viewMonth(portfolio: Portfolio, period: string, plans: readonly ReviewPlan[]): MonthView {
	const month = spanOf(period);
	const policy = validatePolicy(portfolio.policy);
	const history = buildHistory(portfolio, month.until);
	const { ordered_on: orderedOn } = portfolio.tables.orders.days;
	const last = history.line.reduce((latest, row) => Math.max(latest, orderedOn[row]), Number.NEGATIVE_INFINITY);
	const pictures = new Map<Day, PastPicture>();
	const pictureAt = (day: Day): PastPicture => {
		const known = pictures.get(day) ?? pictureBefore({ portfolio, policy, history }, day);
		pictures.set(day, known);
		return known;
	};
	const { potential_value: stated } = portfolio.tables.customers.numbers;
	const ownership = buildOwnership(portfolio, daysOf(month));
	const owned = Map.groupBy(
		Array.from({ length: history.numCustomers }, (_, customer) => customer),
		(customer) => ownership.ownerOf(customer),
	);
	return {
		portfolio,
		policy,
		calendar: buildCalendar(portfolio.given.has("holidays") ? portfolio.tables.holidays : null, policy),
		history,
		month,
		before: spanBefore(month),
		ordersUntil: last < month.until - MOST_QUIET ? last + 1 : month.until,
		pictureAt,
		ownership,
		customersOf: (rep) => owned.get(rep) ?? [],
		actionPlans: buildActionPlans(policy),
		potential: potentialRanks(
			stated.map((value) => value || 0),
			policy.potential.high,
			policy.potential.medium,
		),
		plans: plans.filter((plan) => isOfMonth(plan, month)),
	};
}

/** Does a plan hold days of a month, and was it made before the month's end? */
function isOfMonth({ horizon, receipt }: ReviewPlan, { from, until }: Span): boolean {
	const made = receipt.revision === undefined ? receipt.as_of : receipt.revision.now.slice(0, 10);
	return parseDay(horizon.to) >= from && parseDay(horizon.from) < until && parseDay(made) < until;
}

/** The days of `YYYY-MM`. */
export function spanOf(period: string): Span {
	const from = /^\d{4}-(0[1-9]|1[0-2])$/.test(period) ? parseDay(`${period}-01`) : Number.NaN;
	if (Number.isNaN(from)) throw new CarteiraError("INVALID_INPUT", `month is ${period}; expected YYYY-MM`);
	return { from, until: firstOfMonth(from + 31) };
}

/** The month that ends where a span begins. */
export function spanBefore({ from }: Span): Span {
	return { from: firstOfMonth(from - 1), until: from };
}

function firstOfMonth(day: Day): Day {
	return parseDay(`${formatDay(day).slice(0, 7)}-01`);
}

export function daysOf({ from, until }: Span): Day[] {
	return Array.from({ length: until - from }, (_, i) => from + i);
}

/** The class that rules of the policy go by: of prospects by their potential. */
export function ruleClass({ pictureAt, potential }: MonthView, customer: number, day: Day): number {
	const { phase, class: bySales } = pictureAt(day);
	return phase[customer] === PROSPECT ? potential[customer] : bySales[customer];
}

/** Code of a rep's kind; a rep that is only named counts as the first. */
export function kindOf({ portfolio }: MonthView, rep: number): number {
	const kind = portfolio.tables.reps.codes.kind[rep];
	return kind === undefined || kind === NULL_CODE ? 0 : kind;
}

const MOST_SHOWN = 20;

/** The customers behind a figure, weightiest first: by how far they moved it where the month before is told, else by what they add. */
export function behind(
	{ portfolio, ownership }: MonthView,
	value: ArrayLike<number>,
	{ before, among }: { readonly before?: ArrayLike<number>; readonly among?: readonly number[] } = {},
): { num_customers: number; customers: ReviewCustomer[] } {
	const { customers, reps } = portfolio.tables;
	const all = among ?? Array.from({ length: value.length }, (_, row) => row);
	const rows = all.filter((row) => value[row] !== 0 || (before !== undefined && before[row] !== 0));
	const weight = (row: number): number => Math.abs(value[row] - (before ? before[row] : 0));
	const shown = [...rows].sort((a, b) => weight(b) - weight(a) || a - b).slice(0, MOST_SHOWN);
	return {
		num_customers: rows.length,
		customers: shown.map((row) => {
			const owner = ownership.ownerOf(row);
			return {
				customer_id: customers.texts.customer_id.at(row) ?? "",
				name: customers.texts.name.at(row),
				rep_id: owner < 0 ? null : reps.texts.rep_id.at(owner),
				value: value[row],
				before: before ? before[row] : null,
			};
		}),
	};
}
