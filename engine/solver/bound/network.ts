import type { Problem } from "../problem.ts";
import { workingTime, workWindows } from "./working-time.ts";

/**
 * Where the routes of a slot can go, in seconds of work. A node is a customer and a duration of service; its windows carry the visit option
 * that a start in them takes. Node numNodes is the start place.
 */
export interface Network {
	readonly numNodes: number;
	readonly day: number;
	/** Slots with these very data: one pricing serves them all. */
	readonly slots: readonly number[];
	/** By node; -1 for the start, which is no customer. */
	readonly customer: Int32Array;
	readonly duration: Int32Array;
	/** Windows of node k lie in [firstWindow[k], firstWindow[k + 1]). */
	readonly firstWindow: Int32Array;
	readonly windowFrom: Int32Array;
	readonly windowTo: Int32Array;
	readonly windowLoss: Float64Array;
	readonly windowOption: Int32Array;
	readonly nodeOfWindow: Int32Array;
	/** [from × (numNodes + 1) + to], the end place in the last column; from the start too. */
	readonly travelTime: Int32Array;
	readonly travelCost: Int32Array;
	/** By node: most that two legs over it fall short of the direct one, in time and in cost; 0 where the triangle inequality holds. */
	readonly timeShortcut: Int32Array;
	readonly costShortcut: Int32Array;
	/** Nodes by the time to travel from them, nearest first, [to × numNodes + rank]. */
	readonly order: Int16Array;
	/** Working time of the slot. */
	readonly horizon: number;
}

/** One network for each kind of slot. */
export function buildNetworks(problem: Problem): Network[] {
	const kinds = new Map<string, number[]>();
	for (let slot = 0; slot < problem.numSlots; slot++) {
		const { slotDay, slotOpen, slotClose, slotStart, slotEnd, slotFirstBreak, itemOpen, itemClose, itemDuration } = problem;
		const key = [slotDay[slot], slotOpen[slot], slotClose[slot], slotStart[slot], slotEnd[slot]];
		for (let item = slotFirstBreak[slot]; item < slotFirstBreak[slot + 1]; item++)
			key.push(itemOpen[item], itemClose[item], itemDuration[item]);
		const same = kinds.get(key.join());
		if (same) same.push(slot);
		else kinds.set(key.join(), [slot]);
	}
	const order = orderOrigins(problem);
	const shortcuts = { time: findShortcuts(problem, problem.travelTime), cost: findShortcuts(problem, problem.travelCost) };
	return [...kinds.values()].map((slots) => buildNetwork(problem, slots, order, shortcuts));
}

/** By customer, the most that the way from one place over it to another falls short of the direct one. */
function findShortcuts({ numCustomers, numPlaces }: Problem, matrix: Int32Array): Int32Array {
	const shortcut = new Int32Array(numCustomers);
	if (matrix.every((way) => way === 0)) return shortcut;
	for (let from = 0; from < numPlaces; from++) {
		const direct = matrix.subarray(from * numPlaces, (from + 1) * numPlaces);
		for (let via = 0; via < numCustomers; via++) {
			const onward = matrix.subarray(via * numPlaces, (via + 1) * numPlaces);
			let most = shortcut[via] + direct[via];
			for (let to = 0; to < numPlaces; to++) {
				const less = direct[to] - onward[to];
				if (less > most) most = less;
			}
			shortcut[via] = most - direct[via];
		}
	}
	return shortcut;
}

interface Shortcuts {
	readonly time: Int32Array;
	readonly cost: Int32Array;
}

/** Customers by the time to travel from them, [to × numCustomers + rank]. */
function orderOrigins(problem: Problem): Int32Array {
	const { numCustomers, numPlaces, travelTime } = problem;
	const order = new Int32Array(numCustomers ** 2);
	const keys = new Float64Array(numCustomers);
	for (let to = 0; to < numCustomers; to++) {
		for (let from = 0; from < numCustomers; from++) keys[from] = travelTime[from * numPlaces + to] * numCustomers + from;
		keys.sort();
		for (let rank = 0; rank < numCustomers; rank++) order[to * numCustomers + rank] = keys[rank] % numCustomers;
	}
	return order;
}

/** The order of a network's nodes from that of all customers. */
function orderNodes(nodes: readonly Node[], numCustomers: number, order: Int32Array): Int16Array {
	const firstNode = new Int32Array(numCustomers + 1).fill(-1);
	for (let k = nodes.length - 1; k >= 0; k--) firstNode[nodes[k].customer] = k;
	const ordered = new Int16Array(nodes.length ** 2);
	let count = 0;
	for (const { customer } of nodes) {
		for (let rank = 0; rank < numCustomers; rank++) {
			const from = order[customer * numCustomers + rank];
			for (let k = firstNode[from]; k >= 0 && k < nodes.length && nodes[k].customer === from; k++) ordered[count++] = k;
		}
	}
	return ordered;
}

interface Node {
	readonly customer: number;
	readonly duration: number;
	readonly windows: { readonly from: number; readonly to: number; readonly loss: number; readonly option: number }[];
}

function buildNetwork(problem: Problem, slots: readonly number[], order: Int32Array, shortcuts: Shortcuts): Network {
	const [slot] = slots;
	const horizon = workingTime(problem, slot);
	const nodes = findNodes(problem, slot);
	const numNodes = nodes.length;
	const windows = nodes.flatMap((node) => node.windows);
	const firstWindow = new Int32Array(numNodes + 1);
	nodes.forEach((node, k) => {
		firstWindow[k + 1] = firstWindow[k] + node.windows.length;
	});
	const customers = nodes.map((node) => node.customer);
	const from = [...customers, problem.slotStart[slot]];
	const to = [...customers, problem.slotEnd[slot]];
	return {
		numNodes,
		day: problem.slotDay[slot],
		slots,
		customer: Int32Array.from([...customers, -1]),
		duration: Int32Array.from([...nodes.map((node) => node.duration), 0]),
		firstWindow,
		windowFrom: Int32Array.from(windows, (window) => window.from),
		windowTo: Int32Array.from(windows, (window) => window.to),
		windowLoss: Float64Array.from(windows, (window) => window.loss),
		windowOption: Int32Array.from(windows, (window) => window.option),
		nodeOfWindow: Int32Array.from(nodes.flatMap((node, k) => node.windows.map(() => k))),
		travelTime: legsBetween(problem.travelTime, problem.numPlaces, from, to),
		travelCost: legsBetween(problem.travelCost, problem.numPlaces, from, to),
		timeShortcut: Int32Array.from(nodes, ({ customer }) => shortcuts.time[customer]),
		costShortcut: Int32Array.from(nodes, ({ customer }) => shortcuts.cost[customer]),
		order: orderNodes(nodes, problem.numCustomers, order),
		horizon,
	};
}

/** The cells of a matrix of all places for every place of `from`, then of `to`. */
function legsBetween(matrix: Int32Array, numPlaces: number, from: readonly number[], to: readonly number[]): Int32Array {
	const cells = new Int32Array(from.length * to.length);
	let cell = 0;
	for (const a of from) for (const b of to) cells[cell++] = matrix[a * numPlaces + b];
	return cells;
}

/** Nodes of the visits that can be made in the slot, by customer and duration. */
function findNodes(problem: Problem, slot: number): Node[] {
	const nodes: Node[] = [];
	let first = 0; // of the customer's nodes
	for (let option = 0; option < problem.numOptions; option++) {
		if (problem.optionDay[option] !== problem.slotDay[slot] || problem.optionChannel[option] !== 0) continue;
		const customer = problem.optionCustomer[option];
		const duration = problem.itemDuration[option];
		if (nodes.length > 0 && nodes[nodes.length - 1].customer !== customer) first = nodes.length;
		const windows = workWindows(problem, slot, option).map((window) => ({ ...window, option }));
		if (windows.length === 0) continue;
		const known = nodes.slice(first).find((node) => node.duration === duration);
		if (known) known.windows.push(...windows);
		else nodes.push({ customer, duration, windows });
	}
	return nodes;
}
