import { describe, expect, it } from "vitest";
import { parseChurnOptions } from "../../../benchmarks/learning/churn-options.ts";
import { parseDay } from "../../../engine/units.ts";

describe("parseChurnOptions", () => {
	it("asks about both visible cutoffs of Online Retail II unless told otherwise", () => {
		const options = parseChurnOptions([]);
		expect(options).toMatchObject({ horizon: 90, champion: true, portfolio: null, made: null });
		expect(options?.cutoffs).toEqual([parseDay("2010-12-10"), parseDay("2011-03-10")]);
		expect(options?.file).toMatch(/online_retail_II\.csv\.gz$/);
	});

	it("takes other data, cutoffs and windows", () => {
		const options = parseChurnOptions(["--made", "300", "--horizon", "21", "--peers", "logistic", "--no-champion"]);
		expect(options).toMatchObject({ made: 300, horizon: 21, peers: ["logistic"], champion: false });
		expect(options?.cutoffs).toEqual([parseDay("2026-05-25"), parseDay("2026-08-24")]);
		expect(parseChurnOptions(["--peers", "-"])?.peers).toEqual([]);
	});

	it.each([
		[["--cutoffs", "soon"], /--cutoffs holds "soon"; expected dates as 2011-03-10/],
		[["--horizon", "0"], /--horizon holds "0"; expected a whole number from 1 to 180/],
		[["--peers", "oracle"], /--peers holds "oracle"; expected some of bgnbd/],
		[["--made", "5", "--portfolio", "x"], /--portfolio and --made are given; expected one of them/],
		[["extra"], /too many arguments/],
		[["--colour", "red"], /unknown option '--colour'/],
	])("refuses %j", (words, message) => {
		expect(() => parseChurnOptions(words)).toThrow(message);
	});
});
