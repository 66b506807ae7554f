import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildHistory } from "../../../engine/portfolio/history.ts";
import { CHURN_INPUTS, NUM_OUTPUTS } from "../../../engine/scoring/churn-inputs.ts";
import { HAZARD_EDGES } from "../../../engine/scoring/hazard.ts";
import { readModelFolder } from "../../../engine/scoring/model-folder.ts";
import { defaultModelDir, loadPredictor } from "../../../engine/scoring/predictor.ts";
import { importNetwork } from "../../../models/keras/import-network.ts";
import { storyOf } from "../../../models/churn/training-story.ts";
import { LAST_DAY, syntheticPortfolio } from "../../scoring/synthetic-portfolio.ts";

const portfolio = syntheticPortfolio(40, 3, 10);
const history = buildHistory(portfolio, LAST_DAY);
const MODEL = { k: 2, r: 1, alpha: 2, a: 1, b: 3 };
const ANCHOR = { buyTillYouDie: MODEL, bgNbd: { ...MODEL, staysAfterFirst: true }, bgShare: 0.5 };
const NUM_INPUTS = CHURN_INPUTS.length;
const UNITS = 3;

let scratch: string;
let plain: string;
beforeAll(() => {
	scratch = mkdtempSync(join(tmpdir(), "carteira-import-"));
	plain = join(scratch, "plain");
	mkdirSync(plain);
	writeFileSync(join(plain, "network.bin"), Float32Array.from(weights));
	writeFileSync(join(plain, "network.json"), JSON.stringify(network));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Weights of a network input → 3 relu → outputs, kernels and biases in turn. */
const weights = Array.from({ length: (NUM_INPUTS + 1) * UNITS + (UNITS + 1) * NUM_OUTPUTS }, (_, i) => Math.fround(Math.sin(i) / 5));
const inputs = Array.from({ length: 4 }, (_, row) => Array.from({ length: NUM_INPUTS }, (__, i) => 10 * Math.cos(row * NUM_INPUTS + i)));

/** The network by hand: unscaled by mean 1 and deviation 2, cut at ±4. */
function say(row: readonly number[]): number[] {
	const layer = (from: readonly number[], at: number, units: number): number[] =>
		Array.from({ length: units }, (_, unit) =>
			from.reduce((sum, x, i) => sum + x * weights[at + i * units + unit], weights[at + from.length * units + unit]),
		);
	const scaled = row.map((x) => Math.max(-4, Math.min(4, (x - 1) / 2)));
	const hidden = layer(scaled, 0, UNITS).map((x) => Math.max(0, x));
	return layer(hidden, (NUM_INPUTS + 1) * UNITS, NUM_OUTPUTS);
}

const network = {
	format: 1,
	net: "churn",
	story: {
		inputs: [...CHURN_INPUTS],
		hazardEdges: [...HAZARD_EDGES],
		...ANCHOR,
		asOf: "2026-11-23",
		training: storyOf(portfolio, history, [LAST_DAY - 100], ANCHOR),
	},
	scaler: { mean: CHURN_INPUTS.map(() => 1), deviation: CHURN_INPUTS.map(() => 2) },
	layers: [
		{ units: UNITS, activation: "relu" },
		{ units: NUM_OUTPUTS, activation: "linear" },
	],
	samples: { inputs, outputs: inputs.map(say) },
};

describe("importNetwork", () => {
	it("makes a model that scores, and tells what it was trained on", async () => {
		const out = join(scratch, "own-network");
		const { model } = await importNetwork(plain, { out });
		const { manifest } = await readModelFolder(out);
		expect(manifest).toMatchObject({ name: "own-network", asOf: "2026-11-23", training: { data: "made-in-a-test", numCustomers: 40 } });
		expect(manifest.replenish).toEqual((await readModelFolder(defaultModelDir())).manifest.replenish);
		const scores = (await loadPredictor(out)).score(portfolio, history, { asOf: LAST_DAY });
		expect(scores.model).toBe(model);
		for (const risk of scores.churnRisk) {
			expect(risk).toBeGreaterThan(0);
			expect(risk).toBeLessThan(1);
		}
		expect(readFileSync(join(out, "card.html"), "utf8")).toContain("trained elsewhere");
	});

	it("takes a TensorFlow.js layers model too", async () => {
		const folder = join(scratch, "layers");
		mkdirSync(folder);
		const { layers, ...rest } = network;
		expect(layers).toHaveLength(2);
		writeFileSync(join(folder, "network.json"), JSON.stringify(rest));
		const { manifest, weights: bytes } = await readModelFolder(await imported("for-layers"));
		const { topology, weights: specs } = manifest.churn;
		writeFileSync(join(folder, "group1.bin"), new Uint8Array(bytes.churn));
		const model = { modelTopology: topology, weightsManifest: [{ paths: ["group1.bin"], weights: specs }] };
		writeFileSync(join(folder, "model.json"), JSON.stringify(model));
		const out = join(scratch, "from-layers");
		await importNetwork(folder, { out });
		expect(new Uint8Array((await readModelFolder(out)).weights.churn)).toEqual(new Uint8Array(bytes.churn));
		writeFileSync(join(folder, "model.json"), JSON.stringify({ ...model, modelTopology: { class_name: "Sequential", config: [] } }));
		await expect(importNetwork(folder, { out })).rejects.toMatchObject({ code: "MODEL_MISMATCH" });
	});

	const imported = async (name: string): Promise<string> => (await importNetwork(plain, { out: join(scratch, name) })).folder;
});

describe("a network that is refused", () => {
	const { story, samples } = network;
	const swapped = [CHURN_INPUTS[1], CHURN_INPUTS[0], ...CHURN_INPUTS.slice(2)];
	const [first, ...others] = samples.outputs;

	it.each([
		[
			"with inputs in another order",
			{ story: { ...story, inputs: swapped } },
			"MODEL_MISMATCH",
			/its input 1 is log_silence, the engine computes log_orders/,
		],
		["with an input less", { story: { ...story, inputs: CHURN_INPUTS.slice(0, -1) } }, "MODEL_MISMATCH", /is absent, the engine computes/],
		["with other bins", { story: { ...story, hazardEdges: [3, 8] } }, "MODEL_MISMATCH", /its bins end at 3, 8/],
		[
			"that said otherwise by 2e-4 where it was trained",
			{ samples: { inputs, outputs: [[first[0] + 2e-4, ...first.slice(1)], ...others] } },
			"MODEL_MISMATCH",
			/output 1 of sample 1 is .*, the network said/,
		],
		[
			"of another scaler",
			{ scaler: { ...network.scaler, mean: CHURN_INPUTS.map(() => 1.1) } },
			"MODEL_MISMATCH",
			/inputs scaled as network\.json says/,
		],
		[
			"with too few outputs",
			{ samples: { inputs, outputs: samples.outputs.map((row) => row.slice(1)) } },
			"MODEL_MISMATCH",
			/its outputs are \d+; expected/,
		],
		[
			"with layers that the weights do not fill",
			{ layers: [{ units: 4, activation: "relu" }, network.layers[1]] },
			"MODEL_MISMATCH",
			/network\.bin holds \d+ bytes; expected/,
		],
		[
			"with an activation that is not known",
			{ layers: [{ units: 3, activation: "magic" }, network.layers[1]] },
			"INVALID_INPUT",
			/network\.json at \/layers\/0\/activation/,
		],
		["of another format", { format: 2 }, "INVALID_INPUT", /at \/format/],
	])("is one %s", async (name, change, code, message) => {
		const folder = join(scratch, name.replaceAll(" ", "-"));
		cpSync(plain, folder, { recursive: true });
		writeFileSync(join(folder, "network.json"), JSON.stringify({ ...network, ...change }));
		const out = join(scratch, "refused");
		await expect(importNetwork(folder, { out })).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
		await expect(readModelFolder(out)).rejects.toMatchObject({ code: "NOT_FOUND" });
	});

	it("is one that is not there, or not JSON", async () => {
		await expect(importNetwork(scratch, { out: join(scratch, "x") })).rejects.toMatchObject({ code: "NOT_FOUND" });
		const folder = join(scratch, "text");
		mkdirSync(folder);
		writeFileSync(join(folder, "network.json"), "hello");
		await expect(importNetwork(folder, { out: join(scratch, "x") })).rejects.toMatchObject({ code: "INVALID_INPUT" });
	});
});
