import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import type { CustomerLines } from "../portfolio/recent-lines.ts";
import { CUSTOMER_STATUS, ORDER_STATUS, OUTCOMES, SERVICE_EVENT_KINDS, TABLES } from "../portfolio/schema.ts";
import type { Day } from "../units.ts";
import type { Cause, Classification } from "./case.ts";
import { contactDay, isReached } from "./classify.ts";
import { canSell, COLLECT_ONLY } from "./credit.ts";

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
const NOT_REACHED = OUTCOMES.indexOf("not_reached");
/** Without a reached contact for so many days nobody served the customer, however long its action plan allows. */
const UNSERVED_DAYS = 35;
/** Attempts in a row that did not reach the customer, from which on it has probably closed. */
const VAIN_ATTEMPTS = 3;

/** What causes are looked for in. */
export interface CauseInputs {
	readonly portfolio: Portfolio;
	readonly history: History;
	readonly classification: Classification;
	readonly asOf: Day;
	/** The maximum gap between contacts that a customer has, or would have, as an active one; days. */
	readonly activeMaxGap: (customer: number) => number;
}

/** The row that gives the cause of a break; `on` null: it has no date. */
export interface Proof {
	readonly table: "customers" | "orders" | "contacts" | "service_events";
	readonly row: number;
	readonly on: Day | null;
	readonly detail: string;
}

/** A proof as people find it. */
export interface Evidence extends Omit<Proof, "table" | "row"> {
	readonly table: string;
	readonly id: string;
}

/** Names the row of a proof. */
export function tellProof({ tables }: Portfolio, { table, row, on, detail }: Proof): Evidence {
	return { table, id: tables[table].texts[TABLES[table].key[0]].at(row) ?? "", on, detail };
}

export interface Found {
	readonly cause: Cause;
	readonly proof: Proof | null;
}

/**
 * Why a customer stopped after its last order (`last`), when the next was expected (`on`), by the first of these that is on record: it
 * closed; it complained or was not delivered to; its credit forbids to sell; nobody answers any more; nobody came; what it said last; what
 * it ordered was cut (which `cutBefore` tells). `events` are its rows of service events before as_of, in order of time.
 */
export function causeOf(
	inputs: CauseInputs,
	customer: number,
	last: Day,
	on: Day,
	events: readonly number[],
	cutBefore: (customer: number, last: Day) => Found | null,
): Found {
	return (
		closedOf(inputs, customer) ??
		eventOf(inputs, last, events) ??
		creditOf(inputs, customer) ??
		vanishedOf(inputs, customer, last) ??
		unservedOf(inputs, customer, last, on) ??
		objectionOf(inputs, customer, last) ??
		cutBefore(customer, last) ?? { cause: "unknown", proof: null }
	);
}

function closedOf({ portfolio }: CauseInputs, customer: number): Found | null {
	if (portfolio.tables.customers.codes.status[customer] !== CLOSED) return null;
	return { cause: "closed", proof: { table: "customers", row: customer, on: null, detail: "status closed" } };
}

/** The first complaint or failed delivery after the last order. */
function eventOf({ portfolio }: CauseInputs, last: Day, rows: readonly number[]): Found | null {
	const { service_events: events } = portfolio.tables;
	for (const row of rows) {
		const on = contactDay(events.numbers.at[row]);
		const cause = EVENT_CAUSES.find(([kind]) => kind === events.codes.kind[row])?.[1];
		if (on <= last || cause === undefined) continue;
		const severity = events.texts.severity.at(row);
		const detail = `${SERVICE_EVENT_KINDS[events.codes.kind[row]]}${severity === null ? "" : ` (${severity})`}`;
		return { cause, proof: { table: "service_events", row, on, detail } };
	}
	return null;
}

function creditOf({ portfolio, classification, asOf }: CauseInputs, customer: number): Found | null {
	const { overdue_amount: overdue, overdue_days: days, min_order_value: least } = portfolio.tables.customers.numbers;
	const rung = classification.credit[customer];
	const isStopped = overdue[customer] > 0 && !canSell(rung, classification.headroom[customer], least[customer]);
	if (rung < COLLECT_ONLY && !isStopped) return null;
	const on = Number.isNaN(days[customer]) ? null : asOf - days[customer];
	return {
		cause: "credit",
		proof: { table: "customers", row: customer, on, detail: `overdue ${Math.round(overdue[customer] || 0)} cents` },
	};
}

/** Where the contacts after a day begin in the history. */
function firstContactAfter({ portfolio, history }: CauseInputs, customer: number, day: Day): number {
	const { contacted_at: contactedAt } = portfolio.tables.contacts.numbers;
	let first = history.contactStart[customer + 1];
	while (first > history.contactStart[customer] && contactDay(contactedAt[history.contact[first - 1]]) > day) first--;
	return first;
}

function contactProof({ portfolio }: CauseInputs, row: number, detail: string): Proof {
	return { table: "contacts", row, on: contactDay(portfolio.tables.contacts.numbers.contacted_at[row]), detail };
}

/** The last attempts were all in vain, and nobody was reached since the last order. */
function vanishedOf(inputs: CauseInputs, customer: number, last: Day): Found | null {
	const { history } = inputs;
	const { outcome } = inputs.portfolio.tables.contacts.codes;
	let [count, latest] = [0, -1];
	for (let i = firstContactAfter(inputs, customer, last); i < history.contactStart[customer + 1]; i++) {
		const row = history.contact[i];
		if (isReached(outcome[row])) return null;
		if (outcome[row] !== NOT_REACHED) continue;
		count++;
		latest = row;
	}
	return count < VAIN_ATTEMPTS ? null : { cause: "closed", proof: contactProof(inputs, latest, `${count} × ${OUTCOMES[NOT_REACHED]}`) };
}

/** Between the last order and the day when the next was expected the customer went without contact for longer than an active one may. */
function unservedOf(inputs: CauseInputs, customer: number, last: Day, on: Day): Found | null {
	const { portfolio, history, activeMaxGap } = inputs;
	const { contacts } = portfolio.tables;
	let [before, later, longest] = [-1, on, 0];
	for (let i = history.contactStart[customer + 1] - 1; i >= history.contactStart[customer]; i--) {
		const row = history.contact[i];
		const day = contactDay(contacts.numbers.contacted_at[row]);
		if (day >= on || !isReached(contacts.codes.outcome[row])) continue;
		longest = Math.max(longest, later - day);
		[before, later] = [row, day];
		if (day <= last) break;
	}
	if (before < 0 || longest <= UNSERVED_DAYS || longest <= activeMaxGap(customer)) return null; // without any contact on record nothing can be said
	return { cause: "not_served", proof: contactProof(inputs, before, `${longest} days without contact`) };
}

/** What the customer said last, where it said the same the time before. */
function objectionOf(inputs: CauseInputs, customer: number, last: Day): Found | null {
	const { history } = inputs;
	const { contacts } = inputs.portfolio.tables;
	let found: Found | null = null;
	const first = firstContactAfter(inputs, customer, last);
	for (let i = history.contactStart[customer + 1] - 1; i >= first; i--) {
		const row = history.contact[i];
		const word = isReached(contacts.codes.outcome[row]) ? contacts.texts.objection.at(row) : null;
		if (word === null) continue;
		const cause = Object.hasOwn(OBJECTION_CAUSES, word) ? OBJECTION_CAUSES[word] : undefined; // words are anybody's: also "constructor"
		if (found) return found.cause === cause ? found : null;
		if (cause === undefined) return null;
		found = { cause, proof: contactProof(inputs, row, word) };
	}
	return found;
}

/** At least half of the last order's lines were cut, among those of the nth customer before a day. */
export function cutOf(lines: CustomerLines, nth: number, last: Day, before: Day): Found | null {
	const { orders, start, row } = lines;
	const { ordered_on: orderedOn } = orders.days;
	const rowAt = (position: number): number => (row === null ? position : row[position]);
	let [numLines, numCut, cut] = [0, 0, -1];
	for (let position = start[nth + 1] - 1; position >= start[nth] && orderedOn[rowAt(position)] >= last; position--) {
		if (orderedOn[rowAt(position)] >= before) continue;
		numLines++;
		if (orders.codes.status[rowAt(position)] !== CUT) continue;
		numCut++;
		if (cut < 0) cut = position;
	}
	if (numCut === 0 || 2 * numCut < numLines) return null;
	const on = orderedOn[rowAt(cut)];
	return { cause: "stock_out", proof: { table: "orders", row: lines.ownRow(nth, cut), on, detail: `${numCut} of ${numLines} lines cut` } };
}
