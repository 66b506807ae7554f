import { FORECAST_GROUPINGS, HORIZONS } from "./forecast-document.ts";
import { STEP } from "./past-windows.ts";
import type { Pictures } from "./pictures.ts";

/** What the intervals hold, and the reach in deviations of as much of a normal. */
export const LEVEL = 0.8;
const Z = 1.2816;
/** Origins that what is usual weighs as much as. */
const PRIOR_ORIGINS = 3;
/** What is usual: deviations of the logarithms of what came from the models, the window before and that of last year. */
const USUAL_ERRORS = [0.15, 0.2, 0.1];
/** Deviation that moves all parts of a company alike, and how much luckier or unluckier parts are than their customers' draws. */
const USUAL_SHOCK = [0.11, 0.11, 0.03];
const USUAL_DISPERSION = 1.5;
/** Windows that those two weigh as much as. */
const PRIOR_WINDOWS = 1.5;
/** An error of one part says no more than this: empty parts would rule all others. */
const MOST_ERROR = 1.5;
const MOST_DISPERSION = 25;
/** Origins that a part's own bias is drawn to none by. */
const PART_ORIGINS = 6;

/** A forecast of one part. */
export interface Calibrated {
	readonly mean: number;
	readonly lower: number;
	readonly upper: number;
	/** Share of last year's window in it. */
	readonly lastYearWeight: number;
}

/**
 * Makes forecasts at an origin from the origins that were over by then: answers each part's. The models, the window before and that of last
 * year are mixed in logarithms by how far each was off (Bates and Granger 1969). Intervals hold a shock that all parts share, whose size is
 * that of the total's past errors, and each part's own luck, which is that of its customers times how much more parts scattered in the past: a
 * sum's interval is its own, not the sum of its parts'.
 */
export function calibrate(pictures: Pictures, origin: number, metric: number, horizon: number): (part: number) => Calibrated {
	const { parts } = pictures;
	const steps = HORIZONS[horizon] / STEP;
	const finished = pictures.origins.map((_, k) => k).filter((k) => k >= origin + steps);
	const quantum = pictures.quantum[metric];
	const log = (amount: number): number => Math.log(Math.max(0, amount) + quantum);
	const at = (k: number, part: number): number => pictures.at(k, part, metric, horizon);
	const members = FORECAST_GROUPINGS.map((by) => parts.list.flatMap((part, i) => (part.by === by ? [i] : [])));
	const weights = members.map((own) => weigh(pictures, finished, at, own, log, origin));
	const groupingOf = (part: number): number => FORECAST_GROUPINGS.indexOf(parts.list[part].by);
	const foretold = (k: number, part: number): number => mixed(pictures, at(k, part), weights[groupingOf(part)], log);
	const errorOf = (k: number, part: number): number => log(pictures.actual[at(k, part)]) - foretold(k, part);

	const independent = finished.length / steps; // windows overlap
	const shocks = finished.map((k) => errorOf(k, 0));
	const bias = sum(shocks) / (finished.length + PRIOR_ORIGINS * steps);
	const shock =
		(sum(shocks.map((error) => (error - bias) ** 2)) / steps + PRIOR_WINDOWS * USUAL_SHOCK[metric] ** 2) / (independent + PRIOR_WINDOWS);
	const shockNow = shock * (1 + 1 / (independent + PRIOR_ORIGINS)); // the bias is uncertain too
	const luckOf = (k: number, part: number): number => pictures.variance[at(k, part)] / (Math.exp(foretold(k, part)) || 1) ** 2;
	const apart = (k: number, part: number, nth: number): number => clipped(errorOf(k, part) - shocks[nth], MOST_ERROR);
	const dispersion = members.map((own, grouping) => {
		if (FORECAST_GROUPINGS[grouping] === "total") return 0;
		const ratios = own.flatMap((part) =>
			finished.map((k, nth) => Math.min(MOST_DISPERSION, apart(k, part, nth) ** 2 / Math.max(1e-9, luckOf(k, part)))),
		);
		const weight = PRIOR_WINDOWS * own.length;
		return (sum(ratios) + weight * USUAL_DISPERSION) / (ratios.length + weight);
	});
	const ownBias = parts.list.map((_, part) =>
		part === 0 ? 0 : sum(finished.map((k, nth) => apart(k, part, nth))) / (finished.length + PART_ORIGINS * steps),
	);
	const deviationOf = (k: number, part: number): number => Math.sqrt(shockNow + dispersion[groupingOf(part)] * luckOf(k, part));
	const scales = members.map((own, grouping) => {
		if (FORECAST_GROUPINGS[grouping] === "total" || finished.length === 0 || own.length === 0) return 1;
		const deviations = own.flatMap((part) =>
			finished.map((k) => Math.abs(clipped(errorOf(k, part), MOST_ERROR) - bias - ownBias[part]) / deviationOf(k, part)),
		);
		return (quantileOf(deviations, LEVEL) / Z) ** (independent / (independent + PRIOR_WINDOWS));
	});
	const reach = studentReach(independent + PRIOR_WINDOWS);
	return (part) => {
		const middle = foretold(origin, part) + bias + ownBias[part];
		const half = reach * scales[groupingOf(part)] * deviationOf(origin, part);
		const back = (logarithm: number): number => Math.max(0, Math.exp(logarithm) - quantum);
		return {
			mean: back(middle),
			lower: back(middle - half),
			upper: back(middle + half),
			lastYearWeight: weights[groupingOf(part)][2],
		};
	};
}

/** The value below which a share of the numbers lies. */
function quantileOf(values: number[], share: number): number {
	const sorted = values.sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Weights of the models, the window before and last year's, by their squared errors over the finished origins, large parts counting more. */
function weigh(
	pictures: Pictures,
	finished: readonly number[],
	at: (k: number, part: number) => number,
	own: readonly number[],
	log: (amount: number) => number,
	origin: number,
): number[] {
	const sources = [pictures.model, pictures.lastWindow, pictures.lastYear];
	const precision = sources.map((source, which) => {
		let [squares, weight, count] = [0, 0, 0];
		for (const k of finished) {
			let isKnown = false;
			for (const part of own) {
				const position = at(k, part);
				if (Number.isNaN(source[position])) continue;
				const size = Math.max(0, pictures.model[position]);
				squares += size * clipped(log(pictures.actual[position]) - log(source[position]), MOST_ERROR) ** 2;
				weight += size;
				isKnown = true;
			}
			if (isKnown) count++;
		}
		const found = weight > 0 ? squares / weight : 0;
		const square = (count * found + PRIOR_ORIGINS * USUAL_ERRORS[which] ** 2) / (count + PRIOR_ORIGINS);
		const isKnownNow = own.length > 0 && !Number.isNaN(source[at(origin, own[0])]);
		return isKnownNow ? square ** -2 : 0;
	});
	const total = sum(precision);
	return precision.map((one) => (total > 0 ? one / total : 0));
}

/** Logarithm of the mixture; where last year is not known at an earlier origin, the others share its weight. */
function mixed(
	{ model, lastWindow, lastYear }: Pictures,
	position: number,
	weights: readonly number[],
	log: (amount: number) => number,
): number {
	let [total, weight] = [0, 0];
	for (const [which, source] of [model, lastWindow, lastYear].entries()) {
		if (Number.isNaN(source[position])) continue;
		total += weights[which] * log(source[position]);
		weight += weights[which];
	}
	return weight > 0 ? total / weight : log(model[position]);
}

/** The middle 80 % of Student's t, by its expansion around the normal. */
function studentReach(freedom: number): number {
	return Z + (Z ** 3 + Z) / (4 * freedom) + (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / (96 * freedom ** 2);
}

function clipped(value: number, most: number): number {
	return Math.max(-most, Math.min(most, value));
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}
