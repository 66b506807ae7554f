import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { literal, openDatabase } from "../national/database.ts";
import { makeNational } from "../national/make-national.ts";
import type { LaneFormat, LaneOptions } from "./lane-options.ts";

/** Orders that an upload brings. */
export const NUM_NEW_ORDERS = 10_000;

/** What the steps of one size work on: the same portfolio in each format, and an upload of new orders for it. */
export interface LaneData {
	readonly folders: ReadonlyMap<LaneFormat, string>;
	/** CSV of new orders of customers that are there. */
	readonly upload: string;
	/** One of the new orders, and the rep that its customer belongs to. */
	readonly orderId: string;
	readonly repId: string;
}

/** Makes the folders of a size under `root`, unless an earlier run left complete ones of the same options there. */
export async function makeLaneData(options: LaneOptions, customers: number, root: string): Promise<LaneData> {
	const { seed, asOf, formats } = options;
	const folders = new Map<LaneFormat, string>();
	for (const format of formats) {
		const folder = join(root, `national-${customers}-${seed}-${asOf}-${format}`);
		// The folder lies beside its mark, so that a mark is there only when the folder is complete.
		if (!existsSync(`${folder}.done`)) {
			rmSync(folder, { recursive: true, force: true });
			mkdirSync(folder, { recursive: true });
			const { seconds, rows } = await makeNational({ customers, seed, asOf, format, out: folder });
			console.error(`made ${rows.orders} order lines of ${customers} customers as ${format} in ${seconds.toFixed(1)} s`);
			writeFileSync(`${folder}.done`, "");
		}
		folders.set(format, folder);
	}
	const [format] = formats;
	return { folders, ...(await makeUpload(folders.get(format) ?? "", format, join(root, `new-orders-${customers}-${seed}-${asOf}.csv`))) };
}

/** The latest orders once more, as new ones: 10,000 of them, or as many as a small portfolio has. */
async function makeUpload(folder: string, format: LaneFormat, upload: string): Promise<Pick<LaneData, "upload" | "orderId" | "repId">> {
	const database = await openDatabase(":memory:");
	const source = (table: string): string => {
		const file = literal(join(folder, `${table}.${format}`));
		return format === "parquet" ? `read_parquet(${file})` : `read_csv(${file}, all_varchar = true)`;
	};
	try {
		await database.run(
			`CREATE TABLE latest AS SELECT DISTINCT order_id FROM ${source("orders")} ORDER BY order_id DESC LIMIT ${NUM_NEW_ORDERS}`,
		);
		await database.run(`CREATE TABLE new_orders AS SELECT * REPLACE ('A' || order_id AS order_id) FROM ${source("orders")}
			WHERE order_id IN (FROM latest)`);
		await database.run(`COPY (FROM new_orders ORDER BY order_id) TO ${literal(upload)} (FORMAT csv)`);
		const [orderId, repId] = await database.row(`SELECT order_id, c.rep_id FROM new_orders JOIN ${source("customers")} c USING (customer_id)
			WHERE c.rep_id IS NOT NULL ORDER BY order_id LIMIT 1`);
		return { upload, orderId: String(orderId), repId: String(repId) };
	} finally {
		database.close();
	}
}
