import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CarteiraError } from "../../errors.ts";
import { DIALECT_WORDS, type Dialects } from "../files/dialect.ts";
import { ON_BAD_ROWS, type ReadRules } from "./read-tables.ts";
import { TABLE_NAMES } from "../schema.ts";
import { shownJson } from "../cells/shown-value.ts";

/** policy.json of a folder, unvalidated but for what reading needs itself. */
export interface PolicyFile {
	/** As parsed; null: there is none. */
	readonly policy: unknown;
	readonly text: string | null;
	readonly rules: ReadRules;
}

/** Reads policy.json. Throws INVALID_POLICY with line and column where it is not JSON. */
export function readPolicy(folder: string): PolicyFile {
	return parsePolicy(loadPolicy(join(folder, "policy.json")));
}

/** The same of its text; null: there is none. */
export function parsePolicy(text: string | null): PolicyFile {
	if (text === null) return { policy: null, text, rules: { onBadRows: "quarantine", dialects: {} } };
	const policy = parse(text);
	if (typeof policy !== "object" || policy === null || Array.isArray(policy)) throw invalid("", text, "expected a JSON object");
	const word = "on_bad_rows" in policy ? policy.on_bad_rows : "quarantine";
	const onBadRows = ON_BAD_ROWS.find((known) => known === word);
	if (!onBadRows) throw invalid("/on_bad_rows", word, `expected one of ${ON_BAD_ROWS.join(", ")}`);
	return { policy, text, rules: { onBadRows, dialects: dialectsOf("dialects" in policy ? policy.dialects : {}) } };
}

function dialectsOf(stated: unknown): Dialects {
	for (const [table, dialect] of membersOf(stated, "/dialects")) {
		const pointer = `/dialects/${table}`;
		refuseUnlisted(pointer, table, ["all", ...TABLE_NAMES]);
		for (const [field, word] of membersOf(dialect, pointer)) {
			refuseUnlisted(`${pointer}/${field}`, field, Object.keys(DIALECT_WORDS));
			refuseUnlisted(`${pointer}/${field}`, word, DIALECT_WORDS[field as keyof typeof DIALECT_WORDS]);
		}
	}
	return stated as Dialects;
}

function membersOf(value: unknown, pointer: string): [string, unknown][] {
	if (typeof value === "object" && value !== null && !Array.isArray(value)) return Object.entries(value);
	throw invalid(pointer, value, "expected a JSON object");
}

function refuseUnlisted(pointer: string, word: unknown, list: readonly string[]): void {
	if (!list.some((listed) => listed === word))
		throw invalid(pointer, word, `expected one of ${list.map((listed) => JSON.stringify(listed)).join(", ")}`);
}

/** The text of a policy.json; null: there is none. */
export function loadPolicy(path: string): string | null {
	try {
		return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
	} catch (error) {
		const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
		if (code === "ENOENT") return null;
		throw new CarteiraError("INVALID_POLICY", `policy.json: cannot be read (${code})`);
	}
}

function parse(text: string): unknown {
	const told = faultOf(text);
	if (told === null) return JSON.parse(text);
	const before = text.slice(0, positionOf(text, told)).split("\n");
	const [line, column] = [before.length, (before.at(-1) ?? "").length + 1];
	const message = `policy.json: not JSON at line ${line}, column ${column}`;
	throw new CarteiraError("INVALID_POLICY", message, [
		{ row: line, column: String(column), code: "not_json", message: `${message}: ${told}` },
	]);
}

function faultOf(text: string): string | null {
	try {
		JSON.parse(text);
		return null;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

/** Where JSON breaks. Of an unexpected token the runtime does not say it: it is the end of the shortest beginning that has one. */
function positionOf(text: string, told: string): number {
	const position = /position (\d+)/.exec(told);
	if (position) return Number(position[1]);
	let [low, high] = [0, text.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (faultOf(text.slice(0, middle))?.startsWith("Unexpected token")) high = middle;
		else low = middle + 1;
	}
	return Math.max(0, low - 1);
}

function invalid(pointer: string, value: unknown, expected: string): CarteiraError {
	const message = `policy.json${pointer}: ${expected}`;
	return new CarteiraError("INVALID_POLICY", message, [{ pointer, value: shownJson(value), code: "wrong_value", message }]);
}
