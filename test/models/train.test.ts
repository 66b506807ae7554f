import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { noOrderProbability } from "../../engine/scoring/buy-till-you-die.ts";
import { summarise } from "../../engine/scoring/churn-inputs.ts";
import { modelName, readModelFolder } from "../../engine/scoring/model-folder.ts";
import { createPredictor, defaultModelDir, loadPredictor } from "../../engine/scoring/predictor.ts";
import { buildRhythm } from "../../engine/scoring/rhythm.ts";
import { formatDay } from "../../engine/units.ts";
import type { ChurnReport } from "../../models/evaluation/evaluate-churn.ts";
import { train, trainFolder } from "../../models/train.ts";
import { LAST_DAY, portfolioOf, syntheticPortfolio } from "../scoring/synthetic-portfolio.ts";

const AS_OF = LAST_DAY - 200;
const portfolio = syntheticPortfolio(80, 2, 30);
let scratch: string;
beforeAll(() => {
	scratch = mkdtempSync(join(tmpdir(), "carteira-train-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("train", () => {
	it("gives the same weights for the same seed, and a folder that predicts what the model in memory does", async () => {
		const progress: string[] = [];
		const out = join(scratch, "own-2026");
		const summary = await train(portfolio, { asOf: AS_OF, seed: 3, out, onProgress: (message) => progress.push(message) });
		const again = await trainFolder(portfolio, "own-2026", { asOf: AS_OF, seed: 3 });
		expect(summary.model).toBe(`own-2026@${again.manifest.digest.slice(0, 12)}`);
		expect(progress.length).toBeGreaterThan(3);
		expect(readdirSync(out).sort()).toEqual(["card.html", "churn.bin", "metrics.json", "model.json", "open.bin", "replenish.bin"]);
		expect(readdirSync(scratch)).toEqual(["own-2026"]); // what it kept on its way is gone
		const history = buildHistory(portfolio, AS_OF);
		const [saved, kept] = [await loadPredictor(out), await createPredictor(again)].map((p) => p.score(portfolio, history, { asOf: AS_OF }));
		expect(saved).toEqual(kept);
		const { training, metrics } = (await readModelFolder(out)).manifest;
		expect(training).toMatchObject({ data: "made-in-a-test", numEvents: history.eventDay.length, to: expect.stringMatching(/^2026-/) });
		expect(training?.curve.length).toBeGreaterThan(0);
		expect(metrics.churn?.origin).toBe(formatDay(AS_OF - 90));
		const [report] = (JSON.parse(readFileSync(join(out, "metrics.json"), "utf8")) as { churn: ChurnReport[] }).churn;
		expect(Object.keys(report.all.models)).toEqual(["model", "BG/NBD", "Pareto/NBD", "MBG/CNBD-k", "days since last order", "base rate"]);
		expect(report.reliability.model).toHaveLength(10);
	}, 120_000);

	it("of one task sees nothing of what comes on the day or after it, and keeps the other's nets as shipped", async () => {
		const { orders } = portfolio.tables;
		const past = Array.from({ length: orders.numRows }, (_, row) => ({
			customer: orders.refs.customer_id[row],
			day: orders.days.ordered_on[row],
			product: orders.refs.product_id[row],
			quantity: orders.numbers.quantity[row],
			value: orders.numbers.net_value[row],
		})).filter((line) => line.day < AS_OF);
		const size = { numCustomers: portfolio.tables.customers.length, numProducts: portfolio.tables.products.length };
		const options = { asOf: AS_OF, seed: 3, task: "mix" } as const;
		const [whole, cut] = [await trainFolder(portfolio, "x", options), await trainFolder(portfolioOf(past, size), "x", options)];
		expect(cut.manifest.digest).toBe(whole.manifest.digest);
		const shipped = await readModelFolder(defaultModelDir());
		expect(whole.manifest.churn).toEqual(shipped.manifest.churn);
		expect(whole.manifest.open.scaler).not.toEqual(shipped.manifest.open.scaler);
	}, 120_000);

	it("refuses a history that can teach nothing", async () => {
		const few = portfolioOf([{ customer: 0, day: AS_OF - 5, product: 0 }]);
		await expect(trainFolder(few, "x", { asOf: AS_OF })).rejects.toMatchObject({
			code: "NOT_ENOUGH_HISTORY",
			message: expect.stringContaining("1 purchase events over 5 days"),
		});
	});

	it("of a short history is a buy-till-you-die model, which says so and scores", async () => {
		const lines = Array.from({ length: 60 }, (_, i) => ({ customer: i % 6, day: AS_OF - 80 + i, product: i % 4 }));
		const short = portfolioOf(lines);
		const folder = await trainFolder(short, "x", { asOf: AS_OF });
		expect(folder.manifest.training).toMatchObject({ fallback: expect.stringContaining("60 purchase events over 80 days"), origins: [] });
		const history = buildHistory(short, AS_OF);
		const scores = (await createPredictor(folder)).score(short, history, { asOf: AS_OF });
		const { buyTillYouDie, bgNbd } = folder.manifest.churn;
		const rhythm = buildRhythm(short, history);
		for (let customer = 0; customer < 6; customer++) {
			const summary = summarise(history, rhythm, customer);
			const said = [buyTillYouDie, bgNbd].map((model) => noOrderProbability(model, summary, 90 / rhythm.baseInterval[customer]));
			// the mix lies between its two models; but for each, no bin's chance of an order goes below 1 in 404, which leaves at most
			// 1 − (1 − 1 ÷ 404)^9 = 2.2 % in the 9 bins of 90 days
			expect(scores.churnRisk[customer]).toBeGreaterThan(Math.min(...said) - 0.0225);
			expect(scores.churnRisk[customer]).toBeLessThan(Math.max(...said) + 0.0225);
		}
		const other = await trainFolder(short, "x", { asOf: AS_OF - 10 }); // the same weights, other parameters
		expect(other.manifest.digest).toBe(folder.manifest.digest);
		expect(modelName(other.manifest)).not.toBe(modelName(folder.manifest));
	});
});
