import { describe, expect, it } from "vitest";
import { createRandom } from "../../engine/random.ts";
import { NUM_OUTPUTS } from "../../engine/scoring/churn-inputs.ts";
import { readModelFolder } from "../../engine/scoring/model-folder.ts";
import { CHUNK, createNet } from "../../engine/scoring/net.ts";
import { defaultModelDir } from "../../engine/scoring/predictor.ts";
import { loadTensorFlow } from "../../engine/scoring/tensorflow.ts";

describe("a net", () => {
	it.each(["churn", "replenish", "open"] as const)("says the same of a row to the bit in whatever batch it stands: %s", async (name) => {
		const folder = await readModelFolder(defaultModelDir());
		const numOutputs = name === "churn" ? NUM_OUTPUTS * folder.manifest.churn.numSeeds : 1;
		const net = await createNet(await loadTensorFlow(), folder, name, numOutputs);
		const width = folder.manifest[name].inputs.length;
		const random = createRandom(1);
		const rows = Float32Array.from({ length: CHUNK * width }, () => random.normal());
		const outputsOf = (from: number, numRows: number) => net(rows.slice(from * width, (from + numRows) * width), numRows);
		const all = outputsOf(0, CHUNK);
		for (const [from, numRows] of [
			[0, 1],
			[CHUNK - 1, 1],
			[7, 2],
			[100, 7],
			[33, 64],
			[1000, 1001],
			[5, 4096],
		]) {
			expect(outputsOf(from, numRows)).toEqual(all.slice(from * numOutputs, (from + numRows) * numOutputs));
		}
	});
});
