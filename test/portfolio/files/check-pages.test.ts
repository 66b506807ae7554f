import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { checkPages } from "../../../engine/portfolio/files/check-pages.ts";
import { readTables } from "../../../engine/portfolio/reading/read-tables.ts";
import { readBigFile } from "../ingest/read-big-file.ts";
import { temporaryFolder } from "../sample-folder.ts";

/** Two orders as pyarrow 26 writes them with `write_page_checksum=True`, uncompressed, plain, without statistics and schema. */
const FILE = Buffer.from(
	"UEFSMRUAFSQVJBW639+mBRwVBBUAFQYVBhwAAAACAAAABAECAAAAbzECAAAAbzIVABUkFSQVyPDHhwkcFQQVABUGFQYcAAAAAgAAAAQBAgAAAGMxAgAAAGMxFQAVHBUcFfnO+bUDHBUEFQAVBhUGHAAAAAIAAAAEAdxQAADdUAAAFQAVJBUkFYPS48UEHBUEFQAVBhUGHAAAAAIAAAAEAQIAAABwMQIAAABwMRUAFSwVLBWh54KpDBwVBBUAFQYVBhwAAAACAAAABAEAAAAAAADwPwAAAAAAAABAFQAVLBUsFcG99NMEHBUEFQAVBhUGHAAAAAIAAAAEAQAAAAAAAClAAAAAAABANEAVBBl8NQAYBnNjaGVtYRUMABUMJQIYCG9yZGVyX2lkJQBMHAAAABUMJQIYC2N1c3RvbWVyX2lkJQBMHAAAABUCJQIYCm9yZGVyZWRfb24lDExsAAAAFQwlAhgKcHJvZHVjdF9pZCUATBwAAAAVCiUCGAhxdWFudGl0eQAVCiUCGAluZXRfdmFsdWUAFgQZHBlsJgAcFQwZJQYAGRgIb3JkZXJfaWQVABYEFlYWViYISRwVABUAFQIAPBYIGQYZJgAEAAAAJgAcFQwZJQYAGRgLY3VzdG9tZXJfaWQVABYEFlYWViZeSRwVABUAFQIAPBYIGQYZJgAEAAAAJgAcFQIZJQYAGRgKb3JkZXJlZF9vbhUAFgQWThZOJrQBSRwVABUAFQIAPCkGGSYABAAAACYAHBUMGSUGABkYCnByb2R1Y3RfaWQVABYEFlYWViaCAkkcFQAVABUCADwWCBkGGSYABAAAACYAHBUKGSUGABkYCHF1YW50aXR5FQAWBBZeFl4m2AJJHBUAFQAVAgA8KQYZJgAEAAAAJgAcFQoZJQYAGRgJbmV0X3ZhbHVlFQAWBBZeFl4mtgNJHBUAFQAVAgA8KQYZJgAEAAAAFowEFgQmCBaMBAAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGWwcAAAcAAAcAAAcAAAcAAAcAAAACwIAAFBBUjE=",
	"base64",
);

function pathOf(bytes: Buffer): string {
	const path = join(temporaryFolder(), "orders.parquet");
	writeFileSync(path, bytes);
	return path;
}

/** With a net value of 12.50 made 12.56, in the middle of its page. */
function damaged(): Buffer {
	const bytes = Buffer.from(FILE);
	const at = bytes.indexOf(Buffer.from(Float64Array.of(12.5).buffer));
	bytes[at + 5] ^= 0x1f;
	return bytes;
}

describe("the checksums of a Parquet file's pages", () => {
	it("are those that its writer gave them", async () => {
		const { reports } = await readTables([{ table: "orders", path: pathOf(FILE), format: "parquet" }], {
			onBadRows: "reject",
			dialects: {},
		});
		expect(reports[0]).toMatchObject({ numAccepted: 2, numProblems: 0 });
	});

	it("tell damage that a value does not show, to the readers of small and of big files", async () => {
		const path = pathOf(damaged());
		const file = { table: "orders", path, format: "parquet" } as const;
		const told = {
			code: "INVALID_INPUT",
			message: expect.stringMatching(/^orders\.parquet: column net_value: a page at byte \d+ has another checksum than its header says/),
		};
		await expect(readTables([file], { onBadRows: "reject", dialects: {} })).rejects.toMatchObject(told);
		await expect(readBigFile(file, {})).rejects.toMatchObject(told);
	});

	it("are asked for in every page of a chunk, whatever its header holds beside", () => {
		// Fields 1 to 3 as integers, 4 the checksum, 5 a struct with an integer, a text, a double, a byte, a boolean and a field far off.
		const data = Buffer.from("some bytes of a page");
		const struct = [0x15, 8, 0x18, 3, 97, 98, 99, 0x17, ...Array.from({ length: 8 }, () => 7), 0x13, 1, 0x11, 0x05, 80, 6, 0];
		const page = (sum: number): Buffer =>
			Buffer.concat([Buffer.from([0x15, 0, 0x15, 40, 0x15, 40, 0x15, ...zigzag(sum | 0), 0x1c, ...struct, 0]), data]);
		const pages = [page(crc32(data)), page(crc32(data)), page(crc32(data) ^ 1)];
		const path = pathOf(Buffer.concat(pages));
		const chunk = (count: number) => ({ column: "line", from: 0, to: Buffer.concat(pages.slice(0, count)).length });
		checkPages(path, [chunk(2)]);
		expect(() => checkPages(path, [chunk(3)])).toThrow(`column line: a page at byte ${chunk(2).to} has another checksum`);
	});

	it("are passed over where there is no header: of bytes that are none, structs without end and places outside of the file", () => {
		const path = pathOf(Buffer.concat([Buffer.alloc(100_000, 0x1c), Buffer.alloc(100, 0xff)]));
		const chunks = [
			[0, 100_100],
			[100_000, 100_100],
			[100_050, 2 ** 50],
			[-5, 100],
			[Number.NaN, 100],
			[0, Number.NaN],
			[200_000, 300_000],
		];
		checkPages(
			path,
			chunks.map(([from, to]) => ({ column: "line", from, to })),
		);
	});
});

/** Bytes of a whole number as Thrift writes it. */
function zigzag(value: number): number[] {
	let bits = BigInt.asUintN(32, (BigInt(value) << 1n) ^ (BigInt(value) >> 31n));
	const bytes: number[] = [];
	for (; bits > 127n; bits >>= 7n) bytes.push(Number(bits & 127n) | 128);
	return [...bytes, Number(bits)];
}
