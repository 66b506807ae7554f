import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readPortfolio } from "../../engine/portfolio/reading/read-portfolio.ts";
import { temporaryFolder } from "../portfolio/sample-folder.ts";

const PIECE = Buffer.alloc(1 << 24, "x");
const NUM_PIECES = process.env.CARTEIRA_SLICE ? 8 : 64; // of 16 MiB: a gigabyte

describe("a file that is one line without an end", () => {
	it.each([
		["orders.csv", /a row of more than 16777216 characters/],
		["orders.ndjson", /bytes; expected one JSON object a line|rows are bad|missing_column|column order_id of orders/],
	])("is refused within deadline and memory: %s", async (name, message) => {
		const folder = temporaryFolder();
		const path = join(folder, name);
		const file = openSync(path, "w");
		writeSync(file, "order_id,customer_id,ordered_on,product_id,quantity,net_value\n");
		for (let i = 0; i < NUM_PIECES; i++) writeSync(file, PIECE);
		closeSync(file);
		expect(statSync(path).size).toBeGreaterThan(NUM_PIECES * PIECE.length);
		await expect(readPortfolio(folder, { limits: { seconds: 120, megabytes: 4096 } })).rejects.toMatchObject({
			code: "INVALID_INPUT",
			message: expect.stringMatching(message),
		});
	});
});
