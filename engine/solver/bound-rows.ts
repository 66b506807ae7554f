import { IS_SWAP, type Problem } from "./problem.ts";

/** A slot's part of the relaxation: what it costs to send the rep out at all. */
export interface SlotCharge {
	/** Half of the cheapest first and last leg. */
	readonly time: number;
	readonly cost: number;
	/** No more visits than this fit. */
	readonly mostVisits: number;
	readonly visitRow: number;
	readonly timeRow: number;
	readonly travelRow: number;
}

/**
 * The rows that the Lagrangian relaxation prices. Every leg of a route is charged half to the contact it leaves and half to the contact
 * it reaches, each half at least half of the cheapest way there is; the halves at the ends of a route are charged to its slot.
 */
export interface Relaxation {
	readonly numRows: number;
	readonly capacity: Float64Array;
	/** Size of a row, so that steps do not depend on units. */
	readonly scale: Float64Array;
	/** Highest sensible price: a floor's own cost; 0 for rows that cannot bind. */
	readonly limit: Float64Array;
	/** Rows of an option and its use of them, in [optionFirst[o], optionFirst[o + 1]). */
	readonly optionFirst: Int32Array;
	readonly rows: Int32Array;
	readonly uses: Float64Array;
	/** Half of the cheapest way in and out, in cents. */
	readonly optionCost: Float64Array;
	readonly slots: readonly SlotCharge[];
	/** Added to the bound: rounding of the floors. */
	readonly constant: number;
}

/** Halves of the cheapest ways by [day × numCustomers + customer] and the ends' by slot. */
interface Shares {
	readonly time: Float64Array;
	readonly cost: Float64Array;
	readonly slotTime: Float64Array;
	readonly slotCost: Float64Array;
}

/** Lays out the rows: time, visits, calls, swaps, travel by day; resources by day or over the horizon; floors. */
export function buildRelaxation(problem: Problem): Relaxation {
	const { numDays, numOptions, numResources, numFloors, resourceIsHorizon, numSlots } = problem;
	const numRows = (5 + numResources) * numDays + numResources + numFloors;
	const shares = findShares(problem);
	const firstFloor = numRows - numFloors;
	const optionFirst = new Int32Array(numOptions + 1);
	const rows: number[] = [];
	const uses: number[] = [];
	const optionCost = new Float64Array(numOptions);
	const use = (row: number, amount: number): void => {
		if (amount === 0) return;
		rows.push(row);
		uses.push(amount);
	};
	for (let option = 0; option < numOptions; option++) {
		const [customer, day] = [problem.optionCustomer[option], problem.optionDay[option]];
		const isVisit = problem.optionChannel[option] === 0;
		const share = isVisit ? shares.time[day * problem.numCustomers + customer] : 0;
		if (isVisit) optionCost[option] = shares.cost[day * problem.numCustomers + customer];
		use(day, problem.itemDuration[option] + share);
		use((isVisit ? 1 : 2) * numDays + day, 1);
		use(3 * numDays + day, problem.optionFlags[option] & IS_SWAP ? 1 : 0);
		use(4 * numDays + day, share);
		for (let r = 0; r < numResources; r++) {
			const row = resourceIsHorizon[r] ? (5 + numResources) * numDays + r : (5 + r) * numDays + day;
			use(row, problem.demand[option * numResources + r]);
		}
		for (let i = problem.customerFirstFloor[customer]; i < problem.customerFirstFloor[customer + 1]; i++) {
			const f = problem.customerFloors[i];
			use(firstFloor + f, -(problem.floorIsSeconds[f] ? problem.itemDuration[option] : 1));
		}
		optionFirst[option + 1] = rows.length;
	}
	const capacity = capacitiesOf(problem, numRows, firstFloor);
	const limit = limitsOf(problem, numRows, firstFloor, rows, uses, capacity);
	const mostVisits = Float64Array.from({ length: numSlots }, (_, slot) => mostVisitsOf(problem, shares, slot));
	const slots = Array.from(mostVisits, (most, slot) => {
		const day = problem.slotDay[slot];
		const rowsOfDay = { timeRow: day, visitRow: numDays + day, travelRow: 4 * numDays + day };
		return { time: shares.slotTime[slot], cost: shares.slotCost[slot], mostVisits: most, ...rowsOfDay };
	});
	for (const slot of slots) limit[slot.visitRow] = Infinity;
	const scale = capacity.map((amount) => Math.max(1, Math.abs(amount)));
	for (const slot of slots) scale[slot.visitRow] = Math.max(scale[slot.visitRow], slot.mostVisits);
	return {
		numRows,
		capacity,
		scale,
		limit,
		optionFirst,
		optionCost,
		slots,
		rows: Int32Array.from(rows),
		uses: Float64Array.from(uses),
		constant: 0.5 * numFloors,
	};
}

/** Visits have no capacity of their own: the slots bring it when they are used. */
function capacitiesOf(problem: Problem, numRows: number, firstFloor: number): Float64Array {
	const { numDays, numSlots, numResources, numFloors, itemDuration, slotFirstBreak } = problem;
	const capacity = new Float64Array(numRows);
	for (let slot = 0; slot < numSlots; slot++) {
		const day = problem.slotDay[slot];
		capacity[day] += problem.slotClose[slot] - problem.slotOpen[slot];
		for (let item = slotFirstBreak[slot]; item < slotFirstBreak[slot + 1]; item++) capacity[day] -= itemDuration[item];
		capacity[2 * numDays + day] += problem.slotMaxCalls[slot];
		capacity[3 * numDays + day] += problem.slotMaxSwaps[slot];
		capacity[4 * numDays + day] += problem.slotMaxTravel[slot];
		for (let r = 0; r < numResources; r++) if (!problem.resourceIsHorizon[r]) capacity[(5 + r) * numDays + day] += problem.resourceCap[r];
	}
	for (let r = 0; r < numResources; r++)
		if (problem.resourceIsHorizon[r]) capacity[(5 + numResources) * numDays + r] = problem.resourceCap[r];
	for (let f = 0; f < numFloors; f++) capacity[firstFloor + f] = -problem.floorAtLeast[f];
	return capacity;
}

/** A floor's price is at most its cost; a row that all options together cannot fill has no price. */
function limitsOf(
	problem: Problem,
	numRows: number,
	firstFloor: number,
	rows: readonly number[],
	uses: readonly number[],
	capacity: Float64Array,
): Float64Array {
	const total = new Float64Array(numRows);
	rows.forEach((row, i) => {
		total[row] += uses[i];
	});
	const limit = total.map((amount, row) => (amount > capacity[row] ? Infinity : 0));
	for (let f = 0; f < problem.numFloors; f++) {
		const cents = 100 * problem.floorCost[f];
		limit[firstFloor + f] = problem.floorIsSeconds[f] ? cents / 3600 : cents;
	}
	return limit;
}

/** Most visits that fit into a slot's time if each takes its share only, the cheapest first. */
function mostVisitsOf(problem: Problem, shares: Shares, slot: number): number {
	const day = problem.slotDay[slot];
	const times = new Map<number, number>();
	for (let option = 0; option < problem.numOptions; option++) {
		if (problem.optionDay[option] !== day || problem.optionChannel[option] !== 0) continue;
		const customer = problem.optionCustomer[option];
		const time = problem.itemDuration[option] + shares.time[day * problem.numCustomers + customer];
		times.set(customer, Math.min(time, times.get(customer) ?? Infinity));
	}
	let left = problem.slotClose[slot] - problem.slotOpen[slot] - shares.slotTime[slot];
	for (let item = problem.slotFirstBreak[slot]; item < problem.slotFirstBreak[slot + 1]; item++) left -= problem.itemDuration[item];
	let count = 0;
	for (const time of [...times.values()].sort((a, b) => a - b)) {
		if (time > left || count >= problem.slotMaxVisits[slot]) break;
		left -= time;
		count++;
	}
	return count;
}

/** Legs that some route of the day can contain: earliest start and duration of the first against the last start of the second. */
function findShares(problem: Problem): Shares {
	const { numCustomers, numDays, numSlots, numPlaces, travelTime, travelCost } = problem;
	const shares: Shares = {
		time: new Float64Array(numDays * numCustomers),
		cost: new Float64Array(numDays * numCustomers),
		slotTime: new Float64Array(numSlots),
		slotCost: new Float64Array(numSlots),
	};
	for (let day = 0; day < numDays; day++) {
		const { customers, ready, close } = visitsOn(problem, day);
		const slots = Array.from(problem.daySlots.subarray(problem.dayFirstSlot[day], problem.dayFirstSlot[day + 1]));
		for (let i = 0; i < customers.length; i++) {
			const there = customers[i];
			let [timeIn, costIn, timeOut, costOut] = [Infinity, Infinity, Infinity, Infinity];
			const enter = (from: number): void => {
				timeIn = Math.min(timeIn, travelTime[from * numPlaces + there]);
				costIn = Math.min(costIn, travelCost[from * numPlaces + there]);
			};
			const leave = (to: number): void => {
				timeOut = Math.min(timeOut, travelTime[there * numPlaces + to]);
				costOut = Math.min(costOut, travelCost[there * numPlaces + to]);
			};
			for (let j = 0; j < customers.length; j++) {
				if (j === i) continue;
				if (ready[j] + travelTime[customers[j] * numPlaces + there] <= close[i]) enter(customers[j]);
				if (ready[i] + travelTime[there * numPlaces + customers[j]] <= close[j]) leave(customers[j]);
			}
			for (const slot of slots) {
				enter(problem.slotStart[slot]);
				leave(problem.slotEnd[slot]);
			}
			shares.time[day * numCustomers + there] = (timeIn + timeOut) / 2;
			shares.cost[day * numCustomers + there] = (costIn + costOut) / 2;
		}
		for (const slot of slots) {
			const [start, end] = [problem.slotStart[slot], problem.slotEnd[slot]];
			const half = (matrix: Int32Array): number => {
				const least = (cell: (customer: number) => number): number =>
					customers.reduce((low, c) => Math.min(low, matrix[cell(c)]), Infinity);
				const both = least((c) => start * numPlaces + c) + least((c) => c * numPlaces + end);
				return customers.length > 0 ? both / 2 : 0;
			};
			shares.slotTime[slot] = half(travelTime);
			shares.slotCost[slot] = half(travelCost);
		}
	}
	return shares;
}

/** Customers that may be visited on the day, ascending, with the earliest end and the latest start of the service. */
function visitsOn(problem: Problem, day: number): { customers: number[]; ready: number[]; close: number[] } {
	const visits = { customers: [] as number[], ready: [] as number[], close: [] as number[] };
	const { customers, ready, close } = visits;
	for (let option = 0; option < problem.numOptions; option++) {
		if (problem.optionDay[option] !== day || problem.optionChannel[option] !== 0) continue;
		const customer = problem.optionCustomer[option];
		const last = customers.length - 1;
		const end = problem.itemOpen[option] + problem.itemDuration[option];
		if (customers[last] === customer) {
			ready[last] = Math.min(ready[last], end);
			close[last] = Math.max(close[last], problem.itemClose[option]);
		} else {
			customers.push(customer);
			ready.push(end);
			close.push(problem.itemClose[option]);
		}
	}
	return visits;
}
