import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { decodeCsv } from "../../engine/portfolio/decode-csv.ts";
import type { RawHeader } from "../../engine/portfolio/raw-rows.ts";
import { TABLES } from "../../engine/portfolio/schema.ts";

function dialectOf(text: string | Buffer): RawHeader["dialect"] {
	let dialect: RawHeader["dialect"] = null;
	const sink = { begin: (header: RawHeader) => void (dialect = header.dialect), row: () => {}, broken: () => {}, end: () => {} };
	decodeCsv(Buffer.from(text), TABLES.products, sink);
	return dialect;
}

/** Products with these prices. */
const priced = (delimiter: string, ...prices: string[]): string =>
	[`product_id${delimiter}price`, ...prices.map((price, i) => `p${i}${delimiter}${price}`)].join("\n");

describe("the dialect of a CSV", () => {
	it.each([",", ";", "\t"])("has its delimiter %j from the columns that the table knows", (delimiter) => {
		expect(dialectOf(`product_id${delimiter}name${delimiter}"a,b;c"\np1${delimiter}x${delimiter}y`)).toMatchObject({
			delimiter: delimiter === "\t" ? "tab" : delimiter,
		});
	});

	it.each([
		["12,5 can only have a comma", priced(";", "1.000", "12,5"), ","],
		["1.234,56 can only have a comma", priced(";", "1.234,56"), ","],
		["12.50 can only have a point", priced(";", "12.50", "1,000"), "."],
		["1,234.56 can only have a point", priced(";", "1,234.56"), "."],
		["0.125 is no thousand", priced(";", "0.125"), "."],
		["1.234.567 has grouped thousands", priced(";", "1.234.567"), ","],
		["1.234 alone is read as it stands", priced(";", "1.234"), "."],
		["1,234 between semicolons is a decimal comma", priced(";", "1,234"), ","],
		["whole numbers between commas have a point", priced(",", "12", "13"), "."],
		["whole numbers between semicolons have a comma", priced(";", "12", "13"), ","],
		["currency signs do not hide it", priced(";", "R$ 12,50"), ","],
		["the majority decides", priced(";", "1,5", "2,5", "3.5"), ","],
		["the only cell that tells may be the last of many", priced(";", ...Array.from({ length: 5000 }, () => "7"), "7.5"), "."],
	])("has its decimal mark: %s", (_, text, decimal) => {
		expect(dialectOf(text)).toMatchObject({ decimal });
	});

	it("has its encoding: UTF-8 where the bytes are valid, else Windows-1252 with all its characters", () => {
		const text = priced(",", "1").replace("p0", "pão € – ’");
		expect(dialectOf(text)).toMatchObject({ encoding: "UTF-8" });
		expect(dialectOf(`\uFEFF${text}`)).toMatchObject({ encoding: "UTF-8" });
		expect(dialectOf(iconv.encode(text, "windows-1252"))).toMatchObject({ encoding: "Windows-1252" });
		const seen: unknown[] = [];
		decodeCsv(iconv.encode(text, "windows-1252"), TABLES.products, {
			begin: () => {},
			row: (cells) => void seen.push(cells[0]),
			broken: () => {},
			end: () => {},
		});
		expect(seen).toEqual(["pão € – ’"]);
	});
});
