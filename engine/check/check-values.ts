import { TERMS } from "../policy/case.ts";
import type { Day } from "../units.ts";
import { headroomOf, rungOf } from "./credit.ts";
import { type Checked, type ContactView, contactsOf } from "./views.ts";

const COSTS: readonly string[] = ["delivery_wait", "channel_cost", "route_day", "change"];

/** Names, signs, caps and sums of every entry's value terms. */
export function checkValues(context: Checked): void {
	for (const { agendas } of context.reps) {
		for (const { contacts } of agendas) for (const contact of contacts) checkTerms(context, contact);
	}
	for (const contact of contactsOf(context.reps)) {
		checkCaps(context, contact);
		checkAgain(context, contact);
	}
}

function checkTerms({ policy, report }: Checked, { entry, pointer }: ContactView): void {
	const seen = new Set<string>();
	for (const [at, { name, cents }] of entry.terms.entries()) {
		const place = `${pointer}/terms/${at}`;
		if (!TERMS.some((term) => term === name)) report("term-name", `${place}/name`, `${name} is no value term`);
		if (seen.has(name)) report("term-repeated", `${place}/name`, `${name} is there twice`);
		if (COSTS.includes(name) && cents > 0) report("term-sign", `${place}/cents`, `${name} of ${cents} cents is a gain`);
		seen.add(name);
	}
	const sum = entry.terms.reduce((cents, term) => cents + term.cents, 0);
	if (sum !== entry.value_cents) report("terms-sum", `${pointer}/value_cents`, `${entry.value_cents}, the terms sum to ${sum}`);
	const cost = termOf(entry, "channel_cost");
	const expected = Object.entries(policy.channel_costs).find(([channel]) => channel === entry.channel)?.[1];
	if (expected !== undefined && cost !== -Math.round(100 * expected)) {
		report("term-channel-cost", `${pointer}/terms`, `${cost} cents for a ${entry.channel}, expected ${-Math.round(100 * expected)}`);
	}
}

function termOf(entry: ContactView["entry"], name: string): number {
	return entry.terms.find((term) => term.name === name)?.cents ?? 0;
}

/** A contact recovers no more than is overdue, and sells no more than the headroom holds. */
function checkCaps(context: Checked, { customer, entry, pointer }: ContactView): void {
	const { weights } = context.policy.value;
	const overdue = context.portfolio.tables.customers.numbers.overdue_amount[customer];
	const most = Math.ceil((Number.isNaN(overdue) ? 0 : overdue) * weights.collection);
	const collection = termOf(entry, "collection");
	if (collection > most) context.report("term-collection", `${pointer}/terms`, `${collection} cents of at most ${most}`);
	if (rungOf(context, customer) === "collect_and_sell_cash") return; // cash needs no headroom
	const room = Math.ceil(Math.max(0, headroomOf(context, customer)) * weights.sale);
	const sale = termOf(entry, "sale");
	if (sale > room) context.report("term-sale", `${pointer}/terms`, `${sale} cents with a headroom of ${room}`);
}

/** Compares the terms with those that the value formulas give, where the caller brought them. */
function checkAgain(context: Checked, contact: ContactView): void {
	const { entry, pointer, customer, rep, day, start } = contact;
	if (contact.isFact) return;
	const others = (context.contacts.get(customer) ?? []).filter((other) => other !== contact && !other.isMissed);
	const earlier = others.filter((other) => other.rep === rep && other.day < day).map((other) => other.day);
	const terms = context.termsOf?.({
		rep,
		customer,
		day,
		channel: entry.channel,
		kind: entry.kind,
		start,
		previous: latest(earlier),
		elsewhere: others.filter((other) => other.rep !== rep).map((other) => other.day),
	});
	if (!terms) return;
	const names = new Set([...terms.keys(), ...entry.terms.map(({ name }) => name)]);
	for (const name of names) {
		const [shown, expected] = [termOf(entry, name), terms.get(name) ?? 0];
		if (shown !== expected) context.report("term-value", `${pointer}/terms`, `${name} of ${shown} cents, expected ${expected}`);
	}
}

function latest(days: readonly Day[]): Day | null {
	return days.length === 0 ? null : Math.max(...days);
}
