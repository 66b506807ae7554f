import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { z } from "zod";
import { CarteiraError } from "../../engine/errors.ts";
import { anchorSchema, trainingSchema } from "../../engine/scoring/model-folder.ts";
import type { TensorFlow } from "../../engine/scoring/tensorflow.ts";
import { findTopologyFault } from "../../engine/scoring/topology.ts";

const ACTIVATIONS = ["linear", "relu", "elu", "selu", "tanh", "sigmoid", "softplus", "swish"] as const;

const networkSchema = z.object({
	format: z.literal(1),
	net: z.literal("churn"),
	/** What the training table's metadata says, as it stands there. */
	story: z.object({
		inputs: z.array(z.string()),
		hazardEdges: z.array(z.number().int().positive()),
		...anchorSchema.shape,
		asOf: z.iso.date(),
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

/** network.json of a network that was trained elsewhere. */
export type Network = z.infer<typeof networkSchema>;

/** Reads network.json. Throws NOT_FOUND or INVALID_INPUT. */
export async function readNetwork(folder: string): Promise<Network> {
	const parsed = networkSchema.safeParse(jsonOf(await readPart(folder, "network.json"), folder, "network.json"));
	return parsed.success ? parsed.data : refuse(folder, "network.json", parsed.error);
}

/** The network itself: its layers with their weights. Throws NOT_FOUND, INVALID_INPUT, or MODEL_MISMATCH where they do not go together. */
export async function readNetworkModel(tensorFlow: TensorFlow, network: Network, folder: string): Promise<LayersModel> {
	return network.layers ? buildLayers(tensorFlow, network, folder) : readLayersModel(tensorFlow, folder);
}

async function readPart(folder: string, name: string): Promise<Buffer> {
	try {
		return await readFile(join(folder, name));
	} catch {
		throw new CarteiraError("NOT_FOUND", `no network at ${folder}: ${name} cannot be read`);
	}
}

function jsonOf(bytes: Buffer, folder: string, name: string): unknown {
	try {
		return JSON.parse(bytes.toString("utf8"));
	} catch {
		throw new CarteiraError("INVALID_INPUT", `${join(folder, name)} is not JSON`);
	}
}

function refuse(folder: string, name: string, error: z.ZodError): never {
	const [{ path, message }] = error.issues;
	throw new CarteiraError("INVALID_INPUT", `${join(folder, name)} at /${path.join("/")}: ${message}`);
}

/** A network that this engine cannot use. */
export function misfit(folder: string, what: string): CarteiraError {
	return new CarteiraError("MODEL_MISMATCH", `the network at ${folder} does not fit this engine: ${what}`);
}

/** Dense layers with the weights of network.bin. */
async function buildLayers({ tf, layers }: TensorFlow, { layers: specs = [], story }: Network, folder: string): Promise<LayersModel> {
	const bytes = await readPart(folder, "network.bin");
	const widths = [story.inputs.length, ...specs.map(({ units }) => units)];
	const numFloats = specs.reduce((sum, { units }, i) => sum + (widths[i] + 1) * units, 0);
	if (bytes.length !== 4 * numFloats)
		throw misfit(folder, `network.bin holds ${bytes.length} bytes; expected ${4 * numFloats} for layers of ${widths.join(", ")}`);
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
	const { modelTopology, weightsManifest } = parsed.success ? parsed.data : refuse(folder, "model.json", parsed.error);
	const files = await Promise.all(weightsManifest.flatMap(({ paths }) => paths).map((path) => readPart(folder, path)));
	const weightSpecs = weightsManifest.flatMap(({ weights }) => weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })));
	const weightData = new Uint8Array(Buffer.concat(files)).buffer;
	const fault = findTopologyFault(modelTopology, weightData.byteLength / 4);
	if (fault !== null) throw misfit(folder, fault);
	try {
		return await layers.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
	} catch (error) {
		throw misfit(folder, `TensorFlow.js cannot load it: ${error instanceof Error ? error.message : String(error)}`);
	}
}
