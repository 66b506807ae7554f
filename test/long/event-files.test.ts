import { describe, expect, it } from "vitest";
import { expectSameCase } from "../portfolio/ingest/event-cases.ts";

const COUNT = process.env.CARTEIRA_SLICE ? 500 : 5000;
const FIRST = 10_000;

describe("thousands of files of orders and contacts", () => {
	it("are read by DuckDB as they are by JavaScript", async () => {
		const fates = { rows: 0, refusal: 0, none: 0 };
		for (let seed = FIRST; seed < FIRST + COUNT; seed++) fates[await expectSameCase(seed)]++;
		console.log(`${COUNT} files:`, fates);
		expect(fates.rows).toBeGreaterThan(0.4 * COUNT);
	});
});
