import { formatDay, formatTime, parseDay } from "../units.ts";
import { headroomOf, isFull, rungOf } from "./credit.ts";
import { cutoffOf, deliveriesOf } from "./delivery.ts";
import { type Checked, type ContactView, contactsOf } from "./views.ts";

const SELLING: readonly string[] = ["sell", "retain", "prospect"];
const COLLECTING: readonly string[] = ["collect", "appointment", "escalation"];
const SALE_TERMS: readonly string[] = ["sale", "mix", "campaign", "delivery_wait"];

/** The credit ladder, headroom and the delivery rule. */
export function checkCredit(context: Checked): void {
	for (const contact of contactsOf(context.reps)) {
		checkLadder(context, contact);
		if (contact.appointment >= 0 || !SELLING.includes(contact.entry.kind)) continue;
		checkHeadroom(context, contact);
		checkDelivery(context, contact);
	}
}

function checkLadder(context: Checked, { customer, entry, pointer, appointment }: ContactView): void {
	const rung = rungOf(context, customer);
	if (rung === "collections_team" && appointment < 0) {
		context.report("collections-team", pointer, `customer ${entry.customer_id} is the collections team's`);
	}
	if (rung !== "collect_only") return;
	if (!COLLECTING.includes(entry.kind))
		context.report("collect-only", `${pointer}/kind`, `${entry.kind} with a customer to collect from only`);
	const sold = entry.terms.filter(({ name, cents }) => SALE_TERMS.includes(name) && cents !== 0).map(({ name }) => name);
	if (sold.length > 0) context.report("sale-terms", `${pointer}/terms`, `${sold.join(", ")} with a customer to collect from only`);
}

function checkHeadroom(context: Checked, { customer, entry, pointer }: ContactView): void {
	if (rungOf(context, customer) === "collect_and_sell_cash" || !isFull(context, customer)) return;
	context.report("headroom", pointer, `${entry.kind} with a headroom of ${headroomOf(context, customer)} cents`);
}

function checkDelivery(context: Checked, { customer, day, start, entry, pointer }: ContactView): void {
	const days = deliveriesOf(context, customer, day, start);
	const expected = days.map(formatDay).join(" or ");
	if (days.length === 0) {
		context.report(
			"delivery-day",
			pointer,
			`no delivery within ${context.policy.delivery.max_wait_days} days of loading an order of ${entry.start}`,
		);
	} else if (!entry.delivers_on || !days.includes(parseDay(entry.delivers_on))) {
		context.report("delivers-on", `${pointer}/delivers_on`, `${entry.delivers_on ?? "nothing"}, expected ${expected}`);
	}
	const cutoff = cutoffOf(context, customer);
	if (start <= cutoff && entry.order_by !== formatTime(cutoff)) {
		context.report("order-by", `${pointer}/order_by`, `${entry.order_by ?? "nothing"}, expected ${formatTime(cutoff)}`);
	}
}
