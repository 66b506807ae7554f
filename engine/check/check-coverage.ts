import { type UnplannedCode, UNPLANNED_CODES } from "../policy/case.ts";
import { formatDay, NULL_DAY } from "../units.ts";
import { isManager, plannersOf, repsOf, soleOwner } from "./action-plans.ts";
import { isBlocked, lastReached } from "./check-contacts.ts";
import { plannedReps } from "./check-days.ts";
import { isFull, rungOf } from "./credit.ts";
import { createServedDays, hasDeliveryDays, isPastGap, isSurelyOpen, type ServedDay } from "./served.ts";
import type { UnplannedShape } from "./shape.ts";
import type { Checked, RepView } from "./views.ts";

/** Every customer is planned, unplanned or unmet, and what is said of those left out agrees with the data. */
export function checkCoverage(context: Checked): void {
	const { plan, report, customerRows } = context;
	checkIds(context);
	const views = new Map(context.reps.map((view) => [view.shape.rep_id, view]));
	const servedDays = createServedDays(context);
	const left = new Set<number>();
	for (const [at, unplanned] of plan.unplanned.entries()) {
		const pointer = `/unplanned/${at}`;
		const customer = customerRows.get(unplanned.customer_id);
		if (customer === undefined) continue;
		if (left.has(customer)) report("customer-repeated", pointer, `customer ${unplanned.customer_id} is unplanned twice`);
		if (context.contacts.has(customer)) report("planned-and-unplanned", pointer, `customer ${unplanned.customer_id} is planned`);
		left.add(customer);
		const rep = views.get(unplanned.rep_id ?? "");
		checkReasons(context, unplanned, customer, pointer, rep, servedDays(customer));
		if (rep) checkNext(context, unplanned, customer, pointer, rep);
	}
	const unmet = new Set(plan.unmet_required.map(({ customer_id }) => customerRows.get(customer_id)));
	const reps = new Set(plannedReps(context));
	for (const [id, customer] of customerRows) {
		if (left.has(customer) || unmet.has(customer) || context.contacts.has(customer) || !isAskedFor(context, customer, reps)) continue;
		report("customer-missing", "/unplanned", `customer ${id} is neither planned nor unplanned nor unmet`);
	}
}

/** A plan of some reps owes something only to customers that one of them surely plans for. */
function isAskedFor(context: Checked, customer: number, reps: ReadonlySet<number>): boolean {
	if (!context.plan.receipt.reps) return true;
	const planners = plannersOf(context, customer, context.asOf);
	return planners.length > 0 && planners.every((rep) => reps.has(rep) && !isManager(context, rep));
}

function checkIds({ plan, reps, customerRows, repRows, report }: Checked): void {
	for (const { agendas } of reps) {
		for (const { contacts } of agendas) {
			for (const { customer, entry, pointer } of contacts) {
				if (customer < 0) report("unknown-id", `${pointer}/customer_id`, `no customer ${entry.customer_id} in the table`);
			}
		}
	}
	const listed = [
		...plan.unplanned.map((row, at) => ({ ...row, at: `/unplanned/${at}` })),
		...plan.unmet_required.map((row, at) => ({ ...row, at: `/unmet_required/${at}` })),
	];
	for (const { customer_id, rep_id, at } of listed) {
		if (!customerRows.has(customer_id)) report("unknown-id", `${at}/customer_id`, `no customer ${customer_id} in the table`);
		if (rep_id !== null && !repRows.has(rep_id)) report("unknown-id", `${at}/rep_id`, `no rep ${rep_id} in the table`);
	}
}

/** Whose customer it would have been, and when. */
function checkNext(
	context: Checked,
	{ next_best_day: next, rep_id }: UnplannedShape,
	customer: number,
	pointer: string,
	{ rep, agendas }: RepView,
): void {
	const days = Array.from({ length: context.lastDay - context.asOf + 1 }, (_, after) => context.asOf + after);
	const reps = days.flatMap((day) => repsOf(context, customer, day));
	if (rep >= 0 && reps.length > 0 && !reps.includes(rep) && !isManager(context, rep)) {
		context.report("unplanned-rep", `${pointer}/rep_id`, `${rep_id} has nothing to do with the customer`);
	}
	if (next && !agendas.some(({ shape, work }) => work !== null && shape.date === next)) {
		context.report("next-best-day", `${pointer}/next_best_day`, `${next} is no day that rep ${rep_id} works`);
	}
}

function checkReasons(
	context: Checked,
	{ reasons }: UnplannedShape,
	customer: number,
	pointer: string,
	view: RepView | undefined,
	served: readonly ServedDay[],
): void {
	if (reasons.length === 0) context.report("reason-missing", `${pointer}/reasons`, "nothing says why");
	const open = reasons.some(({ proven }) => proven) ? served.find((day) => isSurelyOpen(context, customer, day)) : undefined;
	for (const [at, { code, proven }] of reasons.entries()) {
		const place = `${pointer}/reasons/${at}`;
		const known = UNPLANNED_CODES.find((word) => word === code);
		if (!known) context.report("reason-code", `${place}/code`, `${code} is no reason of the contract`);
		if (!known || !proven) continue;
		const against =
			refute(context, known, customer, view) ??
			// Reasons may prove together what none of them proves of every day.
			(reasons.length === 1 ? refuteDays(context, known, customer, view, served) : null) ??
			(open ? `rep ${nameOf(context, open.rep)} can contact it on ${formatDay(open.day)}` : null);
		if (against !== null) context.report("reason-proven", place, `${code} is not proven: ${against}`);
	}
}

function nameOf({ portfolio }: Checked, rep: number): string {
	return portfolio.tables.reps.texts.rep_id.at(rep) ?? "";
}

function idOf({ portfolio }: Checked, customer: number): string {
	return portfolio.tables.customers.texts.customer_id.at(customer) ?? "";
}

function isRuledOut(context: Checked, customer: number): boolean {
	return context.policy.contact_rules.some(({ customer_id }) => customer_id === idOf(context, customer));
}

/** What in a customer speaks against a reason that is said to hold for every plan; null where its data do not tell. */
function refute(context: Checked, code: UnplannedCode, customer: number, view: RepView | undefined): string | null {
	const rung = rungOf(context, customer);
	switch (code) {
		case "LOWER_VALUE":
		case "NEGATIVE_VALUE":
			return "no hard rule asks for value";
		case "NOT_DUE":
			return "no hard rule asks for an interval";
		case "BLOCKED":
			return isBlocked(context, customer) || rung === "collections_team" || isRuledOut(context, customer) ? null : "the customer is open";
		case "CREDIT_BLOCKED":
			return rung !== "collections_team" && !isFull(context, customer) ? "the credit ladder lets it be contacted" : null;
		case "HELD_OUT":
			return context.policy.hold_outs.some(
				({ customers, rep_days: days }) =>
					customers.includes(idOf(context, customer)) || days.some(({ rep_id: repId }) => repId === view?.shape.rep_id),
			)
				? null
				: "no experiment drew the customer or a day of its rep";
		case "NO_REP":
			return soleOwner(context, customer) >= 0 ? "the customer has a rep" : null;
		case "MIN_GAP":
			return lastReached(context, customer) === NULL_DAY ? "no contact in the history reached it" : null;
		default:
			return null;
	}
}

/**
 * What speaks against a reason that is said to rule out all days: for an absence any day that some agenda serves the customer; for the
 * others, which are those of one agenda, the days of that agenda.
 */
function refuteDays(
	context: Checked,
	code: UnplannedCode,
	customer: number,
	view: RepView | undefined,
	served: readonly ServedDay[],
): string | null {
	const [first] = served;
	if (code === "ABSENCE" && first) return `rep ${nameOf(context, first.rep)} works on ${formatDay(first.day)}`;
	const own = served.filter(({ rep }) => rep === view?.rep);
	if (code === "DELIVERY_DAY" && !hasDeliveryDays(context, customer)) {
		const delivered = own.find(({ day }) => context.calendar.isWorkingDay(day));
		return delivered ? `it is delivered to on every working day, so on ${formatDay(delivered.day)}` : null;
	}
	const past = code === "MIN_GAP" ? own.find(({ day }) => isPastGap(context, customer, day)) : undefined;
	return past ? `the last contact was on ${formatDay(lastReached(context, customer))}` : null;
}
