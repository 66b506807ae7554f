import { describe, expect, it } from "vitest";
import { csvCase, isFine, readBigCase, readCase, type Reading } from "../portfolio/files/csv-cases.ts";
import { temporaryFolder } from "../portfolio/sample-folder.ts";

const COUNT = process.env.CARTEIRA_SLICE ? 300 : 2000;
const FIRST = 10_000;

const READERS = [
	["small", (seed: number) => csvCase(seed), readCase],
	["big", (seed: number) => csvCase(seed, ["orders", "contacts"]), readBigCase],
] as const;

describe.each(READERS)("thousands of CSVs written in any way, to the reader of %s files,", (name, caseOf, read) => {
	it("are read as they were meant or refused", async () => {
		const folder = temporaryFolder();
		const wrong: string[] = [];
		const fates: Record<Reading["fate"], number> = { equal: 0, told: 0, refused: 0, different: 0 };
		for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
			const written = caseOf(seed);
			const reading = await read(written, folder);
			fates[reading.fate]++;
			if (!isFine(written, reading)) wrong.push(`${reading.fate} ${written.name}: ${reading.message}`);
		}
		console.log(`${COUNT} CSVs, reader of ${name} files:`, fates);
		expect(wrong).toEqual([]);
		expect(fates.equal).toBeGreaterThan(0.6 * COUNT);
	});
});
