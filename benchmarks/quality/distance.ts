import { decimalsOf, type FileLine, lineError, numberAt } from "./file-lines.ts";

/** Points with whole coordinates in units of 10^-decimals. */
export interface Points {
	readonly x: Float64Array;
	readonly y: Float64Array;
	readonly decimals: number;
}

const LARGEST_COORDINATE = 70_000;

/** Points of lines that hold x and y in fields 1 and 2. */
export function pointsOf(lines: readonly FileLine[]): Points {
	const decimals = Math.max(decimalsOf(lines, 1), decimalsOf(lines, 2));
	lines.forEach(requireCoordinates);
	const scaled = (i: number, name: string): Float64Array =>
		Float64Array.from(lines, (line) => Math.round(numberAt(line, i, name) * 10 ** decimals));
	return { x: scaled(1, "x"), y: scaled(2, "y"), decimals };
}

/** Fields 1 and 2 must be numbers of a size whose distances fit into 31 bits, in whole 10^-4 at the finest. */
export function requireCoordinates(line: FileLine): void {
	for (const [i, name] of ["x", "y"].entries()) {
		const value = numberAt(line, 1 + i, name);
		if (Math.abs(value) > LARGEST_COORDINATE)
			throw lineError(line, `${name} is ${value}; expected a number from -${LARGEST_COORDINATE} to ${LARGEST_COORDINATE}`);
	}
}

/** Row-major Euclidean distances × 10^digits, truncated. */
export function truncatedDistances({ x, y, decimals }: Points, digits: number): Int32Array {
	const size = x.length;
	const matrix = new Int32Array(size * size);
	for (let i = 0; i < size; i++) {
		for (let j = 0; j < i; j++) {
			const square = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2;
			matrix[i * size + j] = truncatedRoot(square * 10 ** (2 * digits), 10 ** decimals);
			matrix[j * size + i] = matrix[i * size + j];
		}
	}
	return matrix;
}

/** ⌊√square ÷ unit⌋ for whole numbers, which the last bit of the root must not move. */
function truncatedRoot(square: number, unit: number): number {
	let root = Math.floor(Math.sqrt(square) / unit);
	while ((root + 1) ** 2 * unit ** 2 <= square) root++;
	while (root ** 2 * unit ** 2 > square) root--;
	return root;
}
