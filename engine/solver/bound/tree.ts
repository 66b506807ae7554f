import type { Problem } from "../problem.ts";

/**
 * A lower bound on the travel of one slot, as a tree rooted at its start and end: a route that visits a set of customers travels at least
 * the lengths of all edges between them and the root. It is the dendrogram of the single-linkage clusters of the day's customers and the
 * root: a cluster that forms at height h and joins others at height H is at least H away from everything outside, so a route into it
 * crosses a moat of width (H - h) / 2 twice (Jünger and Pulleyblank 1993, "Geometric duality and combinatorial optimization"). Nodes are in
 * preorder; a node stands for the edge towards the root.
 */
export interface TravelTree {
	/** Customer of a leaf, -1 for clusters. */
	readonly customer: Int32Array;
	readonly time: Int32Array;
	readonly cost: Int32Array;
	/** First node behind the subtree. */
	readonly next: Int32Array;
	readonly parent: Int32Array;
	/** Least service of the customer's visits on the day; 0 for clusters. */
	readonly duration: Int32Array;
}

/** A cluster while the dendrogram grows. */
interface Cluster {
	/** Points of the cluster; point 0 is the root, point i + 1 the day's i-th customer. */
	readonly members: readonly number[];
	readonly children: readonly Cluster[];
	readonly time: number;
	cost: number;
	parent: Cluster | null;
}

/** The tree of a slot; customers that cannot be visited on its day are not in it. */
export function buildTravelTree(problem: Problem, slot: number): TravelTree {
	const visits = visitsOn(problem, problem.slotDay[slot]);
	const ends = endsOf(problem, slot);
	const size = visits.customers.length + 1;
	const time = closest(problem, visits, slot, problem.travelTime, ends);
	const cost = closest(problem, visits, slot, problem.travelCost, ends);
	const clusters = clusterPoints(size, time, cost);
	return layTree(clusters, visits, ends);
}

/** How many ends of the slot's routes are places; an open route crosses every moat once less. */
function endsOf(problem: Problem, slot: number): number {
	const nowhere = problem.numPlaces - 1;
	return Number(problem.slotStart[slot] !== nowhere) + Number(problem.slotEnd[slot] !== nowhere);
}

interface Visits {
	readonly customers: readonly number[];
	readonly duration: readonly number[];
	/** Earliest end and latest start of service. */
	readonly ready: readonly number[];
	readonly close: readonly number[];
}

/** Customers that may be visited on the day, ascending. */
function visitsOn(problem: Problem, day: number): Visits {
	const customers: number[] = [];
	const duration: number[] = [];
	const ready: number[] = [];
	const close: number[] = [];
	for (let option = 0; option < problem.numOptions; option++) {
		if (problem.optionDay[option] !== day || problem.optionChannel[option] !== 0) continue;
		let at = customers.length - 1;
		if (customers[at] !== problem.optionCustomer[option]) {
			at++;
			customers.push(problem.optionCustomer[option]);
			duration.push(Infinity);
			ready.push(Infinity);
			close.push(-Infinity);
		}
		duration[at] = Math.min(duration[at], problem.itemDuration[option]);
		ready[at] = Math.min(ready[at], problem.itemOpen[option] + problem.itemDuration[option]);
		close[at] = Math.max(close[at], problem.itemClose[option]);
	}
	return { customers, duration, ready, close };
}

/** Least way between two points over both directions that time windows leave; between points that no route joins: a large number. */
function closest(problem: Problem, visits: Visits, slot: number, matrix: Int32Array, ends: number): Float64Array {
	const { customers, ready, close } = visits;
	const { numPlaces, travelTime } = problem;
	const nowhere = numPlaces - 1;
	const size = customers.length + 1;
	const least = new Float64Array(size * size).fill(2 ** 31);
	customers.forEach((a, i) => {
		const fromStart = problem.slotStart[slot] === nowhere ? Infinity : matrix[problem.slotStart[slot] * numPlaces + a];
		const toEnd = problem.slotEnd[slot] === nowhere ? Infinity : matrix[a * numPlaces + problem.slotEnd[slot]];
		least[i + 1] = ends === 0 ? 0 : Math.min(fromStart, toEnd);
		least[(i + 1) * size] = least[i + 1];
		customers.forEach((b, j) => {
			if (i === j || ready[i] + travelTime[a * numPlaces + b] > close[j]) return;
			const way = matrix[a * numPlaces + b];
			const cell = (i + 1) * size + j + 1;
			const mirror = (j + 1) * size + i + 1;
			least[cell] = Math.min(least[cell], way);
			least[mirror] = Math.min(least[mirror], way);
		});
	});
	return least;
}

/** Single-linkage dendrogram by time; heights in cost are the least ways between the parts, made to grow towards the root. */
function clusterPoints(size: number, time: Float64Array, cost: Float64Array): Cluster[] {
	const leaves: Cluster[] = Array.from({ length: size }, (_, point) => ({
		members: [point],
		children: [],
		time: 0,
		cost: 0,
		parent: null,
	}));
	const top = [...leaves];
	const all: Cluster[] = [...leaves];
	for (const [a, b] of spanningTree(size, time)) {
		const [left, right] = [top[a], top[b]];
		let cheapest = Infinity;
		for (const p of left.members) for (const q of right.members) cheapest = Math.min(cheapest, cost[p * size + q]);
		const members = [...left.members, ...right.members];
		const cluster: Cluster = { members, children: [left, right], time: time[a * size + b], cost: cheapest, parent: null };
		left.parent = cluster;
		right.parent = cluster;
		all.push(cluster);
		for (const point of members) top[point] = cluster;
	}
	for (let i = all.length - 1; i >= 0; i--) {
		const { parent } = all[i];
		if (parent) all[i].cost = Math.min(all[i].cost, parent.cost);
	}
	return all;
}

/** Edges of the least spanning tree, shortest first (Prim). */
function spanningTree(size: number, weight: Float64Array): [number, number][] {
	const nearest = new Int32Array(size);
	const distance = new Float64Array(size).fill(Infinity);
	const edges: [number, number][] = [];
	let point = 0;
	distance[0] = -1; // in the tree
	for (let step = 1; step < size; step++) {
		let next = -1;
		for (let other = 0; other < size; other++) {
			if (distance[other] < 0) continue;
			const way = weight[point * size + other];
			if (way < distance[other]) {
				distance[other] = way;
				nearest[other] = point;
			}
			if (next < 0 || distance[other] < distance[next]) next = other;
		}
		edges.push([nearest[next], next]);
		distance[next] = -1;
		point = next;
	}
	return edges.sort((a, b) => weight[a[0] * size + a[1]] - weight[b[0] * size + b[1]]);
}

/** Hangs the dendrogram up at point 0 and writes its edges in preorder. Routes with one loose end cross every moat once at least. */
function layTree(clusters: readonly Cluster[], visits: Visits, ends: number): TravelTree {
	const rows: { cluster: Cluster; time: number; cost: number; parent: number; next: number }[] = [];
	const share = ends / 2;
	const hang = (cluster: Cluster, from: Cluster, parent: number): void => {
		const below = cluster.parent === from ? cluster : from;
		const above = below === cluster ? from : cluster;
		const at = rows.length;
		const row = {
			cluster,
			time: Math.floor(share * (above.time - below.time)),
			cost: Math.floor(share * (above.cost - below.cost)),
			parent,
			next: 0,
		};
		rows.push(row);
		for (const other of [...cluster.children, cluster.parent]) if (other && other !== from) hang(other, cluster, at);
		row.next = rows.length;
	};
	if (clusters[0].parent) hang(clusters[0].parent, clusters[0], -1);
	const point = (cluster: Cluster): number => (cluster.children.length === 0 ? cluster.members[0] - 1 : -1);
	return {
		customer: Int32Array.from(rows, ({ cluster }) => (point(cluster) < 0 ? -1 : visits.customers[point(cluster)])),
		duration: Int32Array.from(rows, ({ cluster }) => (point(cluster) < 0 ? 0 : visits.duration[point(cluster)])),
		time: Int32Array.from(rows, ({ time }) => time),
		cost: Int32Array.from(rows, ({ cost }) => cost),
		next: Int32Array.from(rows, ({ next }) => next),
		parent: Int32Array.from(rows, ({ parent }) => parent),
	};
}
