import { CarteiraError, type InputProblem } from "../../errors.ts";
import { formatDay } from "../../units.ts";
import type { RawCell } from "../cells/raw-rows.ts";
import { problemsOf, type TableFile } from "../files/find-tables.ts";
import type { TableReport } from "../portfolio.ts";
import { applyChanges, type Changes, collectChanges, OP, openChanges, settleChanges } from "../rows/merge-rows.ts";
import { parseDate } from "../cells/parse-cell.ts";
import { TableDraft } from "../rows/table-draft.ts";
import { TABLES, type TableName, VERSION } from "../schema.ts";
import { openColumnFile } from "../snapshot/column-file.ts";
import { isEventTable, type Manifest, type PlainTable, type Sha, shaOf } from "../snapshot/manifest.ts";
import type { PathOf } from "../snapshot/store-folder.ts";
import { addDeleted, tombstonesOf, type Versions, versionsOfRows } from "./held-versions.ts";
import type { DayRange, ImportStep } from "./import-job.ts";
import { readFile, readPart } from "./read-tables.ts";

/** The rows of a table that are set aside. */
export function quarantineOf({ tables, events }: Manifest, table: TableName): Sha | undefined {
	return isEventTable(table) ? events[table].quarantine : tables[table].quarantine;
}

/**
 * An upload, and what was set aside before it, as changes to a table. `findHeld` looks up the versions of the rows that are held under the
 * keys sent; a range is replaced whatever the versions.
 */
export async function readChanges(
	{ manifest, table, upload, rules, range, pathOf }: ImportStep,
	findHeld: (keys: Changes["sent"]) => Versions | Promise<Versions>,
): Promise<{ changes: Changes; digest: string }> {
	const changes = openChanges(table);
	const aside = quarantineOf(manifest, table);
	const file: TableFile = { table, path: aside === undefined ? "" : pathOf(aside, "ndjson"), format: "ndjson" };
	if (aside !== undefined) await readPart(file, collectChanges(changes, true), rules.dialects);
	if (range) forgetRange(changes, range);
	const { columns } = TABLES[table];
	const spec = { ...TABLES[table], columns: { ...columns, [OP.name]: OP.spec } };
	const digest = upload
		? await readUpload(upload, () => readFile(upload, collectChanges(changes, false), rules.dialects, spec))
		: (aside ?? "");
	if (range && upload) refuseOutside(changes, range, upload);
	const versions: Versions = range ? new Map() : await findHeld(changes.sent);
	if (!range) addDeleted(versions, tombstonesOf(manifest, table), changes.sent.keys(), pathOf);
	settleChanges(changes, versions);
	return { changes, digest };
}

/** Orders that were set aside and lie in a range that is replaced. */
function forgetRange({ sent }: Changes, range: DayRange): void {
	for (const [key, rows] of sent) if (rows.some(({ row }) => isWithin(row.get("ordered_on"), range))) sent.delete(key);
}

/** Throws INVALID_INPUT for orders of days that the range does not have. */
function refuseOutside({ sent }: Changes, range: DayRange, file: TableFile): void {
	const span = `a day from ${formatDay(range.from)} to ${formatDay(range.to)}`;
	const outside = [...sent.values()].flat().filter(({ row, isRetried, isDeletion }) => {
		const day = parseDate(row.get("ordered_on"));
		return !isRetried && !isDeletion && !Number.isNaN(day) && !isWithin(row.get("ordered_on"), range);
	});
	if (outside.length === 0) return;
	const problems = outside.map(({ row, rowInFile }): InputProblem => {
		const value = String(row.get("ordered_on"));
		const message = `ordered_on "${value}": expected ${span}, which is what is replaced`;
		return { table: file.table, row: rowInFile, column: "ordered_on", value, code: "out_of_range", message };
	});
	throw new CarteiraError("INVALID_INPUT", problems[0].message, problems);
}

function isWithin(cell: RawCell, { from, to }: DayRange): boolean {
	const day = parseDate(cell);
	return day >= from && day <= to;
}

/** The rows of a plain table, or of a first one of events, as they will be. */
export async function readDraft(step: ImportStep): Promise<{ draft: TableDraft; digest: string; changes: Changes | null }> {
	const { manifest, table, upload, mode, rules, pathOf } = step;
	const draft = new TableDraft(table);
	if (upload && mode === "replace")
		return { draft, digest: await readUpload(upload, () => readFile(upload, draft, rules.dialects)), changes: null };
	const rows = isEventTable(table) ? undefined : manifest.tables[table].rows;
	const { changes, digest } = await readChanges(step, async (keys) => {
		if (isEventTable(table) || rows === undefined || !hasVersions(manifest.tables[table], pathOf)) return new Map();
		return versionsOfRows(table, rows, keys, pathOf);
	});
	const merge = applyChanges(changes, draft);
	if (rows !== undefined) await readPart({ table, path: pathOf(rows), format: "arrow" }, merge.held, rules.dialects);
	merge.finish();
	return { draft, digest, changes };
}

function hasVersions({ columns }: PlainTable, pathOf: PathOf): boolean {
	return openColumnFile(pathOf(columns)).has(VERSION);
}

/** Says of a file that cannot be read which one it is. */
async function readUpload<T>(file: TableFile, read: () => Promise<T>): Promise<T> {
	try {
		return await read();
	} catch (error) {
		if (!(error instanceof CarteiraError)) throw error;
		const problems = problemsOf(file, error);
		throw new CarteiraError("INVALID_INPUT", problems[0].message, problems);
	}
}

/** What a table holds after an import that laid rows over it: its digest is that of all that made it, in order. */
export function reportAfter(
	{ manifest, table }: ImportStep,
	report: TableReport,
	digest: string,
	counts: { readonly numRows: number; readonly numAside: number },
): TableReport {
	const before = manifest.reports.find((one) => one.table === table);
	const { numStale: _ofUpload, ...told } = report;
	return {
		...told,
		file: `${table}.arrow`,
		format: "arrow",
		dialect: null,
		numRead: counts.numRows + counts.numAside,
		numAccepted: counts.numRows,
		numQuarantined: counts.numAside,
		digest: shaOf(`${before?.digest ?? ""}\n${digest}`),
	};
}
