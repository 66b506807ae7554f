import { describe, expect, it } from "vitest";
import { decodeCsv } from "../../../engine/portfolio/files/decode-csv.ts";
import type { Dialect } from "../../../engine/portfolio/files/dialect.ts";
import type { RawHeader } from "../../../engine/portfolio/cells/raw-rows.ts";
import { TABLES, type TableName } from "../../../engine/portfolio/schema.ts";

/** What is told of a file before and of its rows. */
function decode(text: string | Buffer, stated: Dialect = {}, table: TableName = "products") {
	let header: RawHeader = { columns: [], notations: null, dialect: null };
	const rows: (readonly unknown[])[] = [];
	const broken: string[] = [];
	const sink = {
		begin: (begun: RawHeader) => void (header = begun),
		row: (cells: readonly unknown[]) => void rows.push([...cells]),
		broken: (row: number, code: string) => void broken.push(`${row} ${code}`),
		end: () => {},
	};
	decodeCsv(Buffer.from(text), TABLES[table], sink, stated);
	return { ...header, rows, broken };
}

describe("the dialect of a CSV", () => {
	it.each([",", ";", "\t"])("has its delimiter %j from the columns that the table knows", (delimiter) => {
		expect(decode(`product_id${delimiter}name${delimiter}"a,b;c"\np1${delimiter}x${delimiter}y`).dialect).toMatchObject({
			delimiter: delimiter === "\t" ? "tab" : delimiter,
		});
	});

	it("is what is stated, and says so", () => {
		const text = "product_id;price;a,b,c,d\np1;1,234;x\n";
		expect(decode(text, { decimal: ",", delimiter: ";" })).toMatchObject({
			dialect: { delimiter: ";", decimal: ",", encoding: "UTF-8", pinned: "decimal, delimiter" },
			columns: ["product_id", "price", "a,b,c,d"],
		});
		expect(decode(text, { delimiter: "," }).columns).toEqual(["product_id;price;a", "b", "c", "d"]);
	});
});

describe("a header", () => {
	it("names columns in any case, with spaces around them and spaces or hyphens inside", () => {
		expect(decode(" Product-ID ;Stock Quantity;PRICE;Other Thing\np1;1;2,5;x\n").columns).toEqual([
			"product_id",
			"stock_quantity",
			"price",
			"Other Thing",
		]);
	});

	it("that ends in a delimiter has a column without a name, in which no value may stand", () => {
		// The decimal comma of the second row cuts its price in two.
		expect(decode("product_id,price,\np1,10.5,\np2,10,50\n")).toMatchObject({ rows: [["p1", "10.5", ""]], broken: ["3 ragged_row"] });
	});

	it("of more than ten thousand columns is refused", () => {
		expect(() => decode(`product_id${",x".repeat(10_000)}\n`)).toThrow(/10001 columns/);
	});
});
