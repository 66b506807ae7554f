import { describe, expect, it } from "vitest";
import { csvCase, readCase } from "../portfolio/files/csv-cases.ts";
import { temporaryFolder } from "../portfolio/sample-folder.ts";

const COUNT = process.env.CARTEIRA_SLICE ? 500 : 2000;
const FIRST = 10_000;

describe("thousands of CSVs written in any way", () => {
	it("are read as they were meant or refused", async () => {
		const folder = temporaryFolder();
		const wrong: string[] = [];
		const fates = { equal: 0, told: 0, refused: 0, different: 0 };
		for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
			const written = csvCase(seed);
			const { fate, codes, message } = await readCase(written, folder);
			fates[fate]++;
			const isFine =
				fate === "equal" ||
				(written.isSupported ? fate === "refused" && codes.every((code) => code === "ambiguous_decimal") : fate !== "different");
			if (!isFine) wrong.push(`${fate} ${written.name}: ${message}`);
		}
		console.log(`${COUNT} CSVs:`, fates);
		expect(wrong).toEqual([]);
		expect(fates.equal).toBeGreaterThan(0.6 * COUNT);
	});
});
