import { describe, expect, it } from "vitest";
import { createRandom } from "../../engine/random.ts";
import { type Prices, scanSlot } from "../../engine/solver/insertion.ts";
import { beginMove, createJournal, removeContact, rollBack, settleTouched, touchSlot } from "../../engine/solver/journal.ts";
import { buildProblem, type Problem } from "../../engine/solver/problem.ts";
import type { Solution } from "../../engine/solver/solution.ts";
import type { ProblemSpec } from "../../engine/solver/problem-spec.ts";
import { scheduleSlots, totalFloorCost, unmetOptions } from "../../engine/solver/report.ts";
import { fitsLimits, floorCostOf, gainOf, keepsGap, type WorkingSolution } from "../../engine/solver/working-solution.ts";
import { insertContact } from "../../engine/solver/place-contact.ts";
import { createWorkingSolution } from "../../engine/solver/empty-solution.ts";
import { smallProblem } from "../problems/small.ts";
import { evaluate } from "./evaluate.ts";

const prices: Prices = {
	time: new Float64Array(14),
	visit: new Float64Array(14),
	call: new Float64Array(14),
	push: 0,
	blink: 0,
	subsidy: 0,
};

/** The working solution as a result, for the slow twin. */
function solutionOf(problem: Problem, solution: WorkingSolution): Solution {
	const unmetRequired = unmetOptions(problem, solution);
	const rest = { upperBound: 0, boundMethod: "", iterations: 0, stopped: false };
	return {
		schedules: scheduleSlots(problem, solution),
		value: solution.value,
		floorCost: totalFloorCost(problem, solution),
		unmetRequired,
		...rest,
	};
}

/** Problems whose customers may have any chain, so that single contacts come and go. */
function chainProblem(seed: number): ProblemSpec {
	const { dayCombinations: _, ...spec } = smallProblem(seed);
	return spec;
}

describe("the working solution", () => {
	it("equals the slow evaluation after every random insertion, removal and undone move", () => {
		for (let seed = 1; seed <= 60; seed++) {
			const spec = chainProblem(seed);
			const problem = buildProblem(spec);
			const solution = createWorkingSolution(problem);
			const journal = createJournal(problem, solution);
			const random = createRandom(seed);
			for (let move = 0; move < 40; move++) {
				const before = solution.value;
				const isUndone = random.next() < 0.3;
				beginMove(journal, solution);
				for (let change = 0; change < 3; change++) changeOnce(problem, solution, journal, random.below(problem.numOptions), random.next());
				if (isUndone) {
					rollBack(problem, solution, journal);
					expect(solution.value).toBe(before);
				}
				expect(evaluate(spec, solutionOf(problem, solution))).toEqual({ value: solution.value, faults: [] });
			}
		}
	});

	function changeOnce(
		problem: Problem,
		solution: WorkingSolution,
		journal: ReturnType<typeof createJournal>,
		option: number,
		toss: number,
	): void {
		if (solution.slotOf[option] >= 0) {
			removeContact(problem, solution, journal, option);
			settleTouched(problem, solution, journal);
			return;
		}
		const insertion = { price: Infinity, cost: 0, slot: -1, position: 0, noise: 1, evaluations: 0 };
		for (let slot = 0; slot < problem.numSlots; slot++) {
			const isOfDay = problem.slotDay[slot] === problem.optionDay[option];
			if (!isOfDay || !keepsGap(problem, solution, option) || !fitsLimits(problem, solution, option, slot)) continue;
			scanSlot(problem, solution, option, slot, { ...prices, time: new Float64Array(problem.numDays).fill(toss) }, insertion);
		}
		if (insertion.price === Infinity) return;
		const expected = solution.value + gainOf(problem, solution, option, 1) - insertion.cost;
		touchSlot(journal, solution, insertion.slot);
		expect(insertContact(problem, solution, option, insertion.slot, insertion.position)).toBe(true);
		expect(solution.value).toBe(expected);
	}

	it("rounds the cost of what a floor lacks once", () => {
		const floors: ProblemSpec["floors"] = [{ unit: "seconds", atLeast: 3600, cost: 60, customers: Int32Array.of(0) }];
		const problem = buildProblem({ ...chainProblem(3), floors });
		// 3,600 - 1,700 = 1,900 s = 0.52777… h at 60 an hour: 3,166.66… cents.
		expect(floorCostOf(problem, 0, 1700)).toBe(3167);
		expect(floorCostOf(problem, 0, 4000)).toBe(0);
	});
});
