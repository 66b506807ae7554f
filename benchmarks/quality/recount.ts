import { readFileSync } from "node:fs";
import { basename, parse } from "node:path";
import type { PrintedRoute, Recount } from "./instance.ts";

/**
 * Recounts printed routes from the file's own numbers, sharing no code with the readers or the solver: value and everything that breaks a
 * rule of the set. Times of toptw, rep-week and mctopmtw are exact (whole billionths), pvrp is counted in doubles. The file must be readable.
 */
export function recount(
	set: "toptw" | "rep-week" | "mctopmtw" | "pvrp",
	path: string,
	m: number,
	routes: readonly PrintedRoute[],
): Recount {
	const rows = readFileSync(path, "utf8")
		.split(/\r?\n/)
		.map((row) => row.split(/\s+/).filter((word) => word !== ""));
	if (set === "pvrp") return recountPeriodic(rows, routes);
	const name = parse(basename(path)).name;
	const faults = labelFaults(routes, m, 1);
	const unit = /^(.*-)?pr[^-]*$/i.test(name) ? 10_000_000n : 100_000_000n;
	return recountPrizes(set === "mctopmtw" ? sharedFile(rows) : plainFile(rows), unit, routes, faults);
}

/** Routes that the set does not have. */
function labelFaults(routes: readonly PrintedRoute[], numDays: number, numVehicles: number): string[] {
	const faults: string[] = [];
	const seen = new Set<string>();
	for (const { day, vehicle } of routes) {
		const label = `day ${day} vehicle ${vehicle}`;
		const isOne = (value: number, most: number): boolean => Number.isInteger(value) && value >= 1 && value <= most;
		if (!isOne(day, numDays) || !isOne(vehicle, numVehicles))
			faults.push(`${label}: the set has days 1 … ${numDays}, vehicles 1 … ${numVehicles}`);
		if (seen.has(label)) faults.push(`${label}: two routes`);
		seen.add(label);
	}
	return faults;
}

/** A point of the sets with prizes; times, scores and fees in billionths. */
interface Point {
	readonly x: bigint;
	readonly y: bigint;
	readonly service: bigint;
	readonly score: bigint;
	readonly fee: bigint;
	readonly types: readonly number[];
	/** Of a tour, numbered from 1. */
	windows(tour: number): readonly (readonly [bigint, bigint])[];
}

interface PrizeFile {
	readonly start: Point;
	readonly points: ReadonlyMap<number, Point>;
	/** Null: none. */
	readonly budget: bigint | null;
	readonly caps: readonly number[];
}

function billionths(text: string): bigint {
	const [whole, fraction = ""] = text.split(".");
	const size = BigInt((whole.replace(/[+-]/, "") || "0") + fraction.padEnd(9, "0").slice(0, 9));
	return whole.startsWith("-") ? -size : size;
}

/** The double nearest to so many billionths, 0 or more. */
function decimalOf(amount: bigint): number {
	return Number(`${amount / 1_000_000_000n}.${String(amount % 1_000_000_000n).padStart(9, "0")}`);
}

function plainFile(rows: readonly string[][]): PrizeFile {
	const points = rows
		.slice(2)
		.filter((row) => row.length > 0)
		.slice(0, Number(rows[0][2]) + 1)
		.map((row): [number, Point] => {
			const [from, to] = row.slice(-2).map(billionths);
			const [x, y, service, score] = row.slice(1, 5).map(billionths);
			return [Number(row[0]), { x, y, service, score, fee: 0n, types: [], windows: () => [[from, to]] }];
		});
	return { start: points[0][1], points: new Map(points.slice(1)), budget: null, caps: [] };
}

function sharedFile(all: readonly string[][]): PrizeFile {
	const [head, first, ...rows] = all.filter((row) => row.length > 0);
	const [x, y, , , open, close] = first.slice(1).map(billionths);
	const start: Point = { x, y, service: 0n, score: 0n, fee: 0n, types: [], windows: () => [[open, close]] };
	const points = rows.slice(0, Number(head[1])).map((row): [number, Point] => {
		const numbers = row.map(billionths);
		const cuts = numbers.slice(5, 10);
		const point: Point = {
			x: numbers[1],
			y: numbers[2],
			service: numbers[3],
			score: numbers[4],
			fee: numbers[11],
			types: row.slice(12).map(Number),
			windows: (tour) => ((tour % 2 === 1) === (row[10] === "1") ? [0, 2] : [1, 3]).map((window) => [cuts[window], cuts[window + 1]]),
		};
		return [Number(row[0]), point];
	});
	return { start, points: new Map(points), budget: billionths(head[2]), caps: head.slice(3).map(Number) };
}

function recountPrizes(file: PrizeFile, unit: bigint, routes: readonly PrintedRoute[], faults: string[]): Recount {
	const seen = new Set<number>();
	let score = 0n;
	let fees = 0n;
	const ofType = file.caps.map(() => 0);
	for (const { day, customers } of routes) {
		const [[open, close]] = file.start.windows(day);
		let here = file.start;
		let now = open;
		for (const number of customers) {
			const point = file.points.get(number);
			if (!point) {
				faults.push(`day ${day}: the file has no customer ${number}`);
				continue;
			}
			if (seen.has(number)) faults.push(`customer ${number} is visited twice`);
			seen.add(number);
			const arrive = now + truncated(here, point, unit);
			const starts = point.windows(day).flatMap(([from, to]) => (arrive <= to ? [arrive > from ? arrive : from] : []));
			if (starts.length === 0) faults.push(`day ${day}: customer ${number} is reached at ${Number(arrive) / 1e9}, after its windows`);
			now = (starts[0] ?? arrive) + point.service;
			score += point.score;
			fees += point.fee;
			point.types.forEach((isOf, type) => (ofType[type] += isOf));
			here = point;
		}
		const back = now + (customers.length > 0 ? truncated(here, file.start, unit) : 0n);
		if (back > close) faults.push(`day ${day}: back at ${Number(back) / 1e9}, after ${Number(close) / 1e9}`);
	}
	if (file.budget !== null && fees > file.budget) faults.push(`fees ${Number(fees) / 1e9} exceed the budget ${Number(file.budget) / 1e9}`);
	file.caps.forEach((cap, type) => {
		if (ofType[type] > cap) faults.push(`${ofType[type]} visits of type ${type + 1} exceed ${cap}`);
	});
	return { value: decimalOf(score), faults };
}

/** Distance in billionths, cut to whole units. */
function truncated(from: Point, to: Point, unit: bigint): bigint {
	return rootOf(((from.x - to.x) ** 2n + (from.y - to.y) ** 2n) / unit ** 2n) * unit;
}

/** ⌊√n⌋ by Newton's method. */
function rootOf(n: bigint): bigint {
	if (n < 2n) return n;
	let root = BigInt(Math.ceil(Math.sqrt(Number(n)))) + 1n;
	for (let next = (root + n / root) / 2n; next < root; next = (root + n / root) / 2n) root = next;
	return root;
}

function recountPeriodic(all: readonly string[][], routes: readonly PrintedRoute[]): Recount {
	const rows = all.filter((row) => row.length > 0);
	const [, numVehicles, numCustomers, numDays] = rows[0].map(Number);
	const faults = labelFaults(routes, numDays, numVehicles);
	const limits = rows.slice(1, 1 + numDays).map((row) => row.map(Number));
	const points = rows.slice(1 + numDays, 2 + numDays + numCustomers).map((row) => row.map(Number));
	const [depot, ...customers] = points;
	const at = new Map(customers.map((row) => [row[0], row]));
	const windowOf = (row: readonly number[]): readonly number[] => (row.length >= 9 + row[6] ? row.slice(-2) : [0, Infinity]);
	const served = new Map(customers.map((row): [number, number[]] => [row[0], []]));
	let value = 0;
	for (const { day, vehicle, customers: numbers } of routes) {
		const name = `day ${day} vehicle ${vehicle}`;
		const [longest, most] = limits[day - 1] ?? [0, 0];
		const [open, close] = windowOf(depot);
		let [here, now, spent, load] = [depot, open, 0, 0];
		for (const number of numbers) {
			const row = at.get(number);
			if (!row) {
				faults.push(`${name}: the file has no customer ${number}`);
				continue;
			}
			served.get(number)?.push(day);
			const way = Math.sqrt((here[1] - row[1]) ** 2 + (here[2] - row[2]) ** 2);
			const [from, to] = windowOf(row);
			const start = Math.max(now + way, from);
			if (start > to) faults.push(`${name}: customer ${number} starts at ${start}, after ${to}`);
			value += way;
			spent += way + row[3];
			load += row[4];
			now = start + row[3];
			here = row;
		}
		const home = Math.sqrt((here[1] - depot[1]) ** 2 + (here[2] - depot[2]) ** 2);
		value += home;
		spent += home;
		if (now + home > close) faults.push(`${name}: back at ${now + home}, after ${close}`);
		if (longest > 0 && spent > longest) faults.push(`${name}: takes ${spent} of ${longest}`);
		if (load > most + 1e-9) faults.push(`${name}: load ${load} exceeds ${most}`);
	}
	for (const [number, days] of served) {
		const allowed = at.get(number)?.slice(7, 7 + (at.get(number)?.[6] ?? 0)) ?? [];
		const sum = days.reduce((bits, day) => bits + 2 ** (numDays - day), 0);
		const isOnce = new Set(days).size === days.length;
		if (!isOnce || !allowed.includes(sum))
			faults.push(`customer ${number} is served on days ${days.join(", ") || "none"}: no allowed combination`);
	}
	return { value, faults };
}
