import { createRandom, type Random } from "../../engine/random.ts";
import { type ContactOptionSpec, type ProblemSpec, type RouteSlotSpec, UNLIMITED } from "../../engine/solver/problem.ts";

/** A random problem of at most six customers and three days that brute force can solve. Every constraint of the model comes up in some seed. */
export function smallProblem(seed: number): ProblemSpec {
	const random = createRandom(seed, 77);
	const chance = (share: number): boolean => random.next() < share;
	const numDays = 1 + random.below(3);
	const numCustomers = numDays === 1 ? 3 + random.below(4) : 2 + random.below(4 - (numDays - 1));
	const days = Array.from({ length: numDays }, (_, d) => 20_000 + d + (d > 1 ? random.below(3) : 0));
	const isPeriodic = numDays > 1 && chance(0.15);
	const resources = chance(0.3)
		? [
				{ scope: "slot" as const, cap: 4 + random.below(8) },
				{ scope: "horizon" as const, cap: 6 + random.below(12) },
			]
		: [];
	const numPlaces = numCustomers + 2;
	const slots = days.flatMap((_, day) =>
		Array.from({ length: chance(0.2) ? 2 : 1 }, () => randomSlot(random, day, numCustomers, chance(0.5), isPeriodic)),
	);
	const options: ContactOptionSpec[] = [];
	for (let customer = 0; customer < numCustomers; customer++) {
		for (let day = 0; day < numDays; day++) {
			const isRequired = !isPeriodic && chance(0.06);
			for (let channel = 0; channel < 3; channel++) {
				if (!chance([0.85, 0.35, 0.1][channel]) && !(isPeriodic && channel === 0)) continue;
				options.push(
					randomOption(random, { customer, day, channel, numDays, isRequired: isRequired && channel === 0, resources: resources.length }),
				);
			}
		}
	}
	return {
		numCustomers,
		days,
		numPlaces,
		...randomTravel(random, numPlaces),
		resources,
		slots,
		minGap: Int32Array.from({ length: numCustomers }, () => random.below(4)),
		options,
		floors: chance(0.4) ? [randomFloor(random, numCustomers), randomFloor(random, numCustomers)] : [],
		...(isPeriodic && { dayCombinations: randomCombinations(random, numCustomers, numDays) }),
	};
}

function randomSlot(random: Random, day: number, depot: number, isLimited: boolean, isWide: boolean): RouteSlotSpec {
	const open = random.below(30);
	const close = open + 60 + random.below(isWide ? 200 : 100);
	const earliest = open + 10 + random.below(30);
	const limit = (least: number): number => (isLimited && random.next() < 0.5 ? least + random.below(3) : UNLIMITED);
	return {
		day,
		open,
		close,
		start: random.next() < 0.2 ? -1 : depot,
		end: random.next() < 0.2 ? -1 : depot + random.below(2),
		breaks: random.next() < 0.35 ? [{ earliest, latest: earliest + random.below(12), duration: 5 }] : [],
		maxVisits: limit(1),
		maxCalls: limit(0),
		maxTravelTime: isLimited && random.next() < 0.5 ? 20 + random.below(40) : UNLIMITED,
		maxSwaps: limit(0),
	};
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
	if (random.next() < 0.25) windows.push([from + width + 5, from + width + 5 + random.below(30)]);
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
	if (random.next() < 0.5) return { unit: "contacts", atLeast: random.below(4), cost: random.below(50) / 100, customers };
	return { unit: "seconds", atLeast: random.below(60), cost: random.below(60), customers };
}

/** Points in a square, rounded down, with noise that makes the matrix asymmetric and now and then breaks the triangle inequality. */
function randomTravel(random: Random, numPlaces: number): Pick<ProblemSpec, "travelTime" | "travelDistance" | "travelCost"> {
	const points = Array.from({ length: numPlaces }, () => [random.below(25), random.below(25)]);
	const travelTime = new Int32Array(numPlaces ** 2);
	const travelCost = new Int32Array(numPlaces ** 2);
	const isCostly = random.next() < 0.6;
	points.forEach((from, i) => {
		points.forEach((to, j) => {
			if (i === j) return;
			travelTime[i * numPlaces + j] = Math.floor(Math.hypot(from[0] - to[0], from[1] - to[1])) + random.below(3);
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
