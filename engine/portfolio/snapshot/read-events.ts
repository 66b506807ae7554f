import { foldEvents } from "../purchase-events.ts";
import type { PurchaseEvents } from "../portfolio.ts";
import type { Values } from "./column-file.ts";
import { openColumnWindow } from "./column-window.ts";
import { openEventTable } from "./event-table.ts";
import type { OpenPart } from "./open-part.ts";
import { findRuns, type GroupIndex, type Runs } from "./runs.ts";

/** The parts of a table and where customers are in them. */
export interface EventSource {
	readonly parts: readonly OpenPart[];
	readonly index: GroupIndex;
}

/** Purchase events of customers, whose runs are given: as they are stored, and of those with lines in several parts folded anew. */
export function readEvents(
	{ parts, index }: EventSource,
	customers: Int32Array,
	runs: Runs,
	marginRate: () => Float64Array,
): PurchaseEvents {
	const mixed = Int32Array.from(mixedOf(runs));
	const anew =
		mixed.length > 0
			? foldAnew(
					parts,
					index,
					Int32Array.from(mixed, (i) => customers[i]),
					marginRate(),
				)
			: null;
	const eventStart = new Int32Array(customers.length + 1);
	const stretches: { part: number; from: number; to: number }[] = [];
	const add = (part: number, from: number, to: number): void => {
		const last = stretches.at(-1);
		if (last?.part === part && last.to === from) last.to = to;
		else if (to > from) stretches.push({ part, from, to });
	};
	let numMixed = 0;
	for (let i = 0; i < customers.length; i++) {
		const part = runs.onlyPart[i];
		let [from, to] = [0, 0];
		if (part >= 0) [from, to] = eventRange(parts[part], runs.onlyGroup[i]);
		else if (anew && mixed[numMixed] === i) [from, to] = [anew.eventStart[numMixed], anew.eventStart[++numMixed]];
		add(part, from, to);
		eventStart[i + 1] = eventStart[i] + to - from;
	}
	const gather = <T extends Values>(column: string, fresh: T | undefined, out: T): T => {
		const kind = column === "day" ? "days" : "numbers";
		const readers = parts.map(({ events }) => events && openColumnWindow(events, column, kind));
		let at = 0;
		for (const { part, from, to } of stretches) {
			const read = readers[part];
			if (read) read(from, out, at, to - from);
			else out.set((fresh as T).subarray(from, to), at);
			at += to - from;
		}
		return out;
	};
	const length = eventStart[customers.length];
	return {
		eventStart,
		eventDay: gather("day", anew?.eventDay, new Int32Array(new SharedArrayBuffer(length * 4))),
		eventValue: gather("value", anew?.eventValue, new Float64Array(new SharedArrayBuffer(length * 8))),
		eventMargin: gather("margin", anew?.eventMargin, new Float64Array(new SharedArrayBuffer(length * 8))),
	};
}

/** Positions of customers that have lines, but not all of them in one part that counts whole. */
function* mixedOf({ start, onlyPart }: Runs): Generator<number> {
	for (let i = 0; i < onlyPart.length; i++) if (onlyPart[i] < 0 && start[i + 1] > start[i]) yield i;
}

function foldAnew(parts: readonly OpenPart[], index: GroupIndex, customers: Int32Array, marginRate: Float64Array): PurchaseEvents {
	const runs = findRuns("orders", parts, index, customers);
	return foldEvents(openEventTable("orders", parts, runs), marginRate, runs.start, null);
}

function eventRange({ eventEnd }: OpenPart, group: number): [number, number] {
	if (!eventEnd) throw new TypeError("a part of orders has no events");
	return [group === 0 ? 0 : eventEnd[group - 1], eventEnd[group]];
}
