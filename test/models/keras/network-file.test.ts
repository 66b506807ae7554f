import { join } from "node:path";
import { expect, it } from "vitest";
import { scaleInPlace } from "../../../engine/scoring/scaler.ts";
import { loadTensorFlow } from "../../../engine/scoring/tensorflow.ts";
import { readNetwork, readNetworkModel } from "../../../models/keras/network-file.ts";

/** Made by Keras, by the script that lies in it. */
const FIXTURE = join(import.meta.dirname, "keras-network");

it("a network that Keras exported says here what it said there, values outside its bounds included", async () => {
	const tensorFlow = await loadTensorFlow();
	const network = await readNetwork(FIXTURE);
	const model = await readNetworkModel(tensorFlow, network, FIXTURE);
	const { inputs, outputs } = network.samples;
	const rows = Float32Array.from(inputs.flat());
	scaleInPlace(network.scaler, rows, inputs.length);
	const predicted = model.predictOnBatch(tensorFlow.tf.tensor2d(rows, [inputs.length, 3]));
	const said = Array.isArray(predicted) ? predicted[0].dataSync() : predicted.dataSync();
	expect(said).toHaveLength(20 * 14);
	for (const [at, expected] of outputs.flat().entries()) expect(said[at]).toBeCloseTo(expected, 4);
});
