import { CLASSES, PHASES } from "../../engine/index.ts";
import { CHANNELS } from "../../engine/portfolio/schema.ts";
import { type BinomialRow, fitLogistic, type LogisticFit } from "../numerics/fit-logistic.ts";
import type { TrialGroup } from "./trial-groups.ts";

/** How far the effects may lie from what is assumed of them: standard deviations in log-odds, level by level. */
export interface Spreads {
	/** A channel's around the assumption. */
	readonly channel: number;
	/** A phase's and a class's around the channel's. */
	readonly phase: number;
	/** That of prospects: how they take to contacts shows in no phase of customers that buy. */
	readonly prospect: number;
	readonly class: number;
	/** A phase × class's around what its phase and its class say. */
	readonly cell: number;
	/** Effects' worth of evidence that they weigh against what the outcomes show. */
	readonly strength: number;
}

/** A cell's effect in log-odds: mean and standard deviation given the outcomes. */
export interface FittedEffect {
	readonly mean: number;
	readonly deviation: number;
}

/**
 * Standard deviations of what the log-odds without the contact may differ from the chance's: everywhere, by channel, by phase and class,
 * by cell. Far wider than those of effects, or contacts made where the chance is too low would be taken for contacts that work.
 */
const BASE_SPREADS = [10, 3, 3, 3];
/** The same of how steeply they follow it. */
const SLOPE_SPREAD = 0.5;
/** The spreads are found when none of their squares moves by a hundredth. */
const MAX_ROUNDS = 50;
const STILL = 0.01;

/** Coefficients by what they stand for, numbered as they are met. */
class Coefficients {
	readonly #indexOf = new Map<string, number>();
	/** Level by coefficient. */
	readonly levels: number[] = [];

	of(level: number, key: number): number {
		const name = `${level} ${key}`;
		let index = this.#indexOf.get(name);
		if (index === undefined) {
			index = this.levels.push(level) - 1;
			this.#indexOf.set(name, index);
		}
		return index;
	}
}

/** The levels of an effect, then those of the orders without it, then the slope. */
const EFFECT_LEVELS = ["channel", "phase", "class", "cell", "prospect"] as const;
const NUM_EFFECT_LEVELS = EFFECT_LEVELS.length;
const [CHANNEL_LEVEL, PHASE_LEVEL, CLASS_LEVEL, CELL_LEVEL, PROSPECT_LEVEL] = EFFECT_LEVELS.map((_, level) => level);
const PROSPECT = PHASES.indexOf("prospect");
const SLOPE = NUM_EFFECT_LEVELS + BASE_SPREADS.length;

/**
 * Effects of a contact by cell from trials of both arms: a logistic regression on the log-odds of the chance under usual service, in which
 * a cell's effect is the assumed one + the deviations of its channel, of its phase and its class there, and its own, all normal around 0. Their
 * spreads begin as stated and move to what the outcomes show, as far as `strength` lets them (expectation-maximisation with an inverse gamma
 * prior), but for that of prospects, which stays; intervals are Laplace's. Asked of a cell that had no trials, it answers what its channel's and phase's outcomes say.
 */
export function fitEffects(
	groups: readonly TrialGroup[],
	assumedOf: (cell: number) => number,
	spreads: Spreads,
	cells: readonly number[],
): ReadonlyMap<number, FittedEffect> {
	const coefficients = new Coefficients();
	const rows = groups.map((group) => rowOf(group, assumedOf, coefficients));
	const parts = new Map(cells.map((cell) => [cell, effectParts(cell, coefficients)]));
	const fit = fitSpreads(rows, coefficients.levels, spreads);
	return new Map(
		cells.map((cell) => {
			const own = parts.get(cell) ?? [];
			const mean = own.reduce((sum, coefficient) => sum + fit.mean[coefficient], assumedOf(cell));
			return [cell, { mean, deviation: Math.sqrt(fit.varianceOf(own)) }];
		}),
	);
}

function effectParts(cell: number, coefficients: Coefficients): number[] {
	const channel = cell % CHANNELS.length;
	const phase = Math.floor(cell / (CLASSES.length * CHANNELS.length));
	const cls = Math.floor(cell / CHANNELS.length) % CLASSES.length;
	return [
		coefficients.of(CHANNEL_LEVEL, channel),
		coefficients.of(phase === PROSPECT ? PROSPECT_LEVEL : PHASE_LEVEL, phase * CHANNELS.length + channel),
		coefficients.of(CLASS_LEVEL, cls * CHANNELS.length + channel),
		coefficients.of(CELL_LEVEL, cell),
	];
}

function rowOf(group: TrialGroup, assumedOf: (cell: number) => number, coefficients: Coefficients): BinomialRow {
	const { cell, isTreated, count, orders, sumLogOdds } = group;
	const chance = sumLogOdds / count;
	const base = [0, cell % CHANNELS.length, Math.floor(cell / CHANNELS.length), cell];
	const parts = [
		...base.map((key, level) => coefficients.of(NUM_EFFECT_LEVELS + level, key)),
		...(isTreated ? effectParts(cell, coefficients) : []),
	];
	return {
		count,
		orders,
		offset: chance + (isTreated ? assumedOf(cell) : 0),
		terms: [...parts.map((part) => [part, 1] as const), [coefficients.of(SLOPE, 0), chance]],
	};
}

function fitSpreads(rows: readonly BinomialRow[], levels: readonly number[], stated: Spreads): LogisticFit {
	const start = EFFECT_LEVELS.map((level) => stated[level] ** 2);
	const fixed = [...BASE_SPREADS, SLOPE_SPREAD].map((spread) => spread ** 2);
	let variances = start;
	let mean = new Float64Array(levels.length);
	const fitAt = (): LogisticFit =>
		fitLogistic(
			rows,
			Float64Array.from(levels, (level) => [...variances, ...fixed][level]),
			mean,
		);
	let fit = fitAt();
	for (let round = 0; round < MAX_ROUNDS; round++) {
		mean = fit.mean.slice();
		const before = variances;
		// Two channels of one phase show no spread: what is stated of prospects stays.
		variances = start.map((prior, level) => (level === PROSPECT_LEVEL ? prior : spreadShown(fit, levels, level, prior, stated.strength)));
		fit = fitAt();
		if (variances.every((variance, level) => Math.abs(variance / before[level] - 1) < STILL)) break;
	}
	return fit;
}

/** Variance of a level's deviations: the stated one for `strength` effects, and the mean square of those met. */
function spreadShown(fit: LogisticFit, levels: readonly number[], level: number, stated: number, strength: number): number {
	let [sum, number] = [strength * stated, strength];
	for (const [coefficient, of] of levels.entries()) {
		if (of !== level) continue;
		sum += fit.mean[coefficient] ** 2 + fit.varianceOf([coefficient]);
		number++;
	}
	return sum / number;
}
