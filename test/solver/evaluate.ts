import type { SlotSchedule, Solution } from "../../engine/solver/solution.ts";
import type { ProblemSpec } from "../../engine/solver/problem-spec.ts";
import { floorCost } from "./brute-force.ts";

/** Slow obvious twin of the working solution: value and everything that is wrong with a solution, from the spec alone. */
export function evaluate(spec: ProblemSpec, solution: Solution): { readonly value: number; readonly faults: readonly string[] } {
	const faults: string[] = [];
	const fault = (isWrong: boolean, text: string): void => {
		if (isWrong) faults.push(text);
	};
	const contacts = solution.schedules.flatMap((schedule) => schedule.contacts);
	const chosen = contacts.map((contact) => contact.option);
	fault(new Set(chosen).size !== chosen.length, "an option twice");
	fault(solution.schedules.length !== spec.slots.length, "a slot without schedule");
	let value = -floorCost(spec, chosen);
	fault(solution.floorCost !== -value, `floor cost ${solution.floorCost}, expected ${-value}`);
	for (let customer = 0; customer < spec.numCustomers; customer++) value += prizeOf(spec, customer, chosen, fault);
	solution.schedules.forEach((schedule, s) => {
		fault(schedule.slot !== s, `schedule ${s} of slot ${schedule.slot}`);
		value -= costOf(spec, schedule, fault);
	});
	spec.resources.forEach(({ scope, cap }, r) => {
		const used = chosen.reduce((sum, o) => sum + (spec.options[o].demand?.[r] ?? 0), 0);
		fault(scope === "horizon" && used > cap, `resource ${r} over the horizon`);
	});
	const unmet = spec.options.flatMap((option, o) => (option.required && !chosen.includes(o) ? [o] : []));
	fault(unmet.join() !== solution.unmetRequired.join(), `unmet ${solution.unmetRequired.join()}, expected ${unmet.join()}`);
	return { value, faults };
}

type Fault = (isWrong: boolean, text: string) => void;

function prizeOf(spec: ProblemSpec, customer: number, chosen: readonly number[], fault: Fault): number {
	const own = chosen
		.map((o) => spec.options[o])
		.filter((option) => option.customer === customer)
		.sort((a, b) => a.day - b.day);
	let prize = 0;
	own.forEach((option, i) => {
		prize += option.prize[i === 0 ? 0 : own[i - 1].day + 1];
		for (const later of own.slice(i + 1)) {
			const gap = spec.days[later.day] - spec.days[option.day];
			fault(gap <= 0, `customer ${customer} twice on day ${option.day}`);
			fault(gap < spec.minGap[customer] && !option.gapExempt && !later.gapExempt, `customer ${customer} breaks its gap`);
		}
	});
	const days = own.reduce((set, option) => set | (1 << option.day), 0);
	const sets = spec.dayCombinations?.[customer];
	fault(days !== 0 && Boolean(sets) && !sets?.includes(days), `customer ${customer} on days ${days}`);
	return prize;
}

/** Travel cost and losses of a slot. */
function costOf(spec: ProblemSpec, schedule: SlotSchedule, fault: Fault): number {
	const slot = spec.slots[schedule.slot];
	const own = schedule.contacts.map(({ option }) => spec.options[option]);
	const visits = own.filter((option) => option.channel === 0);
	const name = `slot ${schedule.slot}:`;
	fault(
		own.some((option) => option.day !== slot.day),
		`${name} a contact of another day`,
	);
	fault(visits.length > slot.maxVisits || own.length - visits.length > slot.maxCalls, `${name} too many contacts`);
	fault(own.filter((option) => option.isSwap).length > slot.maxSwaps, `${name} too many swaps`);
	spec.resources.forEach(({ scope, cap }, r) => {
		const used = own.reduce((sum, option) => sum + (option.demand?.[r] ?? 0), 0);
		fault(scope === "slot" && used > cap, `${name} resource ${r}`);
	});
	fault(schedule.breaks.length !== slot.breaks.length, `${name} breaks`);
	schedule.breaks.forEach((taken, b) => {
		const { earliest, latest, duration } = slot.breaks[b];
		fault(taken.start < earliest || taken.start > latest || taken.end !== taken.start + duration, `${name} break ${b}`);
	});
	const travel = { time: 0, distance: 0, cost: 0 };
	const go = (from: number, to: number): number => {
		if (from < 0 || to < 0) return 0;
		const cell = from * spec.numPlaces + to;
		travel.time += spec.travelTime[cell];
		travel.distance += spec.travelDistance[cell];
		travel.cost += spec.travelCost[cell];
		return spec.travelTime[cell];
	};
	const isFree = (from: number, to: number): boolean => schedule.breaks.every((taken) => to <= taken.start || from >= taken.end);
	let here = slot.start;
	let now = slot.open;
	let loss = 0;
	for (const placed of schedule.contacts) {
		const option = spec.options[placed.option];
		const isVisit = option.channel === 0;
		const leg = isVisit ? go(here, option.customer) : 0;
		const first = isVisit && option === visits[0];
		const left = placed.arrive - leg;
		fault(placed.travelTime !== leg, `${name} leg of ${placed.option}`);
		fault(left < now || placed.start < placed.arrive, `${name} ${placed.option} starts before the rep is there`);
		fault(first && schedule.leave !== left, `${name} leaves at ${schedule.leave}, expected ${left}`);
		fault(!isFree(left, placed.arrive) || !isFree(placed.start, placed.end), `${name} ${placed.option} runs over a break`);
		fault(placed.end !== placed.start + option.duration || placed.end > slot.close, `${name} end of ${placed.option}`);
		fault(!option.windows.some(([from, to]) => from <= placed.start && placed.start <= to), `${name} window of ${placed.option}`);
		if (placed.start > option.cutoff) loss += option.cutoffLoss;
		if (isVisit) here = option.customer;
		now = placed.end;
	}
	const home = visits.length > 0 ? go(here, slot.end) : 0;
	fault(visits.length > 0 && (schedule.finish < now + home || schedule.finish > slot.close), `${name} comes home at ${schedule.finish}`);
	fault(visits.length > 0 && !isFree(schedule.finish - home, schedule.finish), `${name} comes home over a break`);
	fault(travel.time > slot.maxTravelTime, `${name} too much travel`);
	fault(schedule.travelTime !== travel.time || schedule.travelDistance !== travel.distance, `${name} totals of travel`);
	fault(schedule.travelCost !== travel.cost, `${name} travel cost ${schedule.travelCost}, expected ${travel.cost}`);
	return travel.cost + loss;
}
