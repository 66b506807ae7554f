import { canSell, COLLECT_ONLY } from "../policy/credit.ts";
import { contactDay, isReached } from "../policy/classify.ts";
import { INACTIVATING, thresholdOf } from "../policy/phase.ts";
import { CUSTOMER_STATUS, ORDER_STATUS, OUTCOMES, SERVICE_EVENT_KINDS } from "../portfolio/schema.ts";
import type { Day } from "../units.ts";
import { type Cause, CAUSES } from "./figures.ts";
import type { Evidence, Source } from "./source.ts";
import { marginRatesOf } from "./standing-figures.ts";
import type { View } from "./view.ts";

/** Purchases from which on a customer bought with a certain regularity. */
const REGULAR_PURCHASES = 3;
const DAYS_A_MONTH = 365.25 / 12;
const CLOSED = CUSTOMER_STATUS.indexOf("closed");
const CUT = ORDER_STATUS.indexOf("cut");
const EVENT_CAUSES: readonly (readonly [kind: number, cause: Cause])[] = [
	[SERVICE_EVENT_KINDS.indexOf("complaint"), "complaint"],
	[SERVICE_EVENT_KINDS.indexOf("delivery_failure"), "delivery_failure"],
];
/** What an objection, in the words that are usual, says of a break. Others say nothing. */
const OBJECTION_CAUSES: Readonly<Record<string, Cause>> = {
	price: "price_objection",
	no_cash: "credit",
	credit: "credit",
	competitor: "competitor",
	complaint: "complaint",
	stock_out: "stock_out",
	delivery: "delivery_failure",
	closed: "closed",
};

/** A customer that bought with a certain regularity and stopped. */
export interface Break {
	readonly customer: number;
	/** When the order that did not come was expected. */
	readonly on: Day;
	readonly cause: Cause;
	readonly evidence: Evidence | null;
}

type Found = Pick<Break, "cause" | "evidence">;

/** Without a reached contact for so many days nobody served the customer, however long its action plan allows. */
const UNSERVED_DAYS = 35;
/** Attempts in a row that did not reach the customer, from which on it has probably closed. */
const VAIN_ATTEMPTS = 3;

/** The breaks of a portfolio, by row of customers. */
export function findBreaks(view: View): Break[] {
	const { history, classification, expectedInterval, policy, asOf } = view;
	const eventsOf = serviceEventsBy(view);
	const breaks: Break[] = [];
	for (let customer = 0; customer < history.numCustomers; customer++) {
		if (history.eventStart[customer + 1] - history.eventStart[customer] < REGULAR_PURCHASES) continue;
		const silence = classification.daysSinceLastOrder[customer];
		const interval = expectedInterval[customer];
		if (silence < thresholdOf(INACTIVATING, interval, policy.phases) || silence >= policy.phases.ex_customer.days) continue;
		const last = classification.lastOrderDay[customer];
		const on = Math.min(asOf - 1, last + Math.round(interval));
		breaks.push({ customer, on, ...causeOf(view, customer, last, on, eventsOf.get(customer) ?? []) });
	}
	return breaks;
}

/** The breaks as a figure: what a month at the customer's own rhythm brought. */
export function breaksOf(view: View, breaks: readonly Break[] = findBreaks(view)): Source {
	const { ticket, expectedInterval } = view;
	const rateOf = marginRatesOf(view);
	const evidence = new Map(breaks.map((found) => [found.customer, found.evidence]));
	return {
		figure: "breaks",
		cells: CAUSES.map((cause) => [cause]),
		each(out, emit) {
			for (const { customer, cause, on } of breaks) {
				out[0] = Math.round((ticket[customer] * DAYS_A_MONTH) / expectedInterval[customer]);
				out[1] = Math.round(out[0] * rateOf(customer));
				emit(customer, CAUSES.indexOf(cause), on);
			}
		},
		evidenceOf: (customer) => evidence.get(customer) ?? null,
	};
}

/**
 * Why a customer stopped after its last order, by the first of these that is on record: it closed; it complained or was not delivered
 * to; its credit forbids to sell; nobody answers any more; nobody came; what it said last; what it ordered was cut.
 */
function causeOf(view: View, customer: number, last: Day, on: Day, events: readonly number[]): Found {
	return (
		closedOf(view, customer) ??
		eventOf(view, last, events) ??
		creditOf(view, customer) ??
		vanishedOf(view, customer, last) ??
		unservedOf(view, customer, last, on) ??
		objectionOf(view, customer, last) ??
		cutOf(view, customer, last) ?? { cause: "unknown", evidence: null }
	);
}

/** Rows of service events before as_of by customer, in order of time. */
function serviceEventsBy({ portfolio, asOf }: View): ReadonlyMap<number, readonly number[]> {
	const { service_events: events } = portfolio.tables;
	const rows = Array.from({ length: events.numRows }, (_, row) => row).filter((row) => contactDay(events.numbers.at[row]) < asOf);
	rows.sort((a, b) => events.numbers.at[a] - events.numbers.at[b] || a - b);
	return Map.groupBy(rows, (row) => events.refs.customer_id[row]);
}

function closedOf({ portfolio }: View, customer: number): Found | null {
	const { customers } = portfolio.tables;
	if (customers.codes.status[customer] !== CLOSED) return null;
	return { cause: "closed", evidence: customerRow(customers.texts.customer_id.at(customer), null, "status closed") };
}

/** The first complaint or failed delivery after the last order. */
function eventOf({ portfolio }: View, last: Day, rows: readonly number[]): Found | null {
	const { service_events: events } = portfolio.tables;
	for (const row of rows) {
		const day = contactDay(events.numbers.at[row]);
		const cause = EVENT_CAUSES.find(([kind]) => kind === events.codes.kind[row])?.[1];
		if (day <= last || cause === undefined) continue;
		const severity = events.texts.severity.at(row);
		const detail = `${SERVICE_EVENT_KINDS[events.codes.kind[row]]}${severity === null ? "" : ` (${severity})`}`;
		return { cause, evidence: { table: "service_events", id: events.texts.event_id.at(row) ?? "", on: day, detail } };
	}
	return null;
}

function creditOf({ portfolio, classification, asOf }: View, customer: number): Found | null {
	const { customers } = portfolio.tables;
	const { overdue_amount: overdue, overdue_days: days, min_order_value: least } = customers.numbers;
	const rung = classification.credit[customer];
	const isStopped = overdue[customer] > 0 && !canSell(rung, classification.headroom[customer], least[customer]);
	if (rung < COLLECT_ONLY && !isStopped) return null;
	const since = Number.isNaN(days[customer]) ? null : asOf - days[customer];
	const detail = `overdue ${Math.round(overdue[customer] || 0)} cents`;
	return { cause: "credit", evidence: customerRow(customers.texts.customer_id.at(customer), since, detail) };
}

function customerRow(id: string | null, on: Day | null, detail: string): Evidence {
	return { table: "customers", id: id ?? "", on, detail };
}

/** Rows of the contacts after a day, newest first. */
function* contactsAfter({ portfolio, history }: View, customer: number, day: Day): Generator<number> {
	const { contacted_at: contactedAt } = portfolio.tables.contacts.numbers;
	for (let i = history.contactStart[customer + 1] - 1; i >= history.contactStart[customer]; i--) {
		const row = history.contact[i];
		if (contactDay(contactedAt[row]) <= day) return;
		yield row;
	}
}

const NOT_REACHED = "not_reached";

/** The last attempts were all in vain, and nobody was reached since the last order. */
function vanishedOf(view: View, customer: number, last: Day): Found | null {
	const { contacts } = view.portfolio.tables;
	const rows = [...contactsAfter(view, customer, last)];
	if (rows.some((row) => isReached(contacts.codes.outcome[row]))) return null;
	const vain = rows.filter((row) => OUTCOMES[contacts.codes.outcome[row]] === NOT_REACHED);
	return vain.length < VAIN_ATTEMPTS ? null : { cause: "closed", evidence: contactRow(view, vain[0], `${vain.length} × ${NOT_REACHED}`) };
}

function contactRow({ portfolio }: View, row: number, detail: string): Evidence {
	const { contacts } = portfolio.tables;
	return { table: "contacts", id: contacts.texts.contact_id.at(row) ?? "", on: contactDay(contacts.numbers.contacted_at[row]), detail };
}

/** Between the last order and the day when the next was expected the customer went without contact for longer than an active one may. */
function unservedOf(view: View, customer: number, last: Day, on: Day): Found | null {
	const { portfolio, history, activeMaxGap } = view;
	const { contacts } = portfolio.tables;
	const allowed = Math.max(UNSERVED_DAYS, activeMaxGap(customer));
	let [before, later, longest] = [-1, on, 0];
	for (let i = history.contactStart[customer + 1] - 1; i >= history.contactStart[customer]; i--) {
		const row = history.contact[i];
		const day = contactDay(contacts.numbers.contacted_at[row]);
		if (day >= on || !isReached(contacts.codes.outcome[row])) continue;
		longest = Math.max(longest, later - day);
		[before, later] = [row, day];
		if (day <= last) break;
	}
	if (before < 0 || longest <= allowed) return null; // without any contact on record nothing can be said
	return { cause: "not_served", evidence: contactRow(view, before, `${longest} days without contact`) };
}

/** What the customer said last, where it said the same the time before. */
function objectionOf(view: View, customer: number, last: Day): Found | null {
	const { contacts } = view.portfolio.tables;
	let found: Found | null = null;
	for (const row of contactsAfter(view, customer, last)) {
		const word = isReached(contacts.codes.outcome[row]) ? contacts.texts.objection.at(row) : null;
		if (word === null) continue;
		const cause = Object.hasOwn(OBJECTION_CAUSES, word) ? OBJECTION_CAUSES[word] : undefined; // words are anybody's: also "constructor"
		if (found) return found.cause === cause ? found : null;
		if (cause === undefined) return null;
		found = { cause, evidence: contactRow(view, row, word) };
	}
	return found;
}

/** At least half of the last order's lines were cut. */
function cutOf({ portfolio, history }: View, customer: number, last: Day): Found | null {
	const { orders } = portfolio.tables;
	const rows: number[] = [];
	for (let i = history.lineStart[customer + 1] - 1; i >= history.lineStart[customer]; i--) {
		const row = history.line[i];
		if (orders.days.ordered_on[row] < last) break;
		rows.push(row);
	}
	const cut = rows.filter((row) => orders.codes.status[row] === CUT);
	if (cut.length === 0 || 2 * cut.length < rows.length) return null;
	const [row] = cut;
	const detail = `${cut.length} of ${rows.length} lines cut`;
	return {
		cause: "stock_out",
		evidence: { table: "orders", id: orders.texts.order_id.at(row) ?? "", on: orders.days.ordered_on[row], detail },
	};
}
