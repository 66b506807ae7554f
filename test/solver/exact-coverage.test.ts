import { describe, expect, it } from "vitest";
import { type ContactOptionSpec, type ProblemSpec, type RouteSlotSpec, UNLIMITED } from "../../engine/solver/problem-spec.ts";
import { smallProblem } from "../problems/small.ts";
import { bruteForce, type Optimum } from "./brute-force.ts";

/** Takes one thing out of a problem. */
type Change = (spec: ProblemSpec) => ProblemSpec;

const bySlot =
	(change: (slot: RouteSlotSpec) => Partial<RouteSlotSpec>): Change =>
	(spec) => ({ ...spec, slots: spec.slots.map((slot) => ({ ...slot, ...change(slot) })) });
const byOption =
	(change: (option: ContactOptionSpec) => Partial<ContactOptionSpec>): Change =>
	(spec) => ({ ...spec, options: spec.options.map((option) => ({ ...option, ...change(option) })) });
const without =
	(isOut: (option: ContactOptionSpec) => boolean): Change =>
	(spec) => ({ ...spec, options: spec.options.filter((option) => !isOut(option)) });
const uncapped =
	(scope: "slot" | "horizon"): Change =>
	(spec) => ({ ...spec, resources: spec.resources.map((resource) => (resource.scope === scope ? { scope, cap: 1e6 } : resource)) });
const withTravel =
	(cellOf: (time: Int32Array, from: number, to: number, n: number) => number): Change =>
	(spec) => {
		const n = spec.numPlaces;
		return { ...spec, travelTime: spec.travelTime.map((_, at) => cellOf(spec.travelTime, Math.floor(at / n), at % n, n)) };
	};
const places = (n: number): number[] => Array.from({ length: n }, (_, place) => place);

/** Every constraint of the model, with the change that takes it away. */
const KINDS: Readonly<Record<string, Change>> = {
	"the shift's end": bySlot(({ close }) => ({ close: close + 20 })),
	"time windows": byOption(({ windows }) => ({ windows: [[0, windows[windows.length - 1][1] + 40]] })),
	"holes between windows": byOption(({ windows }) => ({ windows: [[windows[0][0], windows[windows.length - 1][1]]] })),
	"second windows": byOption(({ windows }) => ({ windows: windows.slice(0, 1) })),
	"fixed breaks": bySlot(({ breaks }) => ({ breaks: breaks.filter(({ earliest, latest }) => earliest < latest) })),
	"breaks within a window": bySlot(({ breaks }) => ({ breaks: breaks.filter(({ earliest, latest }) => earliest === latest) })),
	"a break's freedom": bySlot(({ breaks }) => ({
		breaks: breaks.map(({ earliest, duration }, b) => {
			const start = b === 0 ? earliest : Math.max(earliest, breaks[b - 1].earliest + breaks[b - 1].duration);
			return { earliest, latest: start, duration };
		}),
	})),
	"second breaks": bySlot(({ breaks }) => ({ breaks: breaks.slice(0, 1) })),
	"a limit of visits": bySlot(() => ({ maxVisits: UNLIMITED })),
	"a limit of calls": bySlot(() => ({ maxCalls: UNLIMITED })),
	"a limit of travel time": bySlot(() => ({ maxTravelTime: UNLIMITED })),
	"a limit of swaps": bySlot(() => ({ maxSwaps: UNLIMITED })),
	"resources per slot": uncapped("slot"),
	"resources over the horizon": uncapped("horizon"),
	"minimum gaps": (spec) => ({ ...spec, minGap: new Int32Array(spec.numCustomers) }),
	"exemption from gaps": byOption(() => ({ gapExempt: false })),
	"prizes by previous contact": byOption(({ prize }) => ({ prize: Array.from(prize, () => prize[0]) })),
	"required visits": byOption(({ channel, required }) => ({ required: required && channel !== 0 })),
	"required calls": byOption(({ channel, required }) => ({ required: required && channel === 0 })),
	"day combinations": (spec) => ({ ...spec, dayCombinations: undefined }),
	"cut-off losses": byOption(() => ({ cutoffLoss: 0 })),
	"floors of contacts": (spec) => ({ ...spec, floors: spec.floors.filter(({ unit }) => unit === "seconds") }),
	"floors of time": (spec) => ({ ...spec, floors: spec.floors.filter(({ unit }) => unit === "contacts") }),
	"remote contacts": without(({ channel }) => channel > 0),
	visits: without(({ channel }) => channel === 0),
	"second slots of a day": (spec) => ({ ...spec, slots: spec.slots.filter(({ day }, s) => spec.slots[s - 1]?.day !== day) }),
	"ways out": bySlot(() => ({ start: -1 })),
	"ways home": bySlot(() => ({ end: -1 })),
	"travel cost": (spec) => ({ ...spec, travelCost: new Int32Array(spec.numPlaces ** 2) }),
	"asymmetric travel": withTravel((time, from, to, n) => Math.min(time[from * n + to], time[to * n + from])),
	"detours shorter than the direct way": withTravel((time, from, to, n) =>
		Math.min(time[from * n + to], ...places(n).map((by) => time[from * n + by] + time[by * n + to])),
	),
};

const NUM_SEEDS = 1200;
const optima: Optimum[] = [];
/** The optimum of an unchanged problem, found once for all kinds. */
const optimumOf = (seed: number): Optimum => (optima[seed] ??= bruteForce(smallProblem(seed)));

describe("the small random problems", () => {
	it.each(Object.entries(KINDS))("are decided by %s in at least ten of 1200 seeds", (_, change) => {
		let numDecided = 0;
		for (let seed = 1; seed <= NUM_SEEDS && numDecided < 10; seed++) {
			const { missing, value } = optimumOf(seed);
			const relaxed = bruteForce(change(smallProblem(seed)));
			if (relaxed.missing !== missing || relaxed.value !== value) numDecided++;
		}
		expect(numDecided).toBe(10);
	});

	it("cannot keep all required contacts in at least ten of 1200 seeds", () => {
		let numShort = 0;
		for (let seed = 1; seed <= NUM_SEEDS && numShort < 10; seed++)
			if (!smallProblem(seed).dayCombinations && optimumOf(seed).missing > 0) numShort++;
		expect(numShort).toBe(10);
	});
});
