import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { defaultModelDir, loadPredictor } from "../../engine/scoring/predictor.ts";
import { judgePromotion } from "../../models/registry/promotion.ts";
import { importNetwork } from "../../models/keras/import-network.ts";
import { exportTrainingTable } from "../../models/keras/training-table.ts";
import { LAST_DAY, syntheticPortfolio } from "../scoring/synthetic-portfolio.ts";

/** A Python with the packages of models/keras/requirements.txt. */
const PYTHON = process.env.CARTEIRA_KERAS_PYTHON;
const run = promisify(execFile);

let scratch: string;
beforeAll(async () => {
	scratch = await mkdtemp(join(tmpdir(), "carteira-keras-"));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

it.skipIf(PYTHON === undefined)(
	"the example trains a network in Keras that is imported and scores (needs CARTEIRA_KERAS_PYTHON)",
	async () => {
		const portfolio = syntheticPortfolio(200, 4, 20);
		const asOf = LAST_DAY - 100;
		const [table, network, out] = ["table.parquet", "network", "model"].map((name) => join(scratch, name));
		expect(await exportTrainingTable(portfolio, { asOf, out: table })).toBeGreaterThan(1000);
		const env = { ...process.env, KERAS_BACKEND: process.env.KERAS_BACKEND ?? "jax", PYTHONDONTWRITEBYTECODE: "1" };
		await run(PYTHON ?? "", ["models/keras/train_churn.py", table, network], { env });
		await importNetwork(network, { out });
		const scores = (await loadPredictor(out)).score(portfolio, buildHistory(portfolio, asOf), { asOf });
		expect(Math.min(...scores.churnRisk.filter(Number.isFinite))).toBeGreaterThan(0);
		// it learned from this very portfolio: on the days that followed it is not worse than one that never saw it by more than noise
		const { gain } = await judgePromotion(portfolio, { challenger: out, champion: defaultModelDir() });
		expect(gain.interval?.[1]).toBeGreaterThan(0);
	},
);
