import { achievedByRep, countWorkingDays, createGoals, type Goals, meanOf, monthStartOf } from "../policy/goals.ts";
import type { MonthlySales } from "../policy/monthly-sales.ts";
import { OUTCOMES, TARGET_METRICS } from "../portfolio/schema.ts";
import { contactDay } from "../policy/classify.ts";
import { type Day, SECONDS_PER_DAY } from "../units.ts";
import type { MonitorTarget } from "./monitor-document.ts";
import type { PlannedContacts } from "./planned.ts";
import { RECENT_DAYS, valueOn } from "./standing-figures.ts";
import { monthDaysOf, monthEndOf, periodOf } from "./periods.ts";
import type { View } from "./view.ts";

type Metric = (typeof TARGET_METRICS)[number];

const CANCELLED = OUTCOMES.indexOf("cancelled");
const ORDER = OUTCOMES.indexOf("order");

/** The days of the running month. */
export interface Month {
	readonly from: Day;
	/** First day of the next. */
	readonly to: Day;
	readonly workingDays: number;
	/** From as_of on. */
	readonly workingDaysLeft: number;
}

export function monthOf({ asOf, calendar }: View): Month {
	const [from, to] = [monthStartOf(asOf), monthEndOf(asOf)];
	return { from, to, workingDays: countWorkingDays(calendar, from, to), workingDaysLeft: countWorkingDays(calendar, asOf, to) };
}

/** Targets of the running month, in order of rows: how far they are, how far they will get, and what the missing part would cost. */
export function targetRows(view: View, planned: PlannedContacts | null): MonitorTarget[] {
	const { portfolio, asOf } = view;
	const { targets } = portfolio.tables;
	const period = periodOf(asOf);
	const rows = Array.from({ length: targets.numRows }, (_, row) => row).filter((row) => targets.texts.period.at(row) === period);
	if (rows.length === 0) return [];
	const goals = createGoals(view);
	const measure = createMeasure(view);
	const work = contactWork(view, planned);
	return rows.map((row) => targetOf(view, row, goals, measure, work));
}

/** What a metric counts so far and what the rest of the month brings as usual, by row of reps. */
interface Measured {
	readonly byRep: Float64Array;
	readonly rest: Float64Array;
}

function createMeasure(view: View): (metric: Metric, line: string | null) => Measured {
	const { asOf, calendar, salesOf } = view;
	const { workingDays } = monthOf(view);
	const { from, before, cut } = monthDaysOf(calendar, asOf);
	const elapsed = countWorkingDays(calendar, from, asOf);
	const known = new Map<string, Measured>();
	return (metric, line) => {
		const key = JSON.stringify([metric, line]);
		const found = known.get(key);
		if (found) return found;
		const unitsIn = (sales: MonthlySales): Float64Array => achievedByRep(view, metric, sales);
		const byRep = unitsIn(salesOf(line, from, asOf));
		const isCounted = metric === "new" || metric === "recovered"; // by phases of today, which say nothing of last month's
		const restOf = (): Float64Array => {
			if (isCounted) return byRep.map((units) => (elapsed > 0 ? (units * (workingDays - elapsed)) / elapsed : 0));
			const whole = unitsIn(salesOf(line, before, from));
			const part = unitsIn(salesOf(line, before, cut));
			return whole.map((units, rep) => units - part[rep]);
		};
		const measured = { byRep, rest: restOf() };
		known.set(key, measured);
		return measured;
	};
}

/** Contacts of the last 28 days and of the plan, by row of reps. */
interface ContactWork {
	readonly made: Float64Array;
	readonly seconds: Float64Array;
	/** Cents of purchases on days with a contact that ended in an order, and of all purchases of the rep's customers. */
	readonly won: Float64Array;
	readonly all: Float64Array;
	/** Working days looked back at. */
	readonly numDays: number;
	/** Contacts that the plan makes in what is left of the month; null without a plan. */
	readonly planned: Float64Array | null;
	/** Working days left of the month that the plan covers. */
	readonly plannedDays: number;
}

function contactWork(view: View, plan: PlannedContacts | null): ContactWork {
	const { portfolio, history, owner, asOf, calendar, horizon } = view;
	const { contacts, reps } = portfolio.tables;
	const since = asOf - RECENT_DAYS;
	const blank = (): Float64Array => new Float64Array(reps.length);
	const work = { made: blank(), seconds: blank(), won: blank(), all: blank() };
	for (let customer = 0; customer < owner.length; customer++) {
		const rep = owner[customer];
		if (rep < 0) continue;
		let paidDay = -1;
		for (let i = history.contactStart[customer + 1] - 1; i >= history.contactStart[customer]; i--) {
			const row = history.contact[i];
			const at = contacts.numbers.contacted_at[row];
			if (at < since * SECONDS_PER_DAY) break;
			if (contacts.codes.outcome[row] === CANCELLED) continue;
			work.made[rep]++;
			work.seconds[rep] += 60 * (contacts.numbers.minutes[row] || 0);
			const day = contactDay(at);
			if (contacts.codes.outcome[row] !== ORDER || day === paidDay) continue;
			work.won[rep] += valueOn(history, customer, day);
			paidDay = day;
		}
		for (let event = history.eventStart[customer + 1] - 1; event >= history.eventStart[customer]; event--) {
			if (history.eventDay[event] < since) break;
			work.all[rep] += history.eventValue[event];
		}
	}
	const end = monthEndOf(asOf);
	const planned = plan === null ? null : blank();
	for (const { rep, day } of plan?.contacts ?? []) if (planned && day < end) planned[rep]++;
	const plannedDays = countWorkingDays(calendar, asOf, Math.min(end, horizon[horizon.length - 1] + 1));
	const numDays = countWorkingDays(calendar, since, asOf);
	// Whom the plan was not made for goes on as usual.
	planned?.forEach((_, rep) => {
		if (plan?.isFor(rep) === false) planned[rep] = (work.made[rep] / numDays) * plannedDays;
	});
	return { ...work, numDays, planned, plannedDays };
}

/** Units now, at the month's end as usual, and at its end with the plan (null without one). */
interface Course {
	readonly now: number;
	readonly usual: number;
	readonly planned: number | null;
}

function targetOf(view: View, row: number, goals: Goals, measure: ReturnType<typeof createMeasure>, work: ContactWork): MonitorTarget {
	const { targets } = view.portfolio.tables;
	const metric = TARGET_METRICS[targets.codes.metric[row]];
	const line = targets.texts.line.at(row);
	const members = membersOf(view, row);
	const sum = (values: Float64Array): number => members.reduce((total, rep) => total + values[rep], 0);
	const { workingDaysLeft } = monthOf(view);
	const planned = work.planned === null ? null : planShare(work, sum, workingDaysLeft);
	const courseOf = (of: Metric): Course => {
		const { byRep, rest } = measure(of, line);
		const now = sum(byRep);
		const usual = now + sum(rest);
		return { now, usual, planned: planned === null ? null : now + (usual - now) * planned };
	};
	const units = courseOf(metric);
	// A mix is a mean: the products of positivated customers over those customers.
	const buyers = metric === "mix" ? courseOf("positivation") : null;
	const shownAt = (moment: keyof Course): number | null =>
		units[moment] === null || !buyers ? units[moment] : meanOf(units[moment], buyers[moment] ?? 0);
	const target = targets.numbers.target[row];
	const [reached, usual, withPlan] = [shownAt("now") ?? 0, shownAt("usual") ?? 0, shownAt("planned")];
	const missing = Math.max(0, target - reached);
	const missingWithPlan = withPlan === null ? null : Math.max(0, target - withPlan);
	const left = (missingWithPlan ?? Math.max(0, target - usual)) * (buyers ? (buyers.planned ?? buyers.usual) : 1);
	const perHour = unitsPerHour(work, sum, (units.usual - units.now) / workingDaysLeft);
	const hours = left === 0 ? 0 : perHour > 0 ? left / perHour : null;
	const bonus = targets.numbers.bonus_value[row];
	return {
		period: periodOf(view.asOf),
		metric,
		line,
		rep_id: targets.refs.rep_id[row] < 0 ? null : view.portfolio.tables.reps.texts.rep_id.at(targets.refs.rep_id[row]),
		team_id: targets.texts.team_id.at(row),
		target,
		reached: rounded(reached),
		missing: rounded(missing),
		working_days_left: workingDaysLeft,
		needed_a_day: workingDaysLeft > 0 && !buyers ? rounded(missing / workingDaysLeft) : null,
		expected_with_usual: rounded(usual),
		expected_with_plan: withPlan === null ? null : rounded(withPlan),
		missing_with_plan: missingWithPlan === null ? null : rounded(missingWithPlan),
		hours_missing: hours === null ? null : rounded(hours),
		cost_missing_cents: hours === null ? null : Math.round(100 * hours * view.policy.travel.cost_per_hour),
		bonus_cents: Number.isNaN(bonus) ? null : bonus,
		price_cents: nullable(goals.priceOf(row)),
	};
}

function nullable(value: number | null): number | null {
	return value === null ? null : rounded(value);
}

/** Two decimals: cents of a currency unit, or hundredths of a count. */
function rounded(value: number): number {
	return Math.round(100 * value) / 100;
}

function membersOf({ portfolio }: View, row: number): number[] {
	const { targets, reps } = portfolio.tables;
	const rep = targets.refs.rep_id[row];
	if (rep >= 0) return [rep];
	const team = targets.texts.team_id.at(row);
	return Array.from({ length: reps.numRows }, (_, other) => other).filter((other) => reps.texts.team_id.at(other) === team);
}

type Sum = (values: Float64Array) => number;

/** Share of the purchases that came on a day with a contact that ended in an order. */
function contactShare({ won, all }: ContactWork, sum: Sum): number {
	return sum(all) > 0 ? Math.min(1, sum(won) / sum(all)) : 0;
}

/**
 * What the rest of the month brings with the plan over what it brings as usual: the share that contacts win follows the number of contacts
 * on the days planned, everything else stays.
 */
function planShare(work: ContactWork, sum: Sum, daysLeft: number): number {
	const usualContacts = (sum(work.made) / work.numDays) * work.plannedDays;
	if (daysLeft === 0 || !(usualContacts > 0) || work.planned === null) return 1;
	const share = contactShare(work, sum) * (work.plannedDays / daysLeft);
	return 1 + share * (sum(work.planned) / usualContacts - 1);
}

/** Units that an hour of contact wins, where a working day brings `aDay`; 0 where nothing is known. */
function unitsPerHour(work: ContactWork, sum: Sum, aDay: number): number {
	const hours = sum(work.seconds) / 3600 / work.numDays;
	return hours > 0 && Number.isFinite(aDay) ? (aDay * contactShare(work, sum)) / hours : 0;
}
