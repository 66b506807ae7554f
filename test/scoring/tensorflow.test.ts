import { describe, expect, it } from "vitest";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { readModelFolder } from "../../engine/scoring/model-folder.ts";
import { createPredictor, defaultModelDir } from "../../engine/scoring/predictor.ts";
import type { Scores } from "../../engine/scoring/scores.ts";
import { type Backend, loadTensorFlow, useBackend } from "../../engine/scoring/tensorflow.ts";
import { LAST_DAY, syntheticPortfolio } from "./synthetic-portfolio.ts";

const tensorFlow = await loadTensorFlow();
const isNativeThere = await useBackend(tensorFlow, "tensorflow");
const portfolio = syntheticPortfolio(200, 8);

async function scoresOn(backend: Backend): Promise<Scores> {
	expect(await useBackend(tensorFlow, backend)).toBe(true);
	const predictor = await createPredictor(await readModelFolder(defaultModelDir()));
	return predictor.score(portfolio, buildHistory(portfolio, LAST_DAY), { asOf: LAST_DAY });
}

describe("TensorFlow", () => {
	it("is there on WebAssembly, without anything beside the package", async () => {
		expect(await useBackend(tensorFlow, "wasm")).toBe(true);
		expect(tensorFlow.tf.getBackend()).toBe("wasm");
	});

	it.skipIf(!isNativeThere)("gives the same scores on the native backend (npm run native) to 1e-4", async () => {
		const [native, wasm] = [await scoresOn("tensorflow"), await scoresOn("wasm")];
		for (const name of ["churnRisk", "churnRiskOwnRhythm", "expectedOrders", "expectedValue", "hazard"] as const)
			for (const [i, score] of native[name].entries()) {
				if (Number.isNaN(score)) expect(wasm[name][i]).toBeNaN();
				else expect(Math.abs(wasm[name][i] - score)).toBeLessThanOrEqual(1e-4 * Math.max(1, Math.abs(score)));
			}
	});
});
