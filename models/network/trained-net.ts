import type { io } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { NetManifest, NetName } from "../../engine/scoring/model-folder.ts";
import type { Scaler } from "../../engine/scoring/scaler.ts";
import type { TensorFlow } from "../../engine/scoring/tensorflow.ts";

/** A net as a model folder keeps it. */
export interface TrainedNet<Manifest extends NetManifest = NetManifest> {
	readonly manifest: Manifest;
	readonly weights: ArrayBuffer;
}

/** Takes a trained net out of TensorFlow. */
export async function exportNet(
	tensorFlow: TensorFlow,
	name: NetName,
	model: LayersModel,
	inputs: readonly string[],
	scaler: Scaler,
): Promise<TrainedNet> {
	const { modelTopology = {}, weightSpecs = [], weightData = new ArrayBuffer(0) } = await artifactsOf(tensorFlow, model);
	const manifest: NetManifest = {
		inputs: [...inputs],
		scaler: { mean: [...scaler.mean], deviation: [...scaler.deviation] },
		file: `${name}.bin`,
		topology: Object.fromEntries(Object.entries(modelTopology)),
		weights: weightSpecs.map((weight) => ({ name: weight.name, shape: weight.shape, dtype: "float32" })),
	};
	return { manifest, weights: tensorFlow.tf.io.CompositeArrayBuffer.join(weightData) };
}

/** What the library would write to a file. */
async function artifactsOf({ tf }: TensorFlow, model: LayersModel): Promise<io.ModelArtifacts> {
	let kept: io.ModelArtifacts = {};
	const handler = tf.io.withSaveHandler((artifacts) => {
		kept = artifacts;
		return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } });
	});
	await model.save(handler);
	return kept;
}
