import { describe, expect, it } from "vitest";
import { csvCase, readBigCase, readCase, readCases } from "../portfolio/files/csv-cases.ts";

const COUNT = process.env.CARTEIRA_SLICE ? 300 : 2000;
const FIRST = 10_000;

const READERS = [
	["small", (seed: number) => csvCase(seed), readCase],
	["big", (seed: number) => csvCase(seed, ["orders", "contacts"]), readBigCase],
] as const;

describe.each(READERS)("thousands of CSVs written in any way, to the reader of %s files,", (name, caseOf, read) => {
	it("are read as they were meant or refused", async () => {
		const { wrong, fates } = await readCases(FIRST, COUNT, caseOf, read);
		console.log(`${COUNT} CSVs, reader of ${name} files:`, fates);
		expect(wrong).toEqual([]);
		expect(fates.equal).toBeGreaterThan(0.6 * COUNT);
	});
});
