import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildHistory } from "../../../engine/portfolio/history.ts";
import { buildStore } from "../../../engine/portfolio/reading/open-store.ts";
import { importTable } from "../../../engine/portfolio/reading/import-table.ts";
import { readPortfolio } from "../../../engine/portfolio/reading/read-portfolio.ts";
import { openSnapshot } from "../../../engine/portfolio/snapshot/snapshot.ts";
import { type Day, formatDay } from "../../../engine/units.ts";
import { literal, openDatabase } from "../national/database.ts";
import { type Totals, TOTAL_NAMES, totalsOf } from "./customer-totals.ts";

/** What a step works on. */
export interface StepJob {
	/** Portfolio folder of files. */
	readonly folder: string;
	readonly format: "parquet" | "csv";
	/** Store that the portfolio is imported into. */
	readonly store: string;
	readonly asOf: Day;
	/** An upload of orders, and the rep whose slice must show them. */
	readonly upload: string;
	readonly repId: string;
	readonly orderId: string;
}

export interface StepResult {
	/** Of the work alone, when the program is loaded. */
	readonly seconds: number;
	/** Order lines that went through it. */
	readonly rows: number;
	readonly totals?: Totals;
	readonly version?: string;
	/** Seconds of its stages. */
	readonly stages?: Readonly<Record<string, number>>;
}

export const STEPS = { duckdb, ingest, features, slice, append } as const;
export type StepName = keyof typeof STEPS;

/** As much as an import may use in all. */
const PEER_MEGABYTES = 6000;

const elapsed = (since: number): number => (performance.now() - since) / 1000;

/** The columnar engine bare: the questions of aggregate.sql from the file, all in memory. */
async function duckdb({ folder, format, asOf }: StepJob): Promise<StepResult> {
	const started = performance.now();
	const database = await openDatabase(":memory:", { megabytes: PEER_MEGABYTES });
	const fileOf = (table: string): string => literal(join(folder, `${table}.${format}`));
	const files: Record<string, string> = {
		orders:
			format === "parquet"
				? `read_parquet(${fileOf("orders")})`
				: `read_csv(${fileOf("orders")}, all_varchar = false, types = {product_id: 'VARCHAR'})`,
		products:
			format === "parquet" ? `read_parquet(${fileOf("products")})` : `read_csv(${fileOf("products")}, types = {product_id: 'VARCHAR'})`,
		as_of: `DATE ${literal(formatDay(asOf))}`,
	};
	const query = readFileSync(join(import.meta.dirname, "aggregate.sql"), "utf8").replaceAll(/\$(\w+)/g, (_, name: string) => files[name]);
	await database.run(`CREATE TEMP TABLE found AS ${query}`);
	const seconds = elapsed(started);
	const sums = TOTAL_NAMES.map((name) =>
		name === "customers" ? "count(*)" : name === "days" ? "sum(last_day - first_day)" : `sum(${name})`,
	);
	const values = await Promise.all(sums.map((sum) => database.number(`SELECT ${sum}::DOUBLE FROM found`)));
	const totals = Object.fromEntries(TOTAL_NAMES.map((name, i) => [name, values[i]])) as Record<keyof Totals, number>;
	database.close();
	return { seconds, rows: totals.lines, totals, version: "duckdb" };
}

/** Files to a snapshot in a store. */
async function ingest({ folder, store }: StepJob): Promise<StepResult> {
	const started = performance.now();
	const manifest = await buildStore(folder, store);
	return { seconds: elapsed(started), rows: manifest.events.orders.base?.num_rows ?? 0 };
}

/** A store to the whole history, and what aggregate.sql asks from it. */
async function features({ store, asOf }: StepJob): Promise<StepResult> {
	const started = performance.now();
	const portfolio = await readPortfolio(store);
	const history = buildHistory(portfolio, asOf);
	const historySeconds = elapsed(started);
	const totals = totalsOf(portfolio, history, asOf);
	return { seconds: elapsed(started), rows: history.line.length, totals, stages: { history: historySeconds } };
}

/** A store that nobody has open to the history of one rep's customers. */
async function slice({ store, repId, asOf }: StepJob): Promise<StepResult> {
	const started = performance.now();
	const portfolio = openSnapshot(store).slice([repId]);
	const opened = elapsed(started);
	const history = buildHistory(portfolio, asOf);
	const seconds = elapsed(started);
	if (history.line.length === 0) throw new Error(`the slice of ${repId} has no orders`);
	return { seconds, rows: history.line.length, stages: { open: opened, history: seconds - opened } };
}

/** An upload of orders until the slice of a rep shows them. */
async function append({ store, repId, orderId, upload, asOf }: StepJob): Promise<StepResult> {
	const started = performance.now();
	const { numRead } = await importTable(store, "orders", { path: upload, format: "csv" }, "upsert");
	const imported = elapsed(started);
	const portfolio = openSnapshot(store).slice([repId]);
	const { line } = buildHistory(portfolio, asOf);
	const { order_id: orderIds } = portfolio.tables.orders.texts;
	if (!line.some((row) => orderIds.at(row) === orderId)) throw new Error(`the slice of ${repId} does not show order ${orderId}`);
	return { seconds: elapsed(started), rows: numRead, stages: { import: imported } };
}
