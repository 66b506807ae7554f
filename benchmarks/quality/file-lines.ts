import { readFileSync } from "node:fs";
import { CarteiraError } from "../../engine/errors.ts";

/** A line that is not empty, cut at white space. */
export interface FileLine {
	readonly path: string;
	/** From 1, as in an editor. */
	readonly number: number;
	readonly fields: readonly string[];
}

/** How a number with more decimals than the scale becomes whole: so that feasibility is never overstated. */
export type Rounding = "up" | "down";

const LARGEST = 2147483647;
/** Of a scaled score: the sum over all customers stays exact in a double. */
const LARGEST_SCORE = 1e11;
const DECIMAL = /^([+-]?)(\d*)\.?(\d*)$/;
/** Decimals that a value or an amount may have. */
const MOST_DECIMALS = 6;

/** Lines that say something, and the second whatever it holds. NOT_FOUND for a file that cannot be read. */
export function readLines(path: string): FileLine[] {
	return textOf(path)
		.split(/\r?\n/)
		.map((line, i) => ({ path, number: i + 1, fields: line.trim() === "" ? [] : line.trim().split(/\s+/) }))
		.filter(({ fields, number }) => fields.length > 0 || number === 2); // the second line of toptw files means nothing and may be empty
}

function textOf(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		throw new CarteiraError("NOT_FOUND", `${path}: cannot be read (${(error as NodeJS.ErrnoException).code}); expected an instance file`);
	}
}

/** An error about a line: what came, what was expected. */
export function lineError({ path, number }: Pick<FileLine, "path" | "number">, message: string): CarteiraError {
	return new CarteiraError("INVALID_INPUT", `${path}:${number}: ${message}`);
}

/** The lines at [first, first + count), or an error that says where the file ends. */
export function takeLines(path: string, lines: readonly FileLine[], first: number, count: number, what: string): readonly FileLine[] {
	const taken = lines.slice(first, first + count);
	if (taken.length === count) return taken;
	const last = lines.at(-1);
	throw lineError({ path, number: last?.number ?? 1 }, `the file ends after ${taken.length} ${what}; its head announces ${count}`);
}

/** Refuses a line behind the points that reads as one more; what else stands there is a remark. */
export function requireNoMorePoints(lines: readonly FileLine[], count: number, leastFields: number): void {
	const more = lines.at(count);
	if (!more || more.fields.length < leastFields || !more.fields.every((field) => DECIMAL.test(field))) return;
	throw lineError(more, `is one more point, "${more.fields.join(" ")}"; expected as many as the head announces`);
}

export function requireFields(line: FileLine, expected: number, what: string): void {
	if (line.fields.length !== expected)
		throw lineError(line, `has ${line.fields.length} fields, "${line.fields.join(" ")}"; expected ${expected}: ${what}`);
}

/** Field i as a whole number. */
export function wholeAt(line: FileLine, i: number, name: string, least: number, most: number = LARGEST): number {
	const value = numberAt(line, i, name);
	if (!Number.isInteger(value) || value < least || value > most)
		throw lineError(line, `${name} is ${line.fields[i]}; expected a whole number from ${least} to ${most}`);
	return value;
}

/** Field i as a double. */
export function numberAt(line: FileLine, i: number, name: string): number {
	return Number(decimalAt(line, i, name).text);
}

/** Field i × 10^digits as a whole number from 0 to `largest`, exact by the decimals as written. */
export function scaledAt(line: FileLine, i: number, name: string, digits: number, rounding: Rounding, largest = LARGEST): number {
	const { sign, whole, fraction, text } = decimalAt(line, i, name);
	const value = Number(whole + fraction.slice(0, digits).padEnd(digits, "0"));
	const isExact = /^0*$/.test(fraction.slice(digits));
	const scaled = rounding === "up" && !isExact ? value + 1 : value;
	if ((sign === "-" && scaled > 0) || scaled > largest)
		throw lineError(line, `${name} is ${text}; expected an amount from 0 to ${largest / 10 ** digits}`);
	return scaled;
}

/** Field i as a score × 10^digits (see `decimalsOf`): never rounded, since it is the value that is printed. */
export function scoreAt(line: FileLine, i: number, digits: number): number {
	if (trimmedFraction(line.fields[i]).length > MOST_DECIMALS)
		throw lineError(line, `score is ${line.fields[i]}; expected at most ${MOST_DECIMALS} decimals`);
	return scaledAt(line, i, "score", digits, "down", LARGEST_SCORE);
}

/** Most decimals of a field over the lines, at most 6: the scale that makes them whole. */
export function decimalsOf(lines: readonly FileLine[], i: number): number {
	return lines.reduce((most, { fields }) => Math.max(most, Math.min(MOST_DECIMALS, trimmedFraction(fields[i]).length)), 0);
}

function trimmedFraction(text: string | undefined): string {
	return DECIMAL.exec(text ?? "")?.[3].replace(/0+$/, "") ?? "";
}

function decimalAt(line: FileLine, i: number, name: string): { sign: string; whole: string; fraction: string; text: string } {
	const text = line.fields[i];
	if (text === undefined) throw lineError(line, `has ${line.fields.length} fields; ${name} is missing as field ${i + 1}`);
	const match = DECIMAL.exec(text);
	if (!match || match[2] + match[3] === "") throw lineError(line, `${name} is ${text}; expected a decimal number`);
	return { sign: match[1], whole: match[2] || "0", fraction: match[3], text };
}
