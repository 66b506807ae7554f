import { type Problem, REQUIRED } from "./problem.ts";
import { refreshSlot } from "./timing.ts";
import { floorCostOf, hasCombinations, type WorkingSolution } from "./working-solution.ts";

/** An empty solution: breaks only. */
export function createWorkingSolution(problem: Problem): WorkingSolution {
	const { numSlots, numItems, numOptions, numCustomers, numDays, numResources, numFloors } = problem;
	const stride = strideOf(problem);
	const bySlot = (): Int32Array => new Int32Array(numSlots);
	const byPosition = (): Int32Array => new Int32Array(numSlots * stride);
	const solution: WorkingSolution = {
		stride,
		items: byPosition(),
		place: byPosition(),
		leg: byPosition(),
		start: byPosition(),
		end: byPosition(),
		latest: byPosition(),
		onTime: byPosition(),
		nextStop: byPosition(),
		count: bySlot(),
		room: bySlot(),
		visits: bySlot(),
		calls: bySlot(),
		swaps: bySlot(),
		travel: bySlot(),
		cost: new Float64Array(numSlots),
		loss: new Float64Array(numSlots),
		slotUsed: new Float64Array(numSlots * numResources),
		horizonUsed: new Float64Array(numResources),
		floorDone: new Float64Array(numFloors),
		contactOn: new Int32Array(numCustomers * numDays).fill(-1),
		numContacts: new Int32Array(numCustomers),
		slotOf: new Int32Array(numItems).fill(-1),
		position: new Int32Array(numItems),
		value: 0,
		missing: 0,
		missingPenalty: missingPenaltyOf(problem),
	};
	for (let f = 0; f < numFloors; f++) solution.value -= floorCostOf(problem, f, 0);
	for (let option = 0; option < numOptions; option++) if (problem.optionFlags[option] & REQUIRED) solution.missing++;
	for (let customer = 0; customer < numCustomers; customer++) if (hasCombinations(problem, customer)) solution.missing++;
	for (let slot = 0; slot < numSlots; slot++) {
		for (let item = problem.slotFirstBreak[slot]; item < problem.slotFirstBreak[slot + 1]; item++) {
			solution.items[slot * stride + ++solution.count[slot]] = item;
			solution.slotOf[item] = slot;
		}
		refreshSlot(problem, solution, slot);
	}
	return solution;
}

/** Most items of a slot (a customer has at most one contact a day) and the two sentinels. */
function strideOf(problem: Problem): number {
	const customersOn = new Int32Array(problem.numDays);
	for (let option = 0; option < problem.numOptions; option++) {
		const isNew =
			option === 0 ||
			problem.optionDay[option] !== problem.optionDay[option - 1] ||
			problem.optionCustomer[option] !== problem.optionCustomer[option - 1];
		if (isNew) customersOn[problem.optionDay[option]]++;
	}
	let most = 0;
	for (let slot = 0; slot < problem.numSlots; slot++) {
		const limit = problem.slotMaxVisits[slot] + problem.slotMaxCalls[slot];
		const contacts = Math.min(customersOn[problem.slotDay[slot]], limit);
		most = Math.max(most, contacts + problem.slotFirstBreak[slot + 1] - problem.slotFirstBreak[slot]);
	}
	return most + 2;
}

/** More than the difference of value between any two solutions. */
function missingPenaltyOf(problem: Problem): number {
	const { numOptions, numDays, prize, optionCutoffLoss, travelCost, numFloors } = problem;
	const dearestLeg = travelCost.reduce((most, cost) => Math.max(most, cost), 0);
	let range = 1 + dearestLeg * problem.numSlots;
	for (let option = 0; option < numOptions; option++) {
		let largest = 0;
		for (let previous = 0; previous <= numDays; previous++) largest = Math.max(largest, Math.abs(prize[option * (numDays + 1) + previous]));
		range += largest + optionCutoffLoss[option] + 2 * dearestLeg;
	}
	for (let f = 0; f < numFloors; f++) range += floorCostOf(problem, f, 0);
	return 2 * range;
}
