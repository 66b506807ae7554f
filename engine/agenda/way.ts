import type { ContactOption, RepCase } from "../policy/case.ts";
import type { SlotSchedule } from "../solver/solution.ts";
import type { Seconds } from "../units.ts";
import type { PlanContext } from "./context.ts";
import { pointOf } from "./problem-of.ts";
import { leastSeconds, legBetween, type Point } from "./travel.ts";

/** Seconds that a visit to the customer adds to the travel of a day's route at the least, between any two of its stops. */
export function leastDetour({ portfolio, policy }: PlanContext, repCase: RepCase, schedule: SlotSchedule, customer: number): Seconds {
	const stops = schedule.contacts
		.map(({ option }) => repCase.options[option])
		.filter(isVisit)
		.map((option) => pointOf(portfolio, option.customer));
	const route = [repCase.places.start, ...stops, repCase.places.end];
	const visited = pointOf(portfolio, customer);
	const leg = (from: Point | null, to: Point | null): Seconds => (from && to ? legBetween(policy.travel, from, to).seconds : 0);
	const isIdle = stops.length === 0; // who visits nobody does not drive from start to end
	return Math.min(...route.slice(1).map((to, at) => leg(route[at], visited) + leg(visited, to) - (isIdle ? 0 : leg(route[at], to))));
}

/**
 * Is it proven that no plan of the rep can hold any of a customer's options? All must be visits, and going there and coming back
 * alone, at the fastest speed and without breaks, more than any day's shift or travel allows: also a day's on which a rule of this
 * plan refuses the customer.
 */
export function isOutOfReach({ portfolio, policy }: PlanContext, repCase: RepCase, options: readonly number[]): boolean {
	const { start, end } = repCase.places;
	const contacts = options.map((option) => repCase.options[option]);
	if (contacts.length === 0 || !contacts.every(isVisit)) return false;
	const place = pointOf(portfolio, contacts[0].customer);
	const shortest = Math.min(...contacts.map(({ duration }) => duration));
	return repCase.slots.every((slot) => {
		const numLegs = Math.min(repCase.customers.length, slot.maxVisits);
		const way = (home: Point | null): Seconds => (home && place ? leastSeconds(policy.travel, home, place, numLegs) : 0);
		const travel = way(start) + way(end);
		return travel > slot.maxTravelTime || travel + shortest > slot.close - slot.open;
	});
}

function isVisit({ channel }: ContactOption): boolean {
	return channel === 0;
}
