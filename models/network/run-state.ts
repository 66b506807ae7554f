import type { AdamOptimizer, Variable } from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { TensorFlow } from "../../engine/scoring/tensorflow.ts";
import { assign, type Average, copyOf } from "./average-weights.ts";
import type { Checkpoints } from "./checkpoints.ts";

/** How far training has come. */
export interface Progress {
	/** Loss on the validation rows after each epoch; NaN without any. */
	readonly losses: number[];
	best: { epochs: number; loss: number };
	/** The average weights after the best epoch. */
	kept: Float32Array[] | null;
}

/** What a run changes as it goes. */
export interface Run {
	readonly optimizer: AdamOptimizer;
	readonly weights: readonly Variable[];
	readonly average: Average;
	/** Of what the run is given. */
	readonly key: string;
	readonly maxEpochs: number;
}

const story = z.object({
	losses: z.array(z.number().nullable()),
	best: z.object({ epochs: z.number(), loss: z.number().nullable() }),
	numBatches: z.number(),
	iterations: z.number(),
	hasKept: z.boolean(),
});

/** Where a run is kept, under a name of its own. */
export interface Place {
	readonly checkpoints: Checkpoints;
	readonly name: string;
}

/** Keeps a run's state after each epoch, if it was told where, and brings it back. */
export function createKeeper(tensorFlow: TensorFlow, run: Run, checkpoint: Place | undefined) {
	const { optimizer, weights, average, key, maxEpochs } = run;
	return {
		async resume(): Promise<Progress> {
			const progress: Progress = { losses: [], best: { epochs: maxEpochs, loss: Number.POSITIVE_INFINITY }, kept: null };
			const found = checkpoint?.checkpoints.read(checkpoint.name, key);
			const told = story.safeParse(found?.story);
			if (!found || !told.success) return progress;
			const { losses, best, numBatches, iterations, hasKept } = told.data;
			const parts = split(found.values, weights);
			assign(tensorFlow, weights, parts[0]);
			for (const [i, values] of parts[1].entries()) average.values[i].set(values);
			average.numBatches = numBatches;
			await setOptimizer(tensorFlow, run, iterations, [...parts[2], ...parts[3]]);
			progress.losses.push(...losses.map((loss) => loss ?? Number.NaN));
			progress.best = { epochs: best.epochs, loss: best.loss ?? Number.POSITIVE_INFINITY };
			progress.kept = hasKept ? parts[4] : null;
			return progress;
		},
		/** The optimizer is set to what it holds even where nothing is kept, since that rounds: every run goes on as one that was resumed would. */
		async keep({ losses, best, kept }: Progress): Promise<void> {
			const [iterations, ...moments] = (await optimizer.getWeights()).map(({ tensor }) => Float32Array.from(tensor.dataSync()));
			await setOptimizer(tensorFlow, run, iterations[0], moments);
			const told = { losses, best, numBatches: average.numBatches, iterations: iterations[0], hasKept: kept !== null };
			checkpoint?.checkpoints.write(checkpoint.name, key, told, [...copyOf(weights), ...average.values, ...moments, ...(kept ?? [])]);
		},
	};
}

async function setOptimizer({ tf }: TensorFlow, { optimizer, weights }: Run, iterations: number, moments: readonly Float32Array[]) {
	const held = (await optimizer.getWeights()).map(({ tensor }) => tensor);
	const named = moments.map((values, i) => ({ name: `moment${i}`, tensor: tf.tensor(values, weights[i % weights.length].shape) }));
	const iteration = { name: "iter", tensor: tf.scalar(iterations, "int32") };
	await optimizer.setWeights([iteration, ...named]);
	tf.dispose([held, iteration.tensor, ...named.map(({ tensor }) => tensor)]);
}

/** Groups of arrays, each of the weights' sizes. */
function split(values: Float32Array, weights: readonly Variable[]): Float32Array[][] {
	const groups: Float32Array[][] = [];
	for (let at = 0; at < values.length; )
		groups.push(
			weights.map(({ size }) => {
				at += size;
				return values.slice(at - size, at);
			}),
		);
	return groups;
}
