import { describe, expect, it } from "vitest";
import { csvCase, readCase } from "./csv-cases.ts";
import { temporaryFolder } from "../sample-folder.ts";

describe("a CSV written in any way", () => {
	it("is read as it was meant or refused, and refused only for a reason where all ways of it are supported", async () => {
		const folder = temporaryFolder();
		const wrong: string[] = [];
		const fates = { equal: 0, told: 0, refused: 0, different: 0 };
		for (let seed = 0; seed < 300; seed++) {
			const written = csvCase(seed);
			const { fate, codes, message } = await readCase(written, folder);
			fates[fate]++;
			const isFine =
				fate === "equal" ||
				(written.isSupported ? fate === "refused" && codes.every((code) => code === "ambiguous_decimal") : fate !== "different");
			if (!isFine) wrong.push(`${fate} ${written.name}: ${message}`);
		}
		expect(wrong).toEqual([]);
		expect(fates.equal).toBeGreaterThan(180);
		expect(fates.refused).toBeGreaterThan(50);
	});
});
