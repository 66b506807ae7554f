import { describe, expect, it } from "vitest";
import { abcClasses, normalisedValues, potentialRanks } from "../../engine/policy/abc.ts";
import { CLASSES, POTENTIALS } from "../../engine/policy/case.ts";
import { validatePolicy } from "../../engine/policy/policy.ts";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { portfolioOf } from "../check/tables.ts";
import { AS_OF, ordersOn, rhythm } from "./small-case.ts";

const classes = (...values: number[]) => [...abcClasses(Float64Array.from(values), 0.8, 0.95)].map((code) => CLASSES[code]).join("");
const potentials = (...values: number[]) => [...potentialRanks(Float64Array.from(values), 0.2, 0.5)].map((code) => POTENTIALS[code]);

describe("ABC classes", () => {
	it("follow the share held by the larger customers", () => {
		// Of 100: before 50 lie 0 %, before 30 50 %, before 10 80 %, before 6 90 %, before 4 96 %.
		expect(classes(4, 10, 50, 6, 30)).toBe("CBABA");
	});

	it("make the largest customer A even when it holds everything", () => {
		expect(classes(7, 0)).toBe("AC");
	});

	it("leave customers without value in C", () => {
		expect(classes(0, 0)).toBe("CC");
	});
});

describe("the value that classes add up", () => {
	const valueOf = (interval: number, count: number, policy: unknown = {}, more = {}) => {
		const portfolio = portfolioOf({
			customers: [{ customer_id: "C1" }],
			products: [{ product_id: "P1" }],
			orders: ordersOn("C1", rhythm(interval, count, 10), 100, more),
		});
		return normalisedValues(buildHistory(portfolio, AS_OF), validatePolicy(policy), AS_OF)[0];
	};

	it("is what the window holds", () => {
		// Orders 10, 24, … days ago for two years; those at most 365 days ago are 10 + 14 k ≤ 365, k = 0 … 25: 26 of them.
		expect(valueOf(14, 52)).toBe(26 * 100 * 100);
	});

	it("is scaled up for customers younger than the window", () => {
		// Five orders, the first 10 + 4 × 14 = 66 days ago.
		expect(valueOf(14, 5)).toBeCloseTo((500 * 100 * 365) / 66);
	});

	it("takes nobody for younger than 30 days", () => {
		expect(valueOf(14, 1)).toBeCloseTo((100 * 100 * 365) / 30);
	});

	it("is margin where the policy says so, by the default rate where no margin is known", () => {
		expect(valueOf(14, 52, { classes: { basis: "margin" } })).toBeCloseTo(26 * 100 * 100 * 0.18);
		expect(valueOf(14, 52, { classes: { basis: "margin" } }, { margin: 30 })).toBeCloseTo(26 * 100 * 30);
	});
});

describe("potential", () => {
	it("is by rank: the first fifth high, up to the half medium", () => {
		// Ranks 0 and 1 of 10 lie below 0.2, ranks 2 to 4 below 0.5.
		const found = potentials(10, 9, 8, 7, 6, 5, 4, 3, 2, 1).map((word) => word[0]);
		expect(found.join("")).toBe("hhmmmlllll");
	});

	it("is low where nothing is expected", () => {
		expect(potentials(0, 0)).toEqual(["low", "low"]);
	});
});
