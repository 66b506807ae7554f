import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildHistory } from "../../../engine/portfolio/history.ts";
import { CHURN_INPUTS } from "../../../engine/scoring/churn-inputs.ts";
import { createRandom } from "../../../engine/random.ts";
import { defaultModelDir } from "../../../engine/scoring/predictor.ts";
import { chanceIndex, columnDrift, measureDrift } from "../../../models/evaluation/drift.ts";
import { formatDrift, renderDrift } from "../../../models/report/drift-report.ts";
import { measureReference } from "../../../models/churn/reference.ts";
import { train } from "../../../models/train.ts";
import { LAST_DAY, portfolioOf, syntheticPortfolio } from "../../scoring/synthetic-portfolio.ts";

const portfolio = syntheticPortfolio(200, 5, 20);
let scratch: string;
let model: string;
beforeAll(async () => {
	scratch = mkdtempSync(join(tmpdir(), "carteira-drift-"));
	model = join(scratch, "model");
	await train(portfolio, { asOf: LAST_DAY, task: "mix", out: model });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("drift", () => {
	it("is none on the day of the training", async () => {
		const report = await measureDrift(portfolio, { asOf: LAST_DAY, model });
		expect(report.columns?.map(({ name }) => name).sort()).toEqual([...CHURN_INPUTS].sort());
		for (const { psi, ks, state } of report.columns ?? []) {
			expect(psi).toBeLessThan(0.01); // only bins without anyone differ, by half a customer
			expect(ks).toBeCloseTo(0, 10);
			expect(state).toBe("stable");
		}
		expect(report.baseRate.now).toBe(report.baseRate.trained);
		expect(report.calibration).toMatchObject({ hasSeen: true });
	});

	it("does not come from the weekday on which it is looked for", async () => {
		for (const asOf of [LAST_DAY - 1, LAST_DAY - 3]) {
			const moved = (await measureDrift(portfolio, { asOf, model })).columns?.filter(({ state }) => state !== "stable") ?? [];
			expect(moved.filter(({ name }) => name.startsWith("weekday"))).toEqual([]);
		}
	});

	it("is seen where customers fall silent, in the inputs that tell it and in the base rate", async () => {
		const later = await measureDrift(portfolio, { asOf: LAST_DAY + 80, model });
		const shifted = (later.columns ?? []).filter(({ state }) => state === "shifted").map(({ name }) => name);
		expect(shifted).toContain("log_silence");
		expect(later.baseRate.now).toBeGreaterThan(later.baseRate.trained ?? 1);
		expect(formatDrift([later])).toMatch(/log_silence +\d\.\d{3} +\d\.\d{3} +shifted/);
		expect(renderDrift([later])).toContain("log_silence");
	});

	it("of a portfolio without orders, or a model without a reference, says that it cannot be told", async () => {
		const nothing = await measureDrift(portfolioOf([]), { asOf: LAST_DAY, model });
		expect(nothing).toMatchObject({ numCustomers: 0, columns: null, calibration: null, baseRate: { now: null } });
		expect(formatDrift([nothing])).toContain("cannot be compared");
		expect(formatDrift([await measureDrift(portfolioOf([]), { asOf: LAST_DAY, model: defaultModelDir() })])).not.toContain("NaN");
	});
});

describe("columnDrift", () => {
	const halves = [
		{ upTo: 0, share: 0.5 },
		{ upTo: null, share: 0.5 },
	];

	it("is the population stability index and the largest distance of the cumulative shares", () => {
		// 1 of 4 in the first bin: (0.25 − 0.5) ln(0.25 ÷ 0.5) + (0.75 − 0.5) ln(0.75 ÷ 0.5) = 0.1733 + 0.1014
		const drift = columnDrift("x", halves, 1000, Float32Array.of(-1, 1, 2, 3));
		expect(drift.psi).toBeCloseTo(0.2747, 4);
		expect(drift.ks).toBeCloseTo(0.25, 10);
		expect(drift.state).toBe("stable"); // four customers are that far by chance
		const many = Float32Array.from({ length: 4000 }, (_, i) => (i % 4 === 0 ? -1 : 1));
		expect(columnDrift("x", halves, 1000, many)).toMatchObject({ state: "shifted" });
	});

	it("takes what chance does for stable about 19 times in 20", () => {
		const bins = Array.from({ length: 10 }, (_, i) => ({ upTo: i < 9 ? (i + 1) / 10 : null, share: 0.1 }));
		const random = createRandom(4);
		const limit = chanceIndex(10, Number.POSITIVE_INFINITY, 200);
		let beyond = 0;
		for (let trial = 0; trial < 1000; trial++) {
			const values = Float32Array.from({ length: 200 }, () => random.next());
			if (columnDrift("x", bins, 1e9, values).psi > limit) beyond++;
		}
		// 50 expected, standard deviation √(1000 × 0.05 × 0.95) = 7; the index's own tail is a little heavier than χ²'s
		expect(beyond).toBeGreaterThan(25);
		expect(beyond).toBeLessThan(85);
	});
});

const MODEL = { k: 1, r: 1, alpha: 1, a: 1, b: 1 };
const ANCHOR = { buyTillYouDie: MODEL, bgNbd: { ...MODEL, staysAfterFirst: true }, bgShare: 0.5 };

describe("a reference", () => {
	it("cuts every column into at most ten parts whose shares add up to 1", () => {
		const reference = measureReference(portfolio, buildHistory(portfolio, LAST_DAY), [], ANCHOR);
		expect(Object.keys(reference.columns)).toEqual([...CHURN_INPUTS]);
		for (const bins of Object.values(reference.columns)) {
			expect(bins.length).toBeLessThanOrEqual(10);
			expect(bins.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 10);
			expect(bins.at(-1)?.upTo).toBeNull();
		}
	});
});
