import { HORIZONS } from "../../engine/forecast/forecast-document.ts";
import type { Pictures } from "../../engine/forecast/pictures.ts";

/** Deviations of logarithms that are usual: of the three sources, and of what moves all parts, by metric. */
const USUAL = { sources: [0.15, 0.2, 0.1], shock: [0.11, 0.11, 0.03] };
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const within = (value: number, most: number): number => Math.max(-most, Math.min(most, value));

/** One forecast as it is described, from the pictures alone: nothing is kept from one part, or origin, to the next. */
export function slowForecast(pictures: Pictures, now: number, part: number, metric: number, horizon: number) {
	const { origins, parts, quantum, model, lastWindow, lastYear, actual, variance } = pictures;
	const days = HORIZONS[horizon];
	const over = origins.flatMap((origin, k) => (origin + days <= origins[now] ? [k] : []));
	const months = days / 30; // windows a month apart overlap
	const at = (k: number, p: number): number => pictures.at(k, p, metric, horizon);
	const log = (amount: number): number => Math.log(Math.max(0, amount) + quantum[metric]);
	const alike = (p: number): number[] => parts.list.flatMap(({ by }, other) => (by === parts.list[p].by ? [other] : []));
	const sources = [model, lastWindow, lastYear];

	const weightsOf = (p: number): number[] => {
		const precision = sources.map((source, which) => {
			if (Number.isNaN(source[at(now, p)])) return 0;
			const known = over.filter((k) => !Number.isNaN(source[at(k, p)]));
			const cells = known.flatMap((k) =>
				alike(p).map((other) => ({
					size: Math.max(0, model[at(k, other)]),
					miss: within(log(actual[at(k, other)]) - log(source[at(k, other)]), 1.5),
				})),
			);
			const sizes = total(cells.map(({ size }) => size));
			const square = sizes > 0 ? total(cells.map(({ size, miss }) => size * miss * miss)) / sizes : 0;
			return ((known.length * square + 3 * USUAL.sources[which] ** 2) / (known.length + 3)) ** -2;
		});
		return precision.map((one) => one / total(precision));
	};
	const groupings = [...new Set(parts.list.map(({ by }) => by))];
	const weightsBy = new Map(groupings.map((by) => [by, weightsOf(parts.list.findIndex((one) => one.by === by))]));
	const mixedOf = (k: number, p: number): number => {
		const weights = weightsBy.get(parts.list[p].by) ?? [];
		const known = sources.flatMap((source, which) =>
			Number.isNaN(source[at(k, p)]) ? [] : [{ weight: weights[which], log: log(source[at(k, p)]) }],
		);
		return total(known.map(({ weight, log: said }) => weight * said)) / total(known.map(({ weight }) => weight));
	};
	const missOf = (k: number, p: number): number => log(actual[at(k, p)]) - mixedOf(k, p);

	const count = over.length / months;
	const bias = total(over.map((k) => missOf(k, 0))) / (over.length + 3 * months);
	const squares = total(over.map((k) => (missOf(k, 0) - bias) ** 2)) / months;
	const shock = ((squares + 1.5 * USUAL.shock[metric] ** 2) / (count + 1.5)) * (1 + 1 / (count + 3));
	const apart = (k: number, p: number): number => within(missOf(k, p) - missOf(k, 0), 1.5);
	const luck = (k: number, p: number): number => variance[at(k, p)] / Math.exp(mixedOf(k, p)) ** 2;
	const members = alike(part);
	const ownBias = new Map(members.map((p) => [p, p === 0 ? 0 : total(over.map((k) => apart(k, p))) / (over.length + 6 * months)]));
	const ratios = members.flatMap((p) => over.map((k) => Math.min(25, apart(k, p) ** 2 / Math.max(1e-9, luck(k, p)))));
	const dispersion = part === 0 ? 0 : (total(ratios) + 1.5 * members.length * 1.5) / (ratios.length + 1.5 * members.length);
	const deviation = (k: number, p: number): number => Math.sqrt(shock + dispersion * luck(k, p));
	let scale = 1;
	if (part !== 0 && over.length > 0) {
		const seen = members.flatMap((p) =>
			over.map((k) => Math.abs(within(missOf(k, p), 1.5) - bias - (ownBias.get(p) ?? 0)) / deviation(k, p)),
		);
		const reached = seen.sort((a, b) => a - b)[Math.floor(0.8 * seen.length)];
		scale = (reached / 1.2816) ** (count / (count + 1.5));
	}
	const middle = mixedOf(now, part) + bias + (ownBias.get(part) ?? 0);
	const half = studentReach(count + 1.5) * scale * deviation(now, part);
	const back = (value: number): number => Math.max(0, Math.exp(value) - quantum[metric]);
	return { mean: back(middle), lower: back(middle - half), upper: back(middle + half), lastYearWeight: weightsOf(part)[2] };
}

/** The 90 % quantile of Student's t by Cornish and Fisher's expansion to the second order. */
function studentReach(freedom: number): number {
	const z = 1.2816;
	return z + z * (z * z + 1) * (1 / (4 * freedom)) + z * (5 * z ** 4 + 16 * z ** 2 + 3) * (1 / (96 * freedom * freedom));
}
