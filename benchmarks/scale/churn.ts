import { Command } from "commander";
import { createRandom } from "../../engine/random.ts";
import { NUM_OUTPUTS } from "../../engine/scoring/churn-inputs.ts";
import { HAZARD_EDGES, survivalOfLogits } from "../../engine/scoring/hazard.ts";
import { readModelFolder } from "../../engine/scoring/model-folder.ts";
import { CHUNK, createNet } from "../../engine/scoring/net.ts";
import { defaultModelDir } from "../../engine/scoring/predictor.ts";
import { loadTensorFlow } from "../../engine/scoring/tensorflow.ts";
import { wholeOf } from "../option-values.ts";

/**
 * How long the churn net takes for many customers whose features are there already: chunk by chunk scaled, predicted, averaged over the
 * seeds and turned into P(no order in 90 days). Features are random numbers; the first chunk warms up outside the clock.
 */
async function main(customers: number): Promise<void> {
	const tensorFlow = await loadTensorFlow();
	const folder = await readModelFolder(defaultModelDir());
	const { numSeeds, inputs: names } = folder.manifest.churn;
	const net = await createNet(tensorFlow, folder, "churn", NUM_OUTPUTS * numSeeds);
	const random = createRandom(1);
	const features = Float32Array.from({ length: CHUNK * names.length }, () => random.normal());
	const inputs = new Float32Array(features.length);
	const scoreChunk = (numRows: number): number => {
		inputs.set(features);
		const outputs = net(inputs, numRows);
		const logits = new Float64Array(HAZARD_EDGES.length);
		let sum = 0;
		for (let row = 0; row < numRows; row++) {
			for (let bin = 0; bin < logits.length; bin++) {
				logits[bin] = 0;
				for (let seed = 0; seed < numSeeds; seed++) logits[bin] += outputs[(row * numSeeds + seed) * NUM_OUTPUTS + bin] / numSeeds;
			}
			sum += survivalOfLogits(logits, 0, 90, 0);
		}
		return sum;
	};
	scoreChunk(CHUNK);
	const [started, cpu] = [performance.now(), process.cpuUsage()];
	let risk = 0;
	for (let from = 0; from < customers; from += CHUNK) risk += scoreChunk(Math.min(CHUNK, customers - from));
	const { user, system } = process.cpuUsage(cpu);
	const seconds = (performance.now() - started) / 1000;
	const megabytes = process.resourceUsage().maxRSS / 1024;
	console.log(
		JSON.stringify({
			customers,
			inputs: names.length,
			seeds: numSeeds,
			backend: tensorFlow.tf.getBackend(),
			seconds: Number(seconds.toFixed(2)),
			cpu_seconds: Number(((user + system) / 1e6).toFixed(2)),
			peak_megabytes: Math.round(megabytes),
			mean_risk: Number((risk / customers).toFixed(4)),
		}),
	);
}

const command = new Command("churn")
	.description("Scores customers with the churn net from features that are there.")
	.option("--customers <n>", "how many (1000000)", "1000000")
	.parse();
await main(wholeOf("--customers", command.opts<{ customers: string }>().customers, 1, 100_000_000));
