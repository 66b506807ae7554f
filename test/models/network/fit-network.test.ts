import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../../engine/random.ts";
import { loadTensorFlow, type TensorFlow } from "../../../engine/scoring/tensorflow.ts";
import { type Checkpoints, openCheckpoints } from "../../../models/network/checkpoints.ts";
import { buildNetwork, fitNetwork, predictRows, type Rows } from "../../../models/network/fit-network.ts";
import { logisticLoss } from "../../../models/network/losses.ts";

let tensorFlow: TensorFlow;
let scratch: string;
beforeAll(async () => {
	tensorFlow = await loadTensorFlow();
	scratch = mkdtempSync(join(tmpdir(), "carteira-fit-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Rows of two inputs whose label is 1 where their product is above 0, and offsets of 0. */
function rowsOf(numRows: number, seed: number): Rows {
	const random = createRandom(seed);
	const inputs = Float32Array.from({ length: 2 * numRows }, () => random.normal());
	return {
		numRows,
		inputs: { width: 2, values: inputs },
		offsets: { width: 1, values: new Float32Array(numRows) },
		labels: { width: 1, values: Float32Array.from({ length: numRows }, (_, row) => (inputs[2 * row] * inputs[2 * row + 1] > 0 ? 1 : 0)) },
	};
}

const rows = rowsOf(3000, 1);
const later = rowsOf(500, 2);

function meanLoss(outputs: Float32Array): number {
	return (
		outputs.reduce((sum, logit, row) => sum + Math.log1p(Math.exp(later.labels.values[row] === 1 ? -logit : logit)), 0) / later.numRows
	);
}

/** Trains, killed after so many epochs if said, and answers what the net then says and the losses that it told. */
async function run(checkpoints: Checkpoints | null, { killAt = Number.POSITIVE_INFINITY, seed = 5 } = {}) {
	const model = buildNetwork(tensorFlow, { numInputs: 2, numOutputs: 1, units: [8], numSeeds: 1, seed });
	const losses: number[] = [];
	try {
		await fitNetwork(tensorFlow, model, rows, {
			loss: logisticLoss,
			numOutputs: 1,
			seed,
			maxEpochs: 6,
			learningRate: 1e-2,
			validation: { rows: later, lossOf: meanLoss },
			onEpoch(epoch, loss) {
				if (epoch >= killAt) throw new Error("killed");
				losses.push(loss);
			},
			...(checkpoints && { checkpoint: { checkpoints, name: "net" } }),
		});
		return { outputs: predictRows(tensorFlow, model, later), losses };
	} finally {
		model.dispose();
	}
}

describe("fitNetwork", () => {
	it("learns what no sum of its inputs says", async () => {
		// an untrained net says one half of everything: a loss of log 2
		const { losses } = await run(null);
		expect(losses[0]).toBeLessThan(Math.log(2));
		expect(losses[5]).toBeLessThan(0.6);
	});

	it("goes on where it was killed, to the same weights", async () => {
		const whole = await run(null);
		const checkpoints = openCheckpoints(join(scratch, "killed"));
		await expect(run(checkpoints, { killAt: 4 })).rejects.toThrow("killed");
		expect(await run(checkpoints)).toEqual(whole);
	});

	it("does not take what another run kept, nor a file that is damaged", async () => {
		const folder = join(scratch, "other");
		const checkpoints = openCheckpoints(folder);
		await run(checkpoints, { seed: 6 });
		const whole = await run(null);
		expect(await run(checkpoints)).toEqual(whole);
		const file = join(folder, readdirSync(folder)[0]);
		const bytes = readFileSync(file);
		bytes[bytes.length - 2] ^= 1;
		writeFileSync(file, bytes);
		expect(await run(checkpoints)).toEqual(whole);
	});
});
