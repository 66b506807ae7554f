import { createHash } from "node:crypto";
import { basename } from "node:path";
import { CarteiraError, type InputProblem } from "../../errors.ts";
import { decodeCsv } from "../files/decode-csv.ts";
import { decodeJson, decodeNdjson } from "../files/decode-json.ts";
import { decodeParquet } from "../files/decode-parquet.ts";
import { type Dialects, dialectOf } from "../files/dialect.ts";
import { MOST_BAD } from "../files/file-limits.ts";
import { problemsOf, type TableFile } from "../files/find-tables.ts";
import { loadBytes, verifyDigest } from "../files/scan-file.ts";
import { type LinkedTable, linkTables, NAMED } from "../rows/link-tables.ts";
import type { TableReport } from "../portfolio.ts";
import type { RowSink } from "../cells/raw-rows.ts";
import { TABLES, type TableName, type TableSpec } from "../schema.ts";
import { MAX_PROBLEMS, TableDraft } from "../rows/table-draft.ts";
import { verifyPart } from "../snapshot/column-file.ts";

export const ON_BAD_ROWS = ["quarantine", "reject"] as const;
export type OnBadRows = (typeof ON_BAD_ROWS)[number];

/** What the policy says of reading. */
export interface ReadRules {
	/** `keep` sets them aside however many they are. */
	readonly onBadRows: OnBadRows | "keep";
	readonly dialects: Dialects;
}

export interface TablesRead {
	readonly tables: ReadonlyMap<TableName, LinkedTable>;
	readonly reports: readonly TableReport[];
}

/** Reads and validates the files of a portfolio together. Throws INVALID_INPUT or IMPORT_REFUSED with what is wrong in all of them. */
export async function readTables(
	files: readonly TableFile[],
	{ onBadRows, dialects }: ReadRules,
	onFile: (file: TableFile) => void = () => {},
): Promise<TablesRead> {
	const drafts = new Map<TableName, TableDraft>();
	const read: { file: TableFile; draft: TableDraft; digest: string }[] = [];
	const fatal: InputProblem[] = [];
	for (const file of files) {
		onFile(file);
		const draft = new TableDraft(file.table);
		drafts.set(file.table, draft);
		try {
			read.push({ file, draft, digest: await readFile(file, draft, dialects) });
			fatal.push(...draft.fatal);
		} catch (error) {
			if (!(error instanceof CarteiraError)) throw error;
			fatal.push(...problemsOf(file, error));
		}
	}
	if (fatal.length > 0) throw new CarteiraError("INVALID_INPUT", fatal[0].message, fatal);
	const tables = linkTables(drafts);
	const reports = read.map(({ file, draft, digest }) => reportOf(file, draft, digest));
	refuseBadTables(drafts, reports, onBadRows);
	return { tables, reports };
}

/**
 * Reads one file into a sink, whatever its format; answers the SHA-256 of its bytes. A file `<name>.sha256` beside it, as `sha256sum`
 * writes it, is what the bytes must have.
 */
export async function readFile(
	{ table, path, format }: TableFile,
	sink: RowSink,
	dialects: Dialects,
	spec: TableSpec = TABLES[table],
	verify: (path: string, digest: string) => void = verifyDigest,
): Promise<string> {
	const bytes = loadBytes(path);
	const digest = createHash("sha256").update(bytes).digest("hex");
	verify(path, digest);
	if (format === "csv") decodeCsv(bytes, spec, sink, dialectOf(dialects, table));
	else if (format === "ndjson") decodeNdjson(bytes, spec, sink);
	else if (format === "json") decodeJson(bytes, spec, sink);
	else if (format === "parquet") await decodeParquet(path, bytes.length, spec, sink);
	else (await import("../files/decode-arrow.ts")).decodeArrow(bytes, spec, sink); // many modules: only where they are used
	return digest;
}

/** Reads a part of a store as a file is read, verified by the digest that it is named after. */
export function readPart(file: TableFile, sink: RowSink, dialects: Dialects = {}, spec: TableSpec = TABLES[file.table]): Promise<string> {
	return readFile(file, sink, dialects, spec, (path, digest) => verifyPart(basename(path), digest));
}

/** What reading a file came to. Rows that were held before it are not counted; `numStale` are those that never came to the draft. */
export function reportOf({ table, path, format }: TableFile, draft: TableDraft, digest: string, numStale = 0): TableReport {
	const numSettled = draft.numRows - draft.reportFrom;
	const numQuarantined = draft.isBad.subarray(draft.reportFrom, draft.numRows).reduce((sum, bad) => sum + bad, 0);
	return {
		table,
		file: basename(path),
		format,
		dialect: draft.dialect,
		numRead: numSettled + numStale,
		numAccepted: numSettled - numQuarantined,
		numQuarantined,
		...(numStale > 0 && { numStale }),
		numProblems: draft.numProblems,
		numConsequences: draft.numConsequences,
		problems: [...draft.causes, ...draft.consequences].slice(0, MAX_PROBLEMS),
		warnings: draft.warnings,
		digest,
	};
}

/** Throws IMPORT_REFUSED where more rows are bad than the policy tolerates. */
export function refuseBadTables(
	drafts: ReadonlyMap<TableName, TableDraft>,
	reports: readonly TableReport[],
	onBadRows: ReadRules["onBadRows"],
): void {
	const inOrder = [...reports].sort((a, b) => rankOf(a.table) - rankOf(b.table));
	const refused = inOrder.flatMap((report) => {
		const draft = drafts.get(report.table);
		const reason = draft && report.numQuarantined > 0 ? refusalOf(draft, report, onBadRows) : null;
		return reason ?? [];
	});
	if (refused.length === 0) return;
	// Also of tables that would pass: the few bad rows of one may be all that is wrong with another.
	const named = inOrder.flatMap(({ table }) => drafts.get(table) ?? []);
	const problems = [...named.flatMap(({ causes }) => causes), ...named.flatMap(({ consequences }) => consequences)];
	const numConsequences = named.reduce((sum, draft) => sum + draft.numConsequences, 0);
	const told = numConsequences > 0 ? [`${numConsequences} problems are only that a row which is named is set aside`] : [];
	const message = `import refused, nothing was changed: ${[...refused, ...told].join("; ")}`;
	throw new CarteiraError(
		"IMPORT_REFUSED",
		message,
		problems,
		named.reduce((sum, draft) => sum + draft.numProblems, 0),
	);
}

/** The tables that others name come before those that name them. */
function rankOf(table: TableName): number {
	return NAMED.includes(table) ? NAMED.indexOf(table) : NAMED.length;
}

function refusalOf(draft: TableDraft, { table, numRead, numQuarantined }: TableReport, onBadRows: ReadRules["onBadRows"]): string | null {
	if (onBadRows === "keep") return null;
	const bad = `${table}: ${numQuarantined} of ${numRead} rows are bad`;
	if (onBadRows === "reject") return `${bad}, and on_bad_rows is reject`;
	if (numQuarantined / numRead > MOST_BAD) return `${bad}, more than 0.5 %`;
	if (table === "orders" && shareOfValue(draft) > MOST_BAD) return `${bad} and hold more than 0.5 % of the orders' value`;
	return null;
}

/** Share of the value of all order lines that the bad ones hold, signs ignored; a value that is itself bad counts as nothing. */
function shareOfValue(draft: TableDraft): number {
	const { held } = draft.columns.net_value;
	if (held.kind !== "numbers") return 0;
	let all = 0;
	let bad = 0;
	for (let row = draft.reportFrom; row < draft.numRows; row++) {
		const value = Math.abs(held.values[row]);
		if (Number.isNaN(value)) continue;
		all += value;
		if (draft.isBad[row]) bad += value;
	}
	return all === 0 ? 0 : bad / all;
}
