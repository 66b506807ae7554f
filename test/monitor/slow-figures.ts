import { type FigureId, FIGURES } from "../../engine/monitor/figures.ts";
import type { MonitorGroup } from "../../engine/monitor/monitor-document.ts";
import { classify } from "../../engine/policy/classify.ts";
import { CLASSES, PHASES } from "../../engine/policy/case.ts";
import { type Policy, validatePolicy } from "../../engine/policy/policy.ts";
import { pictureBefore } from "../../engine/policy/past-picture.ts";
import { phaseOf } from "../../engine/policy/phase.ts";
import { buildHistory } from "../../engine/portfolio/history.ts";
import type { Portfolio, Table } from "../../engine/portfolio/portfolio.ts";
import { CREDIT_STATUS, TABLES } from "../../engine/portfolio/schema.ts";
import { buildRhythm } from "../../engine/scoring/rhythm.ts";
import { type Day, formatDay, NULL_CODE, NULL_DAY } from "../../engine/units.ts";

type Cell = string | number | null;
export type SlowRow = Readonly<Record<string, Cell>>;
export type Sums = Record<string, readonly number[]>;

/** All rows of a table as plain objects: enum words, day numbers, rows of other tables. */
export function plainRows(table: Table): SlowRow[] {
	return Array.from({ length: table.numRows }, (_, row) =>
		Object.fromEntries(
			Object.entries(TABLES[table.name].columns).map(([name, { type, values }]) => {
				if (type === "ref") return [name, table.refs[name]?.[row] ?? -1];
				if (type === "day") return [name, table.days[name][row] === NULL_DAY ? null : table.days[name][row]];
				if (type === "enum") return [name, table.codes[name][row] === NULL_CODE ? null : (values?.[table.codes[name][row]] ?? null)];
				if (type === "boolean") return [name, table.codes[name][row] === NULL_CODE ? null : table.codes[name][row]];
				if (name in table.numbers) return [name, Number.isNaN(table.numbers[name][row]) ? null : table.numbers[name][row]];
				return [name, table.texts[name].at(row)];
			}),
		),
	);
}

/** What the slow figures look at, row by row and customer by customer; silence is the customers' own up to `silenceFrom`. */
export function slowWorld(portfolio: Portfolio, asOf: Day, silenceFrom: Day = asOf) {
	const policy = validatePolicy(portfolio.policy ?? {});
	const { customers, orders, contacts, products, reps } = portfolio.tables;
	const history = buildHistory(portfolio, asOf);
	const { expectedInterval } = buildRhythm(portfolio, buildHistory(portfolio, silenceFrom));
	const rhythm = { ...buildRhythm(portfolio, history), expectedInterval };
	const expectedValue = Float64Array.from(rhythm.ticket, (ticket, c) => (ticket * 90) / expectedInterval[c]);
	const scores = { expectedInterval, expectedValue };
	const classification = classify({ portfolio, history, policy, asOf, scores, silenceFrom });
	return {
		portfolio,
		policy,
		asOf,
		silenceFrom,
		rhythm,
		classification,
		history,
		ids: Array.from({ length: customers.length }, (_, c) => c),
		customers: plainRows(customers),
		lines: plainRows(orders).filter((row) => Number(row.ordered_on) < asOf),
		contacts: plainRows(contacts).filter((row) => dayOf(row) < asOf),
		products: plainRows(products),
		reps: plainRows(reps),
		phaseOf: (c: number) => PHASES[classification.phase[c]],
		classOf: (c: number) => CLASSES[classification.class[c]],
	};
}
export type SlowWorld = ReturnType<typeof slowWorld>;

export const dayOf = (contact: SlowRow): Day => Math.floor(Number(contact.contacted_at) / 86_400);
export const isReachedRow = (contact: SlowRow): boolean => contact.outcome === "order" || contact.outcome === "no_order";

/** Adds up rows by cell: the number of customers, then the measures. */
export function tally(found: readonly (readonly [cell: string, ...measures: number[]])[]): Sums {
	const sums: Record<string, number[]> = {};
	for (const [cell, ...measures] of found) {
		const row = (sums[cell] ??= [0, ...measures.map(() => 0)]);
		for (const [i, value] of [1, ...measures].entries()) row[i] += value;
	}
	return Object.fromEntries(Object.entries(sums).map(([cell, row]) => [cell, row.map((value) => Math.round(value * 1000) / 1000)]));
}

/** Rows of a figure as sums by the words of their cells. */
export function sumsOf(figures: MonitorGroup["figures"], figure: FigureId): Sums {
	const { cells, measures } = FIGURES[figure];
	const rows: readonly Readonly<Record<string, string | number | null>>[] = figures[figure];
	return Object.fromEntries(
		rows.map((row) => [cells.map((name) => row[name]).join(" "), ["customers", ...measures].map((name) => Number(row[name]))]),
	);
}

/** Sum of sales less returns, and margin, on days from … to − 1 of which one line at least is a sale. */
export function purchases({ lines, products, policy }: SlowWorld, customer: number, from: Day, to: Day): { value: number; margin: number } {
	const own = lines.filter((row) => row.customer_id === customer && row.status !== "cancelled");
	const days = [...new Set(own.map((row) => Number(row.ordered_on)))].filter((day) => day >= from && day < to);
	let [value, margin] = [0, 0];
	for (const day of days) {
		const today = own.filter((row) => row.ordered_on === day);
		if (!today.some(isSaleRow)) continue;
		const net = today.reduce((sum, row) => sum + signed(row), 0);
		const known = today.map((row) => {
			const rate = products[Number(row.product_id)]?.margin_rate ?? Number.NaN;
			// A return that is written with a positive value has a positive margin beside it.
			return row.margin === null ? signed(row) * Number(rate) : Math.sign(signed(row) / Number(row.net_value)) * Number(row.margin);
		});
		const sum = Math.round(known.reduce((total, amount) => total + amount, 0));
		value += net;
		margin += Number.isNaN(sum) ? Math.round(net * policy.value.default_margin_rate) : sum;
	}
	return { value, margin };
}

/** Neither a return, nor a bonus, nor an exchange. */
export function isSaleRow(row: SlowRow): boolean {
	return Number(row.quantity) > 0 && (row.kind === "sale" || row.kind === null);
}

function signed(row: SlowRow): number {
	const net = Number(row.net_value);
	return (Number(row.quantity) < 0 || row.kind === "return") && net > 0 ? -net : net;
}

export const windowOf = (world: SlowWorld, customer: number) =>
	purchases(world, customer, world.asOf - world.policy.classes.window_days, world.asOf);

export const slowCustomers = (world: SlowWorld): Sums =>
	tally(
		world.ids.map((c) => {
			const { value, margin } = windowOf(world, c);
			return [`${world.phaseOf(c)} ${world.classOf(c)}`, value, margin];
		}),
	);

export function slowFlows(world: SlowWorld): Sums {
	const { asOf, portfolio, policy, history, ids } = world;
	const starts = [asOf];
	for (let day = asOf; starts.length < 7; day--) if (formatDay(day).endsWith("-01")) starts.unshift(day);
	if (starts.at(-2) === asOf) starts.pop();
	const known = starts.map((day): ArrayLike<number> => pictureBefore({ portfolio, policy, history }, day).phase);
	const pictures = [...known.slice(0, -1), ids.map((c) => phaseNow(world, c))];
	return tally(
		starts.slice(1).flatMap((_, step) =>
			ids.map((c) => {
				const cell = `${formatDay(starts[step]).slice(0, 7)} ${PHASES[pictures[step][c]]} ${PHASES[pictures[step + 1][c]]}`;
				return [cell, windowOf(world, c).value] as const;
			}),
		),
	);
}

/** Phase code by the orders alone, whatever the customers table says. */
function phaseNow({ asOf, silenceFrom, policy, rhythm, ...world }: SlowWorld, c: number): number {
	const days = purchaseDays(world, c);
	const [firstOrder, lastOrder] = [Math.min(...days), Math.max(...days)];
	const known = { isClosed: false, numEvents: days.length, firstOrder, lastOrder, expectedInterval: rhythm.expectedInterval[c] };
	return phaseOf(known, policy.phases, asOf, silenceFrom).phase;
}

/** Days of a customer's purchases. */
function purchaseDays({ lines }: Pick<SlowWorld, "lines">, c: number): Day[] {
	const own = lines.filter((row) => row.customer_id === c && row.status !== "cancelled" && isSaleRow(row));
	return [...new Set(own.map((row) => Number(row.ordered_on)))];
}

/** The action plan of a customer whose policy states one a phase and class. */
export function actionPlan({ policy, phaseOf, classOf }: SlowWorld, c: number): Policy["action_plans"][number] {
	const found = policy.action_plans.find((plan) => plan.phase === phaseOf(c) && plan.class === classOf(c));
	if (!found) throw new Error("no action plan");
	return found;
}

type Owned = Pick<SlowWorld, "portfolio" | "asOf" | "customers" | "reps">;

/** The row of assignments that makes the owner on as_of. */
export function assignedOf({ portfolio, asOf }: Pick<Owned, "portfolio" | "asOf">, c: number): SlowRow | undefined {
	const valid = plainRows(portfolio.tables.assignments).filter(
		(row) =>
			row.customer_id === c &&
			(row.valid_from === null || Number(row.valid_from) <= asOf) &&
			(row.valid_to === null || Number(row.valid_to) >= asOf),
	);
	return valid.find((row) => row.role === "owner") ?? valid.find((row) => row.role === "telesales");
}

/** The owner by rows of assignments on as_of, else by the customer's own. */
export function ownerOf(world: Owned, c: number): number {
	const { customers, reps } = world;
	const own = c < customers.length ? Number(customers[c].rep_id) : -1;
	const rep = Number(assignedOf(world, c)?.rep_id ?? own);
	return rep < reps.length ? rep : -1;
}

export function serviceOf(world: SlowWorld, c: number): { state: string; last: Day | null } {
	const { asOf, customers, contacts, reps, classification } = world;
	const owner = ownerOf(world, c);
	const row = customers[c];
	const reached = contacts.filter((contact) => contact.customer_id === c && isReachedRow(contact)).map(dayOf);
	const last = reached.length > 0 ? Math.max(...reached) : null;
	const isManaged = owner >= 0 && ["supervisor", "director"].includes(String(reps[owner].kind));
	const isShut = row?.blocked === 1 || row?.status === "closed" || row?.status === "do_not_contact";
	if (owner < 0 || isManaged || isShut || CREDIT_STATUS[classification.credit[c]] === "collections_team")
		return { state: "not_served", last };
	if (last === null) return { state: "never_contacted", last };
	const { interval_days: interval, max_gap_days: maxGap } = actionPlan(world, c);
	if (asOf - last <= Math.min(interval, maxGap)) return { state: "on_time", last };
	return { state: asOf - last <= maxGap ? "due" : "disrupted", last };
}

export const slowCoverage = (world: SlowWorld): Sums =>
	tally(
		world.ids.map((c) => {
			const { state, last } = serviceOf(world, c);
			const { max_gap_days: maxGap, disruption_cost_per_day: price } = actionPlan(world, c);
			const late = state === "disrupted" ? world.asOf - (last ?? 0) - maxGap : 0;
			return [state, windowOf(world, c).value, late, Math.round(late * price * 100)];
		}),
	);

/** Sales of a month by customer: value, margin and different products. */
export function monthOf({ lines, products, policy }: SlowWorld, c: number, from: Day, to: Day, line: string | null) {
	const own = lines.filter(
		(row) =>
			row.customer_id === c &&
			Number(row.ordered_on) >= from &&
			Number(row.ordered_on) < to &&
			row.status !== "cancelled" &&
			row.status !== "cut" &&
			(line === null || (row.line ?? products[Number(row.product_id)]?.line) === line),
	);
	const marginOf = (row: SlowRow): number => {
		const back = signed(row) < 0 && Number(row.net_value) > 0 ? -1 : 1;
		const rate = products[Number(row.product_id)]?.margin_rate ?? policy.value.default_margin_rate;
		return row.margin === null ? signed(row) * Number(rate) : back * Number(row.margin);
	};
	const bought = new Set(own.filter(isSaleRow).map((row) => row.product_id));
	return {
		value: own.reduce((sum, row) => sum + signed(row), 0),
		margin: own.reduce((sum, row) => sum + marginOf(row), 0),
		products: bought.size,
	};
}

export function slowPositivation(world: SlowWorld, line: string | null = null): Sums {
	const { asOf, lines, policy, ids } = world;
	const thisMonth = monthStart(asOf);
	const lastMonth = monthStart(thisMonth - 1);
	const { min_value: least, min_products: fewest } = policy.positivation;
	return tally(
		[[lastMonth, thisMonth] as const, [thisMonth, asOf] as const].flatMap(([from, to]) =>
			ids
				.filter((c) =>
					lines.some((row) => row.customer_id === c && Number(row.ordered_on) < to && row.status !== "cancelled" && isSaleRow(row)),
				)
				.map((c) => {
					const { value, margin, products } = monthOf(world, c, from, to, line);
					const state = value >= 100 * least && products >= fewest ? "positivated" : value > 0 ? "insufficient" : "none";
					return [`${formatDay(from).slice(0, 7)} ${state}`, value, Math.round(margin), products] as const;
				}),
		),
	);
}

export function monthStart(day: Day): Day {
	while (!formatDay(day).endsWith("-01")) day--;
	return day;
}

export function slowObjections(world: SlowWorld): Sums {
	const { ids, contacts, asOf } = world;
	const met = contacts.filter((row) => dayOf(row) >= asOf - 90 && isReachedRow(row) && row.objection !== null);
	return tally(
		ids.flatMap((c) => {
			const own = met.filter((row) => row.customer_id === c).map((row) => String(row.objection));
			return [...new Set(own)].map((word) => [word, own.filter((other) => other === word).length, windowOf(world, c).value] as const);
		}),
	);
}

export const slowCollections = (world: SlowWorld): Sums =>
	tally(
		world.ids.flatMap((c) => {
			const overdue = Number(world.customers[c]?.overdue_amount ?? 0);
			if (overdue === 0 || overdue < 100 * world.policy.credit.ignore_below) return [];
			const recent = world.contacts.some((row) => row.customer_id === c && isReachedRow(row) && dayOf(row) >= world.asOf - 28);
			return [[CREDIT_STATUS[world.classification.credit[c]], overdue, Number(recent)] as const];
		}),
	);

/** Margin over value of all purchases. */
export function marginRate(world: SlowWorld, c: number): number {
	const { value, margin } = purchases(world, c, 0, world.asOf);
	return value > 0 ? margin / value : world.policy.value.default_margin_rate;
}

export const slowRevenueAtRisk = (world: SlowWorld): Sums =>
	tally(
		world.ids
			.filter((c) => ["pre_inactive", "inactivating", "inactive"].includes(world.phaseOf(c)))
			.map((c) => {
				const yearly = Math.round((world.rhythm.ticket[c] * 365) / world.rhythm.expectedInterval[c]);
				return [world.phaseOf(c), yearly, Math.round(yearly * marginRate(world, c))];
			}),
	);

export function slowProductivity(world: SlowWorld): Sums {
	const recent = world.contacts.filter((row) => dayOf(row) >= world.asOf - 28 && row.outcome !== "cancelled");
	return tally(
		world.ids.flatMap((c) => {
			const own = recent.filter((row) => row.customer_id === c);
			// A day's orders count for the last of the day's contacts that ended in an order.
			const paid = new Map(
				own
					.filter((row) => row.outcome === "order")
					.sort((a, b) => Number(a.contacted_at) - Number(b.contacted_at))
					.map((row) => [dayOf(row), row]),
			);
			return [...new Set(own.map((row) => String(row.channel)))].map((channel) => {
				const made = own.filter((row) => row.channel === channel);
				const won = [...paid].filter(([, row]) => row.channel === channel);
				return [
					channel,
					made.length,
					made.filter(isReachedRow).length,
					made.filter((row) => row.outcome === "order").length,
					won.reduce((sum, [day]) => sum + purchases(world, c, day, day + 1).value, 0),
					made.reduce((sum, row) => sum + Math.round(60 * Number(row.minutes ?? 0)), 0),
				] as const;
			});
		}),
	);
}

/** A customer that broke off: when it bought last and was expected again, and what a month of it brought. */
interface SlowBreak {
	readonly c: number;
	readonly last: Day;
	readonly on: Day;
	readonly revenue: number;
	readonly margin: number;
}

export function slowBreaks(world: SlowWorld): readonly SlowBreak[] {
	const { ids, asOf, silenceFrom, rhythm, policy } = world;
	return ids.flatMap((c) => {
		const days = purchaseDays(world, c);
		if (days.length < 3) return [];
		const last = Math.max(...days);
		const interval = rhythm.expectedInterval[c];
		const { ratio, floor_days: floor, ceiling_days: ceiling } = policy.phases.inactivating;
		const silence = Math.max(0, silenceFrom - last);
		if (silence < Math.min(ceiling, Math.max(floor, ratio * interval)) || silence >= policy.phases.ex_customer.days) return [];
		if (asOf - Math.min(...days) < policy.phases.new_days) return [];
		const revenue = Math.round((rhythm.ticket[c] * 365.25) / 12 / interval);
		return [{ c, last, on: Math.min(asOf - 1, last + Math.round(interval)), revenue, margin: Math.round(revenue * marginRate(world, c)) }];
	});
}
