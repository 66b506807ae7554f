import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { CarteiraError } from "../../errors.ts";
import type { Dialects } from "../files/dialect.ts";
import { openDurableFile } from "../files/durable-file.ts";
import { findTables, type TableFile } from "../files/find-tables.ts";
import { type LinkedTable, linkTables } from "../rows/link-tables.ts";
import { applyChanges, collectChanges, openChanges } from "../rows/merge-rows.ts";
import type { TableReport } from "../portfolio.ts";
import type { RawCell } from "../files/raw-rows.ts";
import { problemsOf, readFile, type ReadRules, refuseBadTables, reportOf } from "./read-tables.ts";
import { TABLE_NAMES, TABLES, type TableName } from "../schema.ts";
import { quarantineOf, type StagedTable, stagedPath } from "./staging.ts";
import { TableDraft } from "../rows/table-draft.ts";
import { openTableWriter } from "../files/write-table.ts";

export interface ImportJob {
	readonly folder: string;
	/** Null: only what was set aside before is tried again. */
	readonly upload: TableFile | null;
	readonly table: TableName;
	readonly mode: "replace" | "upsert";
	readonly rules: ReadRules;
	/** Private folder for what is to take its place in `folder`, in which nothing is changed. */
	readonly into: string;
}

export interface ImportResult {
	readonly report: TableReport;
	readonly staged: readonly StagedTable[];
}

/**
 * Validates an upload against the tables that a folder holds and writes the table anew, beside the folder's own files. Rows that are
 * set aside go to `quarantine/<table>.ndjson`; those of before are tried again, here and in the tables that refer to this one.
 */
export async function importRows(job: ImportJob): Promise<ImportResult> {
	const staged: StagedTable[] = [];
	const report = await importOne(job, staged);
	for (const table of TABLE_NAMES) {
		const refersHere = Object.values(TABLES[table].columns).some((spec) => spec.table === job.table);
		if (table !== job.table && refersHere && existsSync(quarantineOf(job.folder, table))) {
			await importOne({ ...job, table, upload: null, mode: "upsert", rules: { ...job.rules, onBadRows: "quarantine" } }, staged);
		}
	}
	return { report, staged };
}

/** The folder's tables as they will be: those that are staged already stand for the folder's own. */
function filesBeside(held: readonly TableFile[], into: string, staged: readonly StagedTable[]): TableFile[] {
	const anew = staged.map(({ table }): TableFile => ({ table, path: stagedPath(into, table), format: "arrow" }));
	return [...held.filter(({ table }) => !staged.some((one) => one.table === table)), ...anew];
}

async function importOne(job: ImportJob, staged: StagedTable[]): Promise<TableReport> {
	const { folder, table, rules, into } = job;
	const files = filesBeside(findTables(folder), into, staged);
	const { draft, digest } = await draftOf(
		job,
		files.find((file) => file.table === table),
	);
	if (draft.fatal.length > 0) throw new CarteiraError("INVALID_INPUT", draft.fatal[0].message, draft.fatal);
	const linked = linkTables(new Map([...(await readNamed(files, table, rules.dialects)), [table, draft]])).get(table);
	if (!linked) throw new CarteiraError("INTERNAL", `table ${table} was not linked`);
	const report = reportOf(job.upload ?? { table, path: quarantineOf(folder, table), format: "ndjson" }, draft, digest);
	refuseBadTables(new Map([[table, draft]]), [report], rules.onBadRows);
	const hasQuarantine = writeQuarantine(into, draft);
	await writeRows(into, linked);
	const replaced = files.filter((file) => file.table === table && file.format !== "arrow").map(({ path }) => path);
	staged.push({ table, hasQuarantine, replaced });
	return report;
}

async function draftOf(job: ImportJob, held: TableFile | undefined): Promise<{ draft: TableDraft; digest: string }> {
	const { folder, table, upload, mode } = job;
	const { dialects } = job.rules;
	const draft = new TableDraft(table);
	if (upload && mode === "replace") return { draft, digest: await readUpload(upload, () => readFile(upload, draft, dialects)) };
	const changes = openChanges(table);
	const aside: TableFile = { table, path: quarantineOf(folder, table), format: "ndjson" };
	if (existsSync(aside.path)) await readFile(aside, collectChanges(changes, true), dialects);
	const digest = upload ? await readUpload(upload, () => readFile(upload, collectChanges(changes, false), dialects)) : "";
	const merge = applyChanges(changes, draft);
	if (held) await readUpload(held, () => readFile(held, merge.held, dialects));
	merge.finish();
	return { draft, digest };
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

/** The tables that a table refers to, as far as the folder holds them, and those that they refer to in turn. */
async function readNamed(files: readonly TableFile[], table: TableName, dialects: Dialects): Promise<ReadonlyMap<TableName, TableDraft>> {
	const wanted = new Set<TableName>([table]);
	for (const name of wanted) for (const spec of Object.values(TABLES[name].columns)) if (spec.table) wanted.add(spec.table);
	wanted.delete(table);
	const drafts = new Map<TableName, TableDraft>();
	for (const file of files) {
		if (!wanted.has(file.table)) continue;
		const draft = new TableDraft(file.table);
		await readUpload(file, () => readFile(file, draft, dialects));
		drafts.set(file.table, draft);
	}
	return drafts;
}

async function writeRows(into: string, { name, draft, kept }: LinkedTable): Promise<void> {
	if (!draft) return;
	const columns = Object.keys(draft.columns);
	const stores = Object.values(draft.columns);
	const writer = openTableWriter(into, name, "arrow", columns);
	try {
		for (const row of kept) writer.append(stores.map((store) => store.cellAt(row)));
	} catch (error) {
		writer.abort();
		throw error;
	}
	await writer.close();
}

/** Writes the rows that are set aside as they came, one object a line, if there are any. Records that broke cannot be kept. */
function writeQuarantine(into: string, draft: TableDraft): boolean {
	const rows: Record<string, RawCell>[] = [];
	for (let index = 0; index < draft.numRows; index++) if (draft.isBad[index]) rows.push(rowOf(draft, index));
	const kept = rows.filter((row) => Object.keys(row).length > 0);
	if (kept.length === 0) return false;
	mkdirSync(join(into, "quarantine"), { recursive: true });
	const file = openDurableFile(quarantineOf(into, draft.table));
	for (const row of kept) file.write(`${JSON.stringify(row)}\n`);
	file.close();
	return true;
}

function rowOf(draft: TableDraft, index: number): Record<string, RawCell> {
	const cells = Object.keys(draft.columns).map((name): [string, RawCell] => [name, draft.textAt(index, name)]);
	return Object.fromEntries([...cells.filter(([, text]) => text !== ""), ...Object.entries(draft.refused.get(index) ?? {})]);
}
