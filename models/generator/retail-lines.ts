import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { CarteiraError } from "../../engine/errors.ts";
import { readCsvRecords } from "../../engine/portfolio/files/csv-records.ts";
import type { Cents, Day } from "../../engine/units.ts";
import { parseDay } from "../../engine/units.ts";

/** A line of Online Retail II that names a customer and a product and has a price. */
export interface RetailLine {
	readonly invoice: string;
	readonly product: string;
	readonly description: string;
	/** Negative on a cancellation (an invoice that begins with C). */
	readonly quantity: number;
	readonly day: Day;
	/** Of a unit. */
	readonly price: Cents;
	readonly customer: string;
	readonly country: string;
}

/** Lines that were left out, by reason. */
export interface Skipped {
	noCustomer: number;
	noProduct: number;
	noPrice: number;
	noQuantity: number;
}

const COLUMNS = ["invoice", "stock_code", "description", "quantity", "invoice_date", "price", "customer_id", "country"];

/** The bytes of a CSV file, unpacked where its name ends in .gz; NOT_FOUND and INVALID_INPUT say what is wrong with it. */
export function readRetailFile(path: string): Buffer {
	let bytes: Buffer;
	try {
		bytes = readFileSync(path);
	} catch {
		throw new CarteiraError("NOT_FOUND", `${path} cannot be read; expected the file online_retail_II.csv.gz or an unpacked one`);
	}
	if (!path.endsWith(".gz")) return bytes;
	try {
		return gunzipSync(bytes);
	} catch (error) {
		throw new CarteiraError("INVALID_INPUT", `${path} is no gzip file: ${error instanceof Error ? error.message : String(error)}`);
	}
}

/**
 * Calls `onLine` for every line that counts: a customer, a stock code of five digits (with or without letters after them), a price
 * above zero, and a quantity above zero on a sale or below it on a cancellation. Answers what was left out.
 */
export function eachRetailLine(bytes: Buffer, onLine: (line: RetailLine) => void): Skipped {
	const skipped: Skipped = { noCustomer: 0, noProduct: 0, noPrice: 0, noQuantity: 0 };
	let isHeader = true;
	readCsvRecords(bytes, ",", ({ cells, line }) => {
		if (isHeader) validateHeader(cells);
		else readLine(cells, line, skipped, onLine);
		isHeader = false;
		return true;
	});
	return skipped;
}

function validateHeader(cells: readonly string[]): void {
	if (cells.join(",") === COLUMNS.join(",")) return;
	throw new CarteiraError("INVALID_INPUT", `the header is ${cells.join(",")}; expected ${COLUMNS.join(",")}`);
}

function readLine(cells: readonly string[], line: number, skipped: Skipped, onLine: (line: RetailLine) => void): void {
	const [invoice, product, description, quantityText, date, priceText, customer, country] = cells;
	const [quantity, price, day] = [Number(quantityText), Math.round(Number(priceText) * 100), parseDay((date ?? "").slice(0, 10))];
	if (country === undefined || Number.isNaN(quantity + price + day)) {
		throw new CarteiraError("INVALID_INPUT", `line ${line} is not as expected: ${cells.join(",")}`);
	}
	const isCancelled = invoice.startsWith("C");
	if (customer === "") skipped.noCustomer++;
	else if (!/^\d{5}/.test(product)) skipped.noProduct++;
	else if (price <= 0) skipped.noPrice++;
	else if (isCancelled ? quantity >= 0 : quantity <= 0) skipped.noQuantity++;
	else onLine({ invoice, product, description: description.trim(), quantity, day, price, customer, country });
}
