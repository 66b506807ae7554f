import type { Scalar, Tensor2D } from "@tensorflow/tfjs-core";
import { NUM_BINS } from "../engine/scoring/hazard.ts";
import type { TensorFlow } from "../engine/scoring/tensorflow.ts";

/** Weight of the loss of 90-day orders and of value, against one bin's worth of hazard each. */
const ORDERS_WEIGHT = 0.2;
const VALUE_WEIGHT = 0.1;

/** Binary cross entropy of logits. */
export function logisticLoss({ tf }: TensorFlow, logits: Tensor2D, labels: Tensor2D): Scalar {
	return tf.mean(tf.sub(tf.softplus(logits), tf.mul(labels, logits)));
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
		const counts = part(labels, 2 * NUM_BINS + 2, 1);
		return tf.mul(counts, tf.sub(tf.exp(output), tf.mul(part(labels, 2 * NUM_BINS + column, 1), output)));
	};
	const total = tf.add(tf.sum(cross), tf.add(tf.mul(tf.sum(poisson(0)), ORDERS_WEIGHT), tf.mul(tf.sum(poisson(1)), VALUE_WEIGHT)));
	return tf.div(total, numRows);
}
