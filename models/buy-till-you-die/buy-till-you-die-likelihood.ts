import { type BuyTillYouDie, numChances } from "../../engine/scoring/buy-till-you-die.ts";
import type { CustomerGroups } from "./customer-groups.ts";
import type { Slope } from "../numerics/minimise.ts";

/**
 * Log likelihood of customers' orders under (M)BG/CNBD-k, the density of every gap included, and its gradient along the logarithms of
 * r, α, a and b. In one loop, since a fit lives in it: for a customer with x repeats, the last at t, n = r + kx and c chances to stop,
 * log r(r+1)…(r+kx−1) + r log α − n log(α + t) + Σ_{i<c} log((b+i) ÷ (a+b+i)) + log(alive + stopped), as engine/scoring weighs these two.
 */
export function likelihoodSlope(model: BuyTillYouDie, groups: CustomerGroups): Slope {
	const { k, r, alpha, a, b } = model;
	const { repeatCount, lastRepeat, age, size, maxRepeats } = groups;
	const rising = cumulate(r, k * maxRepeats);
	const stays = cumulate(b, maxRepeats + 1);
	const ends = cumulate(a + b, maxRepeats + 1);
	const logAlpha = Math.log(alpha);
	let value = (k - 1) * groups.sumLogGaps - groups.sumRepeats * cumulate(1, k - 1).log[k - 1];
	let [byR, byAlpha, byA, byB] = [0, 0, 0, 0];
	for (let group = 0; group < size.length; group++) {
		const x = repeatCount[group];
		const chances = numChances(model, x);
		const shape = r + k * x;
		const [start, end] = [alpha + lastRepeat[group], alpha + age[group]];
		const ratio = (age[group] - lastRepeat[group]) / end;
		// the sum over stages, and what moves with the shape and with the end of the silence
		let [term, harmonic, sum, moved, staged] = [1, 0, 1, 0, 0];
		for (let stage = 1; stage < k; stage++) {
			term *= ((shape + stage - 1) / stage) * ratio;
			harmonic += 1 / (shape + stage - 1);
			sum += term;
			moved += term * harmonic;
			staged += term * stage;
		}
		const logStart = Math.log(start);
		const logSilence = Math.log(start / end);
		const logAlive = shape * logSilence + Math.log(sum);
		const stopped = chances === 0 ? 0 : a / (b + chances - 1);
		const isAlive = stopped === 0 ? 1 : 1 / (1 + stopped * Math.exp(-logAlive));
		const logEnding = stopped === 0 ? logAlive : isAlive > 0.5 ? logAlive - Math.log(isAlive) : Math.log(stopped / (1 - isAlive));

		const weight = size[group];
		value += weight * (rising.log[k * x] + r * logAlpha - shape * logStart + stays.log[chances] - ends.log[chances] + logEnding);
		byR += weight * (rising.slope[k * x] + logAlpha - logStart + isAlive * (logSilence + moved / sum));
		byAlpha += weight * (r / alpha - shape / start + isAlive * (shape * (1 / start - 1 / end) - staged / sum / end));
		byA += weight * ((1 - isAlive) / a - ends.slope[chances]);
		byB += weight * (stays.slope[chances] - ends.slope[chances] - (stopped === 0 ? 0 : (1 - isAlive) / (b + chances - 1)));
	}
	return { value, gradient: [byR * r, byAlpha * alpha, byA * a, byB * b] };
}

/** log[n] = log(x (x + 1) … (x + n − 1)), and its slope along x. */
function cumulate(x: number, length: number): { readonly log: Float64Array; readonly slope: Float64Array } {
	const [log, slope] = [new Float64Array(length + 1), new Float64Array(length + 1)];
	for (let n = 0; n < length; n++) {
		log[n + 1] = log[n] + Math.log(x + n);
		slope[n + 1] = slope[n] + 1 / (x + n);
	}
	return { log, slope };
}
