import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { readModelFolder } from "../../engine/scoring/model-folder.ts";
import { createPredictor, defaultModelDir, loadPredictor } from "../../engine/scoring/predictor.ts";
import { evaluate } from "../../models/evaluate.ts";
import { formatEvaluation, renderEvaluation } from "../../models/evaluation-report.ts";
import { writeModelFolder } from "../../models/registry.ts";
import { train, trainFolder } from "../../models/train.ts";
import { LAST_DAY, portfolioOf, syntheticPortfolio } from "../scoring/synthetic-portfolio.ts";

const AS_OF = LAST_DAY - 200;
const portfolio = syntheticPortfolio(150, 2, 30);
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
		const history = buildHistory(portfolio, AS_OF);
		const [saved, kept] = [await loadPredictor(out), await createPredictor(again)].map((p) => p.score(portfolio, history, { asOf: AS_OF }));
		expect(saved).toEqual(kept);
	}, 120_000);

	it("sees nothing of what comes on the day or after it", async () => {
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
	}, 120_000);

	it("of one task keeps the other's nets as shipped", async () => {
		const { manifest } = await trainFolder(portfolio, "x", { asOf: AS_OF, task: "mix" });
		const shipped = await readModelFolder(defaultModelDir());
		expect(manifest.churn).toEqual(shipped.manifest.churn);
		expect(manifest.open.scaler).not.toEqual(shipped.manifest.open.scaler);
	}, 120_000);

	it("refuses a history that can teach nothing", async () => {
		const few = portfolioOf([{ customer: 0, day: AS_OF - 5, product: 0 }]);
		await expect(trainFolder(few, "x", { asOf: AS_OF })).rejects.toMatchObject({
			code: "NOT_ENOUGH_HISTORY",
			message: expect.stringContaining("1 purchase events over 5 days"),
		});
	});
});

describe("writeModelFolder", () => {
	it("replaces a model, and refuses a folder of anything else", async () => {
		const shipped = await readModelFolder(defaultModelDir());
		const [model, other] = [join(scratch, "model"), join(scratch, "letters")];
		await writeModelFolder(model, shipped);
		await writeModelFolder(model, shipped);
		expect((await readModelFolder(model)).manifest.digest).toBe(shipped.manifest.digest);
		mkdirSync(other);
		writeFileSync(join(other, "letter.txt"), "dear");
		await expect(writeModelFolder(other, shipped)).rejects.toMatchObject({ code: "CONFLICT" });
		expect(readFileSync(join(other, "letter.txt"), "utf8")).toBe("dear");
		expect(readdirSync(scratch).filter((name) => name.includes(".tmp") || name.includes(".old"))).toEqual([]);
	});
});

describe("evaluate", () => {
	it("measures a model against baselines by what came after each origin", async () => {
		const trade = syntheticPortfolio(400, 12);
		const [report, later] = await evaluate(trade, { origins: [LAST_DAY - 120, LAST_DAY - 30], baselines: true, model: defaultModelDir() });
		expect(Object.keys(report.all.models)).toEqual(["model", "buy-till-you-die", "days since last order", "base rate"]);
		expect(report.all.models.model.auc).toBeGreaterThan(report.all.models["days since last order"].auc ?? 1);
		expect(report.all.models.model.logLoss).toBeLessThan(report.all.models["base rate"].logLoss ?? 0);
		expect(report.all.models["base rate"].auc).toBe(0.5);
		expect(report.mix.model.ndcg10).toBeGreaterThan(0.5);
		expect([report.isOver, later.isOver]).toEqual([true, false]);
		expect(formatEvaluation([report, later])).toContain("(less than 90 days follow in the data)");
		expect(renderEvaluation([report])).toContain("<svg");
	});
});
