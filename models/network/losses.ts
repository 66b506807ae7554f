import type { Scalar, Tensor2D } from "@tensorflow/tfjs-core";
import { NUM_OUTPUTS } from "../../engine/scoring/churn-inputs.ts";
import { NUM_BINS } from "../../engine/scoring/hazard.ts";
import { sigmoid } from "../../engine/scoring/log-odds.ts";
import type { TensorFlow } from "../../engine/scoring/tensorflow.ts";
import type { Matrix, Rows } from "./fit-network.ts";

/** Weight of the loss of 90-day orders and of value, against one bin's worth of hazard each. */
const ORDERS_WEIGHT = 0.2;
const VALUE_WEIGHT = 0.1;
/** Precision of the prior of a level. */
const PRIOR = 1e-2;

/** Binary cross entropy of logits. */
export function logisticLoss({ tf }: TensorFlow, logits: Tensor2D, labels: Tensor2D): Scalar {
	return tf.mean(tf.sub(tf.softplus(logits), tf.mul(labels, logits)));
}

/**
 * Masked cross entropy of the hazard's bins, a row, after the one shift of all logits that makes it smallest. The season moves the level
 * of a later origin, which more training cannot mend: without the shift it would decide when to stop.
 */
export function levelFreeLoss(outputs: Float32Array, rows: Rows): number {
	const all = { outputs, labels: rows.labels, from: 0, to: rows.numRows };
	return hazardStep(all, levelShift(all)).loss / Math.max(1, rows.numRows);
}

/** Rows `from` up to `to` of outputs, NUM_OUTPUTS a row, and of labels. */
export interface LevelRows {
	readonly outputs: Float32Array;
	readonly labels: Matrix;
	readonly from: number;
	readonly to: number;
}

/** The shift of all hazard logits that makes the masked cross entropy smallest, found by Newton's steps; a normal prior of deviation 10 holds it where all labels agree. */
export function levelShift(rows: LevelRows): number {
	let shift = 0;
	for (let step = 0, move = 1; step < 30 && Math.abs(move) > 1e-4; step++) {
		const { slope, curve } = hazardStep(rows, shift);
		move = Math.max(-1, Math.min(1, (slope + shift * PRIOR) / (curve + PRIOR))); // a whole step can overshoot where probabilities are near 0 or 1
		shift -= move;
	}
	return shift;
}

/** Masked cross entropy at a shift, its slope and its curvature. */
function hazardStep({ outputs, labels, from, to }: LevelRows, shift: number) {
	let [loss, slope, curve] = [0, 0, 0];
	for (let row = from; row < to; row++) {
		for (let bin = 0; bin < NUM_BINS; bin++) {
			const at = row * labels.width + bin;
			if (labels.values[at + NUM_BINS] === 0) continue;
			const logit = outputs[row * NUM_OUTPUTS + bin] + shift;
			const probability = sigmoid(logit);
			loss += Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - labels.values[at] * logit;
			slope += probability - labels.values[at];
			curve += probability * (1 - probability);
		}
	}
	return { loss, slope, curve };
}

/**
 * Masked cross entropy over the hazard's bins, and Poisson losses exp(o) − y·o of orders and value: the mean they find is unbiased
 * whatever the distribution. Labels are laid out as CHURN_LABELS says.
 */
export function churnLoss({ tf }: TensorFlow, outputs: Tensor2D, labels: Tensor2D): Scalar {
	const numRows = outputs.shape[0];
	const part = (of: Tensor2D, from: number, width: number): Tensor2D => tf.slice(of, [0, from], [numRows, width]);
	const logits = part(outputs, 0, NUM_BINS);
	const cross = tf.mul(part(labels, NUM_BINS, NUM_BINS), tf.sub(tf.softplus(logits), tf.mul(part(labels, 0, NUM_BINS), logits)));
	const poisson = (column: number): Tensor2D => {
		const output = part(outputs, NUM_BINS + column, 1);
		const counts = part(labels, 2 * NUM_BINS + 2 + column, 1);
		return tf.mul(counts, tf.sub(tf.exp(output), tf.mul(part(labels, 2 * NUM_BINS + column, 1), output)));
	};
	const total = tf.add(tf.sum(cross), tf.add(tf.mul(tf.sum(poisson(0)), ORDERS_WEIGHT), tf.mul(tf.sum(poisson(1)), VALUE_WEIGHT)));
	return tf.div(total, numRows);
}
