import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { CHANNELS, DIRECTIONS, OUTCOMES } from "../../engine/portfolio/schema.ts";
import { type Day, NULL_CODE, SECONDS_PER_DAY } from "../../engine/units.ts";
import { type LineSpec, portfolioOf } from "../scoring/synthetic-portfolio.ts";

/** One contact of a hand-made portfolio, at ten in the morning. */
export interface ContactSpec {
	readonly customer: number;
	readonly day: Day;
	readonly channel?: (typeof CHANNELS)[number];
	readonly direction?: (typeof DIRECTIONS)[number];
	readonly outcome?: (typeof OUTCOMES)[number];
	readonly objection?: string;
}

/** A portfolio in memory with orders, contacts and one rep, a field employee. */
export function contactPortfolio(lines: readonly LineSpec[], contacts: readonly ContactSpec[], policy: unknown = null): Portfolio {
	const numCustomers = contacts.reduce((most, { customer }) => Math.max(most, customer + 1), 0);
	const portfolio = portfolioOf(lines, { numCustomers });
	const texts = (of: (contact: ContactSpec, row: number) => string | null) => ({
		length: contacts.length,
		at: (row: number) => of(contacts[row], row),
	});
	const table = {
		name: "contacts" as const,
		numRows: contacts.length,
		numStubs: 0,
		length: contacts.length,
		texts: { contact_id: texts((_, row) => `k${row}`), objection: texts(({ objection }) => objection ?? null) },
		refs: { customer_id: Int32Array.from(contacts, ({ customer }) => customer), rep_id: new Int32Array(contacts.length) },
		numbers: { contacted_at: Float64Array.from(contacts, ({ day }) => day * SECONDS_PER_DAY + 36_000) },
		days: {},
		codes: {
			channel: Uint8Array.from(contacts, ({ channel = "visit" }) => CHANNELS.indexOf(channel)),
			direction: Uint8Array.from(contacts, ({ direction }) => (direction === undefined ? NULL_CODE : DIRECTIONS.indexOf(direction))),
			outcome: Uint8Array.from(contacts, ({ outcome = "no_order" }) => OUTCOMES.indexOf(outcome)),
		},
	};
	const reps = { ...portfolio.tables.reps, numRows: 1, length: 1, codes: { kind: Uint8Array.of(0) } };
	return { ...portfolio, tables: { ...portfolio.tables, contacts: table, reps }, policy };
}
