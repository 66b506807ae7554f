import { CarteiraError } from "../errors.ts";
import { validatePolicy, type Policy } from "../policy/policy.ts";
import { buildCalendar, type Calendar, horizonOf } from "../portfolio/calendar/calendar.ts";
import { examineFeed } from "../portfolio/feed.ts";
import { buildHistory, type History } from "../portfolio/history.ts";
import type { Portfolio, TextColumn } from "../portfolio/portfolio.ts";
import { buildRhythm } from "../scoring/rhythm.ts";
import { type Day, parseDay } from "../units.ts";
import type { Report } from "./rules.ts";
import { type PlanShape, readShape } from "./shape.ts";

/** The money of a contact as the value formulas give it, by term name; null where they cannot say. */
export type TermsOf = (contact: ContactToValue) => ReadonlyMap<string, number> | null;

/** What the value of a contact depends on. Rows are of the portfolio's tables. */
export interface ContactToValue {
	readonly rep: number;
	readonly customer: number;
	readonly day: Day;
	readonly channel: string;
	readonly kind: string;
	/** Seconds from midnight at which it starts. */
	readonly start: number;
	/** Date of the customer's previous contact in the same agenda and horizon; null for none. */
	readonly previous: Day | null;
	/** Dates on which other agendas of the plan contact the customer, ascending. */
	readonly elsewhere: readonly Day[];
}

export interface CheckOptions {
	/**
	 * Given a plan whose shape and policy hold, recomputes its value terms, or null where it cannot; without it, terms are checked for
	 * names, signs, caps and sums only.
	 */
	readonly valuer?: (plan: PlanShape) => TermsOf | null;
	/** The plan that a revision revises; without it, what it keeps of the past and how much it changes are not judged. */
	readonly revised?: unknown;
	/** Own purchase interval in days by customer; default: that of the rhythm before the trusted day. */
	readonly expectedInterval?: ArrayLike<number>;
}

/** What the checks read: the plan, and the inputs that it must agree with. */
export interface CheckContext {
	readonly portfolio: Portfolio;
	readonly plan: PlanShape;
	readonly policy: Policy;
	readonly calendar: Calendar;
	/** Before as_of. */
	readonly history: History;
	readonly asOf: Day;
	/** Silence is counted up to this day. */
	readonly silenceFrom: Day;
	/** Last day of the horizon. */
	readonly lastDay: Day;
	readonly expectedInterval: ArrayLike<number>;
	/** Rows by id; customers' and reps' without stubs. */
	readonly customerRows: ReadonlyMap<string, number>;
	readonly repRows: ReadonlyMap<string, number>;
	readonly productRows: ReadonlyMap<string, number>;
	/** Rows of `assignments` and of the open complaints in `service_events` by customer. */
	readonly assignments: ReadonlyMap<number, readonly number[]>;
	readonly complaints: ReadonlyMap<number, readonly number[]>;
	/** Rows of `appointments` in the horizon by `appointmentKey`. */
	readonly appointments: ReadonlyMap<string, number>;
	readonly termsOf: TermsOf | null;
	/** The plan that this one revises; null: unknown, or none. */
	readonly revised: PlanShape | null;
	readonly report: Report;
}

/** Reads everything that the checks need; throws CarteiraError INVALID_POLICY where the embedded policy is none. */
export function createContext(portfolio: Portfolio, plan: PlanShape, report: Report, options: CheckOptions): CheckContext {
	const { tables } = portfolio;
	const policy = validatePolicy(plan.policy);
	const calendar = buildCalendar(portfolio.given.has("holidays") ? tables.holidays : null, policy);
	const asOf = parseDay(plan.as_of);
	const lastDay = horizonOf(calendar, asOf, policy.horizon_days).at(-1) ?? asOf;
	const { silenceFrom } = examineFeed(portfolio, asOf, calendar);
	return {
		portfolio,
		plan,
		policy,
		calendar,
		history: buildHistory(portfolio, asOf),
		asOf,
		silenceFrom,
		lastDay,
		expectedInterval: options.expectedInterval ?? buildRhythm(portfolio, buildHistory(portfolio, silenceFrom)).expectedInterval,
		customerRows: rowsById(tables.customers.texts.customer_id, tables.customers.numRows),
		repRows: rowsById(tables.reps.texts.rep_id, tables.reps.numRows),
		productRows: rowsById(tables.products.texts.product_id, tables.products.length),
		assignments: groupRows(tables.assignments.refs.customer_id, tables.assignments.numRows),
		complaints: groupRows(tables.service_events.refs.customer_id, tables.service_events.numRows),
		appointments: appointmentsIn(portfolio, asOf, lastDay),
		termsOf: options.valuer?.(plan) ?? null,
		revised: revisedOf(options.revised),
		report,
	};
}

function revisedOf(document: unknown): PlanShape | null {
	if (document === undefined) return null;
	const shape = readShape(document);
	if ("plan" in shape) return shape.plan;
	throw new CarteiraError(
		"INVALID_INPUT",
		`the plan revised is no plan.json: ${shape.violations[0].pointer}: ${shape.violations[0].message}`,
	);
}

/** Names an appointment: at most one of a customer with a rep on a day. */
export function appointmentKey(customer: number, rep: number, day: Day): string {
	return `${customer}/${rep}/${day}`;
}

function rowsById(ids: TextColumn, length: number): Map<string, number> {
	const rows = new Map<string, number>();
	for (let row = 0; row < length; row++) rows.set(ids.at(row) ?? "", row);
	return rows;
}

function groupRows(refs: Int32Array, length: number): Map<number, number[]> {
	const groups = new Map<number, number[]>();
	for (let row = 0; row < length; row++) {
		const group = groups.get(refs[row]);
		if (group) group.push(row);
		else groups.set(refs[row], [row]);
	}
	return groups;
}

function appointmentsIn({ tables: { appointments } }: Portfolio, from: Day, to: Day): Map<string, number> {
	const rows = new Map<string, number>();
	for (let row = 0; row < appointments.numRows; row++) {
		const day = appointments.days.on[row];
		const { customer_id: customers, rep_id: reps } = appointments.refs;
		if (day >= from && day <= to) rows.set(appointmentKey(customers[row], reps[row], day), row);
	}
	return rows;
}
