import { describe, it } from "vitest";
import { expectSameCase } from "../portfolio/ingest/event-cases.ts";

const COUNT = process.env.CARTEIRA_SLICE ? 500 : 5000;
const FIRST = 10_000;

describe("thousands of files of orders and contacts", () => {
	it("are read by DuckDB as they are by JavaScript", async () => {
		for (let seed = FIRST; seed < FIRST + COUNT; seed++) await expectSameCase(seed);
	});
});
