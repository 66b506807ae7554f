import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { CarteiraError, type InputProblem } from "../../errors.ts";
import { TABLE_NAMES, type TableName } from "../schema.ts";

/** Formats of a table's file by their ending; `json` is accepted of uploads only. */
export const FORMATS = ["csv", "ndjson", "parquet", "arrow", "arrows"] as const;
export type Format = (typeof FORMATS)[number] | "json";

export interface TableFile {
	readonly table: TableName;
	readonly path: string;
	readonly format: Format;
}

/** All files of tables in a folder. */
export function listTables(folder: string): TableFile[] {
	const names = listFolder(folder);
	return TABLE_NAMES.flatMap((table) =>
		FORMATS.filter((format) => names.includes(`${table}.${format}`)).map((format) => ({
			table,
			format,
			path: join(folder, `${table}.${format}`),
		})),
	);
}

/** The tables' files of a portfolio folder. Two files of one table, and a folder that is not there, are INVALID_INPUT and NOT_FOUND. */
export function findTables(folder: string): TableFile[] {
	const files = listTables(folder);
	const twice = files.filter(({ table }, i) => i > 0 && files[i - 1].table === table);
	if (twice.length === 0) return files;
	const problems = twice.map(({ table }): InputProblem => {
		const found = files.filter((file) => file.table === table).map(({ format }) => `${table}.${format}`);
		return { table, code: "ambiguous_table", value: found.join(", "), message: `${found.join(" and ")}: expected one file a table` };
	});
	throw new CarteiraError("INVALID_INPUT", problems[0].message, problems);
}

function listFolder(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch (error) {
		const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
		throw new CarteiraError("NOT_FOUND", `portfolio folder ${folder}: expected a folder that can be read (${code})`);
	}
}

/** Refuses a folder without a table that the job needs; says what else it holds, for a misspelt name is the usual reason. */
export function requireTables(folder: string, files: readonly TableFile[], required: readonly TableName[]): void {
	const missing = required.filter((table) => !files.some((file) => file.table === table));
	if (missing.length === 0) return;
	const held = listFolder(folder).slice(0, 20).join(", ") || "nothing";
	const problems = missing.map((table): InputProblem => {
		const expected = `expected one of ${FORMATS.map((format) => `${table}.${format}`).join(", ")}`;
		return { table, code: "missing_table", message: expected };
	});
	throw new CarteiraError("INVALID_INPUT", `${folder}: tables missing: ${missing.join(", ")}; the folder holds ${held}`, problems);
}

/** Problems of a file that cannot be read as a table, each naming it. */
export function problemsOf({ table, path }: TableFile, { message, details }: CarteiraError): InputProblem[] {
	const told = `${basename(path)}: ${message}`;
	if (details.length === 0) return [{ table, code: "unreadable_file", message: told }];
	return details.map((problem) => ({ ...problem, table, message: `${basename(path)}: ${problem.message}` }));
}
