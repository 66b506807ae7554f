import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modelName, readModelFolder } from "../../../engine/scoring/model-folder.ts";
import { defaultModelDir } from "../../../engine/scoring/predictor.ts";
import { formatDay } from "../../../engine/units.ts";
import { judgePromotion, refusalsOf } from "../../../models/registry/promotion.ts";
import { formatVerdict } from "../../../models/report/registry-report.ts";
import { train } from "../../../models/train.ts";
import { writeModelFolder } from "../../../models/write-model-folder.ts";
import { LAST_DAY, syntheticPortfolio } from "../../scoring/synthetic-portfolio.ts";

const portfolio = syntheticPortfolio(300, 2, 30);
let scratch: string;
let worse: string;
beforeAll(async () => {
	scratch = mkdtempSync(join(tmpdir(), "carteira-promotion-"));
	worse = join(scratch, "worse");
	// a model that takes nobody for lost: customers stop with a chance of one in a thousand, and the net says nothing
	const { manifest, weights } = await readModelFolder(defaultModelDir());
	const churn = { ...manifest.churn, buyTillYouDie: { k: 1, r: 1, alpha: 1, a: 0.01, b: 10 } };
	await writeModelFolder(worse, { manifest: { ...manifest, name: "worse", churn }, weights });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("a promotion", () => {
	it("is allowed to a model that is better on the latest finished days, and refused the other way round", async () => {
		const verdict = await judgePromotion(portfolio, { challenger: defaultModelDir(), champion: worse });
		const latest = portfolio.tables.orders.days.ordered_on.reduce((last, day) => Math.max(last, day), 0) + 1 - 90;
		expect(verdict.origin).toBe(formatDay(latest));
		expect(verdict.gain.interval?.[0]).toBeGreaterThan(0);
		expect(verdict.refusals).toEqual([]);
		expect(verdict.gain.mean).toBeCloseTo((verdict.logLoss.champion ?? 0) - (verdict.logLoss.challenger ?? 0), 10);
		const back = await judgePromotion(portfolio, { challenger: worse, champion: defaultModelDir() });
		expect(back.refusals[0]).toMatch(/^the log-loss gains -0\.\d{4} \(-.* to -.*\); expected an interval above 0$/);
		expect(back.gain.mean).toBeCloseTo(-verdict.gain.mean, 10);
		expect(formatVerdict(back)).toContain(`challenger ${modelName((await readModelFolder(worse)).manifest)}`);
	});

	it("is refused to a model that is no better than itself", async () => {
		const { refusals, gain } = await judgePromotion(portfolio, { challenger: worse, champion: worse });
		expect(gain).toEqual({ mean: 0, interval: [0, 0] });
		expect(refusals).toEqual(["the log-loss gains 0.0000 (0.0000 to 0.0000); expected an interval above 0"]);
	});

	it("is not decided by days that the challenger learned from", async () => {
		const out = join(scratch, "seen");
		const short = syntheticPortfolio(60, 2, 10);
		await train(short, { asOf: LAST_DAY, task: "mix", out });
		const end = formatDay(LAST_DAY);
		await expect(judgePromotion(short, { challenger: out })).rejects.toMatchObject({
			code: "CONFLICT",
			message: expect.stringContaining(`learned from the days before ${end}`),
		});
	});
});

describe("a refusal", () => {
	const fine = {
		origin: "2026-01-01",
		challenger: "a",
		champion: "b",
		numCustomers: 10,
		gain: { mean: 0.02, interval: [0.01, 0.03] as [number, number] },
		logLoss: { challenger: 0.5, champion: 0.52 },
		ece: { challenger: 0.02, champion: 0.02 },
		valueBias: { challenger: -0.1, champion: 0.1 },
	};

	it("needs a reason", () => {
		expect(refusalsOf(fine)).toEqual([]);
	});

	it.each([
		[
			"an interval that reaches 0",
			{ gain: { mean: 0.02, interval: [0, 0.03] as [number, number] } },
			/gains 0\.0200 \(0\.0000 to 0\.0300\)/,
		],
		["a worse ECE", { ece: { challenger: 0.021, champion: 0.02 } }, /ECE is 0\.0210; expected at most the champion's 0\.0200/],
		["a larger bias on either side", { valueBias: { challenger: -0.11, champion: 0.1 } }, /bias of value is -0\.1100/],
		["a bias that has no value", { valueBias: { challenger: null, champion: 0.1 } }, /bias of value is none/],
	])("is %s", (_, change, words) => {
		const refusals = refusalsOf({ ...fine, ...change });
		expect(refusals).toHaveLength(1);
		expect(refusals[0]).toMatch(words);
	});
});
