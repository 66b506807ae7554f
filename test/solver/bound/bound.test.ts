import { describe, expect, it } from "vitest";
import { createRandom } from "../../../engine/random.ts";
import { findUpperBound } from "../../../engine/solver/bound/bound.ts";
import { createPacking, packTree } from "../../../engine/solver/bound/knapsack.ts";
import { buildTravelTree, type TravelTree } from "../../../engine/solver/bound/tree.ts";
import { buildProblem } from "../../../engine/solver/problem.ts";
import type { ProblemSpec } from "../../../engine/solver/problem-spec.ts";
import { search } from "../../../engine/solver/search.ts";
import { repFortnight } from "../../problems/rep-fortnight.ts";
import { smallProblem } from "../../problems/small.ts";
import { bruteForce } from "../brute-force.ts";

/** Edges between the root and a set of customers. */
function edgesOf(tree: TravelTree, customers: readonly number[]): number[] {
	const edges = new Set<number>();
	for (const customer of customers) {
		for (let node = tree.customer.indexOf(customer); node >= 0; node = tree.parent[node]) edges.add(node);
	}
	return [...edges];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe("the travel tree", () => {
	it("is never longer than a route, in time and in cost", () => {
		const spec = repFortnight({ seed: 4, customers: 40, days: 1 });
		for (const [start, end] of [
			[40, 40],
			[40, 7],
			[40, -1],
			[-1, 40],
			[-1, -1],
		]) {
			const slots = spec.slots.map((slot) => ({ ...slot, start, end, open: 0, close: 200_000, breaks: [] }));
			const options = spec.options.map((option) => ({ ...option, windows: [[0, 190_000]] as const }));
			const tree = buildTravelTree(buildProblem({ ...spec, slots, options }), 0);
			const random = createRandom(start + 50 * end);
			const visited = [...new Set(spec.options.filter(({ channel }) => channel === 0).map(({ customer }) => customer))];
			for (let round = 0; round < 200; round++) {
				const route = Array.from({ length: 1 + random.below(12) }, () => visited[random.below(visited.length)]);
				const stops = [start, ...new Set(route), end].filter((place) => place >= 0);
				const legs = stops.slice(1).map((to, i) => stops[i] * spec.numPlaces + to);
				const edges = edgesOf(tree, route);
				expect(sum(edges.map((edge) => tree.time[edge]))).toBeLessThanOrEqual(sum(legs.map((leg) => spec.travelTime[leg])));
				expect(sum(edges.map((edge) => tree.cost[edge]))).toBeLessThanOrEqual(sum(legs.map((leg) => spec.travelCost[leg])));
			}
		}
	});

	it("charges a far cluster its way there once", () => {
		// Home at 0; two customers 10 apart, 100 away: there and back 200, and between them 10 at least.
		const travelTime = Int32Array.of(0, 10, 100, 10, 0, 100, 100, 100, 0);
		const base = smallProblem(1);
		const [option] = base.options;
		const visit = { ...option, channel: 0, day: 0, duration: 5, windows: [[0, 900]] as const };
		const spec: ProblemSpec = {
			...base,
			numCustomers: 2,
			numPlaces: 3,
			days: [0],
			resources: [],
			floors: [],
			minGap: Int32Array.of(0, 0),
			options: [
				{ ...visit, customer: 0, demand: undefined },
				{ ...visit, customer: 1, demand: undefined },
			],
			slots: [{ ...base.slots[0], day: 0, start: 2, end: 2, open: 0, close: 1000, breaks: [] }],
			dayCombinations: undefined,
			travelTime,
			travelDistance: travelTime,
			travelCost: travelTime,
		};
		const tree = buildTravelTree(buildProblem(spec), 0);
		// One customer: 2 × 100. Both: 2 × 100 as well, and 10 more for the second (twice its moat of 5).
		expect(sum(edgesOf(tree, [0]).map((edge) => tree.time[edge]))).toBe(200);
		expect(sum(edgesOf(tree, [0, 1]).map((edge) => tree.time[edge]))).toBe(210);
	});
});

describe("packTree", () => {
	it("finds the best closed set of nodes within the time", () => {
		for (let seed = 1; seed <= 200; seed++) {
			const random = createRandom(seed);
			const tree = randomTree(random.below(9) + 1, seed);
			const size = tree.time.length;
			const profits = Float64Array.from({ length: size }, (_, node) =>
				tree.customer[node] < 0 ? -random.below(20) : random.below(60) - 10,
			);
			const capacity = random.below(100); // below the number of steps: no rounding
			let best = 0;
			for (let mask = 0; mask < 2 ** size; mask++) {
				const taken = Array.from({ length: size }, (_, node) => node).filter((node) => (mask >> node) & 1);
				const isClosed = taken.every((node) => tree.parent[node] < 0 || (mask >> tree.parent[node]) & 1);
				const time = sum(taken.map((node) => tree.time[node] + tree.duration[node]));
				if (isClosed && time <= capacity) best = Math.max(best, sum(taken.map((node) => profits[node])));
			}
			const packing = createPacking([tree]);
			packTree(tree, profits, capacity, packing);
			expect(packing.value).toBe(best);
			expect(sum(Array.from(profits, (profit, node) => profit * packing.isTaken[node]))).toBe(best);
		}
	});
});

function randomTree(size: number, seed: number): TravelTree {
	const random = createRandom(seed, 5);
	const parent = Int32Array.from({ length: size }, (_, node) => node - 1);
	// In preorder, a node hangs on the one before it or on one of that one's ancestors.
	for (let node = 1; node < size; node++) while (parent[node] > 0 && random.next() < 0.5) parent[node] = parent[parent[node]];
	const isBelow = (node: number, top: number): boolean => node === top || (node > top && isBelow(parent[node], top));
	const next = parent.map((_, node) => {
		let after = node + 1;
		while (after < size && isBelow(after, node)) after++;
		return after;
	});
	return {
		parent,
		next,
		customer: parent.map((_, node) => (next[node] === node + 1 ? node : -1)),
		time: parent.map(() => random.below(20)),
		cost: parent.map(() => 0),
		duration: parent.map((_, node) => (next[node] === node + 1 ? random.below(20) : 0)),
	};
}

describe("findUpperBound", () => {
	it("does not depend on the target being good, only gets tighter by it", () => {
		const problem = buildProblem(repFortnight({ seed: 6, customers: 60, days: 3 }));
		const bounds = [-1e9, 0, 1e5].map((target) => findUpperBound(problem, target, [], true).bound);
		expect(Math.max(...bounds) / Math.min(...bounds)).toBeLessThan(1.5);
	});

	it("is below the sum of all prizes", () => {
		const spec = repFortnight({ seed: 6, customers: 120, days: 2 });
		const most = new Map<number, number>();
		for (const { customer, prize } of spec.options) most.set(customer, Math.max(most.get(customer) ?? 0, prize[0]));
		expect(findUpperBound(buildProblem(spec), 0, [], true).bound).toBeLessThan(sum([...most.values()]));
	});

	it("is never below the optimum, however much work it is given and whatever its target", () => {
		const wrong: unknown[] = [];
		for (let seed = 2001; seed <= 3000; seed++) {
			const spec = smallProblem(seed);
			const { missing, value } = bruteForce(spec);
			if (missing > 0) continue;
			const problem = buildProblem(spec);
			for (const [target, work] of [
				[value, 1e4],
				[value - 40, 3e5],
			]) {
				const { bound } = findUpperBound(problem, target, [], true, work);
				if (bound < value) wrong.push({ seed, target, work, bound, value });
			}
		}
		expect(wrong).toEqual([]);
	});

	it("is never below the optimum with what a search has left, however short the search was", () => {
		const wrong: unknown[] = [];
		let numCompared = 0;
		for (let seed = 3001; seed <= 3300; seed++) {
			const spec = smallProblem(seed);
			const { missing, value } = bruteForce(spec);
			if (missing > 0) continue;
			const problem = buildProblem(spec);
			const known = search(problem, seed, (iterations) => iterations >= seed % 40);
			const { bound } = findUpperBound(problem, value - 10, [], true, 1e5, known);
			if (bound < value) wrong.push({ seed, bound, value });
			numCompared++;
		}
		expect(wrong).toEqual([]);
		expect(numCompared).toBeGreaterThan(100);
	});

	it("hands out routes of a slot's own day that visit nobody twice", () => {
		let count = 0;
		for (let seed = 1; seed <= 50; seed++) {
			const problem = buildProblem(smallProblem(seed));
			const { routes } = findUpperBound(problem, 0, [], true, 1e5);
			for (let at = 0; at < routes.length; at += 2 + routes[at + 1], count++) {
				const options = [...routes.subarray(at + 2, at + 2 + routes[at + 1])];
				expect(new Set(options.map((option) => problem.optionCustomer[option])).size).toBe(options.length);
				for (const option of options) expect(problem.optionDay[option]).toBe(problem.slotDay[routes[at]]);
			}
		}
		expect(count).toBeGreaterThan(0);
	});

	it("is the same for the same work", () => {
		const problem = buildProblem(repFortnight({ seed: 6, customers: 60, days: 3 }));
		expect(findUpperBound(problem, 0, [], true, 1e7)).toEqual(findUpperBound(problem, 0, [], true, 1e7));
	});
});
