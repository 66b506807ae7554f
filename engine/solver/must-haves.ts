import type { Random } from "../random.ts";
import { type Problem, REQUIRED } from "./problem.ts";
import { hasCombinations, type WorkingSolution } from "./working-solution.ts";

/** An option of everything that must be in: the required options, and the first of each customer with day combinations. */
export function findMustHaves(problem: Problem): Int32Array {
	const mustHaves: number[] = [];
	for (let option = 0; option < problem.numOptions; option++) {
		const customer = problem.optionCustomer[option];
		const isFirst = problem.customerFirstOption[customer] === option;
		if (problem.optionFlags[option] & REQUIRED || (isFirst && hasCombinations(problem, customer))) mustHaves.push(option);
	}
	return Int32Array.from(mustHaves);
}

export function isMissing(problem: Problem, solution: WorkingSolution, option: number): boolean {
	const customer = problem.optionCustomer[option];
	return solution.slotOf[option] < 0 && (!hasCombinations(problem, customer) || solution.numContacts[customer] === 0);
}

/** A random one of what is missing: a required option, or any option of a periodic customer; -1 where nothing that has an option is. */
export function pickMissing(problem: Problem, solution: WorkingSolution, mustHaves: Int32Array, random: Random): number {
	const from = random.below(mustHaves.length);
	let steps = 0;
	while (steps < mustHaves.length && !isMissing(problem, solution, mustHaves[(from + steps) % mustHaves.length])) steps++;
	if (steps === mustHaves.length) return -1;
	const option = mustHaves[(from + steps) % mustHaves.length];
	const customer = problem.optionCustomer[option];
	if (!hasCombinations(problem, customer)) return option;
	const [first, last] = [problem.customerFirstOption[customer], problem.customerFirstOption[customer + 1]];
	return first + random.below(last - first);
}
