import { CarteiraError, type InputProblem } from "../errors.ts";
import type { ContactOptionSpec, FloorSpec, ProblemSpec, RouteSlotSpec } from "./problem-spec.ts";

const LIMIT = 2147483647;
/** Of all prizes and losses, and of all floors: so that every sum of a search is exact. */
const LARGEST_SUM = 2 ** 50;
const isWhole = (value: number, from = 0, to = LIMIT): boolean => Number.isInteger(value) && value >= from && value <= to;

type Report = (pointer: string, message: string) => void;

/** Checks everything that the solver trusts afterwards. Throws INVALID_INPUT with a pointer into the spec for each fault. */
export function validateSpec(spec: ProblemSpec): void {
	const problems: InputProblem[] = [];
	const report: Report = (pointer, message) => problems.push({ pointer, code: "INVALID_PROBLEM", message });
	checkSizes(spec, report);
	if (problems.length === 0) {
		spec.slots.forEach((slot, s) => checkSlot(spec, slot, `/slots/${s}`, report));
		spec.options.forEach((option, o) => checkOption(spec, option, `/options/${o}`, report));
		checkOrder(spec, report);
		spec.floors.forEach((floor, f) => checkFloor(spec, floor, `/floors/${f}`, report));
		checkCombinations(spec, report);
		checkSums(spec, report);
	}
	if (problems.length === 0) return;
	const { pointer, message } = problems[0];
	throw new CarteiraError("INVALID_INPUT", `allocation problem: ${pointer}: ${message}`, problems, problems.length);
}

function checkSizes(spec: ProblemSpec, report: Report): void {
	if (!isWhole(spec.numCustomers)) report("/numCustomers", "not a whole number of customers");
	if (!isWhole(spec.numPlaces, spec.numCustomers)) report("/numPlaces", "fewer places than customers");
	for (const name of ["travelTime", "travelDistance", "travelCost"] as const) {
		const matrix = spec[name];
		if (matrix.length !== spec.numPlaces ** 2) report(`/${name}`, `has ${matrix.length} cells, expected ${spec.numPlaces ** 2}`);
		else if (matrix.some((cell) => cell < 0)) report(`/${name}`, "has a negative cell");
	}
	if (spec.minGap.length !== spec.numCustomers) report("/minGap", `has ${spec.minGap.length} entries, expected ${spec.numCustomers}`);
	if (spec.days.some((day, d) => !isWhole(day, -LIMIT) || (d > 0 && day <= spec.days[d - 1]))) report("/days", "not ascending dates");
	spec.resources.forEach(({ cap }, r) => {
		if (!(cap >= 0)) report(`/resources/${r}/cap`, `${cap} is not a cap`);
	});
}

function checkSlot(spec: ProblemSpec, slot: RouteSlotSpec, at: string, report: Report): void {
	if (!isWhole(slot.day, 0, spec.days.length - 1)) report(`${at}/day`, `${slot.day} is not an index of days`);
	if (!isWhole(slot.open) || !isWhole(slot.close, slot.open)) report(at, `opens at ${slot.open} and closes at ${slot.close}`);
	for (const end of ["start", "end"] as const) {
		if (!isWhole(slot[end], -1, spec.numPlaces - 1)) report(`${at}/${end}`, `${slot[end]} is not a place`);
	}
	for (const limit of ["maxVisits", "maxCalls", "maxTravelTime", "maxSwaps"] as const) {
		if (!isWhole(slot[limit])) report(`${at}/${limit}`, `${slot[limit]} is not in 0 … 2147483647`);
	}
	let time = slot.open;
	slot.breaks.forEach(({ earliest, latest, duration }, b) => {
		if (!isWhole(earliest) || !isWhole(latest, earliest) || !isWhole(duration)) report(`${at}/breaks/${b}`, "not a window and a duration");
		if (Math.max(time, earliest) > latest) report(`${at}/breaks/${b}`, "cannot be taken after the breaks before it");
		time = Math.max(time, earliest) + duration;
	});
	if (time > slot.close) report(`${at}/breaks`, "do not end before the slot closes");
}

function checkOption(spec: ProblemSpec, option: ContactOptionSpec, at: string, report: Report): void {
	if (!isWhole(option.customer, 0, spec.numCustomers - 1)) report(`${at}/customer`, `${option.customer} is not a customer`);
	if (!isWhole(option.day, 0, spec.days.length - 1)) report(`${at}/day`, `${option.day} is not an index of days`);
	if (!isWhole(option.channel, 0, 3)) report(`${at}/channel`, `${option.channel} is not in 0 … 3`);
	if (!isWhole(option.duration)) report(`${at}/duration`, `${option.duration} is not a duration`);
	if (!isWhole(option.cutoff, -LIMIT)) report(`${at}/cutoff`, `${option.cutoff} is not a time`);
	if (!isWhole(option.cutoffLoss, 0, Number.MAX_SAFE_INTEGER)) report(`${at}/cutoffLoss`, `${option.cutoffLoss} is not a loss`);
	const isWindow = ([from, to]: readonly [number, number], w: number): boolean =>
		isWhole(from) && isWhole(to, from) && (w === 0 || from > option.windows[w - 1][1]);
	if (option.windows.length === 0 || !option.windows.every(isWindow)) report(`${at}/windows`, "not ascending disjoint windows");
	for (let previous = 0; previous <= option.day; previous++) {
		if (!Number.isSafeInteger(option.prize[previous])) report(`${at}/prize/${previous}`, `${option.prize[previous]} is not whole cents`);
	}
	const isDemand = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
	if (option.demand && !(option.demand.length === spec.resources.length && Array.from(option.demand).every(isDemand)))
		report(`${at}/demand`, `not ${spec.resources.length} whole amounts`);
}

function checkOrder(spec: ProblemSpec, report: Report): void {
	const key = (option: ContactOptionSpec): number => (option.customer * spec.days.length + option.day) * 4 + option.channel;
	spec.options.forEach((option, o) => {
		if (o > 0 && key(option) < key(spec.options[o - 1])) report(`/options/${o}`, "options are not sorted by customer, day, channel");
	});
}

function checkFloor(spec: ProblemSpec, floor: FloorSpec, at: string, report: Report): void {
	if (!(floor.atLeast >= 0 && Number.isFinite(floor.atLeast))) report(`${at}/atLeast`, `${floor.atLeast} is not an amount`);
	if (!(floor.cost >= 0 && Number.isFinite(floor.cost))) report(`${at}/cost`, `${floor.cost} is not a cost`);
	if (!floor.customers.every((customer) => isWhole(customer, 0, spec.numCustomers - 1)))
		report(`${at}/customers`, "names an unknown customer");
	if (new Set(floor.customers).size !== floor.customers.length) report(`${at}/customers`, "names a customer twice");
}

function checkCombinations(spec: ProblemSpec, report: Report): void {
	if (!spec.dayCombinations) return;
	if (spec.days.length > 31) report("/dayCombinations", "day combinations need a horizon of at most 31 days");
	if (spec.dayCombinations.length !== spec.numCustomers) report("/dayCombinations", "not one entry a customer");
	spec.dayCombinations.forEach((sets, customer) => {
		const isSet = (bits: number): boolean => isWhole(bits, 1, 2 ** spec.days.length - 1);
		if (sets && (sets.length === 0 || !sets.every(isSet))) report(`/dayCombinations/${customer}`, "not non-empty sets of days");
	});
}

function checkSums({ options, floors }: ProblemSpec, report: Report): void {
	const most = options.reduce((sum, { prize, day, cutoffLoss }) => {
		let largest = 0;
		for (let previous = 0; previous <= day; previous++) largest = Math.max(largest, Math.abs(prize[previous]));
		return sum + largest + cutoffLoss;
	}, 0);
	if (most > LARGEST_SUM) report("/options", `prizes and losses come to ${most}, expected at most ${LARGEST_SUM}`);
	let owed = 0;
	floors.forEach(({ unit, atLeast, cost }, f) => {
		owed += 100 * (unit === "seconds" ? atLeast / 3600 : atLeast) * cost;
		if (owed > LARGEST_SUM) report(`/floors/${f}/cost`, `floors may cost ${owed} up to here, expected at most ${LARGEST_SUM}`);
	});
}
