import { CREDIT_STATUS, SERVICE_EVENT_KINDS } from "../portfolio/schema.ts";
import { type Day, formatDay, NULL_DAY, SECONDS_PER_DAY } from "../units.ts";
import { isReached } from "../policy/classify.ts";
import type { PlanContext } from "./context.ts";
import type { Voice } from "./messages.ts";
import type { Brief } from "./plan-document.ts";
import { createRecoveries } from "./recovery.ts";

/** A product is core when it is in at least this many of the customer's purchases, and lapsed after this many own intervals without it. */
const CORE_PURCHASES = 3;
const LAPSED_INTERVALS = 2;
const MOST_LISTED = 5;
const COMPLAINT = SERVICE_EVENT_KINDS.indexOf("complaint");

/** When an order of the contact is due and comes. */
export type DeliveryFacts = Pick<Brief, "order_by" | "delivers_on">;

/** Writes the briefs of a plan; what must be looked up by customer is grouped once. */
export function createBriefer(context: PlanContext, voice: Voice): (customer: number, delivery: DeliveryFacts) => Brief {
	const complaints = openComplaints(context);
	const missingGoal = voice.say("goalMissing");
	const recoveryOf = createRecoveries(context, voice);
	return (customer, delivery) => ({
		...delivery,
		...orderFacts(context, customer),
		...creditFacts(context, customer),
		...productFacts(context, customer),
		customer_name: context.portfolio.tables.customers.texts.name.at(customer),
		open_complaint: complaints.get(customer) ?? null,
		last_objection: lastObjectionOf(context, customer),
		goal_missing: boughtThisMonth(context, customer) ? null : missingGoal,
		recovery: recoveryOf(customer),
	});
}

function orderFacts({ classification, scores }: PlanContext, customer: number) {
	const lastOrder = classification.lastOrderDay[customer];
	const silence = classification.daysSinceLastOrder[customer];
	const interval = scores.expectedInterval[customer];
	const ticket = scores.ticket[customer];
	return {
		last_order_on: lastOrder === NULL_DAY ? null : formatDay(lastOrder),
		days_since_last_order: silence < 0 ? null : silence,
		expected_interval_days: Number.isFinite(interval) && silence >= 0 ? Math.round(10 * interval) / 10 : null,
		ticket_cents: Number.isFinite(ticket) ? Math.round(ticket) : null,
	};
}

function creditFacts({ classification, portfolio }: PlanContext, customer: number) {
	const { overdue_amount: overdue, overdue_days: days } = portfolio.tables.customers.numbers;
	const headroom = classification.headroom[customer];
	return {
		overdue_cents: overdue[customer] || 0,
		overdue_days: days[customer] || 0,
		headroom_cents: Number.isFinite(headroom) ? headroom : null,
		credit: CREDIT_STATUS[classification.credit[customer]],
	};
}

/** Core products that lapsed, and usual or suggested ones that are out of stock. */
function productFacts(context: PlanContext, customer: number) {
	const { portfolio, history, scores, asOf } = context;
	const { orders, products } = portfolio.tables;
	const purchases = new Map<number, { days: Set<Day>; last: Day }>();
	for (let at = history.lineStart[customer]; at < history.lineStart[customer + 1]; at++) {
		const row = history.line[at];
		const product = orders.refs.product_id[row];
		if (product < 0 || !(orders.numbers.quantity[row] > 0)) continue;
		const seen = purchases.get(product) ?? { days: new Set<Day>(), last: NULL_DAY };
		seen.days.add(orders.days.ordered_on[row]);
		seen.last = Math.max(seen.last, orders.days.ordered_on[row]);
		purchases.set(product, seen);
	}
	const interval = Number.isFinite(scores.expectedInterval[customer]) ? scores.expectedInterval[customer] : 30;
	const core = [...purchases]
		.filter(([, { days }]) => days.size >= CORE_PURCHASES)
		.sort(([a, { days: x }], [b, { days: y }]) => y.size - x.size || a - b);
	const name = (product: number): string => products.texts.name.at(product) ?? products.texts.product_id.at(product) ?? "";
	return {
		lapsed_products: core
			.filter(
				([, { days, last }]) =>
					asOf - last > LAPSED_INTERVALS * Math.max(interval, (last - Math.min(...days)) / Math.max(1, days.size - 1)),
			)
			.slice(0, MOST_LISTED)
			.map(([product]) => name(product)),
		stock_alerts: core
			.filter(([product]) => products.numbers.stock_quantity[product] <= 0)
			.slice(0, MOST_LISTED)
			.map(([product]) => name(product)),
	};
}

function openComplaints({ portfolio, asOf }: PlanContext): Map<number, string> {
	const { service_events: events } = portfolio.tables;
	const now = asOf * SECONDS_PER_DAY;
	const open = new Map<number, string>();
	for (let row = 0; row < events.length; row++) {
		const { at, resolved_at: resolved } = events.numbers;
		if (events.codes.kind[row] !== COMPLAINT || !(at[row] < now) || resolved[row] < now) continue;
		const severity = events.texts.severity.at(row);
		open.set(events.refs.customer_id[row], `${formatDay(Math.floor(at[row] / SECONDS_PER_DAY))}${severity ? ` (${severity})` : ""}`);
	}
	return open;
}

/** What the customer last objected to; a contact that was not made says nothing of it, whatever is written beside. */
export function lastObjectionOf({ portfolio, history }: Pick<PlanContext, "portfolio" | "history">, customer: number): string | null {
	const { codes, texts } = portfolio.tables.contacts;
	for (let at = history.contactStart[customer + 1] - 1; at >= history.contactStart[customer]; at--) {
		const row = history.contact[at];
		const objection = isReached(codes.outcome[row]) ? texts.objection.at(row) : null;
		if (objection) return objection;
	}
	return null;
}

function boughtThisMonth({ classification, asOf }: PlanContext, customer: number): boolean {
	const lastOrder = classification.lastOrderDay[customer];
	return lastOrder !== NULL_DAY && formatDay(lastOrder).slice(0, 7) === formatDay(asOf).slice(0, 7);
}
