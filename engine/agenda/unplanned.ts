import type { RepCase, UnplannedCode } from "../policy/case.ts";
import type { Solution } from "../solver/solution.ts";
import { formatDay } from "../units.ts";
import type { PlanContext } from "./context.ts";
import type { Unplanned, UnmetRequired } from "./plan-document.ts";
import { isOutOfReach, leastDetour } from "./way.ts";

interface Reason {
	readonly code: UnplannedCode;
	readonly proven: boolean;
	readonly detail: string;
}

const OUT_OF_REACH: Reason = {
	code: "UNREACHABLE",
	proven: true,
	detail: "going there and back alone is more than any day of the rep holds",
};

/** Every customer of the case that the solution leaves out, with why. */
export function unplannedOf(context: PlanContext, repCase: RepCase, solution: Solution): Unplanned[] {
	const planned = new Set(solution.schedules.flatMap(({ contacts }) => contacts.map(({ option }) => repCase.options[option].customer)));
	const unmet = new Set([
		...solution.unmetRequired.map((option) => repCase.options[option].customer),
		...repCase.unmet.map(({ customer }) => customer),
	]);
	const exclusions = new Map(repCase.exclusions.map((exclusion) => [exclusion.customer, exclusion]));
	const optionsOf = groupOptions(repCase);
	const leftOut = (customer: number): Unplanned => {
		const options = optionsOf.get(customer) ?? [];
		const reasons = isOutOfReach(context, repCase, options) ? [OUT_OF_REACH] : (exclusions.get(customer)?.reasons ?? []);
		return rowOf(context, repCase, solution, customer, reasons.length > 0 ? [] : options, reasons);
	};
	return [...repCase.customers].filter((customer) => !planned.has(customer) && !unmet.has(customer)).map(leftOut);
}

/** Required contacts that the plan could not keep. */
export function unmetOf(context: PlanContext, repCase: RepCase, solution: Solution): UnmetRequired[] {
	const { customers, reps } = context.portfolio.tables;
	const unmet = [
		...repCase.unmet,
		...solution.unmetRequired.map((index) => {
			const { customer, day } = repCase.options[index];
			return { customer, on: repCase.days[day], detail: "the promised contacts of the rep cannot all be kept together" };
		}),
	];
	return unmet.map(({ customer, on, detail }) => ({
		customer_id: customers.texts.customer_id.at(customer) ?? "",
		rep_id: reps.texts.rep_id.at(repCase.rep) ?? "",
		on: formatDay(on),
		code: "REQUIRED_INFEASIBLE",
		detail,
	}));
}

/** A customer with what rules it out, or, where nothing does, with what its best option met. */
function rowOf(
	context: PlanContext,
	repCase: RepCase,
	solution: Solution,
	customer: number,
	options: readonly number[],
	hard: readonly Reason[],
): Unplanned {
	const { customers, reps } = context.portfolio.tables;
	const terms = new Int32Array(16);
	let best = -1;
	let bestValue = 0;
	for (const option of options) {
		const value = repCase.termsInto(option, null, false, terms);
		if (best < 0 || value > bestValue) [best, bestValue] = [option, value];
	}
	const outbid = best < 0 ? [] : [outbidReason(context, repCase, solution, best, bestValue)];
	return {
		customer_id: customers.texts.customer_id.at(customer) ?? "",
		rep_id: reps.texts.rep_id.at(repCase.rep),
		reasons: [...hard, ...outbid],
		value_forgone_cents: Math.max(0, bestValue),
		next_best_day: best < 0 ? null : formatDay(repCase.days[repCase.options[best].day]),
	};
}

/** Why a contact that could be made was not: what it met on its best day. Never proven, because another plan could hold it. */
function outbidReason(context: PlanContext, repCase: RepCase, solution: Solution, best: number, value: number): Reason {
	const option = repCase.options[best];
	if (value <= 0) return { code: "NEGATIVE_VALUE", proven: false, detail: `its best contact is worth ${value} cents` };
	const schedule = solution.schedules.find(({ slot }) => repCase.slots[slot].day === option.day);
	if (!schedule) return { code: "LOWER_VALUE", proven: false, detail: "other customers are worth more" };
	const slot = repCase.slots[schedule.slot];
	const isVisit = option.channel === 0;
	const alike = schedule.contacts.filter((placed) => (repCase.options[placed.option].channel === 0) === isVisit).length;
	const limit = isVisit ? slot.maxVisits : slot.maxCalls;
	const date = formatDay(repCase.days[option.day]);
	if (alike >= limit)
		return { code: "CONTACT_LIMIT", proven: false, detail: `${date} already holds ${limit} ${isVisit ? "visits" : "remote contacts"}` };
	const way = isVisit ? leastDetour(context, repCase, schedule, option.customer) : 0;
	const allowed = slot.maxTravelTime - schedule.travelTime;
	if (way > allowed)
		return {
			code: "TRAVEL_LIMIT",
			proven: false,
			detail: `${date} has ${Math.floor(allowed / 60)} minutes of travel left, the way takes ${Math.ceil(way / 60)} more`,
		};
	const service = schedule.contacts.reduce((sum, { start, end }) => sum + end - start, 0);
	const breaks = schedule.breaks.reduce((sum, { start, end }) => sum + end - start, 0);
	const free = slot.close - slot.open - breaks - service - schedule.travelTime;
	if (free < option.duration)
		return {
			code: "SHIFT_FULL",
			proven: false,
			detail: `${date} has ${Math.max(0, Math.floor(free / 60))} minutes left, it needs ${option.duration / 60} and the way`,
		};
	return { code: "LOWER_VALUE", proven: false, detail: `worth ${value} cents on ${date}, less than the time and travel it would take` };
}

function groupOptions(repCase: RepCase): Map<number, number[]> {
	const groups = new Map<number, number[]>();
	for (const [index, { customer }] of repCase.options.entries()) {
		const group = groups.get(customer);
		if (group) group.push(index);
		else groups.set(customer, [index]);
	}
	return groups;
}
