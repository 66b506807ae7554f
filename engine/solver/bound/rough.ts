import { chooseChains, createChoice } from "./chains.ts";
import { descend, type Evaluate } from "./descent.ts";
import { buildRelaxation, type Relaxation } from "./rows.ts";
import { buildTravelTree, type TravelTree } from "./tree.ts";
import { type Problem, REQUIRED } from "../problem.ts";

/** The relaxation in which visits pay for time and their own nearest way only, and prices of its rows: soon found, and a guide to what time is worth. */
export interface Rough {
	/** By slot. */
	readonly trees: readonly TravelTree[];
	readonly relaxation: Relaxation;
	readonly prices: Float64Array;
}

const ITERATIONS = 300;

/** The relaxation with all prices at 0. */
export function startRough(problem: Problem): Rough {
	const trees = Array.from({ length: problem.numSlots }, (_, slot) => buildTravelTree(problem, slot));
	const relaxation = buildRelaxation(problem, trees, "none");
	return { trees, relaxation, prices: new Float64Array(relaxation.numRows) };
}

/** The relaxation with its prices nearly at their best, where nothing is known of a solution yet. */
export function priceRoughly(problem: Problem): Rough {
	const rough = startRough(problem);
	const required = Array.from({ length: problem.numOptions }, (_, option) => option).filter(
		(option) => problem.optionFlags[option] & REQUIRED,
	);
	const evaluate = evaluateChains(problem, rough.relaxation, required, false);
	descend(rough.relaxation, evaluate, rough.prices, 0, (iterations) => iterations >= ITERATIONS);
	return rough;
}

/** Value of the customers' best chains at any prices, and of what the rows hold: without links, a bound. */
export function evaluateChains(problem: Problem, relaxation: Relaxation, unmet: readonly number[], isComplete: boolean): Evaluate {
	const choice = createChoice(problem, relaxation, unmet, isComplete);
	return (prices, slope) => {
		chooseChains(problem, relaxation, choice, prices);
		let bound = choice.value + relaxation.constant;
		for (let row = 0; row < relaxation.numRows; row++) {
			slope[row] = relaxation.capacity[row] - choice.use[row];
			if (relaxation.limit[row] > 0) bound += prices[row] * relaxation.capacity[row];
		}
		return bound;
	};
}
