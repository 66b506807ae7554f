import { describe, expect, it } from "vitest";
import { bigOnesOf, countFates, readMutants } from "../portfolio/files/mutants.ts";
import { temporaryFolder } from "../portfolio/sample-folder.ts";
import { arrowFiles, parquetFiles } from "../portfolio/files/typed-files.ts";

const COUNT = process.env.CARTEIRA_SLICE ? 300 : 5000;

describe("thousands of damaged files", () => {
	it.each([
		["Parquet", "small", parquetFiles],
		["Arrow", "small", arrowFiles],
		["Parquet", "big", parquetFiles],
		["Arrow", "big", arrowFiles],
	] as const)(
		"of %s: none harms the reader of %s files, and none is read as other data when its digest stands beside it",
		async (format, reader, make) => {
			const folder = temporaryFolder();
			const files = await make(folder);
			const outcomes = await readMutants(reader === "big" ? bigOnesOf(files) : files, folder, COUNT, 2026, reader);
			console.log(`${format}, reader of ${reader} files: ${outcomes.length} damaged files:`, countFates(outcomes));
			expect(outcomes.filter(({ fate }) => fate === "defect")).toEqual([]);
			expect(outcomes.filter(({ isCaughtByDigest }) => !isCaughtByDigest)).toEqual([]);
			// A process that dies or is late is the end of that import alone; it stays the exception: one in 500, and in a slice no more than two by chance.
			expect(outcomes.filter(({ fate }) => fate === "late" || fate === "dead").length).toBeLessThanOrEqual(Math.max(2, COUNT / 500));
		},
	);
});
