import { describe, expect, it } from "vitest";
import { bigOnesOf, countFates, readMutants } from "./mutants.ts";
import { temporaryFolder } from "../sample-folder.ts";
import { arrowFiles, parquetFiles } from "./typed-files.ts";

describe("damaged files, read by processes that may die", () => {
	it.each([
		["Parquet", parquetFiles, 40],
		["Arrow", arrowFiles, 100],
	] as const)("of %s are rejected, read whole, or caught by the digest beside them", async (_, make, count) => {
		const folder = temporaryFolder();
		const outcomes = await readMutants(await make(folder), folder, count, 11);
		expect(outcomes.length).toBeGreaterThan(0.95 * count); // a mutation may change nothing
		expect(outcomes.filter(({ fate }) => fate === "defect" || fate === "late" || fate === "dead")).toEqual([]);
		expect(outcomes.filter(({ isCaughtByDigest }) => !isCaughtByDigest)).toEqual([]);
		const { rejected = 0, different = 0 } = countFates(outcomes);
		expect(rejected).toBeGreaterThan(0.7 * outcomes.length);
		expect(different).toBeLessThan(0.15 * outcomes.length);
	});

	it.each([
		["Parquet", parquetFiles, 30],
		["Arrow", arrowFiles, 60],
	] as const)("of %s meet no other fate with the reader of big files", async (_, make, count) => {
		const folder = temporaryFolder();
		const outcomes = await readMutants(bigOnesOf(await make(folder)), folder, count, 12, "big");
		expect(outcomes.length).toBeGreaterThan(0.95 * count);
		expect(outcomes.filter(({ fate }) => fate === "defect" || fate === "late" || fate === "dead")).toEqual([]);
		expect(outcomes.filter(({ isCaughtByDigest }) => !isCaughtByDigest)).toEqual([]);
		const { rejected = 0, different = 0 } = countFates(outcomes);
		expect(rejected).toBeGreaterThan(0.7 * outcomes.length);
		expect(different).toBeLessThan(0.15 * outcomes.length);
	});
});
