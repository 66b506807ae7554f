import { expect, it } from "vitest";
import { FIGURE_IDS, GROUPINGS } from "../../engine/monitor/figures.ts";
import { openMonitor } from "../../engine/monitor/monitor.ts";
import type { Portfolio, Table } from "../../engine/portfolio/portfolio.ts";
import { createRandom } from "../../engine/random.ts";
import { type Day, parseDay, SECONDS_PER_DAY } from "../../engine/units.ts";
import { monitorWorld } from "./worlds.ts";

const AS_OF = parseDay("2026-11-23");

/** Everything that the monitor can tell, as text. */
function allFigures(portfolio: Portfolio): string {
	const monitor = openMonitor(portfolio, { asOf: AS_OF });
	const documents = [monitor.document(), ...GROUPINGS.map((by) => monitor.document({ by }))];
	return JSON.stringify([documents, FIGURE_IDS.map((figure) => monitor.customers(figure, { limit: 1000 }))]);
}

/** The portfolio with the rows of its dated tables from as_of on changed; the customers, reps and targets stay. */
function withFuture(portfolio: Portfolio, change: (table: Table, late: readonly number[]) => Table): Portfolio {
	const { orders, contacts, service_events: events } = portfolio.tables;
	const late = ({ numRows }: Table, dayOf: (row: number) => Day): number[] =>
		Array.from({ length: numRows }, (_, row) => row).filter((row) => dayOf(row) >= AS_OF);
	return {
		...portfolio,
		tables: {
			...portfolio.tables,
			orders: change(
				orders,
				late(orders, (row) => orders.days.ordered_on[row]),
			),
			contacts: change(
				contacts,
				late(contacts, (row) => contacts.numbers.contacted_at[row] / SECONDS_PER_DAY),
			),
			service_events: change(
				events,
				late(events, (row) => events.numbers.at[row] / SECONDS_PER_DAY),
			),
		},
	};
}

/** Rows of a table in another order, or fewer of them. */
function taken(table: Table, rows: readonly number[]): Table {
	const take = <T>(columns: Readonly<Record<string, T>>, of: (values: T) => T): Record<string, T> =>
		Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, of(values)]));
	return {
		...table,
		numRows: rows.length,
		length: rows.length,
		texts: take(table.texts, (column) => ({ length: rows.length, at: (row) => column.at(rows[row]) })),
		refs: take(table.refs, (values) => Int32Array.from(rows, (row) => values[row])),
		numbers: take(table.numbers, (values) => Float64Array.from(rows, (row) => values[row])),
		days: take(table.days, (values) => Int32Array.from(rows, (row) => values[row])),
		codes: take(table.codes, (values) => Uint8Array.from(rows, (row) => values[row])),
	};
}

const without = (table: Table, late: readonly number[]): Table =>
	taken(
		table,
		Array.from({ length: table.numRows }, (_, row) => row).filter((row) => !late.includes(row)),
	);

/** Whatever happens from as_of on happens to other customers, on other days, in other words and amounts. */
function shuffled(table: Table, late: readonly number[]): Table {
	const random = createRandom(9);
	const other = [...late];
	for (let i = other.length - 1; i > 0; i--) {
		const at = random.below(i + 1);
		[other[i], other[at]] = [other[at], other[i]];
	}
	const source = Array.from({ length: table.numRows }, (_, row) => row);
	for (const [i, row] of late.entries()) source[row] = other[i];
	const mixed = taken(table, source);
	for (const row of late) {
		mixed.refs.customer_id[row] = table.refs.customer_id[late[random.below(late.length)]];
		if ("net_value" in mixed.numbers) mixed.numbers.net_value[row] *= 1 + random.below(50);
		if ("resolved_at" in mixed.numbers) mixed.numbers.resolved_at[row] = Number.NaN;
	}
	return mixed;
}

it("sees nothing that is dated as_of or later: deleting or shuffling it changes no figure, no name, no date", () => {
	for (const seed of [1, 2]) {
		const portfolio = monitorWorld(seed, AS_OF);
		const found = allFigures(portfolio);
		let numLate = 0;
		const counting = withFuture(portfolio, (table, late) => {
			numLate += late.length;
			return without(table, late);
		});
		expect(numLate).toBeGreaterThan(30);
		expect(allFigures(counting)).toBe(found);
		expect(allFigures(withFuture(portfolio, shuffled))).toBe(found);
		// The same change of what lies before as_of is seen.
		const past = { ...portfolio, tables: { ...portfolio.tables, orders: without(portfolio.tables.orders, [3, 4, 5, 6, 7, 8, 9]) } };
		expect(allFigures(past)).not.toBe(found);
	}
});
