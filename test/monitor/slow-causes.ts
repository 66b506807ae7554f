import { CREDIT_STATUS } from "../../engine/portfolio/schema.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import { dayOf, isReachedRow, ownerOf, plainRows, type SlowRow, type SlowWorld } from "./slow-figures.ts";

/** A cause with the row that gives it, as the monitor tells it. */
export interface SlowCause {
	readonly cause: string;
	readonly evidence: { readonly table: string; readonly id: string; readonly on: string | null; readonly detail: string } | null;
}

const SAID: Readonly<Record<string, string>> = {
	price: "price_objection",
	no_cash: "credit",
	credit: "credit",
	competitor: "competitor",
	complaint: "complaint",
	stock_out: "stock_out",
	delivery: "delivery_failure",
	closed: "closed",
};

/** Why a customer that bought last on a day, and was expected again on another, bought no more: the first cause that the rows show. */
export function slowCause(world: SlowWorld, c: number, last: Day, expected: Day): SlowCause {
	const { asOf, portfolio, policy, classification, reps } = world;
	const customer = world.customers[c];
	const found = (cause: string, table: string, id: SlowRow[string], on: Day | null, detail: string): SlowCause => ({
		cause,
		evidence: { table, id: String(id), on: on === null ? null : formatDay(on), detail },
	});
	const contacts = world.contacts.filter((row) => row.customer_id === c).sort((a, b) => Number(a.contacted_at) - Number(b.contacted_at));
	const since = contacts.filter((row) => dayOf(row) > last);

	if (customer.status === "closed") return found("closed", "customers", customer.customer_id, null, "status closed");

	const eventDay = (row: SlowRow): Day => Math.floor(Number(row.at) / 86_400);
	const [event] = plainRows(portfolio.tables.service_events)
		.filter((row) => row.customer_id === c && eventDay(row) > last && eventDay(row) < asOf)
		.filter(({ kind }) => kind === "complaint" || kind === "delivery_failure")
		.sort((a, b) => Number(a.at) - Number(b.at));
	if (event) {
		const severity = event.severity === null ? "" : ` (${event.severity})`;
		return found(String(event.kind), "service_events", event.event_id, eventDay(event), `${event.kind}${severity}`);
	}

	const rung = CREDIT_STATUS[classification.credit[c]];
	const overdue = Number(customer.overdue_amount ?? 0);
	const room =
		customer.credit_limit === null
			? Infinity
			: Number(customer.credit_limit) - Number(customer.open_balance ?? 0) - Number(customer.open_orders_value ?? 0);
	const isShort = room <= 0 || room < Number(customer.min_order_value ?? 0);
	const isStopped = rung === "collect_only" || rung === "collections_team";
	if (isStopped || (overdue > 0 && isShort && rung !== "collect_and_sell_cash")) {
		const on = customer.overdue_days === null ? null : asOf - Number(customer.overdue_days);
		return found("credit", "customers", customer.customer_id, on, `overdue ${overdue} cents`);
	}

	const missed = since.filter(({ outcome }) => outcome === "not_reached");
	const lastMissed = missed.at(-1);
	if (lastMissed && missed.length >= 3 && !since.some(isReachedRow))
		return found("closed", "contacts", lastMissed.contact_id, dayOf(lastMissed), `${missed.length} × not_reached`);

	const reached = contacts.filter((row) => isReachedRow(row) && dayOf(row) < expected);
	const from = Math.max(
		0,
		reached.findLastIndex((row) => dayOf(row) <= last),
	);
	const days = [...reached.slice(from).map(dayOf), expected];
	const longest = Math.max(...days.slice(1).map((day, i) => day - days[i]), 0);
	const owner = ownerOf(world, c);
	const kind = owner < 0 ? "field_employee" : reps[owner].kind;
	const plan = policy.action_plans.find(
		(one) => one.phase === "active" && one.class === world.classOf(c) && (one.rep_kind === null || one.rep_kind === kind),
	);
	if (!plan) throw new Error("no action plan");
	if (longest > 35 && longest > Math.max(plan.max_gap_days, plan.interval_days))
		return found("not_served", "contacts", reached[from].contact_id, days[0], `${longest} days without contact`);

	const said = since.filter((row) => isReachedRow(row) && row.objection !== null);
	const causes = said.slice(-2).map(({ objection }) => SAID[String(objection)]);
	const lastSaid = said.at(-1);
	if (lastSaid && causes[0] !== undefined && causes[0] === causes.at(-1))
		return found(causes[0], "contacts", lastSaid.contact_id, dayOf(lastSaid), String(lastSaid.objection));

	const lines = world.lines.filter((row) => row.customer_id === c && Number(row.ordered_on) >= last);
	const cut = lines.filter(({ status }) => status === "cut");
	const lastCut = cut.toSorted((a, b) => Number(a.ordered_on) - Number(b.ordered_on)).at(-1);
	if (lastCut && cut.length >= lines.length / 2)
		return found("stock_out", "orders", lastCut.order_id, Number(lastCut.ordered_on), `${cut.length} of ${lines.length} lines cut`);
	return { cause: "unknown", evidence: null };
}
