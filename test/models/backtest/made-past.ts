import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Portfolio, parseDay, readPortfolio, type Table } from "../../../engine/index.ts";
import { createRandom } from "../../../engine/random.ts";
import { type Day, SECONDS_PER_DAY } from "../../../engine/units.ts";
import { generate } from "../../../models/generator/generate.ts";

export const MADE_AS_OF = parseDay("2026-11-23");

/** A small made distributor in memory. */
export async function madePast(customers: number, reps: number, seed: number): Promise<Portfolio> {
	const out = mkdtempSync(join(tmpdir(), "carteira-past-"));
	try {
		await generate({ customers, reps, seed, asOf: MADE_AS_OF, format: "csv", out });
		return await readPortfolio(out);
	} finally {
		rmSync(out, { recursive: true, force: true });
	}
}

/** The same with all orders and contacts dated on a day or later thrown away, or dealt out among customers anew with other money. */
export function spoiledFrom(portfolio: Portfolio, day: Day, how: "deleted" | "shuffled"): Portfolio {
	const { orders, contacts, customers } = portfolio.tables;
	const random = createRandom(8, 8);
	const spoil = (table: Table, isLate: (row: number) => boolean): Table => {
		const customer = table.refs.customer_id.map((own, row) =>
			!isLate(row) ? own : how === "deleted" ? -1 : random.below(customers.numRows),
		);
		return { ...table, refs: { ...table.refs, customer_id: customer } };
	};
	const late = spoil(orders, (row) => orders.days.ordered_on[row] >= day);
	const money = orders.numbers.net_value.map((value, row) => (orders.days.ordered_on[row] >= day ? 3 * value + 7 : value));
	const tables = {
		...portfolio.tables,
		orders: { ...late, numbers: { ...late.numbers, net_value: money } },
		contacts: spoil(contacts, (row) => contacts.numbers.contacted_at[row] >= day * SECONDS_PER_DAY),
	};
	return { ...portfolio, tables };
}
