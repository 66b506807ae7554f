import { probit } from "simple-statistics";
import { createRandom } from "../../engine/random.ts";

/** A unit of an experiment with what came of it. */
export interface UpliftUnit {
	readonly stratum: string;
	/** Units of one cluster may have luck in common. */
	readonly cluster: string;
	readonly isHeldOut: boolean;
	readonly outcome: number;
	/** The same figure in as many days before the experiment. */
	readonly before: number;
}

export interface UpliftEstimate {
	/** Means a unit, as they came. */
	readonly planned: number;
	readonly heldOut: number;
	/** What planning a unit changed, mean over the units, with intervals of the level asked for. */
	readonly effect: number;
	readonly adjusted: readonly [lower: number, upper: number];
	readonly randomised: readonly [lower: number, upper: number];
	/** P(a difference so large) if planning changed nothing for anybody. */
	readonly pValue: number;
	/** Units in strata with both arms; the others say nothing. */
	readonly numUnits: number;
}

export interface UpliftOptions {
	readonly level: number;
	readonly seed: number;
	readonly numDraws?: number;
}

const NUM_DRAWS = 999;
/** Halvings of the search for an interval's ends: a thousandth of a thousandth of its reach. */
const MAX_HALVINGS = 40;

/**
 * The effect of planning against withholding: the difference of the means within strata, weighted by their units, after what the time before
 * explains (one slope, fitted within strata and arms; Lin, "Agnostic notes on regression adjustments", 2013). Two intervals: by the spread of the units,
 * robust to clusters; and by drawing the lot again within the strata, every constant effect that the draws do not refute. Null where no
 * stratum has two units in both arms.
 */
export function estimateUplift(units: readonly UpliftUnit[], { level, seed, numDraws = NUM_DRAWS }: UpliftOptions): UpliftEstimate | null {
	const strata = [...Map.groupBy(units, ({ stratum }) => stratum).values()].filter((own) => hasBothArms(own));
	const known = strata.flat();
	if (known.length === 0) return null;
	const slope = slopeOf(strata);
	const values = Float64Array.from(known, ({ outcome, before }) => outcome - slope * before);
	const held = Uint8Array.from(known, ({ isHeldOut }) => Number(isHeldOut));
	const sizes = strata.map((own) => own.length);
	const effect = differenceOf(values, held, sizes);
	const deviation = Math.sqrt(clusterVariance(known, values, held, sizes));
	const numHeldOut = held.reduce((sum, one) => sum + one, 0);
	const reach = studentQuantile((1 + level) / 2, Math.max(1, numHeldOut - strata.length)) * deviation;
	const draws = drawAgain(values, held, sizes, createRandom(seed, 31), numDraws);
	const chanceOf = (tau: number): number => {
		const seen = Math.abs(effect - tau);
		const asLarge = draws.filter(([ofValues, ofArm]) => Math.abs(ofValues - tau * ofArm) >= seen - 1e-9 * (1 + seen)).length;
		return (asLarge + 1) / (draws.length + 1);
	};
	const mean = (isHeld: boolean): number => {
		const own = known.filter(({ isHeldOut }) => isHeldOut === isHeld);
		return own.reduce((sum, { outcome }) => sum + outcome, 0) / own.length;
	};
	return {
		planned: mean(false),
		heldOut: mean(true),
		effect,
		adjusted: [effect - reach, effect + reach],
		randomised: [endOf(chanceOf, effect, -1, 1 - level, deviation), endOf(chanceOf, effect, 1, 1 - level, deviation)],
		pValue: chanceOf(0),
		numUnits: known.length,
	};
}

function hasBothArms(units: readonly UpliftUnit[]): boolean {
	const numHeldOut = units.filter(({ isHeldOut }) => isHeldOut).length;
	return numHeldOut >= 2 && units.length - numHeldOut >= 2;
}

/** Slope of what came on the time before, within strata and arms. */
export function slopeOf(strata: readonly (readonly UpliftUnit[])[]): number {
	let [both, squares] = [0, 0];
	for (const own of strata)
		for (const arm of [true, false]) {
			const cell = own.filter(({ isHeldOut }) => isHeldOut === arm);
			const before = cell.reduce((sum, unit) => sum + unit.before, 0) / cell.length;
			const outcome = cell.reduce((sum, unit) => sum + unit.outcome, 0) / cell.length;
			for (const unit of cell) {
				both += (unit.before - before) * (unit.outcome - outcome);
				squares += (unit.before - before) ** 2;
			}
		}
	return squares > 0 ? both / squares : 0;
}

/** Difference of the arms' means, planned less held out, within each run of `sizes`, weighted by units. */
function differenceOf(values: ArrayLike<number>, held: Uint8Array, sizes: readonly number[]): number {
	let [at, total] = [0, 0];
	for (const size of sizes) {
		let [planned, withheld, count] = [0, 0, 0];
		for (const end = at + size; at < end; at++) {
			if (held[at] === 1) {
				withheld += values[at];
				count++;
			} else planned += values[at];
		}
		total += size * (planned / (size - count) - withheld / count);
	}
	return total / values.length;
}

/** Variance of the difference: squares of the clusters' sums of what each unit adds to it. */
function clusterVariance(units: readonly UpliftUnit[], values: Float64Array, held: Uint8Array, sizes: readonly number[]): number {
	const sums = new Map<string, number>();
	let from = 0;
	for (const size of sizes) {
		for (const arm of [0, 1]) {
			const cell = Array.from({ length: size }, (_, i) => from + i).filter((i) => held[i] === arm);
			const mean = cell.reduce((sum, i) => sum + values[i], 0) / cell.length;
			const weight = (size / values.length / cell.length) * Math.sqrt(cell.length / (cell.length - 1));
			for (const i of cell)
				sums.set(units[i].cluster, (sums.get(units[i].cluster) ?? 0) + (arm === 1 ? -1 : 1) * weight * (values[i] - mean));
		}
		from += size;
	}
	return [...sums.values()].reduce((total, sum) => total + sum ** 2, 0);
}

/** Differences of the values, and of the arm itself, under lots drawn anew within the strata. */
function drawAgain(
	values: Float64Array,
	held: Uint8Array,
	sizes: readonly number[],
	random: ReturnType<typeof createRandom>,
	numDraws: number,
): (readonly [ofValues: number, ofArm: number])[] {
	const planned = Float64Array.from(held, (one) => 1 - one);
	const lot = held.slice();
	return Array.from({ length: numDraws }, () => {
		let from = 0;
		for (const size of sizes) {
			for (let i = size - 1; i > 0; i--) {
				const other = from + random.below(i + 1);
				[lot[from + i], lot[other]] = [lot[other], lot[from + i]];
			}
			from += size;
		}
		return [differenceOf(values, lot, sizes), differenceOf(planned, lot, sizes)] as const;
	});
}

/** The farthest effect on a side that is not refuted, by halving; chances fall with the distance. */
function endOf(chanceOf: (tau: number) => number, effect: number, side: 1 | -1, alpha: number, deviation: number): number {
	let [inside, outside] = [0, Math.max(deviation, 1e-9)];
	for (let doubling = 0; doubling < MAX_HALVINGS && chanceOf(effect + side * outside) >= alpha; doubling++)
		[inside, outside] = [outside, 2 * outside];
	for (let halving = 0; halving < MAX_HALVINGS && outside - inside > 1e-4 * outside; halving++) {
		const middle = (inside + outside) / 2;
		if (chanceOf(effect + side * middle) >= alpha) inside = middle;
		else outside = middle;
	}
	return effect + side * outside;
}

/** Quantile of Student's t above the median: exact for one and two degrees of freedom, else by its expansion around the normal. */
export function studentQuantile(probability: number, freedom: number): number {
	if (freedom === 1) return Math.tan(Math.PI * (probability - 0.5));
	if (freedom === 2) return (2 * probability - 1) / Math.sqrt(2 * probability * (1 - probability));
	const z = probit(probability);
	return (
		z +
		(z ** 3 + z) / (4 * freedom) +
		(5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
		(3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
	);
}
