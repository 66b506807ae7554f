import { describe, expect, it } from "vitest";
import { CHURN_INPUTS, NUM_OUTPUTS } from "../../../engine/scoring/churn-inputs.ts";
import { NUM_BINS } from "../../../engine/scoring/hazard.ts";
import { loadTensorFlow } from "../../../engine/scoring/tensorflow.ts";
import { createRandom } from "../../../engine/random.ts";
import { CHURN_LABELS } from "../../../models/churn/churn-dataset.ts";
import type { Rows } from "../../../models/network/fit-network.ts";
import { churnLoss, levelFreeLoss, logisticLoss } from "../../../models/network/losses.ts";

const NUM_ROWS = 40;

/** Rows of random labels: risk ends at a random bin, with an order in it half the time. */
function randomRows(seed: number): { rows: Rows; outputs: Float32Array } {
	const random = createRandom(seed);
	const labels = new Float32Array(NUM_ROWS * CHURN_LABELS);
	for (let row = 0; row < NUM_ROWS; row++) {
		const last = random.below(NUM_BINS);
		labels.fill(1, row * CHURN_LABELS + NUM_BINS, row * CHURN_LABELS + NUM_BINS + last + 1);
		labels[row * CHURN_LABELS + last] = random.below(2);
		labels.set([random.below(5), 3 * random.next(), random.below(2), 5 * random.next()], row * CHURN_LABELS + 2 * NUM_BINS);
	}
	const none = (width: number) => ({ width, values: new Float32Array(NUM_ROWS * width) });
	const rows = {
		numRows: NUM_ROWS,
		inputs: none(CHURN_INPUTS.length),
		offsets: none(NUM_OUTPUTS),
		labels: { width: CHURN_LABELS, values: labels },
	};
	return { rows, outputs: Float32Array.from({ length: NUM_ROWS * NUM_OUTPUTS }, () => random.normal()) };
}

/** Masked cross entropy a row with every logit shifted, term by term. */
function crossEntropy({ labels }: Rows, outputs: Float32Array, shift: number): number {
	let total = 0;
	for (let row = 0; row < NUM_ROWS; row++)
		for (let bin = 0; bin < NUM_BINS; bin++) {
			if (labels.values[row * CHURN_LABELS + NUM_BINS + bin] === 0) continue;
			const probability = 1 / (1 + Math.exp(-outputs[row * NUM_OUTPUTS + bin] - shift));
			total -= Math.log(labels.values[row * CHURN_LABELS + bin] === 1 ? probability : 1 - probability);
		}
	return total / NUM_ROWS;
}

describe("levelFreeLoss", () => {
	it("is the cross entropy at the best of all shifts", () => {
		const { rows, outputs } = randomRows(1);
		let best = Number.POSITIVE_INFINITY;
		for (let shift = -5; shift <= 5; shift += 0.01) best = Math.min(best, crossEntropy(rows, outputs, shift));
		expect(levelFreeLoss(outputs, rows)).toBeCloseTo(best, 4);
	});

	it("does not mind a level that is wrong everywhere", () => {
		const { rows, outputs } = randomRows(2);
		const moved = outputs.map((logit) => logit + 2);
		expect(levelFreeLoss(moved, rows)).toBeCloseTo(levelFreeLoss(outputs, rows), 4);
	});
});

describe("churnLoss", () => {
	it("adds masked cross entropy and the weighted Poisson losses of orders and value", async () => {
		const { rows, outputs } = randomRows(3);
		let poisson = 0;
		for (let row = 0; row < NUM_ROWS; row++) {
			const [orders, value, counts, weight] = rows.labels.values.subarray(row * CHURN_LABELS + 2 * NUM_BINS, (row + 1) * CHURN_LABELS);
			const [o, v] = outputs.subarray(row * NUM_OUTPUTS + NUM_BINS, (row + 1) * NUM_OUTPUTS);
			poisson += counts * 0.2 * (Math.exp(o) - orders * o) + weight * 0.1 * (Math.exp(v) - value * v);
		}
		const tensorFlow = await loadTensorFlow();
		const { tf } = tensorFlow;
		const loss = churnLoss(
			tensorFlow,
			tf.tensor2d(outputs, [NUM_ROWS, NUM_OUTPUTS]),
			tf.tensor2d(rows.labels.values, [NUM_ROWS, CHURN_LABELS]),
		);
		expect(loss.dataSync()[0]).toBeCloseTo(crossEntropy(rows, outputs, 0) + poisson / NUM_ROWS, 3);
	});
});

describe("logisticLoss", () => {
	it("is the mean negative log likelihood of logits", async () => {
		const tensorFlow = await loadTensorFlow();
		const loss = logisticLoss(tensorFlow, tensorFlow.tf.tensor2d([[2], [-1]]), tensorFlow.tf.tensor2d([[1], [1]]));
		expect(loss.dataSync()[0]).toBeCloseTo((Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(1))) / 2, 5);
	});
});
