import { describe, expect, it } from "vitest";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { intervalsBefore } from "../../engine/scoring/past-intervals.ts";
import { buildRhythm } from "../../engine/scoring/rhythm.ts";
import { parseDay } from "../../engine/units.ts";
import { randomWorld } from "../random-world.ts";
import { LAST_DAY, syntheticPortfolio } from "./synthetic-portfolio.ts";

describe("intervals before earlier days", () => {
	it("are those of the rhythm that a history cut before each day has", () => {
		const asOf = parseDay("2026-11-23");
		const cases = [
			...[1, 2, 3].map((seed) => ({ portfolio: randomWorld(seed, asOf), asOf })),
			{ portfolio: syntheticPortfolio(300, 5), asOf: LAST_DAY },
		];
		for (const { portfolio, asOf: day } of cases) {
			// A year apart and days apart, in no order, so that a closure of everyone is known before some of them only.
			const days = [day, day - 20, day - 330, day - 300, day - 90, day - 5000];
			const found = intervalsBefore(portfolio, buildHistory(portfolio, day), days);
			for (const [i, before] of days.entries()) {
				expect(found[i]).toEqual(buildRhythm(portfolio, buildHistory(portfolio, before)).expectedInterval);
			}
		}
	});
});
