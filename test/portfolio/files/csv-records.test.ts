import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCsvRecords } from "../../../engine/portfolio/files/csv-records.ts";

function recordsOf(text: string, delimiter = ","): { cells: string[]; line: number; fault: string | null }[] {
	const records: { cells: string[]; line: number; fault: string | null }[] = [];
	readCsvRecords(Buffer.from(text), delimiter, ({ cells, line, fault }) => {
		records.push({ cells: [...cells], line, fault });
		return true;
	});
	return records;
}

const cellsOf = (text: string, delimiter?: string): string[][] => recordsOf(text, delimiter).map(({ cells }) => cells);

describe("readCsvRecords", () => {
	it("splits cells and lines, with any line end and with none at the end", () => {
		for (const end of ["\n", "\r\n", "\r"])
			expect(cellsOf(["a,b", "1,", ",2"].join(end))).toEqual([
				["a", "b"],
				["1", ""],
				["", "2"],
			]);
		expect(cellsOf("a;b\n1;2\n", ";")).toEqual([
			["a", "b"],
			["1", "2"],
		]);
	});

	it("takes quoted cells with delimiters, line ends and doubled quotes", () => {
		expect(cellsOf('"a,b","c\nd","say ""hi"""\nx,"",""""')).toEqual([
			["a,b", "c\nd", 'say "hi"'],
			["x", "", '"'],
		]);
	});

	it("takes a quote inside an unquoted cell for a character", () => {
		expect(cellsOf('5" pipe,6"')).toEqual([['5" pipe', '6"']]);
	});

	it("skips blank lines and still names the line that an editor shows", () => {
		expect(recordsOf('a\n\n"x\ny\nz"\n\nb\n').map(({ line }) => line)).toEqual([1, 3, 7]);
	});

	it("tells of text behind a closing quote and goes on with the next record", () => {
		expect(recordsOf('"a"b,c\nd,e')).toMatchObject([{ fault: "text after a closing quote" }, { cells: ["d", "e"], fault: null }]);
	});

	it("refuses a quote that nothing closes, with its line", () => {
		expect(() => recordsOf('a\n"b\nc\n')).toThrow(/line 2/);
	});

	it("stops when it is told to", () => {
		let seen = 0;
		readCsvRecords(Buffer.from("a\nb\nc"), ",", () => ++seen < 2);
		expect(seen).toBe(2);
	});

	it("reads files larger than the piece that it decodes at a time, records and characters across the cut included", () => {
		// 4 MiB are decoded at a time. A cell of 3-byte characters, quotes and line ends straddles every cut.
		const cell = `"€${"€\n".repeat(1000)}"`;
		const numRecords = 3000; // 4,004 bytes each: some 12 MB
		const records = recordsOf(`${cell}\n`.repeat(numRecords));
		expect(records).toHaveLength(numRecords);
		expect(records.every(({ cells }) => cells.length === 1 && cells[0].length === 2001)).toBe(true);
		expect(records[numRecords - 1].line).toBe((numRecords - 1) * 1001 + 1);
	});

	it("gives back whatever a writer of the format wrote", () => {
		const cell = fc.string({ unit: fc.constantFrom("a", "é", "€", '"', ",", ";", "\n", "\r", " ", "\u{1F34C}"), maxLength: 6 });
		const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
		fc.assert(
			fc.property(rows, fc.constantFrom(",", ";", "\t"), (table, delimiter) => {
				const quoted = stringify(table, { delimiter, quoted: true, quoted_empty: true });
				expect(cellsOf(quoted, delimiter)).toEqual(table);
			}),
			{ seed: 7, numRuns: 300 },
		);
	});
});
