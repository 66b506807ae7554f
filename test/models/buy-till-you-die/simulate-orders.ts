import type { Random } from "../../../engine/random.ts";
import type { BuyTillYouDie } from "../../../engine/scoring/buy-till-you-die.ts";
import type { ParetoNbd } from "../../../engine/scoring/pareto-nbd.ts";
import type { FittedCustomer } from "../../../models/buy-till-you-die/customer-groups.ts";

export function exponential(random: Random, rate: number): number {
	return -Math.log(1 - random.next()) / rate;
}

/** A gamma variate of any shape (Marsaglia and Tsang 2000). */
export function gamma(random: Random, shape: number, rate: number): number {
	if (shape < 1) return gamma(random, shape + 1, rate) * (1 - random.next()) ** (1 / shape);
	const d = shape - 1 / 3;
	for (;;) {
		const z = random.normal();
		const v = (1 + z / Math.sqrt(9 * d)) ** 3;
		if (v > 0 && Math.log(1 - random.next()) < z * z * 0.5 + d - d * v + d * Math.log(v)) return (d * v) / rate;
	}
}

export function beta(random: Random, a: number, b: number): number {
	const [x, y] = [gamma(random, a, 1), gamma(random, b, 1)];
	return x / (x + y);
}

/** A customer of the model that ordered first `age` ago. */
export function simulateCustomer(random: Random, { k, r, alpha, a, b, staysAfterFirst }: BuyTillYouDie, age: number): FittedCustomer {
	const [rate, stop] = [gamma(random, r, alpha), beta(random, a, b)];
	let isAlive = staysAfterFirst || random.next() >= stop;
	return follow(age, () => {
		if (!isAlive) return Number.POSITIVE_INFINITY;
		isAlive = random.next() >= stop;
		return gamma(random, k, rate);
	});
}

/** The same of the Pareto/NBD. */
export function simulateParetoCustomer(random: Random, { r, alpha, s, beta: stopScale }: ParetoNbd, age: number): FittedCustomer {
	const [rate, life] = [gamma(random, r, alpha), exponential(random, gamma(random, s, stopScale))];
	let time = 0;
	return follow(age, () => {
		const gap = exponential(random, rate);
		time += gap;
		return time > life ? Number.POSITIVE_INFINITY : gap;
	});
}

function follow(age: number, nextGap: () => number): FittedCustomer {
	let [repeatCount, lastRepeat, sumLogGaps] = [0, 0, 0];
	for (let gap = nextGap(); lastRepeat + gap <= age; gap = nextGap()) {
		repeatCount++;
		lastRepeat += gap;
		sumLogGaps += Math.log(gap);
	}
	return { repeatCount, lastRepeat, age, sumLogGaps };
}

/** Mean and standard deviation. */
export function spreadOf(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
	const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
	return { mean, deviation: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1)) };
}
