import { describe, expect, it } from "vitest";
import { csvCase, readBigCase, readCase, readCases } from "./csv-cases.ts";

const READERS = [
	["small", 150, (seed: number) => csvCase(seed), readCase],
	["big", 30, (seed: number) => csvCase(seed, ["orders", "contacts"]), readBigCase],
] as const;

describe.each(READERS)("a CSV written in any way, to the reader of %s files,", (_, count, caseOf, read) => {
	it("is read as it was meant or refused, and refused only for a reason where all ways of it are supported", async () => {
		const { wrong, fates } = await readCases(0, count, caseOf, read);
		expect(wrong).toEqual([]);
		expect(fates.equal).toBeGreaterThan(0.5 * count);
		expect(fates.refused).toBeGreaterThan(0.05 * count);
	});
});
