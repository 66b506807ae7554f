import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CarteiraError } from "../../../engine/errors.ts";
import { openDurableFile } from "../../../engine/portfolio/files/durable-file.ts";
import type { TableName } from "../../../engine/portfolio/schema.ts";
import { distributorPolicy } from "../../../models/generator/policy.ts";
import { openDatabase } from "./database.ts";
import type { NationalFormat, NationalOptions } from "./national-options.ts";
import { CONTACT_COLUMNS, contactsQuery, livePasts, ORDER_COLUMNS, orderLinesQuery } from "./pasts.ts";
import { writeShops } from "./shops.ts";
import { writeQuery, writeRows } from "./write-tables.ts";

export interface NationalSummary {
	readonly folder: string;
	readonly format: NationalFormat;
	/** Rows of each table. */
	readonly rows: Readonly<Partial<Record<TableName, number>>>;
	readonly seconds: number;
}

/**
 * Writes a distributor of national size as a portfolio folder: about 50 order lines a customer over two years, and a rep for 200 customers. Who
 * sells what to whom comes from the generator of small distributors; what happened comes from SQL, whose random numbers are hashes of seed, customer
 * and event, so that nothing is held in memory and the same options give the same rows. No truth is kept: this is for load, not for learning.
 */
export async function makeNational(options: NationalOptions): Promise<NationalSummary> {
	const { customers, out, format } = options;
	if (!(Number.isInteger(customers) && customers >= 100 && customers <= 10_000_000))
		throw new CarteiraError("USAGE", `customers is ${customers}; expected a whole number from 100 to 10000000`);
	const started = performance.now();
	mkdirSync(out, { recursive: true });
	const scratch = mkdtempSync(join(out, ".making-"));
	const database = await openDatabase(join(scratch, "pasts.duckdb"), { threads: options.threads });
	try {
		const shops = await writeShops(options, scratch);
		const rows: Partial<Record<TableName, number>> = {};
		for (const [table, path] of shops.tables) rows[table] = await writeRows(database, table, path, out, format);
		await livePasts(database, { ...options, shopsPath: shops.shopsPath, daysPath: shops.daysPath, productsPath: shops.productsPath });
		rows.orders = await writeQuery(database, "orders", ORDER_COLUMNS, orderLinesQuery(options), out, format);
		rows.contacts = await writeQuery(database, "contacts", CONTACT_COLUMNS, contactsQuery(options), out, format);
		const policy = openDurableFile(join(out, "policy.json"));
		policy.write(`${JSON.stringify(distributorPolicy(), null, "\t")}\n`);
		policy.close();
		return { folder: out, format, rows, seconds: (performance.now() - started) / 1000 };
	} finally {
		database.close();
		rmSync(scratch, { recursive: true, force: true });
	}
}
