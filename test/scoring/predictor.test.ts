import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CarteiraError } from "../../engine/errors.ts";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { CHURN_INPUTS, NUM_OUTPUTS } from "../../engine/scoring/churn-inputs.ts";
import { digestWeights, NET_NAMES, type NetName, readModelFolder } from "../../engine/scoring/model-folder.ts";
import { CHUNK, createNet } from "../../engine/scoring/net.ts";
import { defaultModelDir, loadPredictor, type Predictor } from "../../engine/scoring/predictor.ts";
import { orderProbability, PRODUCT_REASONS, type Scores } from "../../engine/scoring/scores.ts";
import { loadTensorFlow } from "../../engine/scoring/tensorflow.ts";
import { FIRST_DAY, LAST_DAY, type LineSpec, portfolioOf, syntheticPortfolio } from "./synthetic-portfolio.ts";

let predictor: Predictor;
let scratch: string;
beforeAll(async () => {
	predictor = await loadPredictor();
	scratch = mkdtempSync(join(tmpdir(), "carteira-predictor-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const scoreLines = (lines: readonly LineSpec[], asOf = LAST_DAY, size = {}): Scores => {
	const portfolio = portfolioOf(lines, size);
	return predictor.score(portfolio, buildHistory(portfolio, asOf), { asOf });
};

/** A trade of 60 weekly customers, and one more, of the same past, silent for so many days. */
function weeklyWithSilence(silence: number): LineSpec[] {
	const lines: LineSpec[] = [];
	const weekly = (customer: number, last: number): void => {
		for (let day = last; day > last - 500; day -= 7) lines.push({ customer, day, product: customer % 5, value: 30_000 });
	};
	for (let customer = 0; customer < 60; customer++) weekly(customer, LAST_DAY - 1 - (customer % 7));
	weekly(60, LAST_DAY - silence);
	return lines;
}

describe("scores", () => {
	it("see little risk in a customer that is on time and nearly certain loss in one that is long silent", () => {
		const risk = (silence: number): number => scoreLines(weeklyWithSilence(silence)).churnRisk[60];
		expect(risk(5)).toBeLessThan(0.1);
		expect(risk(300)).toBeGreaterThan(0.9);
	});

	it("rise with silence against the own rhythm, and stay within two points once the loss is nearly certain", () => {
		const risks = [7, 14, 28, 60, 120, 240, 400].map((silence) => scoreLines(weeklyWithSilence(silence)).churnRisk[60]);
		for (let i = 1; i < risks.length; i++) expect(risks[i]).toBeGreaterThan(risks[i - 1] > 0.9 ? risks[i - 1] - 0.02 : risks[i - 1]);
	});

	it("agree with one another on every customer of a trade", () => {
		const portfolio = syntheticPortfolio(300, 4);
		const history = buildHistory(portfolio, LAST_DAY);
		const scores = predictor.score(portfolio, history, { asOf: LAST_DAY });
		for (let c = 0; c < 300; c++) {
			if (history.eventStart[c] === history.eventStart[c + 1]) continue;
			expect(scores.churnRisk[c]).toBeCloseTo(1 - orderProbability(scores, c, 90), 5);
			expect(scores.churnRiskOwnRhythm[c]).toBeGreaterThanOrEqual(scores.churnRisk[c] - 1e-6); // its window is no longer
			expect(scores.expectedOrders[c]).toBeGreaterThanOrEqual(1 - scores.churnRisk[c] - 1e-6);
			expect(scores.expectedValue[c]).toBeGreaterThanOrEqual(0);
			const [from, to] = [scores.productStart[c], scores.productStart[c + 1]];
			const propensity = scores.propensity.subarray(from, to);
			expect(propensity).toEqual(propensity.toSorted((a, b) => b - a));
			expect(new Set(scores.product.subarray(from, to)).size).toBe(to - from);
		}
	});

	it("call products bought before repeat or due, and others cross-sell", () => {
		const portfolio = syntheticPortfolio(100, 4);
		const history = buildHistory(portfolio, LAST_DAY);
		const scores = predictor.score(portfolio, history, { asOf: LAST_DAY });
		const { product_id: product, customer_id: customer } = portfolio.tables.orders.refs;
		const bought = new Set(Array.from(product, (item, row) => `${customer[row]} ${item}`));
		for (let c = 0; c < 100; c++)
			for (let at = scores.productStart[c]; at < scores.productStart[c + 1]; at++)
				expect(PRODUCT_REASONS[scores.productReason[at]] === "cross_sell").toBe(!bought.has(`${c} ${scores.product[at]}`));
	});

	it("are NaN for customers that never ordered, with no hazard and no products", () => {
		const scores = scoreLines([{ customer: 0, day: LAST_DAY - 10, product: 0 }], LAST_DAY, { numCustomers: 2 });
		const columns = [scores.churnRisk, scores.churnRiskOwnRhythm, scores.expectedOrders, scores.expectedValue, scores.expectedDaysToOrder];
		for (const column of columns) expect([Number.isNaN(column[0]), Number.isNaN(column[1])]).toEqual([false, true]);
		expect(orderProbability(scores, 1, 90)).toBe(0);
		expect(scores.productStart[2] - scores.productStart[1]).toBe(0);
	});

	it("stand for the smallest portfolios: none, one customer, no orders before the day", () => {
		expect(scoreLines([]).numCustomers).toBe(0);
		expect(scoreLines([], LAST_DAY, { numCustomers: 3 }).churnRisk).toEqual(new Float32Array(3).fill(Number.NaN));
		expect(scoreLines([{ customer: 0, day: LAST_DAY - 1, product: 0, value: 0 }]).churnRisk[0]).toBeGreaterThan(0);
		expect(scoreLines([{ customer: 0, day: LAST_DAY, product: 0 }]).churnRisk[0]).toBeNaN();
	});

	it("are the same for any day with the same history: silence is frozen where the history ends", () => {
		const portfolio = syntheticPortfolio(40, 6);
		const history = buildHistory(portfolio, LAST_DAY - 20);
		const [then, now] = [LAST_DAY - 20, LAST_DAY].map((asOf) => predictor.score(portfolio, history, { asOf }));
		expect({ ...now, asOf: 0 }).toEqual({ ...then, asOf: 0 });
	});

	it("do not depend on the thread", async () => {
		const portfolio = syntheticPortfolio(30, 8);
		const here = predictor.score(portfolio, buildHistory(portfolio, LAST_DAY), { asOf: LAST_DAY });
		const root = new URL("../../", import.meta.url).href;
		const code = `
			const { parentPort } = await import("node:worker_threads");
			const { syntheticPortfolio } = await import("${root}test/scoring/synthetic-portfolio.ts");
			const { loadPredictor } = await import("${root}engine/scoring/predictor.ts");
			const { buildHistory } = await import("${root}engine/portfolio/history.ts");
			const portfolio = syntheticPortfolio(30, 8);
			const scores = (await loadPredictor()).score(portfolio, buildHistory(portfolio, ${LAST_DAY}), { asOf: ${LAST_DAY} });
			parentPort.postMessage({ hazard: scores.hazard, propensity: scores.propensity });`;
		const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
		const there: unknown = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
		await worker.terminate();
		expect(there).toEqual({ hazard: here.hazard, propensity: here.propensity });
	});
});

describe("a net", () => {
	it("says the same of a row whatever goes with it", async () => {
		const folder = await readModelFolder(defaultModelDir());
		const net = await createNet(await loadTensorFlow(), folder, "churn", NUM_OUTPUTS * folder.manifest.churn.numSeeds);
		const numOutputs = NUM_OUTPUTS * folder.manifest.churn.numSeeds;
		const inputs = Float32Array.from({ length: CHUNK * CHURN_INPUTS.length }, (_, i) => Math.sin(i * 1.7) * 2);
		const together = net(inputs.slice(), CHUNK);
		for (const [from, numRows] of [
			[0, 1],
			[17, 1],
			[5, 3],
			[100, 1000],
		]) {
			const alone = net(inputs.slice(from * CHURN_INPUTS.length, (from + numRows) * CHURN_INPUTS.length), numRows);
			expect(alone).toEqual(together.slice(from * numOutputs, (from + numRows) * numOutputs));
		}
	});
});

describe("the shipped model", () => {
	it("is small and knows no paths of the machine that trained it", () => {
		const manifest = readFileSync(join(defaultModelDir(), "model.json"), "utf8");
		expect(manifest.length).toBeLessThan(200_000);
		expect(manifest).not.toMatch(/\/(home|work|tmp|root|Users)\//);
	});

	it("loads and scores without a word on stdout or stderr", () => {
		const code = `
			import { syntheticPortfolio } from "./test/scoring/synthetic-portfolio.ts";
			import { loadPredictor } from "./engine/scoring/predictor.ts";
			import { buildHistory } from "./engine/portfolio/history.ts";
			const portfolio = syntheticPortfolio(5, 8);
			(await loadPredictor()).score(portfolio, buildHistory(portfolio, ${LAST_DAY}), { asOf: ${FIRST_DAY + 300} });`;
		const options = { cwd: join(import.meta.dirname, "../.."), encoding: "utf8", stdio: "pipe" } as const;
		expect(execFileSync("/bin/sh", ["-c", `"${process.execPath}" --input-type=module -e '${code}' 2>&1`], options)).toBe("");
	});
});

describe("a model folder that does not fit", () => {
	const refusal = async (change: (folder: string) => void): Promise<CarteiraError> => {
		const folder = mkdtempSync(join(scratch, "model-"));
		cpSync(defaultModelDir(), folder, { recursive: true });
		change(folder);
		const error: unknown = await loadPredictor(folder).catch((reason: unknown) => reason);
		if (error instanceof CarteiraError) return error;
		throw new Error(`expected a refusal, got ${String(error)}`);
	};
	const rewrite = (from: string | RegExp, to: string) => (folder: string) => {
		const file = join(folder, "model.json");
		writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
	};

	/** Puts numbers into the weights of a net; the digest says that they are right. */
	const reweigh = (net: NetName, change: (weights: Float32Array) => Float32Array) => (folder: string) => {
		const file = join(folder, `${net}.bin`);
		const weights = new Float32Array(new Uint8Array(readFileSync(file)).buffer);
		writeFileSync(file, change(weights));
		const digest = digestWeights(NET_NAMES.map((name) => readFileSync(join(folder, `${name}.bin`))));
		rewrite(/"digest":"\w+"/, `"digest":"${digest}"`)(folder);
	};

	it.each([
		["another feature", rewrite('"log_silence"', '"log_recency"'), /column 2 of churn is log_recency, the engine computes log_silence/],
		["a feature less", rewrite('"log_orders",', ""), /column 1 of churn is log_silence/],
		["other bins", rewrite('"hazardEdges":[3,7', '"hazardEdges":[3,8'), /hazard has the edges 3, 8/],
		["another format", rewrite('"format":1', '"format":99'), /\/format/],
		["text that is not JSON", rewrite(/^\{/, ""), /not JSON/],
		["other weights", (folder: string) => writeFileSync(join(folder, "open.bin"), new Uint8Array(8)), /digest/],
		["a weight that is no number", reweigh("open", (weights) => weights.fill(Number.NaN, 2, 3)), /net open .* weight 3 is NaN/],
		["weights that are missing", reweigh("churn", (weights) => weights.subarray(1)), /net churn .* cannot be used/],
		["a layer far wider than its weights", rewrite(/"units":\d+/, '"units":1000000000'), /layer of 1000000000 units, and \d+ weights/],
		[
			"layers that nobody knows",
			rewrite('"class_name":"Dense"', '"class_name":"Lambda"'),
			/net churn .* cannot be used: Unknown layer: Lambda/,
		],
		[
			"outputs for fewer nets",
			rewrite(/"numSeeds":\d+/, '"numSeeds":1'),
			/net churn .* it maps rows,\d+ to rows,\d+; expected rows,\d+ to rows,\d+/,
		],
		["nets without end", rewrite(/"numSeeds":\d+/, '"numSeeds":1000000000'), /\/churn\/numSeeds/],
		["an order model without end", rewrite('"k":', '"k":100000000'), /\/churn\/buyTillYouDie\/k/],
		["a deviation of nothing", rewrite(/"deviation":\[[\d.]+/, '"deviation":[0'), /\/churn\/scaler\/deviation\/0/],
		["a date that is none", rewrite(/"asOf":"[\d-]+"/, '"asOf":"2026-02-30"'), /\/asOf/],
	])("because of %s is refused", async (_, change, message) => {
		const { code, message: said } = await refusal(change);
		expect([code, said]).toEqual(["MODEL_MISMATCH", expect.stringMatching(message)]);
	});

	it("because it is not there is not found", async () => {
		await expect(loadPredictor(join(scratch, "nowhere"))).rejects.toMatchObject({ code: "NOT_FOUND" });
	});
});
