import { createRandom } from "../../engine/random.ts";
import { type ContactOptionSpec, type ProblemSpec, type RouteSlotSpec, UNLIMITED } from "../../engine/solver/problem-spec.ts";

/** What `repFortnight` makes. */
export interface FortnightShape {
	readonly seed: number;
	/** Default 300. */
	readonly customers?: number;
	/** Default 10. */
	readonly days?: number;
}

const HOUR = 3600;

/**
 * A product-shaped problem: a rep's customers in towns around home, working days from Monday on with a lunch break, visits with opening hours,
 * phone and message at part of the value, values that saturate with the days since the last contact, cut-offs, gaps, floors, appointments.
 */
export function repFortnight({ seed, customers: numCustomers = 300, days: numDays = 10 }: FortnightShape): ProblemSpec {
	const random = createRandom(seed, 78);
	const days = Array.from({ length: numDays }, (_, d) => 20_780 + d + 2 * Math.floor(d / 5));
	const towns = Array.from({ length: 6 }, () => [random.normal() * 12_000, random.normal() * 12_000]);
	const points = Array.from({ length: numCustomers }, () => {
		const town = towns[random.below(towns.length)];
		return [town[0] + random.normal() * 1500, town[1] + random.normal() * 1500];
	});
	points.push([0, 0]);
	const slot = (day: number): RouteSlotSpec => ({
		day,
		open: 8 * HOUR,
		close: 18 * HOUR,
		start: numCustomers,
		end: numCustomers,
		breaks: [{ earliest: 11.5 * HOUR, latest: 13 * HOUR, duration: HOUR }],
		maxVisits: 16,
		maxCalls: 12,
		maxTravelTime: UNLIMITED,
		maxSwaps: UNLIMITED,
	});
	const minGap = new Int32Array(numCustomers);
	const options: ContactOptionSpec[] = [];
	for (let customer = 0; customer < numCustomers; customer++) {
		minGap[customer] = 2 + random.below(5);
		const worth = Math.exp(random.normal() * 0.8 + 8.4); // about 60 units of currency
		const age = random.below(30);
		const minutes = 15 + 5 * random.below(5);
		const hours: (readonly [number, number])[] =
			random.next() < 0.6
				? [[8 * HOUR, 18 * HOUR - 60 * minutes]]
				: [
						[9 * HOUR, 12 * HOUR - 60 * minutes],
						[14 * HOUR, 17.5 * HOUR - 60 * minutes],
					];
		const hasPhone = random.next() < 0.8;
		const hasMessage = random.next() < 0.5;
		const appointment = random.next() < 0.01 ? random.below(numDays) : -1;
		for (let day = 0; day < numDays; day++) {
			const isClosed = random.next() < 0.1;
			for (const [channel, share, duration] of [
				[0, 1, 60 * minutes],
				[1, 0.4, 600],
				[2, 0.1, 180],
			]) {
				const isRequired = channel === 0 && day === appointment;
				if ((channel === 0 && isClosed && !isRequired) || (channel === 1 && !hasPhone) || (channel === 2 && !hasMessage)) continue;
				const prize = Int32Array.from({ length: numDays + 1 }, (_, previous) => {
					const since = previous === 0 ? age + days[day] - days[0] + 2 : Math.max(0, days[day] - days[previous - 1]);
					return Math.round(worth * share * (1 - Math.exp(-since / 14)) - [600, 150, 10][channel]);
				});
				options.push({
					customer,
					day,
					channel,
					duration,
					windows: channel === 0 ? hours : [[8 * HOUR, 18 * HOUR]],
					cutoff: 15 * HOUR,
					cutoffLoss: day % 2 === 0 ? Math.round(worth * share * 0.05) : 0,
					prize,
					required: isRequired,
					gapExempt: isRequired,
					isSwap: false,
				});
			}
		}
	}
	const members = Int32Array.from(Array.from({ length: Math.ceil(numCustomers / 10) }, (_, i) => i));
	return {
		numCustomers,
		days,
		numPlaces: numCustomers + 1,
		...roads(points),
		resources: [],
		slots: days.map((_, day) => slot(day)),
		minGap,
		options,
		floors: [{ unit: "seconds", atLeast: 0.05 * numDays * 9 * HOUR, cost: 60, customers: members }],
	};
}

/** Straight lines × 1.3 at 30 km/h, 0.90 a kilometre and 35 an hour. */
function roads(points: readonly (readonly number[])[]): Pick<ProblemSpec, "travelTime" | "travelDistance" | "travelCost"> {
	const size = points.length;
	const travelDistance = new Int32Array(size ** 2);
	points.forEach((from, i) => {
		points.forEach((to, j) => {
			travelDistance[i * size + j] = Math.round(1.3 * Math.hypot(from[0] - to[0], from[1] - to[1]));
		});
	});
	const travelTime = travelDistance.map((metres) => Math.round((metres * 3.6) / 30));
	const travelCost = travelDistance.map((metres, cell) => Math.round((metres / 1000) * 90 + (travelTime[cell] / 3600) * 3500));
	return { travelTime, travelDistance, travelCost };
}
