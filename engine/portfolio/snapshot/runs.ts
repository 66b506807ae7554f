import { countBelow } from "./count-below.ts";
import { allocate, kindOfColumn, TIME } from "./event-columns.ts";
import type { EventTableName } from "./manifest.ts";
import type { OpenPart } from "./open-part.ts";

/** Rows of a table as stretches of the parts' lines, in the table's order. */
export interface Runs {
	/** Where each customer's rows begin in the table (customers + 1). */
	readonly start: Int32Array;
	readonly numRuns: number;
	readonly part: Int32Array;
	readonly from: Int32Array;
	readonly count: Int32Array;
	/** Position of the only part and the group there of a customer whose events are as that part has them; -1: to be folded anew. */
	readonly onlyPart: Int32Array;
	readonly onlyGroup: Int32Array;
}

/** A customer's group of lines in a part. */
interface Group {
	readonly part: number;
	readonly group: number;
}

/** By row of customers: its group in the first part, and its groups in all others. */
export interface GroupIndex {
	readonly first: Int32Array;
	readonly others: ReadonlyMap<number, readonly Group[]>;
}

/** Finds each customer's groups. `numCustomers` counts stubs. */
export function indexGroups(parts: readonly OpenPart[], numCustomers: number): GroupIndex {
	const first = new Int32Array(numCustomers).fill(-1);
	const others = new Map<number, Group[]>();
	for (const [part, { customerRow }] of parts.entries()) {
		for (let group = 0; group < customerRow.length; group++) {
			const row = customerRow[group];
			if (row < 0) continue;
			if (part === 0 && first[row] < 0) first[row] = group;
			else {
				const groups = others.get(row);
				if (groups) groups.push({ part, group });
				else others.set(row, [{ part, group }]);
			}
		}
	}
	return { first, others };
}

const NONE: readonly Group[] = [];

/** The rows of some customers, given by their rows of the customers table; of each by time, then part, then line. */
export function findRuns(table: EventTableName, parts: readonly OpenPart[], index: GroupIndex, customers: Int32Array): Runs {
	const start = new Int32Array(customers.length + 1);
	const onlyPart = new Int32Array(customers.length).fill(-1);
	const onlyGroup = new Int32Array(customers.length).fill(-1);
	const runs = { part: [] as number[], from: [] as number[], count: [] as number[], numRows: 0 };
	const add = (part: number, from: number, to: number): void => {
		if (to <= from) return;
		const last = runs.part.length - 1;
		if (last >= 0 && runs.part[last] === part && runs.from[last] + runs.count[last] === from) runs.count[last] += to - from;
		else {
			runs.part.push(part);
			runs.from.push(from);
			runs.count.push(to - from);
		}
		runs.numRows += to - from;
	};
	for (let i = 0; i < customers.length; i++) {
		const first = index.first[customers[i]];
		const others = (index.others.size === 0 ? undefined : index.others.get(customers[i])) ?? NONE;
		const numGroups = others.length + (first < 0 ? 0 : 1);
		const { part, group } = first < 0 && numGroups > 0 ? others[0] : { part: 0, group: first };
		if (numGroups === 1 && !hasDrops(parts[part], group)) {
			add(part, startOf(parts[part], group), parts[part].lineEnd[group]);
			onlyPart[i] = part;
			onlyGroup[i] = group;
		} else if (numGroups > 0) {
			for (const line of mergedLines(table, parts, first < 0 ? others : [{ part: 0, group: first }, ...others]))
				add(line.part, line.at, line.at + 1);
		}
		start[i + 1] = runs.numRows;
	}
	const { part, from, count } = runs;
	const arrays = { part: Int32Array.from(part), from: Int32Array.from(from), count: Int32Array.from(count) };
	return { start, numRuns: part.length, ...arrays, onlyPart, onlyGroup };
}

/** Of each customer's rows those from a row of the table on; its events are then not told. */
export function cutRuns(runs: Runs, firstRow: Int32Array): Runs {
	const numCustomers = firstRow.length;
	const most = numCustomers + runs.numRuns;
	const [part, from, count] = [new Int32Array(most), new Int32Array(most), new Int32Array(most)];
	const start = new Int32Array(numCustomers + 1);
	let [run, runStart, numRuns] = [0, 0, 0];
	for (let customer = 0; customer < numCustomers; customer++) {
		const end = runs.start[customer + 1];
		start[customer + 1] = start[customer] + end - firstRow[customer];
		for (let row = firstRow[customer]; row < end; ) {
			while (runStart + runs.count[run] <= row) runStart += runs.count[run++];
			const length = Math.min(runStart + runs.count[run], end) - row;
			const at = runs.from[run] + row - runStart;
			const last = numRuns - 1;
			if (last >= 0 && part[last] === runs.part[run] && from[last] + count[last] === at) count[last] += length;
			else {
				part[numRuns] = runs.part[run];
				from[numRuns] = at;
				count[numRuns++] = length;
			}
			row += length;
		}
	}
	const none = new Int32Array(numCustomers).fill(-1);
	return { start, numRuns, part, from, count, onlyPart: none, onlyGroup: none };
}

function startOf({ lineEnd }: OpenPart, group: number): number {
	return group === 0 ? 0 : lineEnd[group - 1];
}

function hasDrops(part: OpenPart, group: number): boolean {
	const { dropped, lineEnd } = part;
	return dropped.length > 0 && countBelow(dropped, startOf(part, group)) < countBelow(dropped, lineEnd[group]);
}

interface Line {
	readonly part: number;
	readonly at: number;
	readonly time: number;
}

/** A customer's lines in several parts that count still, by time, then part, then line. */
function mergedLines(table: EventTableName, parts: readonly OpenPart[], groups: readonly Group[]): Line[] {
	const lines: Line[] = [];
	for (const { part, group } of groups) {
		const open = parts[part];
		const [from, to] = [startOf(open, group), open.lineEnd[group]];
		const times = allocate(kindOfColumn(table, TIME[table]), to - from, false);
		open.lines.readRange(TIME[table], from, times);
		let drop = countBelow(open.dropped, from);
		for (let at = from; at < to; at++) {
			if (open.dropped[drop] === at) drop++;
			else lines.push({ part, at, time: times[at - from] });
		}
	}
	return lines.sort((a, b) => a.time - b.time || a.part - b.part || a.at - b.at);
}
