import type { Portfolio } from "../portfolio/portfolio.ts";
import type { RepCase } from "../policy/case.ts";
import type { Policy } from "../policy/policy.ts";
import type { ContactOptionSpec, ProblemSpec } from "../solver/problem-spec.ts";
import { buildMatrices, type Point } from "./travel.ts";

/** A rep's case as the solver sees it. Options keep their order, so an option's index means the same on both sides. */
export function problemOf(repCase: RepCase, portfolio: Portfolio, policy: Policy): ProblemSpec {
	const offered = [...new Set(repCase.options.map((option) => option.customer))];
	const indexOf = new Map(offered.map((customer, index) => [customer, index]));
	const places: (Point | null)[] = offered.map((customer) => pointOf(portfolio, customer));
	const numCustomers = offered.length;
	places.push(repCase.places.start, repCase.places.end);
	return {
		numCustomers,
		days: repCase.days,
		numPlaces: places.length,
		...buildMatrices(policy.travel, places),
		resources: [],
		slots: repCase.slots.map((slot) => ({ ...slot, start: placeOf(slot.start, numCustomers), end: placeOf(slot.end, numCustomers) })),
		minGap: minGaps(repCase, indexOf),
		options: optionsOf(repCase, indexOf),
		floors: repCase.floors.map((floor) => ({
			...floor,
			customers: Int32Array.from([...floor.customers].flatMap((position) => indexOf.get(repCase.customers[position]) ?? [])),
		})),
	};
}

/** Where a customer is; null without coordinates. */
export function pointOf(portfolio: Portfolio, customer: number): Point | null {
	const { lat, lon } = portfolio.tables.customers.numbers;
	return Number.isNaN(lat[customer]) || Number.isNaN(lon[customer]) ? null : { lat: lat[customer], lon: lon[customer] };
}

function placeOf(casePlace: number, numCustomers: number): number {
	return casePlace < 0 ? -1 : numCustomers + casePlace;
}

function minGaps(repCase: RepCase, indexOf: ReadonlyMap<number, number>): Int32Array {
	const gaps = new Int32Array(indexOf.size).fill(1);
	for (const option of repCase.options) {
		const index = indexOf.get(option.customer) ?? 0;
		gaps[index] = Math.max(gaps[index], option.minGapDays);
	}
	return gaps;
}

function optionsOf(repCase: RepCase, indexOf: ReadonlyMap<number, number>): ContactOptionSpec[] {
	const numDays = repCase.days.length;
	const terms = new Int32Array(16);
	return repCase.options.map((option, index) => {
		const prize = new Int32Array(numDays + 1);
		prize[0] = repCase.termsInto(index, null, false, terms);
		for (let previous = 0; previous < option.day; previous++) {
			prize[previous + 1] = repCase.termsInto(index, repCase.days[previous], false, terms);
		}
		return {
			customer: indexOf.get(option.customer) ?? 0,
			day: option.day,
			channel: option.channel,
			duration: option.duration,
			windows: option.windows,
			cutoff: option.cutoff,
			cutoffLoss: option.delivery ? Math.max(0, prize[0] - repCase.termsInto(index, null, true, terms)) : 0,
			prize,
			required: option.required,
			gapExempt: option.gapExempt,
			isSwap: option.isSwap,
		};
	});
}
