import { assemblePlan, receiptHead, throughDates } from "./agenda/assemble-plan.ts";
import type { PlanDocument, Receipt, RepPlan, Unplanned, UnmetRequired } from "./agenda/plan-document.ts";
import type { Population } from "./policy/population.ts";
import { dataThroughOf } from "./portfolio/data-through.ts";
import { MOST_LISTED, MOST_STALE_DAYS } from "./portfolio/feed.ts";
import type { Portfolio } from "./portfolio/portfolio.ts";
import type { TableName } from "./portfolio/schema.ts";
import type { PlanRequest } from "./question.ts";
import { ENGINE, type Setting } from "./understand.ts";
import { type Day, formatDay } from "./units.ts";

/** What one rep contributes to a plan. Customers by id. */
export interface RepResult {
	readonly plan: RepPlan;
	readonly iterations: number;
	readonly unplanned: readonly Unplanned[];
	readonly unmet: readonly UnmetRequired[];
	/** Dates on which this agenda contacts a customer. */
	readonly contacted: readonly (readonly [customerId: string, date: Day])[];
}

/** Puts a plan together; `results` are those of the reps asked for, by row, in order of waves. */
export function documentOf(setting: Setting, request: PlanRequest, results: ReadonlyMap<number, RepResult>): PlanDocument {
	const inOrder = [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
	const receipt = receiptOf(setting, request, inOrder);
	const reps = inOrder.map(({ plan }) => plan);
	const unmet = inOrder.flatMap((result) => result.unmet);
	const unplanned = leftByAll([...results.values()], request.reps ? [] : setting.orphans);
	return assemblePlan(setting, receipt, { reps, unplanned, unmet_required: unmet, warnings: warningsOf(setting) });
}

/**
 * Customers that no agenda holds and no promise names, once each. Of several agendas that leave one out, the first with the most to
 * gain speaks; what it says is proven only if every one of them proves it.
 */
function leftByAll(results: readonly RepResult[], orphans: Setting["orphans"]): Unplanned[] {
	const left = new Map(orphans.map(({ customerId, reasons }) => [customerId, orphanOf(customerId, reasons)]));
	for (const { unplanned } of results) {
		for (const row of unplanned) left.set(row.customer_id, mergeLeft(left.get(row.customer_id), row));
	}
	for (const { contacted, unmet } of results) {
		for (const [customerId] of contacted) left.delete(customerId);
		for (const { customer_id } of unmet) left.delete(customer_id);
	}
	return [...left.values()];
}

function mergeLeft(one: Unplanned | undefined, other: Unplanned): Unplanned {
	if (!one) return other;
	const isOpen = ({ reasons }: Unplanned): boolean => reasons.some(({ proven }) => !proven);
	const isProven = !isOpen(one) && !isOpen(other);
	const speaker = isOpen(other) && (!isOpen(one) || other.value_forgone_cents > one.value_forgone_cents) ? other : one;
	const rest = (speaker === one ? other : one).reasons.filter(({ code }) => !speaker.reasons.some((reason) => reason.code === code));
	const reasons = isProven ? [...speaker.reasons, ...rest] : speaker.reasons.map((reason) => ({ ...reason, proven: false }));
	return { ...speaker, reasons };
}

function orphanOf(customerId: string, reasons: Unplanned["reasons"]): Unplanned {
	return { customer_id: customerId, rep_id: null, reasons, value_forgone_cents: 0, next_best_day: null };
}

function receiptOf(setting: Setting, request: PlanRequest, results: readonly RepResult[]): Receipt {
	const { portfolio, asOf, population } = setting;
	return {
		...receiptHead(setting, setting.model),
		engine: ENGINE,
		travel: "straight",
		seed: request.seed ?? 1,
		iterations: Object.fromEntries(results.map(({ plan, iterations }) => [plan.rep_id, iterations])),
		data_through: dataThrough(portfolio, asOf, population),
		...(population && isOlder(population, portfolio) && { population: population.of.inputs }),
		published: request.published?.plan_id ?? null,
		...(request.reps && { reps: [...request.reps].sort((a, b) => (a < b ? -1 : 1)) }),
	};
}

/** Last dates of the whole portfolio; with a population of earlier inputs, those at hand where they are later. */
function dataThrough(portfolio: Portfolio, asOf: Day, population: Population | undefined): Receipt["data_through"] {
	const through = { ...population?.dataThrough };
	if (population && !isOlder(population, portfolio)) return throughDates(through);
	for (const [table, day] of Object.entries(dataThroughOf(portfolio.tables, asOf)) as [TableName, Day][])
		through[table] = Math.max(day, through[table] ?? day);
	return throughDates(through);
}

function isOlder({ of }: Population, portfolio: Portfolio): boolean {
	return of.inputs !== portfolio.digest;
}

const BEYOND = "more than stale_after_days";

/** Of a plan's warnings those that say its feed was silent, or abnormally thin, for longer than the policy allows. */
export function staleFeedWarnings(warnings: readonly string[]): string[] {
	return warnings.filter((warning) => warning.includes(BEYOND));
}

function warningsOf({ portfolio, hasOrders, feed, policy, asOf, population }: Setting): string[] {
	const warnings = portfolio.reports.flatMap((report) => [
		...report.warnings,
		...(report.numQuarantined > 0 ? [`${report.table}: ${report.numQuarantined} rows were set aside`] : []),
	]);
	if (!hasOrders) warnings.push(`orders: none before ${formatDay(asOf)}; every customer counts as a prospect`);
	if (feed.staleDays > 0) {
		const count = `${feed.staleDays}${feed.staleDays === MOST_STALE_DAYS ? " or more" : ""} working days`;
		const beyond = feed.staleDays > policy.stale_after_days ? `, ${BEYOND} ${policy.stale_after_days}` : "";
		warnings.push(`orders: nothing trusted since ${formatDay(feed.silenceFrom)} (${count}${beyond}); silence is counted up to then`);
	}
	if (population && isOlder(population, portfolio))
		warnings.push(
			`population: classes, seasons, products and team results are those of the inputs ${population.of.inputs}, before the latest import`,
		);
	if (feed.missingDays.length > 0) warnings.push(`orders: no orders on ${firstDates(feed.missingDays)}`);
	if (feed.thinDays.length > 0) warnings.push(`orders: abnormally few on ${firstDates(feed.thinDays)}`);
	return warnings;
}

function firstDates(days: readonly Day[]): string {
	const most = 10;
	const numMore = days.length === MOST_LISTED ? "many" : days.length - most;
	const more = days.length > most ? ` and ${numMore} more` : "";
	return `${days.slice(0, most).map(formatDay).join(", ")}${more}`;
}
