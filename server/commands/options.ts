import { accessSync, constants, existsSync, type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import { CarteiraError } from "../../engine/index.ts";
import { DEFAULT_CONFIG, DEFAULT_LIMITS } from "../config.ts";
import { describeFileError } from "../file-error.ts";
import { EXPECTED_DAY, parsePlanningDay } from "../planning-days.ts";

/** A date of the calendar that can be asked for, as the engine counts days. */
export function dayArgument(text: string): number {
	const day = parsePlanningDay(text);
	if (Number.isNaN(day)) throw new InvalidArgumentError(EXPECTED_DAY);
	return day;
}

/** A parser of numbers in a range. */
export function numberArgument(min: number, max: number, isWhole: boolean): (text: string) => number {
	return (text) => {
		const value = text.trim() === "" ? Number.NaN : Number(text);
		const isFine = value >= min && value <= max && (!isWhole || Number.isInteger(value));
		if (!isFine) throw new InvalidArgumentError(`expected a ${isWhole ? "whole number" : "number"} from ${min} to ${max}`);
		return value;
	};
}

export const wholeArgument = (min: number, max: number): ((text: string) => number) => numberArgument(min, max, true);

/** The address of a PostgreSQL database. It may hold a password, so it is not repeated when it is refused. */
function databaseArgument(text: string): string {
	if (!/^postgres(ql)?:\/\//.test(text))
		throw new CarteiraError("USAGE", "the database's address begins with postgres:// or postgresql://");
	return text;
}

/** Today's date on this machine's clock, as a day. */
export function today(): number {
	const now = new Date();
	return Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) / 86_400_000;
}

export const asOfOption = (): Option =>
	new Option("--as-of <date>", "first day planned; history is what lies before it").argParser(dayArgument);
export const seedOption = (): Option =>
	new Option("--seed <n>", "the same seed gives the same result").argParser(wholeArgument(-(2 ** 31), 2 ** 31 - 1));
export const threadsOption = (): Option =>
	new Option("--threads <n>", "solver threads; default: the machine's").argParser(wholeArgument(1, 1024));
export const modelOption = (): Option =>
	new Option("--model <folder>", "model folder, or a registry, whose champion is taken; default: the one shipped").env("CARTEIRA_MODEL");
export const databaseOption = (): Option =>
	new Option("--database <url>", "PostgreSQL that keeps the rows; default: a file in the data folder")
		.env("CARTEIRA_DATABASE_URL")
		.argParser(databaseArgument);
export const dataOption = (what = "the server's data folder"): Option =>
	new Option("--data <folder>", what).env("CARTEIRA_DATA_FOLDER").default(DEFAULT_CONFIG.dataDir);
export const jsonOption = (): Option => new Option("--json", "answer in JSON");
export const iterationsOption = (): Option =>
	new Option("--iterations <n>", "search steps a rep; repeats exactly").argParser(wholeArgument(0, 1_000_000_000)).conflicts("seconds");
export const secondsOption = (): Option =>
	new Option("--seconds <n>", "search time a rep").argParser(numberArgument(0.01, 86_400, false)).conflicts("iterations");
export const horizonOption = (): Option =>
	new Option("--horizon-days <n>", "working days planned").argParser(wholeArgument(1, DEFAULT_LIMITS.max_horizon_days));
export const portOption = (): Option => new Option("--port <n>", "port").argParser(wholeArgument(0, 65_535));

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The fields that are given: engine options are absent rather than undefined. */
export function given<T extends object>(fields: T): Given<T> {
	const result: Given<T> = {};
	for (const key in fields) {
		const value = fields[key];
		if (value !== undefined) Object.assign(result, { [key]: value });
	}
	return result;
}

/** Refuses a folder argument that is no folder, before anything is started for it. */
export function validateFolder(folder: string): void {
	if (!existsSync(folder)) throw new CarteiraError("NOT_FOUND", `${folder} is not there`);
	if (!statSync(folder).isDirectory()) throw new CarteiraError("INVALID_INPUT", `${folder} is not a folder`);
}

/** What is at a path; null for nothing. Loops of links and folders that may not be entered are refused. */
function lookAt(path: string): Stats | null {
	try {
		return statSync(path, { throwIfNoEntry: false }) ?? null;
	} catch (error) {
		throw describeFileError(error) ?? error;
	}
}

function validateWritable(path: string): void {
	try {
		accessSync(path, constants.W_OK);
	} catch (error) {
		throw describeFileError(error) ?? error;
	}
}

function refuseEmpty(flag: string, path: string): void {
	if (path.trim() === "") throw new CarteiraError("USAGE", `${flag}: expected a path, got an empty text`);
}

/** Refuses a file that could not be written, before the work for it begins. */
export function validateOutFile(path: string | undefined, flag = "--out"): void {
	if (path === undefined) return;
	refuseEmpty(flag, path);
	const found = lookAt(path);
	if (found?.isDirectory()) throw new CarteiraError("INVALID_INPUT", `${flag} ${path} is a folder; expected the name of a file`);
	const folder = dirname(resolve(path));
	const parent = lookAt(folder);
	if (parent === null) throw new CarteiraError("NOT_FOUND", `${flag} ${path}: the folder ${folder} is not there`);
	if (!parent.isDirectory()) throw new CarteiraError("INVALID_INPUT", `${flag} ${path}: ${folder} is not a folder`);
	validateWritable(found ? path : folder);
}

/** Refuses a folder that could not be made or written, before the work for it begins. */
export function validateOutFolder(path: string, flag = "--out"): void {
	refuseEmpty(flag, path);
	for (let at = resolve(path); ; at = dirname(at)) {
		const found = lookAt(at);
		if (found === null) continue;
		if (!found.isDirectory()) throw new CarteiraError("INVALID_INPUT", `${flag} ${path}: ${at} is not a folder`);
		return validateWritable(at);
	}
}
