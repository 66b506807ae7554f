import Table from "cli-table3";
import pc from "picocolors";
import type { DayPlan, Entry, PlanDocument } from "../../engine/index.ts";

const MAX_SLIPPING = 6;
const SLIPPING = ["pre_inactive", "inactivating", "inactive"];

/** An entry with where it stands. */
interface Planned {
	readonly repId: string;
	readonly date: string;
	readonly entry: Entry;
}

interface Style {
	readonly money: (cents: number) => string;
	readonly date: (isoDate: string) => string;
	readonly colors: ReturnType<typeof pc.createColors>;
}

function entriesOf(plan: PlanDocument): Planned[] {
	return plan.reps.flatMap(({ rep_id, days }) =>
		days.flatMap(({ date, entries }) => entries.map((entry) => ({ repId: rep_id, date, entry }))),
	);
}

const createTable = (head: readonly string[], right: readonly number[]): Table.Table =>
	new Table({
		head: [...head],
		colAligns: head.map((_, index) => (right.includes(index) ? "right" : "left")),
		style: { head: [], border: [], compact: true },
	});

const worth = (days: readonly DayPlan[]): number =>
	days.flatMap(({ entries }) => entries).reduce((sum, { value_cents }) => sum + value_cents, 0);

/** A line a rep: the first day planned, and the whole horizon. */
function formatReps(plan: PlanDocument, firstDate: string, { money, date }: Style): string {
	const table = createTable(
		["rep", `visits ${date(firstDate)}`, "remote", "on the road", "worth that day", "in all, less travel", "at most"],
		[1, 2, 3, 4, 5, 6],
	);
	for (const { rep_id, days, value_cents, upper_bound_cents } of plan.reps) {
		const first = days.filter((day) => day.date === firstDate);
		const entries = first.flatMap((day) => day.entries);
		const visits = entries.filter(({ channel }) => channel === "visit").length;
		const travel = first.reduce((sum, { travel_seconds }) => sum + travel_seconds, 0);
		const [today, all] = [money(worth(first)), money(value_cents)];
		table.push([rep_id, visits, entries.length - visits, `${Math.round(travel / 60)} min`, today, all, money(upper_bound_cents)]);
	}
	return table.toString();
}

/** What is lost if a customer goes: the money of the term that stands for it. */
const retentionOf = ({ terms }: Entry): number => terms.find(({ name }) => name === "retention")?.cents ?? 0;

/** Customers that are going silent and are on an agenda, the dearest first, each once. */
function slippingAway(planned: readonly Planned[]): Planned[] {
	const first = new Map<string, Planned>();
	for (const item of planned) {
		const known = first.get(item.entry.customer_id);
		if (SLIPPING.includes(item.entry.phase) && (known === undefined || item.date < known.date)) first.set(item.entry.customer_id, item);
	}
	return [...first.values()].sort((a, b) => retentionOf(b.entry) - retentionOf(a.entry)).slice(0, MAX_SLIPPING);
}

function formatSlipping(items: readonly Planned[], { money, date, colors }: Style): string {
	const table = createTable(["customer", "silent for", "usually buys every", "risk", "contact worth", "who goes, and when"], [1, 2, 3, 4]);
	for (const { repId, date: day, entry } of items) {
		const { days_since_last_order: silent, expected_interval_days: interval, customer_name: name } = entry.brief;
		table.push([
			name ?? entry.customer_id,
			silent === null ? "" : `${silent} days`,
			interval === null ? "" : `${Math.round(interval)} days`,
			entry.churn_risk === null ? "" : colors.red(`${Math.round(100 * entry.churn_risk)} %`),
			money(entry.value_cents),
			`${repId}, ${entry.channel} ${date(day)} ${entry.start.slice(0, 5)}`,
		]);
	}
	return table.toString();
}

function formatFirstStop({ repId, date: day, entry }: Planned, { money, date, colors }: Style): string {
	const name = entry.brief.customer_name ?? entry.customer_id;
	const terms = entry.terms
		.filter(({ cents }) => Math.abs(cents) >= 50) // what would be shown as 0
		.map(({ name: term, cents }) => `${cents < 0 ? "−" : "+"} ${term} ${money(Math.abs(cents))}`);
	return [
		colors.bold(`${repId} begins ${date(day)} at ${entry.start.slice(0, 5)} with ${name}`),
		`  ${entry.reason}`,
		`  ${terms.join(" ").replace(/^\+ /, "")} = ${colors.green(money(entry.value_cents))}`,
	].join("\n");
}

function formatLinks(address: string, portfolio: string, planned: Planned | undefined, colors: Style["colors"]): string {
	const day = planned === undefined ? "" : `?date=${planned.date}&rep=${planned.repId}`;
	return [
		colors.bold("Look around (this machine only: no keys are configured)"),
		`  in a browser   ${address}/docs`,
		`  today's agenda curl '${address}/v1/portfolios/${portfolio}/agendas${day}'`,
		`  for a calendar curl -H 'accept: text/calendar' '${address}/v1/portfolios/${portfolio}/agendas${day}'`,
		...(planned
			? [`  one customer   curl '${address}/v1/portfolios/${portfolio}/customers/${encodeURIComponent(planned.entry.customer_id)}'`]
			: []),
		`  Ctrl-C ends`,
	].join("\n");
}

/** The rep whose plan is worth most. */
function busiestRep({ reps }: PlanDocument): string | undefined {
	return reps.toSorted((a, b) => b.value_cents - a.value_cents)[0]?.rep_id;
}

function createStyle(plan: PlanDocument): Style {
	const currency = new Intl.NumberFormat("en", { style: "currency", currency: plan.currency, maximumFractionDigits: 0 });
	const day = new Intl.DateTimeFormat("en", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
	return {
		money: (cents) => currency.format(Math.round(cents / 100)),
		date: (isoDate) => day.format(new Date(`${isoDate}T00:00:00Z`)),
		colors: pc.createColors(pc.isColorSupported && process.stdout.isTTY),
	};
}

/** What the first run shows: the reps' day in money, who is slipping away, how a day begins, and where to look further. */
export function formatDemoSummary(plan: PlanDocument, portfolio: string, address: string): string {
	const style = createStyle(plan);
	const { colors, date } = style;
	const planned = entriesOf(plan);
	const dates = planned.map((item) => item.date).sort();
	const firstDate = dates[0] ?? plan.horizon.from;
	const first = planned.find((item) => item.date === firstDate && item.repId === busiestRep(plan)) ?? planned[0];
	const slipping = slippingAway(planned);
	const numCustomers = new Set([...planned.map(({ entry }) => entry.customer_id), ...plan.unplanned.map(({ customer_id }) => customer_id)])
		.size;
	return [
		"",
		`${colors.bold("Carteira")}  a demo distributor: ${numCustomers} customers, ${plan.reps.length} reps, ${date(plan.horizon.from)} to ${date(plan.horizon.to)}`,
		formatReps(plan, firstDate, style),
		...(slipping.length > 0 ? [colors.bold("Slipping away, and on an agenda because of it"), formatSlipping(slipping, style)] : []),
		...(first ? [formatFirstStop(first, style)] : []),
		formatLinks(address, portfolio, first, colors),
		"",
	].join("\n\n");
}
