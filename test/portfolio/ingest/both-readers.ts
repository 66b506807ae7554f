import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tableFromIPC } from "apache-arrow";
import { expect } from "vitest";
import { CarteiraError, type InputProblem } from "../../../engine/errors.ts";
import { findTables, problemsOf, type TableFile } from "../../../engine/portfolio/files/find-tables.ts";
import type { RawCell } from "../../../engine/portfolio/cells/raw-rows.ts";
import { buildHistory } from "../../../engine/portfolio/history.ts";
import { type IngestResult, ingestEvents } from "../../../engine/portfolio/ingest/ingest-events.ts";
import type { Portfolio, Table, TableReport } from "../../../engine/portfolio/portfolio.ts";
import { readPolicy } from "../../../engine/portfolio/reading/read-policy.ts";
import { readFile, reportOf } from "../../../engine/portfolio/reading/read-tables.ts";
import { type LinkedTable, linkTables } from "../../../engine/portfolio/rows/link-tables.ts";
import type { Cell } from "../../../engine/portfolio/cells/cell-text.ts";
import { TableDraft } from "../../../engine/portfolio/rows/table-draft.ts";
import { TABLE_NAMES, TABLES, type TableName } from "../../../engine/portfolio/schema.ts";
import { encodeTable, kindOf, openTable } from "../../../engine/portfolio/snapshot/shared-table.ts";
import { LAST_DAY } from "../../../engine/portfolio/cells/parse-cell.ts";
import { NULL_CODE, NULL_DAY } from "../../../engine/units.ts";

export type EventTable = "orders" | "contacts";

/** What a reader makes of a file of orders or contacts, in terms that both have. */
interface Reading {
	readonly report: TableReport;
	/** In order of customer, time and row in the file; references and words are texts. */
	readonly rows: readonly Record<string, Cell>[];
	/** Day, value and margin, in order of customer and day. */
	readonly events: readonly (readonly number[])[];
	readonly stubs: { readonly customers: readonly string[]; readonly products: readonly string[]; readonly reps: readonly string[] };
	readonly quarantine: readonly unknown[];
	readonly shareOfValueBad: number;
}

interface Folder {
	readonly files: readonly TableFile[];
	readonly drafts: ReadonlyMap<TableName, TableDraft>;
	readonly digests: ReadonlyMap<TableName, string>;
	readonly fatal: readonly InputProblem[];
}

async function readDrafts(folder: string): Promise<Folder> {
	const files = findTables(folder);
	const drafts = new Map<TableName, TableDraft>();
	const digests = new Map<TableName, string>();
	const fatal: InputProblem[] = [];
	for (const file of files) {
		const draft = new TableDraft(file.table);
		try {
			digests.set(file.table, await readFile(file, draft, readPolicy(folder).rules.dialects));
			fatal.push(...draft.fatal);
			drafts.set(file.table, draft);
		} catch (error) {
			if (!(error instanceof CarteiraError)) throw error;
			fatal.push(...problemsOf(file, error));
		}
	}
	return { files, drafts, digests, fatal };
}

/** What both readers made of a file; `none`: there is no file, or the tables beside it cannot be read. */
export type Fate = "rows" | "refusal" | "none";

/** Reads a file of the folder in both ways and expects the same of them: rows, problems, reports, events, stubs, or the same refusal. */
export async function expectSame(folder: string, table: EventTable): Promise<Fate> {
	const old = await readDrafts(folder);
	const file = old.files.find((one) => one.table === table);
	if (!file) return "none";
	const fatal = old.fatal.filter((problem) => problem.table === table);
	if (old.fatal.length > fatal.length) return "none"; // the other tables cannot be read at all
	const read = ingest(folder, file, old);
	if (fatal.length > 0) {
		const error: unknown = await read.then(
			() => new Error("the file was read"),
			(thrown: unknown) => thrown,
		);
		if (!(error instanceof CarteiraError)) throw error;
		expect(error.details.map(withoutReason)).toEqual(fatal.slice(0, 100).map(withoutReason));
		return "refusal";
	}
	const [fast, slow] = [await readingOf(table, await read, old), slowReading(file, old)];
	expect(fast.report).toEqual(slow.report);
	expect(fast.rows).toEqual(slow.rows);
	expect(fast.events).toEqual(slow.events);
	expect(fast.stubs).toEqual(slow.stubs);
	expect(fast.quarantine).toEqual(slow.quarantine);
	// Of a file without a good row the share does not matter: it is refused for its rows.
	if (slow.report.numAccepted > 0) expect(fast.shareOfValueBad).toBe(slow.shareOfValueBad);
	return "rows";
}

/** Damage of a binary format is told in the words of whatever found it first. */
function withoutReason(problem: InputProblem): InputProblem {
	return { ...problem, message: problem.message.replace(/(not a complete Parquet file).*/, "$1") };
}

/** The other tables, linked among themselves. */
function othersOf({ drafts }: Folder): ReadonlyMap<TableName, LinkedTable> {
	return linkTables(new Map([...drafts].filter(([name]) => name !== "orders" && name !== "contacts")));
}

function idsOf(table: LinkedTable | undefined, key: string): string[] | null {
	const draft = table?.draft;
	return table && draft ? Array.from(table.kept, (row) => draft.textAt(row, key)) : null;
}

async function ingest(folder: string, file: TableFile, old: Folder): Promise<IngestResult> {
	const others = othersOf(await readDrafts(folder)); // linking marks drafts, and the slow reader needs its own unmarked
	const [customers, products] = [others.get("customers")?.draft, others.get("products")];
	const rates = products?.draft?.columns.margin_rate;
	const into = join(folder, `part-${file.table}`);
	mkdirSync(into);
	return ingestEvents({
		table: file.table as EventTable,
		file,
		dialects: readPolicy(folder).rules.dialects,
		into,
		others: {
			ids: {
				customers: idsOf(others.get("customers"), "customer_id"),
				products: idsOf(products, "product_id"),
				reps: idsOf(others.get("reps"), "rep_id"),
			},
			asideCustomers: new Set(
				customers
					? Array.from({ length: customers.numRows }, (_, row) => row).flatMap((row) =>
							customers.isBad[row] ? customers.textAt(row, "customer_id") : [],
						)
					: [],
			),
			marginRates: Float64Array.from(products?.kept ?? [], (row) => Number(rates?.cellAt(row) ?? Number.NaN)),
		},
		memoryMegabytes: 1024,
		scratch: join(folder, `scratch-${old.files.length}-${file.table}`),
	});
}

async function readingOf(table: EventTable, result: IngestResult, old: Folder): Promise<Reading> {
	const { part, report, stubs, quarantine, shareOfValueBad } = result;
	const column = (path: string, name: string) => tableFromIPC(readFileSync(path)).getChild(name);
	const numbersOf = (path: string, name: string): number[] =>
		Array.from(column(path, name)?.data[0]?.values.subarray(0, column(path, name)?.length) ?? [], Number);
	const words = Object.fromEntries(Object.entries(part.words).map(([name, path]) => [name, column(path, name)]));
	const ids = column(part.groups, "customer_id");
	const ends = numbersOf(part.groups, "line_end");
	const lines = tableFromIPC(readFileSync(part.lines));
	expect(lines.numRows).toBe(part.numRows);
	const rows: Record<string, Cell>[] = [];
	const fields = lines.schema.fields.map(({ name }) => ({ name, values: numbersOf(part.lines, name) }));
	for (let row = 0, group = 0; row < part.numRows; row++) {
		while (row >= ends[group]) group++;
		const cells = fields.map(({ name, values }): [string, Cell] => [
			name,
			cellOf(table, name, values[row], (code) => String(words[name]?.get(code))),
		]);
		rows.push({ customer_id: String(ids?.get(group)), ...Object.fromEntries(cells) });
	}
	expectLinks(result, othersOf(old));
	const events = part.events ? ["day", "value", "margin"].map((name) => numbersOf(part.events ?? "", name)) : [[], [], []];
	if (part.events) expect(numbersOf(part.groups, "event_end").at(-1) ?? 0).toBe(events[0].length);
	return {
		report,
		rows,
		events: events[0].map((day, i) => [day, events[1][i], events[2][i]]),
		stubs,
		quarantine: quarantine
			? readFileSync(quarantine, "utf8")
					.trim()
					.split("\n")
					.map((line): unknown => JSON.parse(line))
			: [],
		shareOfValueBad,
	};
}

/** Each word of a reference must be linked to the row that has it: of the table, or of the stubs behind it. */
function expectLinks({ part, stubs }: IngestResult, others: ReadonlyMap<TableName, LinkedTable>): void {
	for (const [name, target] of [
		["customer_id", "customers"],
		["product_id", "products"],
		["rep_id", "reps"],
	] as const) {
		if (!part.links[name]) continue;
		const all = [...(idsOf(others.get(target), name) ?? []), ...stubs[target]];
		const rows = tableFromIPC(readFileSync(part.links[name])).getChild(name);
		const ids = tableFromIPC(readFileSync(name === "customer_id" ? part.groups : part.words[name])).getChild(name);
		expect(Array.from(rows ?? [], (row) => all[Number(row)])).toEqual(Array.from(ids ?? [], String));
	}
}

function cellOf(table: EventTable, name: string, value: number, wordOf: (code: number) => string): Cell {
	const spec = TABLES[table].columns[name];
	const kind = kindOf(spec);
	if (kind === "refs" || kind === "texts") return value < 0 ? null : wordOf(value);
	if (kind === "numbers") return Number.isNaN(value) ? null : value;
	if (kind === "days") return value === NULL_DAY ? null : value;
	return value === NULL_CODE ? null : (spec.values?.[value] ?? null);
}

function slowReading(file: TableFile, { drafts, digests }: Folder): Reading {
	const table = file.table as EventTable;
	// Contacts do not see the stubs of orders when they are read alone.
	const linked = linkTables(new Map([...drafts].filter(([name]) => name === table || (name !== "orders" && name !== "contacts"))));
	const own = linked.get(table);
	const draft = drafts.get(table);
	if (!own || !draft) throw new Error(`${table} was not linked`);
	const customerOf = own.refs.customer_id;
	const time = (row: number): number => Number(draft.columns[table === "orders" ? "ordered_on" : "contacted_at"].cellAt(row));
	const order = Array.from(own.kept, (_, i) => i).sort(
		(a, b) => customerOf[a] - customerOf[b] || time(own.kept[a]) - time(own.kept[b]) || a - b,
	);
	const names = Object.keys(draft.columns);
	const bad = Array.from({ length: draft.numRows }, (_, row) => row).filter((row) => draft.isBad[row]);
	const quarantined = bad.map((row) => ({
		...Object.fromEntries(names.map((name): [string, RawCell] => [name, draft.textAt(row, name)]).filter(([, text]) => text !== "")),
		...draft.refused.get(row),
	}));
	return {
		report: reportOf(file, draft, digests.get(table) ?? ""),
		rows: order.map((i) => Object.fromEntries(names.map((name) => [name, draft.columns[name].cellAt(own.kept[i])]))),
		events: table === "orders" ? slowEvents(linked) : [],
		stubs: {
			customers: stubsOf(own, draft, "customer_id", idsOf(linked.get("customers"), "customer_id")),
			products: stubsOf(own, draft, "product_id", idsOf(linked.get("products"), "product_id")),
			reps: stubsOf(own, draft, "rep_id", idsOf(linked.get("reps"), "rep_id")),
		},
		quarantine: quarantined.filter((row) => Object.keys(row).length > 0).map((row): unknown => JSON.parse(JSON.stringify(row))),
		shareOfValueBad: table === "orders" ? slowShare(draft) : 0,
	};
}

function stubsOf(own: LinkedTable, draft: TableDraft, column: string, known: string[] | null): string[] {
	if (!draft.columns[column]) return [];
	const words = Array.from(own.kept, (row) => draft.textAt(row, column)).filter(Boolean);
	return [...new Set(words)].filter((word) => !known?.includes(word));
}

function slowShare(draft: TableDraft): number {
	const values = Array.from({ length: draft.numRows }, (_, row) => Math.abs(Number(draft.columns.net_value.cellAt(row) ?? 0)));
	const sum = (all: readonly number[]): number => all.reduce((total, value) => total + value, 0);
	const bad = sum(values.filter((_, row) => draft.isBad[row]));
	return bad === 0 ? 0 : bad / sum(values);
}

function slowEvents(linked: ReadonlyMap<TableName, LinkedTable>): number[][] {
	const tables = Object.fromEntries(
		TABLE_NAMES.map((name): [string, Table] => {
			const table = linked.get(name);
			if (!table) throw new Error(`no ${name}`);
			return [name, openTable(name, encodeTable(table), table.stubs.length)];
		}),
	) as Portfolio["tables"];
	const portfolio: Portfolio = { tables, given: new Set(), policy: null, reports: [], digest: "" };
	const { eventDay, eventValue, eventMargin } = buildHistory(portfolio, LAST_DAY + 1);
	return Array.from(eventDay, (day, i) => [day, eventValue[i], eventMargin[i]]);
}
