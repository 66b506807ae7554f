import { type Command, CommanderError } from "commander";
import { CarteiraError } from "../engine/errors.ts";
import { type Day, parseDay } from "../engine/units.ts";

/** A wrong use of a lane's command line. */
export function usage(message: string): CarteiraError {
	return new CarteiraError("USAGE", message);
}

/** Reads a lane's command line; false where help was asked for, which is printed then. USAGE for what the command does not know. */
export function parseWords(command: Command, words: readonly string[]): boolean {
	command.exitOverride().configureOutput({ outputError: () => {} });
	try {
		command.parse([...words], { from: "user" });
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		if (error.exitCode === 0) return false;
		throw usage(error.message.replace(/^error: /, ""));
	}
	return true;
}

/** A whole number in [least, most]; USAGE that names the option otherwise. */
export function wholeOf(option: string, word: string, least: number, most: number): number {
	const value = Number(word);
	if (!/^\d+$/.test(word) || value < least || value > most)
		throw usage(`${option} holds "${word}"; expected a whole number from ${least} to ${most}`);
	return value;
}

const LAST_DAY = parseDay("2100-12-31");

/** The date of --as-of, from 1970 to 2100 as in the product's commands. */
export function dayOf(text: string): Day {
	const day = parseDay(text);
	if (!(day >= 0 && day <= LAST_DAY)) throw usage(`--as-of is "${text}"; expected a date from 1970-01-01 to 2100-12-31`);
	return day;
}
