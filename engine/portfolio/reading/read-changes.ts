import { CarteiraError } from "../../errors.ts";
import type { TableFile } from "../files/find-tables.ts";
import type { TableReport } from "../portfolio.ts";
import { applyChanges, type Changes, collectChanges, openChanges } from "../rows/merge-rows.ts";
import { TableDraft } from "../rows/table-draft.ts";
import type { TableName } from "../schema.ts";
import { isEventTable, type Manifest, type Sha, shaOf } from "../snapshot/manifest.ts";
import type { ImportStep } from "./import-rows.ts";
import { problemsOf, readFile } from "./read-tables.ts";

/** The rows of a table that are set aside. */
export function quarantineOf({ tables, events }: Manifest, table: TableName): Sha | undefined {
	return isEventTable(table) ? events[table].quarantine : tables[table].quarantine;
}

/** An upload, and what was set aside before it, as changes to a table. */
export async function readChanges({ manifest, table, upload, rules, pathOf }: ImportStep): Promise<{ changes: Changes; digest: string }> {
	const changes = openChanges(table);
	const aside = quarantineOf(manifest, table);
	const file: TableFile = { table, path: aside === undefined ? "" : pathOf(aside, "ndjson"), format: "ndjson" };
	if (aside !== undefined) await readFile(file, collectChanges(changes, true), rules.dialects);
	const digest = upload ? await readUpload(upload, () => readFile(upload, collectChanges(changes, false), rules.dialects)) : (aside ?? "");
	return { changes, digest };
}

/** The rows of a plain table, or of a first one of events, as they will be. */
export async function readDraft(step: ImportStep): Promise<{ draft: TableDraft; digest: string }> {
	const { manifest, table, upload, mode, rules, pathOf } = step;
	const draft = new TableDraft(table);
	if (upload && mode === "replace") return { draft, digest: await readUpload(upload, () => readFile(upload, draft, rules.dialects)) };
	const { changes, digest } = await readChanges(step);
	const merge = applyChanges(changes, draft);
	const rows = isEventTable(table) ? undefined : manifest.tables[table].rows;
	if (rows !== undefined) await readFile({ table, path: pathOf(rows), format: "arrow" }, merge.held, rules.dialects);
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

/** What a table holds after an import that laid rows over it: its digest is that of all that made it, in order. */
export function reportAfter(
	{ manifest, table }: ImportStep,
	report: TableReport,
	digest: string,
	counts: { readonly numRows: number; readonly numAside: number },
): TableReport {
	const before = manifest.reports.find((one) => one.table === table);
	return {
		...report,
		file: `${table}.arrow`,
		format: "arrow",
		dialect: null,
		numRead: counts.numRows + counts.numAside,
		numAccepted: counts.numRows,
		numQuarantined: counts.numAside,
		digest: shaOf(`${before?.digest ?? ""}\n${digest}`),
	};
}
