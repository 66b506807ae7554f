import { type ContactOptionSpec, type ProblemSpec, UNLIMITED } from "../../../engine/solver/problem-spec.ts";

/** A contact that fits anywhere in the day. */
export function option(part: Partial<ContactOptionSpec> & Pick<ContactOptionSpec, "customer" | "day">): ContactOptionSpec {
	return {
		channel: 0,
		duration: 10,
		windows: [[0, 100]],
		cutoff: UNLIMITED,
		cutoffLoss: 0,
		prize: [100, 90, 90, 90],
		required: false,
		gapExempt: false,
		isSwap: false,
		...part,
	};
}

/** Customers on a line, one unit of time and two cents apart; home stands at 0. Days are dates 0, 1, 2 …; shifts are 0 to 100. */
export function lineProblem(numCustomers: number, numDays: number, options: readonly ContactOptionSpec[], minGap = 1): ProblemSpec {
	const numPlaces = numCustomers + 1;
	const at = (place: number): number => (place === numCustomers ? 0 : place + 1);
	const travelTime = Int32Array.from({ length: numPlaces ** 2 }, (_, cell) =>
		Math.abs(at(Math.floor(cell / numPlaces)) - at(cell % numPlaces)),
	);
	return {
		numCustomers,
		days: Array.from({ length: numDays }, (_, day) => day),
		numPlaces,
		travelTime,
		travelDistance: travelTime,
		travelCost: travelTime.map((time) => 2 * time),
		resources: [],
		slots: Array.from({ length: numDays }, (_, day) => ({
			day,
			open: 0,
			close: 100,
			start: numCustomers,
			end: numCustomers,
			breaks: [],
			maxVisits: UNLIMITED,
			maxCalls: UNLIMITED,
			maxTravelTime: UNLIMITED,
			maxSwaps: UNLIMITED,
		})),
		minGap: new Int32Array(numCustomers).fill(minGap),
		options,
		floors: [],
	};
}
