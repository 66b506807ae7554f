import { basename, resolve } from "node:path";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { CHURN_INPUTS, NUM_OUTPUTS } from "../../engine/scoring/churn-inputs.ts";
import { HAZARD_EDGES } from "../../engine/scoring/hazard.ts";
import { type ModelFolder, modelName, readModelFolder } from "../../engine/scoring/model-folder.ts";
import { createNet } from "../../engine/scoring/net.ts";
import { defaultModelDir } from "../../engine/scoring/predictor.ts";
import { loadTensorFlow, type TensorFlow } from "../../engine/scoring/tensorflow.ts";
import { misfit, type Network, readNetwork, readNetworkModel } from "./network-file.ts";
import { folderOf } from "../train.ts";
import { exportNet } from "../network/trained-net.ts";
import { validateModelOut, writeModelFolder } from "../write-model-folder.ts";

/** The network must say of its samples what Keras said, to this much of their size. */
const TOLERANCE = 1e-4;

export interface ImportOptions {
	/** The model folder to write. */
	readonly out: string;
	/** Model whose mix nets are kept; the shipped one unless said. */
	readonly base?: string;
}

/**
 * Makes a model folder of a churn network that was trained elsewhere on the training table. Throws NOT_FOUND or INVALID_INPUT for a
 * folder that cannot be read, MODEL_MISMATCH where its inputs or bins are not the engine's or where it does not say of its samples
 * what it says here. Answers `<name>@<digest>`.
 */
export async function importNetwork(from: string, { out, base }: ImportOptions): Promise<{ folder: string; model: string }> {
	await validateModelOut(out);
	const network = await readNetwork(from);
	refuseOther(network, from);
	const tensorFlow = await loadTensorFlow();
	const layersModel = await readNetworkModel(tensorFlow, network, from);
	const shipped = await readModelFolder(base ?? defaultModelDir());
	const folder = await folderWith(tensorFlow, network, layersModel, shipped, basename(resolve(out)));
	await checkSamples(tensorFlow, network, folder, from);
	await writeModelFolder(out, folder);
	return { folder: out, model: modelName(folder.manifest) };
}

async function folderWith(tensorFlow: TensorFlow, network: Network, model: LayersModel, base: ModelFolder, name: string) {
	const { story, scaler, samples } = network;
	const numSeeds = samples.outputs[0].length / NUM_OUTPUTS;
	const net = await exportNet(tensorFlow, "churn", model, story.inputs, scaler);
	const { hazardEdges, buyTillYouDie, bgNbd, bgShare } = story;
	const churn = { ...net, manifest: { ...net.manifest, numSeeds, hazardEdges, buyTillYouDie, bgNbd, bgShare } };
	const kept = (list: "replenish" | "open") => ({ manifest: base.manifest[list], weights: base.weights[list] });
	const trainedOn = `${story.training.numEvents} purchase events of the portfolio's own orders, trained elsewhere`;
	const about = { name, asOf: story.asOf, seed: 0, trainedOn };
	return folderOf({ churn, replenish: kept("replenish"), open: kept("open") }, about, {
		...story.training,
		base: modelName(base.manifest),
	});
}

function refuseOther({ story: { inputs, hazardEdges }, scaler, samples }: Network, folder: string): void {
	const odd = [...inputs.keys(), ...CHURN_INPUTS.keys()].find((column) => inputs[column] !== CHURN_INPUTS[column]);
	if (odd !== undefined)
		throw misfit(folder, `its input ${odd + 1} is ${inputs[odd] ?? "absent"}, the engine computes ${CHURN_INPUTS[odd] ?? "none"}`);
	if (hazardEdges.join() !== HAZARD_EDGES.join())
		throw misfit(folder, `its bins end at ${hazardEdges.join(", ")}, the engine's at ${HAZARD_EDGES.join(", ")}`);
	if (scaler.mean.length !== inputs.length || scaler.deviation.length !== inputs.length)
		throw misfit(
			folder,
			`its scaler has ${scaler.mean.length} means and ${scaler.deviation.length} deviations for ${inputs.length} inputs`,
		);
	if (samples.inputs.length !== samples.outputs.length || samples.inputs.some((row) => row.length !== inputs.length))
		throw misfit(folder, `its samples are not rows of ${inputs.length} inputs with a row of outputs each`);
	if (samples.outputs.some(({ length }) => length !== samples.outputs[0].length || length === 0 || length % NUM_OUTPUTS !== 0))
		throw misfit(folder, `its outputs are ${samples.outputs[0].length}; expected ${NUM_OUTPUTS}, or as many for each of several seeds`);
}

async function checkSamples(tensorFlow: TensorFlow, { samples, story }: Network, folder: ModelFolder, from: string): Promise<void> {
	const numRows = samples.inputs.length;
	const numOutputs = samples.outputs[0].length;
	const net = await createNet(tensorFlow, folder, "churn", numOutputs);
	const outputs = net(Float32Array.from(samples.inputs.flat()), numRows);
	for (const [at, expected] of samples.outputs.flat().entries()) {
		if (Math.abs(outputs[at] - expected) <= TOLERANCE * Math.max(1, Math.abs(expected))) continue;
		const place = `output ${(at % numOutputs) + 1} of sample ${Math.floor(at / numOutputs) + 1}`;
		throw misfit(
			from,
			`${place} is ${outputs[at]}, the network said ${expected}; are its ${story.inputs.length} inputs scaled as network.json says?`,
		);
	}
}
