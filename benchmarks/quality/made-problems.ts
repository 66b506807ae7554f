import { createRandom } from "../../engine/random.ts";
import { type ContactOptionSpec, type ProblemSpec, UNLIMITED } from "../../engine/solver/problem-spec.ts";
import { tourSlot } from "./instance.ts";
import { repFortnight } from "../../test/problems/rep-fortnight.ts";

/** A made problem with a name that says its kind. */
export interface MadeProblem {
	readonly name: string;
	readonly spec: ProblemSpec;
}

/** How customers lie. */
const KINDS = ["scattered", "clustered", "mixed"] as const;

/** What an orienteering problem looks like; times and distances in tenths. */
interface Shape {
	readonly kind: (typeof KINDS)[number];
	readonly customers: number;
	readonly close: number;
	readonly service: number;
	/** Width of windows, and share of customers without. */
	readonly window: readonly [least: number, most: number];
	readonly open: number;
	readonly routes: number;
	/** Prizes are multiples of this, up to forty; 1 when not given. */
	readonly prizeStep?: number;
}

const SHORT = { close: 2300, service: 100, routes: 2 };
const LONG = { close: 10_000, service: 100, routes: 1 };
const LENGTHY = { close: 12_360, service: 900, routes: 4, prizeStep: 10 };
const SHAPES: readonly Shape[] = [
	...KINDS.flatMap((kind): Shape[] => [
		{ kind, customers: 100, ...SHORT, window: [100, 300], open: 0 },
		{ kind, customers: 100, ...SHORT, routes: 3, window: [400, 1400], open: 0.3 },
		{ kind, customers: 100, ...LONG, window: [1000, 3000], open: 0.25 },
		{ kind, customers: 200, ...LONG, routes: 3, window: [900, 1800], open: 0 },
	]),
	...KINDS.map((kind): Shape => ({ kind, customers: 100, ...LENGTHY, window: [300, 2500], open: 0.2 })),
];

/** Problems to choose the search's settings on, so that the public instances stay unseen: orienteering of many shapes, and reps' fortnights. */
export function madeProblems(seed: number): MadeProblem[] {
	const orienteering = SHAPES.map((shape, s) => ({
		name: `${shape.kind}-${shape.customers}-${shape.close}/${shape.routes}`,
		spec: madeOrienteering(shape, 100 * seed + s),
	}));
	const fortnights = [1, 2, 3].map((n) => ({ name: `fortnight-${n}`, spec: repFortnight({ seed: 100 * seed + n }) }));
	return [...orienteering, ...fortnights];
}

function madeOrienteering(
	{ kind, customers: numCustomers, close, service, window, open, routes, prizeStep = 1 }: Shape,
	seed: number,
): ProblemSpec {
	const random = createRandom(seed, 79);
	const centres = Array.from({ length: 8 }, () => [random.below(800), random.below(800)]);
	const points = Array.from({ length: numCustomers }, (_, c) => {
		if (kind === "scattered" || (kind === "mixed" && c % 2 === 0)) return [random.below(800), random.below(800)];
		const centre = centres[random.below(centres.length)];
		return [centre[0] + 40 * random.normal(), centre[1] + 40 * random.normal()];
	});
	points.push([400, 400]);
	const numPlaces = numCustomers + 1;
	const travelTime = Int32Array.from({ length: numPlaces ** 2 }, (_, cell) => {
		const [from, to] = [points[Math.floor(cell / numPlaces)], points[cell % numPlaces]];
		return Math.floor(Math.hypot(from[0] - to[0], from[1] - to[1]));
	});
	const optionOf = (customer: number): ContactOptionSpec => {
		const first = travelTime[numCustomers * numPlaces + customer];
		const last = Math.max(first, close - first - service);
		const middle = first + random.next() * (last - first);
		const half = (window[0] + random.next() * (window[1] - window[0])) / 2;
		const isOpen = random.next() < open;
		const from = isOpen ? first : Math.max(first, Math.floor(middle - half));
		return {
			customer,
			day: 0,
			channel: 0,
			duration: service,
			windows: [[from, isOpen ? last : Math.max(from, Math.min(last, Math.floor(middle + half)))]],
			cutoff: UNLIMITED,
			cutoffLoss: 0,
			prize: [prizeStep * (1 + random.below(40 / prizeStep)), 0],
			required: false,
			gapExempt: false,
			isSwap: false,
		};
	};
	const slot = tourSlot(0, [0, close], numCustomers);
	return {
		numCustomers,
		days: [0],
		numPlaces,
		travelTime,
		travelDistance: travelTime,
		travelCost: new Int32Array(travelTime.length),
		resources: [],
		floors: [],
		minGap: new Int32Array(numCustomers),
		slots: Array.from({ length: routes }, () => slot),
		options: Array.from({ length: numCustomers }, (_, customer) => optionOf(customer)),
	};
}
