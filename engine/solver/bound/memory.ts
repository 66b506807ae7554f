import type { Network } from "./network.ts";

/**
 * Which customers a way remembers to have visited while it stands at a node (Baldacci, Mingozzi and Roberti's ng-routes, with sets that grow
 * where routes return). A row is a node and a set of those; the rows of node k lie in [firstRow[k], firstRow[k + 1]), the empty set first.
 */
export interface Memory {
	/** Customers remembered at a node. */
	readonly kept: readonly (readonly number[])[];
	readonly numRows: number;
	readonly firstRow: Int32Array;
	readonly rowNode: Int32Array;
	/** Row after going on to a node, [row × numNodes + node]; -1: its customer is remembered. */
	readonly next: Int32Array;
}

/** Rows are kept in 16 bits. */
const MOST_ROWS = 32_000;

/** Nothing is remembered. */
export function emptyMemory(network: Network): Memory {
	return buildMemory(
		network,
		Array.from({ length: network.numNodes }, () => []),
	);
}

/** Remembers more, so that no route returns as these do; the same memory where there is nothing to add. Sets of `most` are full, and so are `mostRows`. */
export function rememberMore(network: Network, memory: Memory, routes: readonly Int32Array[], most: number, mostRows: number): Memory {
	const kept = memory.kept.map((customers) => [...customers]);
	let { numRows } = memory;
	for (const windows of routes) {
		const nodes = windows.map((window) => network.nodeOfWindow[window]);
		nodes.forEach((node, at) => {
			const customer = network.customer[node];
			let back = at - 1;
			while (back >= 0 && network.customer[nodes[back]] !== customer) back--;
			if (back < 0) return;
			for (let k = back + 1; k < at; k++) {
				const own = kept[nodes[k]];
				if (own.length >= most || own.includes(customer) || numRows + 2 ** own.length > Math.min(MOST_ROWS, mostRows)) continue;
				numRows += 2 ** own.length;
				own.push(customer);
			}
		});
	}
	return numRows > memory.numRows ? buildMemory(network, kept) : memory;
}

function buildMemory(network: Network, kept: readonly (readonly number[])[]): Memory {
	const { numNodes, customer } = network;
	const firstRow = new Int32Array(numNodes + 1);
	for (let node = 0; node < numNodes; node++) firstRow[node + 1] = firstRow[node] + 2 ** kept[node].length;
	const numRows = firstRow[numNodes];
	const rowNode = new Int32Array(numRows);
	const next = new Int32Array(numRows * numNodes);
	for (let from = 0; from < numNodes; from++) {
		rowNode.fill(from, firstRow[from], firstRow[from + 1]);
		for (let to = 0; to < numNodes; to++) {
			const first = firstRow[from];
			const own = kept[to].indexOf(customer[from]);
			next[first * numNodes + to] = firstRow[to] + (own < 0 ? 0 : 1 << own);
			for (let bit = 0; bit < kept[from].length; bit++) {
				const seen = kept[from][bit];
				const place = kept[to].indexOf(seen);
				for (let set = 0; set < 1 << bit; set++) {
					const before = next[(first + set) * numNodes + to];
					const blocked = before < 0 || seen === customer[to];
					// The customer just left may be remembered already, by another duration of the same visit.
					const isNew = place >= 0 && place !== own;
					next[(first + set + (1 << bit)) * numNodes + to] = blocked ? -1 : before + (isNew ? 1 << place : 0);
				}
			}
		}
	}
	return { kept, numRows, firstRow, rowNode, next };
}
