import { mkdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildHistory } from "../../../engine/portfolio/history.ts";
import type { Portfolio } from "../../../engine/portfolio/portfolio.ts";
import { openSnapshot } from "../../../engine/portfolio/snapshot/snapshot.ts";
import { createRandom, type Random } from "../../../engine/random.ts";
import { formatDay, parseDay } from "../../../engine/units.ts";
import { readInProcess } from "../reading/read-in-process.ts";
import { type SampleRow, type SampleTables, temporaryFolder, writeCsvFolder } from "../sample-folder.ts";
import { slowHistory } from "../slow-history.ts";
import { buildInProcess, compactInProcess, importInProcess } from "./live-store.ts";
import { customersView, plainView } from "./views.ts";

const FIRST = parseDay("2026-10-01");
const BEFORE = parseDay("2026-10-20");
const REPS = ["r1", "r2", "r3"];

type Model = Pick<SampleTables, "customers" | "reps" | "products" | "assignments" | "appointments" | "orders" | "contacts">;

/** Tables as rows of text, changed as the store is. */
function firstModel(random: Random): Model {
	const ids = Array.from({ length: 12 }, (_, i) => `c${i}`);
	return {
		reps: REPS.map((rep_id) => ({ rep_id, kind: "rca" })),
		products: ["p1", "p2", "p3"].map((product_id) => ({ product_id, margin_rate: String(0.1 * (1 + random.below(8))) })),
		customers: ids.map((customer_id) => ({ customer_id, rep_id: any(random, [...REPS, ""]), name: `n${random.below(9)}` })),
		assignments: [{ customer_id: "c0", rep_id: "r2", line: "", role: "cover" }],
		appointments: [{ customer_id: "c1", rep_id: "r3", on: "2026-10-22" }],
		orders: Array.from({ length: 30 }, (_, i) => orderOf(random, `o${i}`, ids)).flat(),
		contacts: Array.from({ length: 10 }, (_, i) => contactOf(random, `k${i}`, ids)),
	};
}

function any<T>(random: Random, list: readonly T[]): T {
	return list[random.below(list.length)];
}

function orderOf(random: Random, id: string, customers: readonly string[]): SampleRow[] {
	const customer_id = any(random, customers);
	const ordered_on = formatDay(FIRST + random.below(25));
	return Array.from({ length: 1 + random.below(3) }, () => ({
		order_id: id,
		customer_id,
		ordered_on,
		product_id: any(random, ["p1", "p2", "p3", "new product"]),
		quantity: String(random.below(5) - 1),
		net_value: String(random.below(50)),
		margin: any(random, ["", "1", "2.5"]),
		rep_id: any(random, ["", "r1", "unknown rep"]),
		line: any(random, ["", "food", "drinks"]),
		status: any(random, ["", "cancelled", "invoiced"]),
		kind: any(random, ["", "sale", "return"]),
	}));
}

function contactOf(random: Random, id: string, customers: readonly string[]): SampleRow {
	return {
		contact_id: id,
		customer_id: any(random, customers),
		rep_id: any(random, REPS),
		contacted_at: `${formatDay(FIRST + random.below(25))}T0${random.below(9)}:00`,
		channel: "phone",
		outcome: any(random, ["order", "no_order"]),
		objection: any(random, ["", "price", "overstocked"]),
	};
}

const idsOf = ({ customers }: Model): string[] => customers.map(({ customer_id }) => customer_id);

/** One change to the store, and the same to the model as the rules of imports say. */
const CHANGES: readonly ((random: Random, model: Model, store: string) => Promise<void>)[] = [
	async (random, model, store) => {
		const rows = Array.from({ length: 1 + random.below(4) }, () => orderOf(random, `o${random.below(40)}`, idsOf(model)));
		const orders = [...new Map(rows.map((lines) => [lines[0].order_id, lines])).values()].flat();
		const ids = new Set(orders.map(({ order_id }) => order_id));
		model.orders = [...model.orders.filter(({ order_id }) => !ids.has(order_id)), ...orders];
		await importInProcess(store, "orders", typed(orders), "upsert");
	},
	async (random, model, store) => {
		const sent = contactOf(random, `k${random.below(14)}`, idsOf(model));
		const held = model.contacts.find(({ contact_id }) => contact_id === sent.contact_id);
		// A contact that is held lends what is not sent.
		const { objection: _objection, ...part } = sent;
		const upload = held ? part : sent;
		model.contacts = [...model.contacts.filter((contact) => contact !== held), { ...held, ...upload }];
		await importInProcess(store, "contacts", [upload], "upsert");
	},
	async (random, model, store) => {
		const row = { customer_id: `c${random.below(16)}`, rep_id: any(random, [...REPS, ""]), name: `n${random.below(9)}` };
		model.customers = [...model.customers.filter(({ customer_id }) => customer_id !== row.customer_id), row];
		await importInProcess(store, "customers", [row], "upsert");
	},
	async (random, model, store) => {
		model.customers = [...model.customers].sort(() => random.below(3) - 1);
		await importInProcess(store, "customers", model.customers, "replace");
	},
	async (random, model, store) => {
		model.products = ["p3", "p1"].map((product_id) => ({ product_id, margin_rate: String(0.1 * random.below(9)) }));
		await importInProcess(store, "products", model.products, "replace");
	},
	async (random, model, store) => {
		model.orders = Array.from({ length: 20 }, (_, i) => orderOf(random, `o${i}`, idsOf(model))).flat();
		await importInProcess(store, "orders", typed(model.orders), "replace");
	},
	async (_random, _model, store) => compactInProcess(store),
];

/** Rows as JSON holds them. */
function typed(rows: readonly SampleRow[]): object[] {
	const numbers = ["quantity", "net_value", "margin"];
	return rows.map((row) =>
		Object.fromEntries(Object.entries(row).map(([name, text]) => [name, text !== "" && numbers.includes(name) ? Number(text) : text])),
	);
}

/** A store after some changes, and its portfolio as files with the same rows are read. */
async function changedStore(seed: number, numChanges: number): Promise<{ store: string; expected: Portfolio }> {
	const random = createRandom(seed);
	const [folder, store, merged] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
	const model = firstModel(random);
	writeCsvFolder(folder, model);
	mkdirSync(join(store, "uploads"));
	await buildInProcess(folder, store);
	for (let i = 0; i < numChanges; i++) await any(random, CHANGES)(random, model, store);
	writeCsvFolder(merged, model);
	const { tables } = await readInProcess(merged);
	return { store, expected: { tables } as unknown as Portfolio };
}

const seeds = fc.integer({ min: 1, max: 1_000_000 });

describe("a snapshot", () => {
	it("holds after any imports what files with the same rows hold", async () => {
		await fc.assert(
			fc.asyncProperty(seeds, fc.nat(5), async (seed, numChanges) => {
				const { store, expected } = await changedStore(seed, numChanges);
				const portfolio = openSnapshot(store).portfolio();
				expect(plainView(portfolio)).toEqual(plainView(expected));
				for (const before of [BEFORE, FIRST + 7, FIRST + 100]) {
					const view = customersView(portfolio, buildHistory(portfolio, before));
					expect(view).toEqual(customersView(expected, slowHistory(expected, before)));
					expect(view).toEqual(customersView(portfolio, slowHistory(portfolio, before)));
				}
			}),
			{ numRuns: 12 },
		);
	});

	it("has in a slice what the whole has of its customers", async () => {
		await fc.assert(
			fc.asyncProperty(seeds, fc.nat(5), fc.subarray(REPS, { minLength: 1 }), async (seed, numChanges, reps) => {
				const { store } = await changedStore(seed, numChanges);
				const snapshot = openSnapshot(store);
				const [whole, slice] = [snapshot.portfolio(), openSnapshot(store).slice(reps)];
				const all = customersView(whole, slowHistory(whole, BEFORE));
				const part = customersView(slice, buildHistory(slice, BEFORE));
				const repIds = new Set(reps);
				const isTheirs = (table: "customers" | "assignments" | "appointments", id: string): boolean =>
					plainView(whole)[table].some((row) => {
						const [, cells] = JSON.parse(row);
						return cells.customer_id === id && repIds.has(cells.rep_id);
					});
				const expected = [...all.keys()].filter((id) =>
					(["customers", "assignments", "appointments"] as const).some((table) => isTheirs(table, id)),
				);
				expect([...part.keys()]).toEqual(expected);
				for (const id of expected) expect(part.get(id)).toEqual(all.get(id));
				for (const table of ["customers", "assignments", "appointments", "service_events"] as const) {
					const rows = plainView(whole)[table].filter((row) => expected.includes(JSON.parse(row)[1].customer_id));
					expect(plainView(slice)[table]).toEqual(rows);
				}
			}),
			{ numRuns: 8 },
		);
	});
});
