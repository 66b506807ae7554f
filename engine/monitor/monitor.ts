import type { PlanDocument } from "../agenda/plan-document.ts";
import { canonicalJson, digestOf } from "../agenda/receipt.ts";
import { CLASSES, PHASES } from "../policy/case.ts";
import { contactDay } from "../policy/classify.ts";
import { lastBefore } from "../portfolio/data-through.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import type { Question } from "../question.ts";
import { ENGINE } from "../understand.ts";
import { formatDay, NULL_DAY, SECONDS_PER_DAY } from "../units.ts";
import { breaksOf } from "./breaks.ts";
import { cadenceDebtOf, DEBT_DAYS } from "./cadence-debt.ts";
import { FIGURE_IDS, type FigureId, FIGURES, type Grouping, RATIOS } from "./figures.ts";
import { flowsOf } from "./flows.ts";
import { everyone, type Groups, groupsOf, maskOf } from "./groups.ts";
import type { MonitorCustomers, MonitorDocument, MonitorGroup } from "./monitor-document.ts";
import { type PlannedContacts, plannedOf } from "./planned.ts";
import { ratiosOf } from "./ratios.ts";
import { repLoads } from "./rep-load.ts";
import type { Source } from "./source.ts";
import {
	collectionsOf,
	coverageOf,
	customersOf,
	objectionsOf,
	positivationOf,
	productivityOf,
	revenueAtRiskOf,
} from "./standing-figures.ts";
import { measureOf, type Row, sumUp } from "./sum-up.ts";
import { monthOf, targetRows } from "./targets.ts";
import { type View, viewOf } from "./view.ts";

export interface MonitorQuestion extends Question {
	/** A plan whose contacts count as made. */
	readonly plan?: PlanDocument;
}

export interface MonitorScope {
	/** Figures of each group too. */
	readonly by?: Grouping;
	/** Only the customers of one group. */
	readonly only?: { readonly by: Grouping; readonly key: string };
}

export interface DrillDown extends Pick<MonitorScope, "only"> {
	/** Cells by name that the customers must have; those left out may be anything. */
	readonly cell?: Readonly<Record<string, string>>;
	/** Customers passed over, and at most so many told. */
	readonly after?: number;
	readonly limit?: number;
}

/** A portfolio looked at once, of which figures are asked. */
export interface Monitor {
	document(scope?: MonitorScope): MonitorDocument;
	/** The customers behind a figure, those that add most to its first measure first. */
	customers(figure: FigureId, drill?: DrillDown): MonitorCustomers;
}

const SOURCES: Readonly<Record<FigureId, (view: View, planned: PlannedContacts | null, line: string | null) => Source>> = {
	customers: customersOf,
	flows: flowsOf,
	coverage: coverageOf,
	cadence_debt: cadenceDebtOf,
	positivation: (view, _, line) => positivationOf(view, line),
	breaks: breaksOf,
	objections: objectionsOf,
	collections: collectionsOf,
	revenue_at_risk: revenueAtRiskOf,
	productivity: productivityOf,
};

/**
 * Looks at a whole portfolio as it stood when a day began; nothing dated on it or later counts. No model is asked: who has no stated potential
 * is ranked by its own rhythm.
 */
export function openMonitor(portfolio: Portfolio, question: MonitorQuestion): Monitor {
	return monitorOf(viewOf(portfolio, question), question);
}

/** The monitor of a portfolio that was looked at. */
export function monitorOf(view: View, question: Pick<MonitorQuestion, "plan">): Monitor {
	const planned = question.plan === undefined ? null : plannedOf(view, question.plan);
	const known = new Map<string, Source>();
	const sourceOf = (figure: FigureId, line: string | null = null): Source => {
		const key = `${figure} ${line ?? ""}`;
		const source = known.get(key) ?? SOURCES[figure](view, planned, line);
		known.set(key, source);
		return source;
	};
	const maskFor = ({ only }: Pick<MonitorScope, "only">): Uint8Array | null =>
		only === undefined ? null : maskOf(view, only.by, only.key);
	return {
		document: (scope = {}) => documentOf(view, planned, sourceOf, scope, maskFor(scope)),
		customers: (figure, drill = {}) => {
			const line = drill.only?.by === "line" ? drill.only.key : null;
			return customersBehind(view, sourceOf(figure, line), drill, maskFor(drill), planned !== null);
		},
	};
}

type SourceOf = (figure: FigureId, line?: string | null) => Source;

function documentOf(
	view: View,
	planned: PlannedContacts | null,
	sourceOf: SourceOf,
	{ by, only }: MonitorScope,
	mask: Uint8Array | null,
): MonitorDocument {
	const { portfolio, policy, asOf, horizon } = view;
	const month = monthOf(view);
	const through = dataThrough(view);
	const isOfScope = scopeTest(view, only);
	const onlyLine = only?.by === "line" ? only.key : null;
	const groups =
		by === undefined ? [] : summed(view, groupsOf(view, by), sourceOf, mask, planned !== null, by === "line" ? "each" : onlyLine);
	return {
		as_of: formatDay(asOf),
		currency: policy.currency,
		language: policy.language,
		month: {
			period: formatDay(month.from).slice(0, 7),
			from: formatDay(month.from),
			to: formatDay(month.to - 1),
			working_days: month.workingDays,
			working_days_left: month.workingDaysLeft,
		},
		horizon: { from: formatDay(asOf), to: formatDay(horizon[horizon.length - 1]) },
		debt: { from: formatDay(asOf + 1), to: formatDay(asOf + DEBT_DAYS) },
		by: by ?? null,
		only: only ?? null,
		total: summed(view, everyone(view), sourceOf, mask, planned !== null, onlyLine)[0],
		groups: groups.filter(({ num_customers: count }) => count > 0).sort((a, b) => b.num_customers - a.num_customers),
		reps: repLoads(view, planned).filter(isOfScope),
		targets: targetRows(view, planned).filter(isOfScope),
		definitions: { figures: FIGURES, ratios: RATIOS },
		receipt: {
			engine: ENGINE,
			inputs_digest: portfolio.digest,
			policy_digest: digestOf(canonicalJson(policy)),
			plan_id: planned?.planId ?? null,
			data_through: Object.fromEntries(Object.entries(through).map(([table, day]) => [table, formatDay(day)])),
		},
		notes: notesOf(view, through),
		warnings: portfolio.reports.flatMap(({ warnings }) => warnings),
	};
}

/** Do a rep's load and a target belong to the customers asked for? Other groups than reps and teams have neither. */
function scopeTest({ portfolio }: View, only: MonitorScope["only"]): (row: { rep_id: string | null; team_id: string | null }) => boolean {
	if (only === undefined) return () => true;
	const { reps } = portfolio.tables;
	const teamOf = new Map(Array.from({ length: reps.length }, (_, rep) => [reps.texts.rep_id.at(rep), reps.texts.team_id.at(rep)]));
	if (only.by === "rep") return ({ rep_id: id }) => id === only.key;
	if (only.by === "team") return ({ rep_id: id, team_id: team }) => (team ?? teamOf.get(id)) === only.key;
	return () => false;
}

/** Sums every figure for each group. `line`: positivation of one supplier line, of each group's own (each), or of all (null). */
function summed(
	view: View,
	groups: Groups,
	sourceOf: SourceOf,
	mask: Uint8Array | null,
	hasPlan: boolean,
	line: string | null,
): MonitorGroup[] {
	const numCustomers = new Int32Array(groups.keys.length);
	for (let customer = 0; customer < view.history.numCustomers; customer++) {
		if (mask !== null && mask[customer] === 0) continue;
		for (let at = groups.start[customer]; at < groups.start[customer + 1]; at++) numCustomers[groups.group[at]]++;
	}
	const rowsOf = (figure: FigureId): Row[][] => {
		if (figure !== "positivation" || line !== "each")
			return sumUp(sourceOf(figure, figure === "positivation" ? line : null), groups, mask, hasPlan);
		return groups.keys.map((key, nth) => sumUp(sourceOf(figure, key), groups, mask, hasPlan)[nth]);
	};
	const figures = FIGURE_IDS.map((figure) => [figure, rowsOf(figure)] as const);
	return groups.keys.map((key, nth) => {
		const own = Object.fromEntries(figures.map(([figure, rows]) => [figure, rows[nth]])) as unknown as MonitorGroup["figures"];
		return { key, name: groups.names[nth], num_customers: numCustomers[nth], figures: own, ratios: ratiosOf(own, view.asOf) };
	});
}

const DEFAULT_LIMIT = 100;

function customersBehind(
	view: View,
	source: Source,
	{ cell = {}, after = 0, limit = DEFAULT_LIMIT }: DrillDown,
	mask: Uint8Array | null,
	hasPlan: boolean,
): MonitorCustomers {
	const { cells, measures } = FIGURES[source.figure];
	const named = source.cells.map((values): Record<string, string> => Object.fromEntries(cells.map((name, i) => [name, values[i]])));
	const isWanted = named.map((values) => Object.entries(cell).every(([name, value]) => values[name] === value));
	const found: { readonly customer: number; readonly cell: number; readonly on: number; readonly sums: readonly number[] }[] = [];
	const out = new Float64Array(measures.length);
	source.each(out, (customer, at, on) => {
		if (isWanted[at] && (mask === null || mask[customer] === 1)) found.push({ customer, cell: at, on, sums: [...out] });
	});
	found.sort((a, b) => b.sums[0] - a.sums[0] || a.customer - b.customer || a.cell - b.cell);
	const { customers, reps } = view.portfolio.tables;
	const { phase, class: cls } = view.classification;
	return {
		figure: source.figure,
		as_of: formatDay(view.asOf),
		num_customers: found.length,
		next_after: after + limit < found.length ? after + limit : null,
		customers: found.slice(after, after + limit).map(({ customer, cell: at, on, sums }) => {
			const evidence = source.evidenceOf?.(customer) ?? null;
			return {
				customer_id: customers.texts.customer_id.at(customer) ?? "",
				name: customers.texts.name.at(customer),
				rep_id: view.owner[customer] < 0 ? null : reps.texts.rep_id.at(view.owner[customer]),
				phase: PHASES[phase[customer]],
				class: CLASSES[cls[customer]],
				cell: named[at],
				measures: Object.fromEntries(measures.map((name, i) => [name, measureOf(name, sums[i], hasPlan)])),
				on: on === NULL_DAY ? null : formatDay(on),
				evidence: evidence && { ...evidence, on: evidence.on === null ? null : formatDay(evidence.on) },
			};
		}),
	};
}

/** Last dates before as_of of what happened. */
function dataThrough({ portfolio, asOf, ordersThrough }: View): Readonly<Record<string, number>> {
	const { contacts, service_events } = portfolio.tables;
	const now = asOf * SECONDS_PER_DAY;
	const told = {
		orders: ordersThrough(),
		contacts: contactDay(lastBefore(contacts.numbers.contacted_at, now)),
		service_events: contactDay(lastBefore(service_events.numbers.at, now)),
	};
	return Object.fromEntries(Object.entries(told).filter(([, day]) => Number.isFinite(day)));
}

function notesOf({ feed, asOf }: View, through: ReturnType<typeof dataThrough>): MonitorDocument["notes"] {
	const notes: MonitorDocument["notes"] = [];
	const since = formatDay(feed.silenceFrom);
	if (feed.staleDays > 0)
		notes.push({ code: "STALE_FEED", on: since, detail: `orders: nothing trusted since ${since}; silence is counted up to then` });
	const before = formatDay(asOf);
	if (!("contacts" in through))
		notes.push({ code: "NO_CONTACTS", on: before, detail: `contacts: none before ${before}; service cannot be judged` });
	return notes;
}
