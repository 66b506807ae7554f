import { Dictionary, Field, Int32, makeData, RecordBatch, Schema, Struct, Table, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { CarteiraError } from "../../../engine/errors.ts";
import { decodeArrow } from "../../../engine/portfolio/files/decode-arrow.ts";
import { TABLES } from "../../../engine/portfolio/schema.ts";

/** A table of two columns, one of them with a dictionary, and metadata of its own. */
function arrow(format: "file" | "stream"): Buffer {
	const columns = {
		product_id: vectorFromArray(["p1", "p2", "p3"], new Utf8()),
		category: vectorFromArray(["a", "b", "a"], new Dictionary(new Utf8(), new Int32(), 1)),
	};
	const fields = Object.entries(columns).map(([name, { type }]) => new Field(name, type, true, new Map([["made", "here"]])));
	const schema = new Schema(fields);
	const children = Object.values(columns).map(({ data }) => data[0]);
	const data = makeData({ type: new Struct(schema.fields), length: 3, nullCount: 0, children });
	return Buffer.from(tableToIPC(new Table(schema, new RecordBatch(schema, data)), format));
}

describe.each(["file", "stream"] as const)("the metadata of an Arrow %s", (format) => {
	const whole = arrow(format);
	const read = (bytes: Buffer): number => {
		let numRows = 0;
		decodeArrow(bytes, TABLES.products, { begin: () => {}, row: () => void numRows++, end: () => {}, broken: () => {} });
		return numRows;
	};

	it("is read as it is", () => {
		expect(read(whole)).toBe(3);
	});

	it("is refused or read, and never counted through, whatever stands in one of its words", () => {
		const slow: string[] = [];
		let numRefused = 0;
		for (let at = 0; at + 4 <= whole.length; at += 4) {
			for (const value of [-1, 0, 1, 8, 4096, 2 ** 20, 2 ** 28, 2 ** 31 - 1, -(2 ** 31)]) {
				const bytes = Buffer.from(whole);
				bytes.writeInt32LE(value, at);
				const started = performance.now();
				try {
					read(bytes);
				} catch (error) {
					if (!(error instanceof CarteiraError) || error.code !== "INVALID_INPUT") throw error;
					numRefused++;
				}
				if (performance.now() - started > 5000) slow.push(`${value} at ${at}`);
			}
		}
		expect(slow).toEqual([]);
		expect(numRefused).toBeGreaterThan(whole.length);
	});
});
