import type { Problem } from "./problem.ts";

/** Customers that can be visited, and for each of them the nearest others, nearest first. */
export interface Neighbours {
	/** Entries a customer in `list`. */
	readonly width: number;
	/** [customer × width + rank]; -1 past the end. */
	readonly list: Int32Array;
}

const MOST_NEIGHBOURS = 120;

/** Nearest by the mean travel time of both ways. */
export function findNeighbours(problem: Problem): Neighbours {
	const { numCustomers, numPlaces, travelTime } = problem;
	const visited: number[] = [];
	for (let c = 0; c < numCustomers; c++) if (canBeVisited(problem, c)) visited.push(c);
	const width = Math.max(0, Math.min(MOST_NEIGHBOURS, visited.length - 1));
	const list = new Int32Array(numCustomers * width).fill(-1);
	// Sorting plain numbers is several times faster than with a comparison function: the index rides in the low digits.
	const keys = new Float64Array(visited.length);
	for (const customer of visited) {
		visited.forEach((other, i) => {
			const both = travelTime[customer * numPlaces + other] + travelTime[other * numPlaces + customer];
			keys[i] = other === customer ? Infinity : both * numCustomers + other;
		});
		keys.sort();
		for (let rank = 0; rank < width; rank++) list[customer * width + rank] = keys[rank] % numCustomers;
	}
	return { width, list };
}

/** Whether some option of the customer is a visit. */
export function canBeVisited(problem: Problem, customer: number): boolean {
	for (let option = problem.customerFirstOption[customer]; option < problem.customerFirstOption[customer + 1]; option++) {
		if (problem.optionChannel[option] === 0) return true;
	}
	return false;
}
