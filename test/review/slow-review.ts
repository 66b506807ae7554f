import type { ReviewPlan } from "../../engine/review/plan-part.ts";
import { CLASSES, PHASES, POTENTIALS } from "../../engine/policy/case.ts";
import { pictureBefore } from "../../engine/policy/past-picture.ts";
import { type Policy, validatePolicy } from "../../engine/policy/policy.ts";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { type ResultId, RESULTS } from "../../engine/review/review-document.ts";
import { type Day, formatDay, parseDay } from "../../engine/units.ts";
import { portfolioOf, type Row, type Rows } from "../check/tables.ts";
import { FROM, POLICY, UNTIL } from "./random-month.ts";

const BEFORE = parseDay("2026-09-01");
const SILENT = ["inactivating", "inactive", "ex_customer"];
const dayOf = (row: Row): Day => parseDay(String(row.ordered_on ?? row.contacted_at).slice(0, 10));
const cents = (cell: Row[string] | undefined): number => Math.round(100 * Number(cell));

/** The rows that lie before a day. */
export function rowsBefore(rows: Rows, day: Day): Rows {
	const kept = (of: readonly Row[] = []): Row[] => of.filter((row) => dayOf(row) < day);
	return { ...rows, orders: kept(rows.orders), contacts: kept(rows.contacts) };
}

/** The figures of a review from rows as files state them, customer by customer, in the most obvious way. */
export function slowReview(rows: Rows, plans: readonly ReviewPlan[]) {
	const policy: Policy = validatePolicy(POLICY);
	const customers = rows.customers ?? [];
	const picture = new Map<Day, { phase: string[]; class: string[] }>();
	const at = (day: Day): { phase: string[]; class: string[] } => {
		const known = picture.get(day);
		if (known) return known;
		const portfolio = portfolioOf(rowsBefore(rows, day), POLICY);
		const { phase, class: cls } = pictureBefore({ portfolio, policy, history: buildHistory(portfolio, day) }, day);
		const made = { phase: [...phase].map((code) => PHASES[code]), class: [...cls].map((code) => CLASSES[code]) };
		picture.set(day, made);
		return made;
	};
	const ranked = customers
		.map((_, i) => i)
		.sort((a, b) => Number(customers[b].potential_value ?? 0) - Number(customers[a].potential_value ?? 0) || a - b);
	const potentialOf = (i: number): string => {
		const rank = ranked.indexOf(i) / customers.length;
		return Number(customers[i].potential_value ?? 0) > 0 ? POTENTIALS[rank < 0.2 ? 0 : rank < 0.5 ? 1 : 2] : "low";
	};
	const classAt = (i: number, day: Day): string =>
		at(day).phase[i] === "prospect" ? CLASSES[POTENTIALS.findIndex((potential) => potential === potentialOf(i))] : at(day).class[i];
	const planAt = (i: number, day: Day) =>
		policy.action_plans.find((plan) => plan.class === classAt(i, day)) ?? policy.action_plans.find((plan) => plan.class === null);
	const ordersOf = (i: number, from: Day, until: Day): Row[] =>
		(rows.orders ?? []).filter((row) => row.customer_id === customers[i].customer_id && dayOf(row) >= from && dayOf(row) < until);
	const buysOn = (i: number, from: Day, until: Day): Set<Day> =>
		new Set(
			ordersOf(i, from, until)
				.filter((row) => Number(row.quantity) > 0 && row.status !== "cancelled")
				.map(dayOf),
		);
	const contactsOf = (i: number, from: Day, until: Day): Row[] =>
		(rows.contacts ?? []).filter((row) => row.customer_id === customers[i].customer_id && dayOf(row) >= from && dayOf(row) < until);
	const isReached = ({ outcome }: Row): boolean => outcome === "order" || outcome === "no_order";
	const isServed = ({ rep_id, status, blocked }: Row): boolean =>
		rep_id !== undefined && !blocked && (status === undefined || status === "open");
	const intervalAt = (i: number, day: Day): number => Number(customers[i].visit_interval_days ?? planAt(i, day)?.interval_days);
	const marginOf = (row: Row): number => {
		const product = (rows.products ?? []).find(({ product_id }) => product_id === row.product_id);
		return row.margin === undefined
			? cents(row.net_value) * Number(product?.margin_rate ?? policy.value.default_margin_rate)
			: cents(row.margin);
	};

	/** What a customer adds to each figure of a span of days. */
	const partOf = (customer: Row, i: number, from: Day, until: Day) => {
		const lines = ordersOf(i, from, until).filter(({ status }) => status !== "cancelled" && status !== "cut");
		const sign = ({ quantity }: Row): number => (Number(quantity) < 0 ? -1 : 1);
		const revenue = lines.reduce((sum, row) => sum + sign(row) * cents(row.net_value), 0);
		const bought = buysOn(i, from, until).size > 0;
		const phase = at(from).phase[i];
		const last = Math.max(...contactsOf(i, 0, until).filter(isReached).map(dayOf));
		const maxGap = Math.max(planAt(i, until)?.max_gap_days ?? 0, intervalAt(i, until));
		return {
			revenue,
			margin: lines.reduce((sum, row) => sum + Math.round(sign(row) * marginOf(row)), 0),
			positivated: Number(revenue >= 10_000 && lines.some((row) => sign(row) > 0)),
			new: Number(phase === "prospect" && bought),
			recovered: Number(SILENT.includes(phase) && bought),
			lost: Number(phase !== "prospect" && !SILENT.includes(phase) && SILENT.includes(at(until).phase[i])),
			reached: contactsOf(i, from, until).filter(isReached).length,
			disrupted: Number(Number.isFinite(last) && isServed(customer) && until - last > maxGap),
		};
	};
	const partsOf = (from: Day, until: Day) => customers.map((customer, i) => partOf(customer, i, from, until));
	const [parts, partsBefore] = [partsOf(FROM, UNTIL), partsOf(BEFORE, FROM)];
	const totalOf = (of: typeof parts): Record<ResultId, number> => {
		const sumOf = (id: ResultId): number => of.reduce((sum, part) => sum + part[id], 0);
		return Object.fromEntries(RESULTS.map((id) => [id, sumOf(id)])) as Record<ResultId, number>;
	};

	const months = ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"].map((month) => parseDay(`${month}-01`));
	/** Months that each customer began in a phase, and those in which it ordered. */
	const spent = Object.fromEntries(
		PHASES.map((phase) => [
			phase,
			customers.map((_, i) => {
				const began = months
					.slice(0, -1)
					.flatMap((from, m) => (at(from).phase[i] === phase ? [buysOn(i, from, months[m + 1]).size > 0] : []));
				return { num: began.length, ordered: began.filter(Boolean).length };
			}),
		]),
	);
	const rates = Object.fromEntries(
		PHASES.map((phase) => [
			phase,
			spent[phase].reduce((sum, one) => ({ num: sum.num + one.num, ordered: sum.ordered + one.ordered }), { num: 0, ordered: 0 }),
		]),
	);
	/** Weight × the rate of one phase less that of another, and its standard error where a customer's months are one draw. */
	const contrastOf = (nearer: string, deeper: string, weight: number): { mean: number; error: number } => {
		const rate = (phase: string): number => rates[phase].ordered / rates[phase].num;
		const parts = customers.map((_, i) => {
			const part = (phase: string): number => (spent[phase][i].ordered - rate(phase) * spent[phase][i].num) / rates[phase].num;
			return weight * part(nearer) - part(deeper);
		});
		return { mean: weight * rate(nearer) - rate(deeper), error: Math.sqrt(parts.reduce((sum, part) => sum + part ** 2, 0)) };
	};

	const due = customers.map((customer, i) => {
		if (!isServed(customer)) return 0;
		const agreed = customer.channels === undefined ? null : String(customer.channels).split(";");
		const owner = (rows.reps ?? []).find(({ rep_id }) => rep_id === customer.rep_id);
		const canVisit = customer.lat !== undefined && owner?.kind !== "inside";
		const channel = planAt(i, FROM)?.channels.find(
			(row) => (agreed === null || agreed.includes(row.channel)) && (row.channel !== "visit" || canVisit),
		);
		if (!channel) return 0;
		const minutes = channel.channel === "visit" ? Number(customer.service_minutes ?? channel.minutes) : channel.minutes;
		return (60 * minutes * 31) / intervalAt(i, FROM);
	});

	/** What a customer's contacts of the month took and brought. */
	const effortOf = (customer: Row, i: number) => {
		const made = contactsOf(i, FROM, UNTIL).filter((row) => row.outcome !== "cancelled" && row.direction !== "inbound");
		const secondsOf = (row: Row): number => {
			const planned = planAt(i, FROM)?.channels.find(({ channel }) => channel === row.channel)?.minutes ?? 10;
			return 60 * Number(row.minutes ?? (row.channel === "visit" ? (customer.service_minutes ?? planned) : planned));
		};
		const days = new Set(made.map(dayOf));
		const marginOn = (day: Day): number => {
			const lines = ordersOf(i, day, day + 1).filter(({ status }) => status !== "cancelled");
			const net = lines.reduce((sum, row) => sum + (Number(row.quantity) < 0 ? -1 : 1) * cents(row.net_value), 0);
			const known = lines.every(
				(row) =>
					row.margin !== undefined ||
					(rows.products ?? []).find(({ product_id }) => product_id === row.product_id)?.margin_rate !== undefined,
			);
			return known
				? Math.round(lines.reduce((sum, row) => sum + (Number(row.quantity) < 0 ? -1 : 1) * marginOf(row), 0))
				: Math.round(net * policy.value.default_margin_rate);
		};
		return {
			num: made.length,
			seconds: made.reduce((sum, row) => sum + secondsOf(row), 0),
			margin: [...buysOn(i, FROM, UNTIL)].filter((day) => days.has(day)).reduce((sum, day) => sum + marginOn(day), 0),
		};
	};
	const efforts = customers.map(effortOf);
	const floors = policy.floors.map(({ phase, class: cls }) => {
		const isMeant = (i: number): boolean => (phase === null || at(FROM).phase[i] === phase) && (cls === null || classAt(i, FROM) === cls);
		const totalOf = (own: readonly (typeof efforts)[number][]) =>
			own.reduce((sum, one) => ({ num: sum.num + one.num, seconds: sum.seconds + one.seconds, margin: sum.margin + one.margin }), {
				num: 0,
				seconds: 0,
				margin: 0,
			});
		return {
			own: totalOf(efforts.filter((_, i) => isMeant(i))),
			others: totalOf(efforts.filter((_, i) => !isMeant(i))),
			/** By customer, nothing of those that the floor is not for. */
			seconds: efforts.map(({ seconds }, i) => (isMeant(i) ? seconds : 0)),
		};
	});

	const decided = new Map<string, { decision: string; i: number; day: Day; reason?: string }>();
	const inMonth = plans.filter(({ plan_id }) => ["first", "revised", "second"].includes(plan_id));
	const note = (decision: string, rep: string, customer: string, date: string, reason?: string): void => {
		if (rep !== "R3" && date >= formatDay(FROM) && date < formatDay(UNTIL))
			decided.set(`${date} ${rep} ${customer}`, {
				decision,
				i: customers.findIndex(({ customer_id }) => customer_id === customer),
				day: parseDay(date),
				...(reason !== undefined && { reason }),
			});
	};
	for (const { reps } of inMonth)
		for (const rep of reps)
			for (const { date, entries } of rep.days) for (const entry of entries) note("untouched", rep.rep_id, entry.customer_id, date);
	for (const { receipt } of inMonth)
		for (const { type, rep_id, customer_id, date, reason } of receipt.revision?.events ?? [])
			note(type, rep_id, String(customer_id), String(date), typeof reason === "string" ? reason : undefined);
	const outcomeOf = (decision: string) => {
		const all = [...decided.values()].filter((row) => row.decision === decision);
		const over = all.filter(({ day }) => day + 14 <= UNTIL);
		return {
			num_over: over.length,
			num_open: all.length - over.length,
			reached: over.filter(({ i, day }) => contactsOf(i, day, day + 14).some(isReached)).length,
			ordered: over.filter(({ i, day }) => buysOn(i, day, day + 14).size > 0).length,
			value_cents: over.reduce((sum, { i, day }) => sum + boughtIn(i, day, day + 14), 0),
			reasons: Object.fromEntries(
				[...Map.groupBy(over, ({ reason }) => reason ?? "")]
					.filter(([reason]) => reason !== "")
					.map(([reason, own]) => [reason, [own.length, own.filter(({ i, day }) => buysOn(i, day, day + 14).size > 0).length]]),
			),
		};
	};
	/** Net value of the days with a purchase. */
	const boughtIn = (i: number, from: Day, until: Day): number =>
		[...buysOn(i, from, until)]
			.flatMap((day) => ordersOf(i, day, day + 1).filter(({ status }) => status !== "cancelled"))
			.reduce((sum, row) => sum + (Number(row.quantity) < 0 ? -1 : 1) * cents(row.net_value), 0);
	/** What each customer bought after decisions whose days are over, a cent at least for each. */
	const boughtAfter = (decision: string): number[] =>
		customers.map((_, i) =>
			[...decided.values()]
				.filter((row) => row.decision === decision && row.i === i && row.day + 14 <= UNTIL)
				.reduce((sum, { day }) => sum + Math.max(1, boughtIn(i, day, day + 14)), 0),
		);
	return { now: totalOf(parts), before: totalOf(partsBefore), parts, partsBefore, rates, contrastOf, due, floors, outcomeOf, boughtAfter };
}
