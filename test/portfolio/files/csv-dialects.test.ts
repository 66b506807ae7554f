import { describe, expect, it } from "vitest";
import { csvCase, isFine, readBigCase, readCase, type Reading } from "./csv-cases.ts";
import { temporaryFolder } from "../sample-folder.ts";

const READERS = [
	["small", 150, (seed: number) => csvCase(seed), readCase],
	["big", 30, (seed: number) => csvCase(seed, ["orders", "contacts"]), readBigCase],
] as const;

describe.each(READERS)("a CSV written in any way, to the reader of %s files,", (_, count, caseOf, read) => {
	it("is read as it was meant or refused, and refused only for a reason where all ways of it are supported", async () => {
		const folder = temporaryFolder();
		const wrong: string[] = [];
		const fates: Record<Reading["fate"], number> = { equal: 0, told: 0, refused: 0, different: 0 };
		for (let seed = 0; seed < count; seed++) {
			const written = caseOf(seed);
			const reading = await read(written, folder);
			fates[reading.fate]++;
			if (!isFine(written, reading)) wrong.push(`${reading.fate} ${written.name}: ${reading.message}`);
		}
		expect(wrong).toEqual([]);
		expect(fates.equal).toBeGreaterThan(0.5 * count);
		expect(fates.refused).toBeGreaterThan(0.05 * count);
	});
});
