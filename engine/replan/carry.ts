import type { DayPlan } from "../agenda/plan-document.ts";
import { type Problem, REQUIRED } from "../solver/problem.ts";
import { arrangeSlot } from "../solver/resume.ts";
import { keepsGap, type WorkingSolution } from "../solver/working-solution.ts";
import { createWorkingSolution } from "../solver/empty-solution.ts";
import { type Day, formatDay, parseTime, type Seconds } from "../units.ts";
import { startOf } from "./changes.ts";
import type { Held } from "./desk.ts";
import type { Remaining } from "./remaining.ts";

/** The plan as it goes on by itself, with what no longer fits left out. */
export interface Carried {
	readonly solution: WorkingSolution;
	/** Options of the contacts that are carried, by their place in what was planned; -1: it fell out. */
	readonly options: Int32Array;
	/** Their starts, before anything is replanned. */
	readonly starts: Int32Array;
}

interface Planned {
	/** Place in what was planned. */
	readonly nth: number;
	readonly option: number;
	readonly start: Seconds;
}

/**
 * Carries planned contacts into what remains: each day in its order, as early as it can be. Where a day no longer holds them all, promised
 * contacts come first, then the others in the order of the day; who does not fit any more falls out.
 */
export function carryOn(remaining: Remaining, planned: readonly Held[], days: readonly DayPlan[]): Carried {
	const { repCase, problem, anchor, today } = remaining;
	const solution = createWorkingSolution(problem);
	const options = findOptions(remaining, planned);
	for (let slot = 0; slot < problem.numSlots; slot++) {
		const day = problem.slotDay[slot];
		const date = repCase.days[day];
		const mine = planned.flatMap(({ date: on, start }, nth) =>
			on === date && options[nth] >= 0 ? [{ nth, option: options[nth], start }] : [],
		);
		const lead = day === today && anchor >= 0 ? [anchor] : [];
		const listed = days.find((shown) => shown.date === formatDay(date))?.breaks ?? [];
		if (arrangeSlot(problem, solution, slot, [...lead, ...inOrder(problem, slot, mine, listed)])) continue;
		for (const nth of packDay(problem, solution, slot, mine, lead)) options[nth] = -1;
	}
	const starts = Int32Array.from(options, (option) => (option < 0 ? -1 : startOf(solution, option)));
	return { solution, options, starts };
}

/** Contacts and breaks of a slot in the order of the agenda. */
function inOrder(problem: Problem, slot: number, mine: readonly Planned[], listed: DayPlan["breaks"]): number[] {
	const timed = mine.map(({ option, start }) => ({ item: option, start }));
	for (const item of breaksOf(problem, slot)) {
		const isListed = ({ start, end }: DayPlan["breaks"][number]): boolean =>
			parseTime(end) - parseTime(start) === problem.itemDuration[item] &&
			parseTime(start) >= problem.itemOpen[item] &&
			parseTime(start) <= problem.itemClose[item];
		const shown = listed.find(isListed);
		timed.push({ item, start: shown ? parseTime(shown.start) : problem.itemOpen[item] });
	}
	return timed.sort((a, b) => a.start - b.start).map(({ item }) => item);
}

function breaksOf(problem: Problem, slot: number): number[] {
	const first = problem.slotFirstBreak[slot];
	return Array.from({ length: problem.slotFirstBreak[slot + 1] - first }, (_, nth) => first + nth);
}

/** Puts the contacts into a slot that holds only its breaks, in their order, required ones first; those that do not fit. */
function packDay(problem: Problem, solution: WorkingSolution, slot: number, mine: readonly Planned[], lead: readonly number[]): number[] {
	let order = [...lead, ...breaksOf(problem, slot)];
	if (!arrangeSlot(problem, solution, slot, order)) return mine.map(({ nth }) => nth);
	const rank = new Map(mine.map(({ option }, at) => [option, at]));
	const isRequired = ({ option }: Planned): boolean => (problem.optionFlags[option] & REQUIRED) !== 0;
	const left: number[] = [];
	for (const planned of [...mine.filter(isRequired), ...mine.filter((contact) => !isRequired(contact))]) {
		const longer = keepsGap(problem, solution, planned.option) ? withContact(problem, solution, slot, order, planned.option, rank) : null;
		if (longer) order = longer;
		else left.push(planned.nth);
	}
	return left;
}

/** The order with one contact more, behind those planned before it and before those planned behind it; null where it does not fit. */
function withContact(
	problem: Problem,
	solution: WorkingSolution,
	slot: number,
	order: readonly number[],
	option: number,
	rank: ReadonlyMap<number, number>,
): number[] | null {
	const own = rank.get(option) ?? 0;
	const first = order.findLastIndex((item) => item < problem.numOptions && (rank.get(item) ?? -1) < own) + 1;
	const behind = order.findIndex((item) => (rank.get(item) ?? -1) > own);
	for (let position = first; position <= (behind < 0 ? order.length : behind); position++) {
		const longer = order.toSpliced(position, 0, option);
		if (arrangeSlot(problem, solution, slot, longer)) return longer;
	}
	return null;
}

/** The options of what remains that planned contacts are; -1: it has none. */
function findOptions({ repCase }: Remaining, planned: readonly Held[]): Int32Array {
	const key = (customer: number, date: Day, channel: number): string => `${customer} ${date} ${channel}`;
	const nths = new Map(planned.map(({ customer, date, channel }, nth) => [key(customer, date, channel), nth]));
	const customers = new Set(planned.map(({ customer }) => customer));
	const found = new Int32Array(planned.length).fill(-1);
	for (const [index, option] of repCase.options.entries()) {
		if (!customers.has(option.customer)) continue;
		const nth = nths.get(key(option.customer, repCase.days[option.day], option.channel));
		if (nth === undefined) continue;
		const { start } = planned[nth];
		if (found[nth] < 0 || option.windows.some(([from, to]) => from <= start && start <= to)) found[nth] = index;
	}
	return found;
}
