import { mkdirSync } from "node:fs";
import { CarteiraError } from "../../engine/errors.ts";
import type { Cell } from "../../engine/portfolio/cells/cell-text.ts";
import { readCsvRecords } from "../../engine/portfolio/files/csv-records.ts";
import { openTableWriter } from "../../engine/portfolio/files/write-table.ts";
import { parseDay } from "../../engine/units.ts";
import { generate } from "../../models/generator/generate.ts";
import { importOnlineRetail } from "../../models/generator/online-retail.ts";
import { readRetailFile } from "../../models/generator/retail-lines.ts";
import { MADE_AS_OF } from "./churn-options.ts";

/** Customers of a made rep, about. */
const CUSTOMERS_A_REP = 300;
const COLUMNS = ["order_id", "customer_id", "ordered_on", "product_id", "quantity", "net_value"];

/** An order line of a log that has no products: customer, date, quantity and money. */
type LineOf = (cells: readonly string[]) => readonly [customer: string, date: string, quantity: number, value: number];

/** Logs by their header. */
const LOGS: Readonly<Record<string, LineOf>> = {
	"customer_id,date,cds,dollars": ([customer, date, cds, dollars]) => [customer, date, Math.max(1, Number(cds)), Number(dollars)],
	"master_id,customer_id,date,cds,dollars": ([, customer, date, cds, dollars]) => [
		customer,
		date,
		Math.max(1, Number(cds)),
		Number(dollars),
	],
	"cust,date": ([customer, date]) => [customer, date, 1, 1], // without prices, value counts orders
};

/** Makes a portfolio folder of a file of public order lines. INVALID_INPUT where its header is none of those known. */
export async function makeOrderFolder(file: string, out: string, seed: number): Promise<void> {
	const bytes = readRetailFile(file);
	const header = bytes.subarray(0, bytes.indexOf("\n")).toString("utf8").trim();
	if (Object.hasOwn(LOGS, header)) await writeLog(bytes, out, LOGS[header]);
	else if (header.startsWith("invoice,")) await importOnlineRetail(file, out, { seed });
	else {
		const known = [...Object.keys(LOGS), "that of Online Retail II"].join(" | ");
		throw new CarteiraError("INVALID_INPUT", `the header of ${file} is ${header}; expected ${known}`);
	}
}

/** Makes a synthetic distributor. */
export async function makeDistributor(customers: number, out: string, seed: number): Promise<void> {
	await generate({ customers, reps: Math.ceil(customers / CUSTOMERS_A_REP), seed, asOf: MADE_AS_OF, format: "csv", out });
}

async function writeLog(bytes: Buffer, out: string, lineOf: LineOf): Promise<void> {
	mkdirSync(out, { recursive: true });
	const orders = openTableWriter(out, "orders", "csv", COLUMNS);
	readCsvRecords(bytes, ",", ({ cells, line }) => {
		if (line === 1) return true;
		const [customer, date, quantity, value] = lineOf(cells);
		const row: Cell[] = [String(line), customer, parseDay(date), "any", quantity, Math.round(100 * value)];
		orders.append(row);
		return true;
	});
	await orders.close();
}
