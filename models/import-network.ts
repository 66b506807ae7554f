import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { z } from "zod";
import { CarteiraError } from "../engine/errors.ts";
import { CHURN_INPUTS, NUM_OUTPUTS } from "../engine/scoring/churn-inputs.ts";
import { HAZARD_EDGES } from "../engine/scoring/hazard.ts";
import { buyTillYouDieSchema, type ModelFolder, modelName, readModelFolder, trainingSchema } from "../engine/scoring/model-folder.ts";
import { createNet } from "../engine/scoring/net.ts";
import { defaultModelDir } from "../engine/scoring/predictor.ts";
import { loadTensorFlow, type TensorFlow } from "../engine/scoring/tensorflow.ts";
import { folderOf } from "./train.ts";
import { exportNet } from "./trained-net.ts";
import { writeModelFolder } from "./write-model-folder.ts";

/** The network must say of its samples what Keras said, to this much of their size. */
const TOLERANCE = 1e-4;

const ACTIVATIONS = ["linear", "relu", "elu", "selu", "tanh", "sigmoid", "softplus", "swish"] as const;

const networkSchema = z.object({
	format: z.literal(1),
	net: z.literal("churn"),
	/** What the training table's metadata says, as it stands there. */
	story: z.object({
		inputs: z.array(z.string()),
		hazardEdges: z.array(z.number().int().positive()),
		buyTillYouDie: buyTillYouDieSchema,
		asOf: z.string().regex(/^\d{4}-\d\d-\d\d$/),
		training: trainingSchema,
	}),
	/** The network sees max(−4, min(4, (input − mean) ÷ deviation)). */
	scaler: z.object({ mean: z.array(z.number()), deviation: z.array(z.number().positive()) }),
	/** Dense layers, first to last, their kernels (row-major [inputs × units]) and biases one after the other in network.bin as
	 * little-endian 32-bit floats. Without them the folder holds a TensorFlow.js layers model: model.json and its weight files. */
	layers: z
		.array(z.object({ units: z.number().int().positive(), activation: z.enum(ACTIVATIONS) }))
		.min(1)
		.optional(),
	/** Rows of unscaled inputs, and the network's outputs for them. */
	samples: z.object({ inputs: z.array(z.array(z.number())).min(1), outputs: z.array(z.array(z.number())).min(1) }),
});

type Network = z.infer<typeof networkSchema>;

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
	const network = parseNetwork(await readPart(from, "network.json"), from);
	refuseOther(network, from);
	const tensorFlow = await loadTensorFlow();
	const layersModel = await (network.layers ? buildLayers(tensorFlow, network, from) : readLayersModel(tensorFlow, from));
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
	const churn = { ...net, manifest: { ...net.manifest, numSeeds, hazardEdges: story.hazardEdges, buyTillYouDie: story.buyTillYouDie } };
	const kept = (list: "replenish" | "open") => ({ manifest: base.manifest[list], weights: base.weights[list] });
	const trainedOn = `${story.training.numEvents} purchase events of the portfolio's own orders, trained elsewhere`;
	const about = { name, asOf: story.asOf, seed: 0, trainedOn };
	return folderOf({ churn, replenish: kept("replenish"), open: kept("open") }, about, {
		...story.training,
		base: modelName(base.manifest),
	});
}

async function readPart(folder: string, name: string): Promise<Buffer> {
	try {
		return await readFile(join(folder, name));
	} catch {
		throw new CarteiraError("NOT_FOUND", `no network at ${folder}: ${name} cannot be read`);
	}
}

function parseNetwork(bytes: Buffer, folder: string): Network {
	const parsed = networkSchema.safeParse(jsonOf(bytes, folder, "network.json"));
	if (parsed.success) return parsed.data;
	const { path, message } = parsed.error.issues[0];
	throw new CarteiraError("INVALID_INPUT", `${join(folder, "network.json")} at /${path.join("/")}: ${message}`);
}

function jsonOf(bytes: Buffer, folder: string, name: string): unknown {
	try {
		return JSON.parse(bytes.toString("utf8"));
	} catch {
		throw new CarteiraError("INVALID_INPUT", `${join(folder, name)} is not JSON`);
	}
}

function refuseOther({ story: { inputs, hazardEdges }, scaler, samples }: Network, folder: string): void {
	const odd = [...inputs.keys(), ...CHURN_INPUTS.keys()].find((column) => inputs[column] !== CHURN_INPUTS[column]);
	if (odd !== undefined)
		throw mismatch(folder, `its input ${odd + 1} is ${inputs[odd] ?? "absent"}, the engine computes ${CHURN_INPUTS[odd] ?? "none"}`);
	if (hazardEdges.join() !== HAZARD_EDGES.join())
		throw mismatch(folder, `its bins end at ${hazardEdges.join(", ")}, the engine's at ${HAZARD_EDGES.join(", ")}`);
	if (scaler.mean.length !== inputs.length || scaler.deviation.length !== inputs.length)
		throw mismatch(
			folder,
			`its scaler has ${scaler.mean.length} means and ${scaler.deviation.length} deviations for ${inputs.length} inputs`,
		);
	if (samples.inputs.length !== samples.outputs.length || samples.inputs.some((row) => row.length !== inputs.length))
		throw mismatch(folder, `its samples are not rows of ${inputs.length} inputs with a row of outputs each`);
	if (samples.outputs.some(({ length }) => length !== samples.outputs[0].length || length === 0 || length % NUM_OUTPUTS !== 0))
		throw mismatch(folder, `its outputs are ${samples.outputs[0].length}; expected ${NUM_OUTPUTS}, or as many for each of several seeds`);
}

function mismatch(folder: string, what: string): CarteiraError {
	return new CarteiraError("MODEL_MISMATCH", `the network at ${folder} does not fit this engine: ${what}`);
}

/** Dense layers with the weights of network.bin. */
async function buildLayers({ tf, layers }: TensorFlow, { layers: specs = [], story }: Network, folder: string): Promise<LayersModel> {
	const bytes = await readPart(folder, "network.bin");
	const widths = [story.inputs.length, ...specs.map(({ units }) => units)];
	const numFloats = specs.reduce((sum, { units }, i) => sum + (widths[i] + 1) * units, 0);
	if (bytes.length !== 4 * numFloats)
		throw mismatch(folder, `network.bin holds ${bytes.length} bytes; expected ${4 * numFloats} for layers of ${widths.join(", ")}`);
	const floats = new Float32Array(new Uint8Array(bytes).buffer);
	const model = layers.sequential();
	let at = 0;
	for (const [i, { units, activation }] of specs.entries()) {
		model.add(layers.layers.dense({ units, activation, ...(i === 0 && { inputShape: [widths[0]] }) }));
		const kernel = tf.tensor2d(floats.slice(at, at + widths[i] * units), [widths[i], units]);
		const bias = tf.tensor1d(floats.slice(at + widths[i] * units, at + (widths[i] + 1) * units));
		model.layers[i].setWeights([kernel, bias]);
		at += (widths[i] + 1) * units;
	}
	return model;
}

const layersFileSchema = z.object({
	modelTopology: z.record(z.string(), z.unknown()),
	weightsManifest: z.array(
		z.object({
			paths: z.array(z.string().regex(/^[\w.-]+$/)),
			weights: z.array(z.looseObject({ name: z.string(), shape: z.array(z.number()), dtype: z.literal("float32") })),
		}),
	),
});

/** A model that TensorFlow.js or its converter wrote: model.json, and the files that it names beside it. */
async function readLayersModel({ tf, layers }: TensorFlow, folder: string): Promise<LayersModel> {
	const parsed = layersFileSchema.safeParse(jsonOf(await readPart(folder, "model.json"), folder, "model.json"));
	if (!parsed.success) {
		const { path, message } = parsed.error.issues[0];
		throw new CarteiraError("INVALID_INPUT", `${join(folder, "model.json")} at /${path.join("/")}: ${message}`);
	}
	const { modelTopology, weightsManifest } = parsed.data;
	const files = await Promise.all(weightsManifest.flatMap(({ paths }) => paths).map((path) => readPart(folder, path)));
	const weightSpecs = weightsManifest.flatMap(({ weights }) => weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })));
	const weightData = new Uint8Array(Buffer.concat(files)).buffer;
	try {
		return await layers.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
	} catch (error) {
		throw mismatch(folder, `TensorFlow.js cannot load it: ${error instanceof Error ? error.message : String(error)}`);
	}
}

async function checkSamples(tensorFlow: TensorFlow, { samples, story }: Network, folder: ModelFolder, from: string): Promise<void> {
	const numRows = samples.inputs.length;
	const numOutputs = samples.outputs[0].length;
	const net = await createNet(tensorFlow, folder, "churn", numOutputs);
	const outputs = net(Float32Array.from(samples.inputs.flat()), numRows);
	for (const [at, expected] of samples.outputs.flat().entries()) {
		if (Math.abs(outputs[at] - expected) <= TOLERANCE * Math.max(1, Math.abs(expected))) continue;
		const place = `output ${(at % numOutputs) + 1} of sample ${Math.floor(at / numOutputs) + 1}`;
		throw mismatch(
			from,
			`${place} is ${outputs[at]}, the network said ${expected}; are its ${story.inputs.length} inputs scaled as network.json says?`,
		);
	}
}
