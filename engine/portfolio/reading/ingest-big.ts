import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { CarteiraError } from "../../errors.ts";
import { MOST_BAD, sizeAsText } from "../files/file-limits.ts";
import type { TableFile } from "../files/find-tables.ts";
import { ingestEvents, type IngestResult, type OnStep, type OtherTables } from "../ingest/ingest-events.ts";
import type { TableReport } from "../portfolio.ts";
import { type EventPart, type EventTable, type EventTableName, isEventTable } from "../snapshot/manifest.ts";
import type { PartWriter } from "../snapshot/part-writer.ts";
import type { PathOf } from "../snapshot/store-folder.ts";
import { TABLES } from "../schema.ts";
import { type Linker, linkPart } from "./link-parts.ts";
import type { ReadRules } from "./read-tables.ts";
import { marginRates } from "../snapshot/margin-rates.ts";

/** What a process may use that reads big files. */
export interface BigFileLimits {
	readonly megabytes: number;
	/** Files of orders and contacts that as text have this size or more are read by the columnar engine. */
	readonly bigBytes: number;
}

/** A big table as parts of a snapshot. */
export interface BigTable {
	readonly table: EventTable;
	readonly report: TableReport;
}

/** Is a file one of orders or contacts that the columnar engine is to read? One that cannot be looked at is told of by its reader. */
export function isBig({ table, path }: TableFile, { bigBytes }: BigFileLimits): boolean {
	return isEventTable(table) && sizeAsText(path) >= bigBytes;
}

/** What a big file is read with. */
export interface BigFileJob {
	readonly rules: ReadRules;
	/** Of the other tables, which may be read meanwhile. */
	readonly linker: Linker | Promise<Linker>;
	readonly writer: PartWriter;
	readonly limits: BigFileLimits;
	/** Of the columnar engines' memory, where several files are read at one time. */
	readonly share?: number;
	readonly onStep?: OnStep;
}

/** Reads a big file of orders or contacts, checked against the tables that a linker knows, into files beside the parts. */
export async function readBig(file: TableFile, { rules, linker, writer, limits, share = 1, onStep }: BigFileJob): Promise<IngestResult> {
	const { table } = file;
	if (!isEventTable(table)) throw new TypeError(`table ${table} has no events`);
	const into = join(writer.folder, `ingest-${table}`);
	mkdirSync(into);
	return ingestEvents({
		table,
		file,
		dialects: rules.dialects,
		into,
		others: Promise.resolve(linker).then(othersOf),
		memoryMegabytes: limits.megabytes,
		engineShare: share,
		scratch: join(into, "scratch"),
		...(onStep && { onStep }),
	});
}

function othersOf(linker: Linker): OtherTables {
	return {
		ids: { customers: idsOf(linker, "customers"), products: idsOf(linker, "products"), reps: idsOf(linker, "reps") },
		asideCustomers: asideOf(linker.tableOf("customers")),
		marginRates: marginRates(linker.tableOf("products")),
	};
}

/** Makes what was read of a big file a part. Throws IMPORT_REFUSED where too many of its rows are bad. */
export function adoptBig(
	name: EventTableName,
	result: IngestResult,
	{ rules, writer }: Pick<BigFileJob, "rules" | "writer">,
	linker: Linker,
	pathOf: PathOf,
): BigTable {
	refuseBad(result, rules);
	const { part, columns, quarantine, report } = result;
	const base = adoptPart(name, part, linker, pathOf, writer);
	const aside = quarantine === null ? {} : { quarantine: writer.adopt(quarantine, "ndjson") };
	return { table: { base, deltas: [], columns, ...aside }, report };
}

/** Ids by row; null where the table was not given, whose stubs are found again when the part is linked. */
function idsOf(linker: Linker, name: "customers" | "products" | "reps"): string[] | null {
	const { draft, kept, stubs } = linker.tableOf(name);
	return draft && [...Array.from(kept, (row) => draft.textAt(row, TABLES[name].key[0])), ...stubs];
}

function asideOf({ draft }: ReturnType<Linker["tableOf"]>): ReadonlySet<string> {
	const ids = new Set<string>();
	for (let row = 0; row < (draft?.numRows ?? 0); row++) if (draft?.isBad[row]) ids.add(draft.textAt(row, "customer_id"));
	return ids;
}

function refuseBad({ report, shareOfValueBad }: IngestResult, { onBadRows }: ReadRules): void {
	const { table, numRead, numQuarantined, problems, numProblems, numConsequences } = report;
	if (numQuarantined === 0) return;
	const bad = `${table}: ${numQuarantined} of ${numRead} rows are bad`;
	const reason =
		onBadRows === "reject"
			? `${bad}, and on_bad_rows is reject`
			: numQuarantined / numRead > MOST_BAD
				? `${bad}, more than 0.5 %`
				: shareOfValueBad > MOST_BAD
					? `${bad} and hold more than 0.5 % of the orders' value`
					: null;
	if (reason === null) return;
	const told = numConsequences > 0 ? `; ${numConsequences} problems are only that a row which is named is set aside` : "";
	throw new CarteiraError("IMPORT_REFUSED", `import refused, nothing was changed: ${reason}${told}`, problems, numProblems);
}

function adoptPart(name: EventTableName, part: IngestResult["part"], linker: Linker, pathOf: PathOf, writer: PartWriter): EventPart {
	const words = Object.fromEntries(Object.entries(part.words).map(([column, path]) => [column, writer.adopt(path, "arrow")]));
	const groups = writer.adopt(part.groups, "arrow");
	const { links } = linkPart(name, { groups, words }, linker, pathOf, writer);
	return {
		num_rows: part.numRows,
		num_groups: part.numGroups,
		lines: writer.adopt(part.lines, "arrow"),
		groups,
		...(part.events !== null && { events: writer.adopt(part.events, "arrow") }),
		words,
		links,
	};
}
