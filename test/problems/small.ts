import { createRandom, type Random } from "../../engine/random.ts";
import { type ContactOptionSpec, type ProblemSpec, type RouteSlotSpec, UNLIMITED } from "../../engine/solver/problem-spec.ts";

/** What a random problem may have at most, and how rich it is. */
interface Size {
	readonly numDays: number;
	readonly numCustomers: number;
	/** Chance of an option by channel. */
	readonly channels: readonly number[];
	/** Length of a shift: at least, and up to this much more. */
	readonly shift: readonly [least: number, more: number];
}

/** A random problem of at most seven customers and three days that brute force can solve. Every constraint of the model comes up in some seed. */
export function smallProblem(seed: number): ProblemSpec {
	const random = createRandom(seed, 77);
	const numDays = 1 + random.below(3);
	const numCustomers = numDays === 1 ? 3 + random.below(5) : 2 + random.below(numDays === 2 ? 4 : 3);
	return randomProblem(random, { numDays, numCustomers, channels: [0.85, 0.3, 0.08, 0.04], shift: [60, 100] });
}

/** A random problem of five to twelve customers and two to five days, too large for brute force: the exact twin solves it. */
export function mediumProblem(seed: number): ProblemSpec {
	const random = createRandom(seed, 78);
	const numDays = 2 + random.below(4);
	return randomProblem(random, { numDays, numCustomers: 5 + random.below(8), channels: [0.75, 0.2, 0.06, 0.03], shift: [60, 80] });
}

function randomProblem(random: Random, { numDays, numCustomers, channels, shift }: Size): ProblemSpec {
	const chance = (share: number): boolean => random.next() < share;
	const days = Array.from({ length: numDays }, (_, d) => 20_000 + 2 * d + (d > 0 ? random.below(2) : 0));
	const isPeriodic = numDays > 1 && chance(0.15);
	const resources = chance(0.3)
		? [
				{ scope: "slot" as const, cap: 4 + random.below(8) },
				{ scope: "horizon" as const, cap: 6 + random.below(4 * numDays) },
			]
		: [];
	const numPlaces = numCustomers + 2;
	const slots = days.flatMap((_, day) =>
		Array.from({ length: chance(0.2) ? 2 : 1 }, () => {
			const length = shift[0] + random.below(isPeriodic ? 2 * shift[1] : shift[1]);
			return randomSlot(random, { day, depot: numCustomers, length, isLimited: chance(0.5) });
		}),
	);
	const options: ContactOptionSpec[] = [];
	for (let customer = 0; customer < numCustomers; customer++) {
		for (let day = 0; day < numDays; day++) {
			const isRequired = !isPeriodic && chance(0.06);
			const appointed = !isRequired ? -1 : chance(0.7) ? 0 : 1;
			channels.forEach((share, channel) => {
				if (!chance(share) && !(isPeriodic && channel === 0) && channel !== appointed) return;
				const shape = { customer, day, channel, numDays, isRequired: channel === appointed, resources: resources.length };
				options.push(randomOption(random, shape));
			});
		}
	}
	return {
		numCustomers,
		days,
		numPlaces,
		...randomTravel(random, numPlaces),
		resources,
		slots,
		minGap: Int32Array.from({ length: numCustomers }, () => random.below(6)),
		options,
		floors: chance(0.4) ? [randomFloor(random, numCustomers), randomFloor(random, numCustomers)] : [],
		...(isPeriodic && { dayCombinations: randomCombinations(random, numCustomers, numDays) }),
	};
}

interface SlotShape {
	readonly day: number;
	readonly depot: number;
	readonly length: number;
	readonly isLimited: boolean;
}

function randomSlot(random: Random, { day, depot, length, isLimited }: SlotShape): RouteSlotSpec {
	const chance = (share: number): boolean => random.next() < share;
	const open = random.below(30);
	const limit = (least: number): number => (isLimited && chance(0.5) ? least + random.below(3) : UNLIMITED);
	return {
		day,
		open,
		close: open + length,
		start: chance(0.2) ? -1 : depot + (chance(0.2) ? 1 : 0),
		end: chance(0.2) ? -1 : depot + random.below(2),
		breaks: randomBreaks(random, open),
		maxVisits: limit(1),
		maxCalls: limit(0),
		maxTravelTime: isLimited && chance(0.5) ? 20 + random.below(40) : UNLIMITED,
		maxSwaps: limit(0),
	};
}

/** None, one or two, half of them at a fixed time. */
function randomBreaks(random: Random, open: number): RouteSlotSpec["breaks"] {
	const width = (): number => (random.next() < 0.5 ? 0 : 1 + random.below(15));
	if (random.next() < 0.6) return [];
	const earliest = open + 10 + random.below(20);
	const first = { earliest, latest: earliest + width(), duration: 5 };
	if (random.next() < 0.7) return [first];
	const later = earliest + 8 + random.below(10);
	return [first, { earliest: later, latest: later + width(), duration: 4 }];
}

interface OptionShape {
	readonly customer: number;
	readonly day: number;
	readonly channel: number;
	readonly numDays: number;
	readonly isRequired: boolean;
	readonly resources: number;
}

function randomOption(random: Random, { customer, day, channel, numDays, isRequired, resources }: OptionShape): ContactOptionSpec {
	const base = random.below(120) - 10;
	const from = random.below(70);
	const width = random.next() < 0.4 ? 200 : random.below(40);
	const windows: [number, number][] = [[from, from + width]];
	for (let end = from + width; windows.length < 3 && random.next() < 0.4; end = windows[windows.length - 1][1]) {
		const next = end + 5 + random.below(25);
		windows.push([next, next + random.below(30)]);
	}
	return {
		customer,
		day,
		channel,
		duration: channel === 0 ? 5 + random.below(15) : 3 + random.below(6),
		windows,
		cutoff: random.next() < 0.3 ? 20 + random.below(60) : UNLIMITED,
		cutoffLoss: random.next() < 0.5 ? random.below(60) : 0,
		prize: Int32Array.from({ length: numDays + 1 }, (_, previous) => base - (previous === 0 ? 0 : random.below(60))),
		required: isRequired,
		gapExempt: isRequired || random.next() < 0.1,
		isSwap: channel === 0 && random.next() < 0.3,
		...(resources > 0 && { demand: [random.below(5), random.below(5)] }),
	};
}

function randomFloor(random: Random, numCustomers: number): ProblemSpec["floors"][number] {
	const customers = Int32Array.from(Array.from({ length: numCustomers }, (_, c) => c).filter(() => random.next() < 0.6));
	if (random.next() < 0.5) return { unit: "contacts", atLeast: random.below(8) / 2, cost: random.below(50) / 100, customers };
	return { unit: "seconds", atLeast: random.below(60), cost: random.below(60), customers };
}

/** Points in a square, rounded down, with noise that makes the matrix asymmetric, and detours that break the triangle inequality. */
function randomTravel(random: Random, numPlaces: number): Pick<ProblemSpec, "travelTime" | "travelDistance" | "travelCost"> {
	const points = Array.from({ length: numPlaces }, () => [random.below(25), random.below(25)]);
	const travelTime = new Int32Array(numPlaces ** 2);
	const travelCost = new Int32Array(numPlaces ** 2);
	const isCostly = random.next() < 0.6;
	const isCrooked = random.next() < 0.3;
	points.forEach((from, i) => {
		points.forEach((to, j) => {
			if (i === j) return;
			travelTime[i * numPlaces + j] = Math.floor(Math.hypot(from[0] - to[0], from[1] - to[1])) + random.below(3);
			if (isCrooked && random.next() < 0.2) travelTime[i * numPlaces + j] *= 3;
			travelCost[i * numPlaces + j] = isCostly ? travelTime[i * numPlaces + j] + random.below(6) : 0;
		});
	});
	return { travelTime, travelCost, travelDistance: travelTime.map((time) => 3 * time) };
}

function randomCombinations(random: Random, numCustomers: number, numDays: number): (number[] | null)[] {
	const sets = 2 ** numDays - 1;
	return Array.from({ length: numCustomers }, () => {
		if (random.next() < 0.3) return null;
		return [...new Set([1 + random.below(sets), 1 + random.below(sets)])];
	});
}
