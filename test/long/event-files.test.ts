import { describe, expect, it } from "vitest";
import { inLanes } from "../helpers/in-lanes.ts";
import { expectSameCase } from "../portfolio/ingest/event-cases.ts";
import { expectSameOfSpoilt, SPOILT } from "../portfolio/ingest/spoilt-folders.ts";

const COUNT = process.env.CARTEIRA_SLICE ? 500 : 5000;
const FIRST = 10_000;

describe("every folder that is spoilt", () => {
	it.each(SPOILT.map((one) => [one.name, one] as const))("is read by DuckDB as it is by JavaScript where %s", (_, one) =>
		expectSameOfSpoilt(one),
	);
});

describe("thousands of files of orders and contacts", () => {
	it("are read by DuckDB as they are by JavaScript", async () => {
		const fates = { rows: 0, refusal: 0, none: 0 };
		await inLanes(
			FIRST,
			COUNT,
			() => null,
			async (seed) => void fates[await expectSameCase(seed)]++,
		);
		console.log(`${COUNT} files:`, fates);
		expect(fates.rows).toBeGreaterThan(0.4 * COUNT);
	});
});
