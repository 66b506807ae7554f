import { setImmediate } from "node:timers/promises";
import { openTableWriter } from "../files/write-table.ts";
import type { TableReport } from "../portfolio.ts";
import type { ColumnStore } from "../rows/column.ts";
import type { LinkedTable } from "../rows/link-tables.ts";
import { TABLE_NAMES, type TableName } from "../schema.ts";
import { encodeTable } from "../snapshot/shared-table.ts";
import {
	EVENT_TABLES,
	type EventPart,
	type EventTable,
	type EventTableName,
	type Manifest,
	PLAIN_TABLES,
	type PlainTable,
	type PlainTableName,
	portfolioDigest,
	type Sha,
} from "../snapshot/manifest.ts";
import { marginRates } from "../snapshot/margin-rates.ts";
import type { PartWriter } from "../snapshot/part-writer.ts";
import { layOutEvents, writeEvents } from "../snapshot/write-events.ts";
import type { BigTable } from "./ingest-big.ts";
import { rowsAside } from "./quarantine.ts";

/** Tables that were read and linked together. */
export interface LinkedTables {
	readonly tables: ReadonlyMap<TableName, LinkedTable>;
	readonly reports: readonly TableReport[];
}

/**
 * Writes the parts of a first snapshot; `big` are tables whose parts are written meanwhile. `isKept`: is it to be imported into? Else what only later imports need is
 * left out.
 */
export async function writeSnapshot(
	{ tables, reports: read }: LinkedTables,
	policy: string | null,
	writer: PartWriter,
	isKept: boolean,
	big: Promise<ReadonlyMap<EventTableName, BigTable>> = Promise.resolve(new Map()),
): Promise<Manifest> {
	const rows: Partial<Record<PlainTableName, Pick<PlainTable, "rows" | "quarantine">>> = {};
	if (isKept) for (const name of PLAIN_TABLES) rows[name] = await writeRowsAndAside(tableOf(tables, name), writer);
	const ingestedTables = await big;
	const all = [...read, ...[...ingestedTables.values()].map(({ report }) => report)];
	const reports = TABLE_NAMES.flatMap((name) => all.filter(({ table }) => table === name));
	const marginRate = marginRates(tableOf(tables, "products"));
	const events: Partial<Record<EventTableName, EventTable>> = {};
	for (const name of EVENT_TABLES) {
		const table = tableOf(tables, name);
		const ingested = ingestedTables.get(name);
		if (ingested) {
			const { quarantine, ...rest } = ingested.table;
			events[name] = { ...rest, ...(isKept && quarantine !== undefined && { quarantine }) };
			continue;
		}
		const base = writeBase(table, marginRate, writer);
		events[name] = { base, deltas: [], columns: Object.keys(table.draft?.columns ?? {}), ...(isKept && writeAside(table, writer)) };
	}
	// Behind the events, which make stubs.
	const plain: Partial<Record<PlainTableName, PlainTable>> = {};
	for (const name of PLAIN_TABLES) plain[name] = { ...writeColumns(tableOf(tables, name), writer), ...rows[name] };
	writer.close();
	return {
		format: 1,
		parent: null,
		digest: portfolioDigest(reports, policy ?? ""),
		policy,
		given: TABLE_NAMES.filter((name) => reports.some(({ table }) => table === name)),
		reports,
		tables: plain as Manifest["tables"],
		events: events as Manifest["events"],
	};
}

function tableOf(tables: LinkedTables["tables"], name: TableName): LinkedTable {
	const table = tables.get(name);
	if (!table) throw new TypeError(`table ${name} was not linked`);
	return table;
}

async function writeRowsAndAside(table: LinkedTable, writer: PartWriter): Promise<Pick<PlainTable, "rows" | "quarantine">> {
	return table.draft ? { rows: await writeRows(table, writer), ...writeAside(table, writer) } : {};
}

/** Writes the linked columns of a table with its stubs. */
export function writeColumns(table: LinkedTable, writer: PartWriter): PlainTable {
	const columns = writer.bytes(encodeTable(table), "arrow");
	return { num_rows: table.kept.length + table.stubs.length, num_stubs: table.stubs.length, columns };
}

/** Rows that are written before other work of the process has its turn. */
const ROWS_IN_A_ROW = 5000;

/** Writes the rows of a table that stay as a typed file. */
export async function writeRows({ name, draft, kept }: LinkedTable, writer: PartWriter): Promise<Sha> {
	const columns: [string, ColumnStore][] = Object.entries(draft?.columns ?? {});
	const rows = openTableWriter(
		writer.folder,
		name,
		"arrow",
		columns.map(([column]) => column),
	);
	try {
		for (const [at, row] of kept.entries()) {
			rows.append(columns.map(([, store]) => store.cellAt(row)));
			if (at % ROWS_IN_A_ROW === ROWS_IN_A_ROW - 1) await setImmediate(); // what the columnar engine waits for has its turn
		}
	} catch (error) {
		rows.abort();
		throw error;
	}
	await rows.close();
	return writer.adopt(rows.path, "arrow");
}

/** Writes the rows of a table that are set aside, if there are any. */
export function writeAside({ draft }: LinkedTable, writer: PartWriter): { quarantine?: Sha } {
	const text = draft ? rowsAside(draft) : null;
	return text === null ? {} : { quarantine: writer.bytes(Buffer.from(text), "ndjson") };
}

/** Writes all good rows of orders or contacts as one part; null where the table was not given. */
export function writeBase(table: LinkedTable, marginRate: Float64Array, writer: PartWriter): EventPart | null {
	return table.draft ? writeEvents(layOutEvents(table), marginRate, writer) : null;
}
