import type { Held } from "./column.ts";
import { checkRows } from "./row-rules.ts";
import { TABLE_NAMES, TABLES, type TableName } from "../schema.ts";
import type { TableDraft } from "./table-draft.ts";
import { createTaxIdLookup, wholeTaxId } from "./tax-ids.ts";

/** A table whose bad rows are known and whose references are rows. */
export interface LinkedTable {
	readonly name: TableName;
	/** Null: the table was not given, and holds only stubs. */
	readonly draft: TableDraft | null;
	/** Rows of the draft that stay, ascending. */
	readonly kept: Int32Array;
	/** Ids that other tables name and this one lacks; they follow the kept rows. */
	readonly stubs: string[];
	/** Of each kept row, by `ref` column of the file: row of the referenced table, -1 for null. */
	readonly refs: Record<string, Int32Array>;
}

/** Tables that others name, the named before those that name them. */
export const NAMED: readonly TableName[] = ["reps", "delivery_routes", "products", "customers"];
/** Whoever names an unknown one of these gets a stub, not an error; only orders and contacts may. */
const STUBBED: readonly TableName[] = ["products", "reps"];
const MAY_STUB: readonly TableName[] = ["orders", "contacts"];

/**
 * Finds duplicated keys, rows that break a rule of their table and references to nothing, marks those rows bad, and resolves the
 * references of the others. A bad line takes its whole order with it.
 */
export function linkTables(drafts: ReadonlyMap<TableName, TableDraft>): ReadonlyMap<TableName, LinkedTable> {
	const linked = new Map<TableName, LinkedTable>();
	const rowsOf = new Map<TableName, Map<string, number>>();
	for (const name of NAMED) rowsOf.set(name, new Map());
	for (const name of [...NAMED, ...TABLE_NAMES.filter((table) => !NAMED.includes(table))]) {
		const draft = drafts.get(name) ?? null;
		linked.set(name, { name, draft, kept: draft ? screen(draft, drafts, rowsOf) : new Int32Array(0), stubs: [], refs: {} });
		const rows = rowsOf.get(name);
		if (draft && rows) linked.get(name)?.kept.forEach((row, index) => rows.set(draft.textAt(row, TABLES[name].key[0]), index));
	}
	for (const table of linked.values()) resolve(table, linked, rowsOf);
	return linked;
}

/** Marks bad rows of a table whose referenced tables are screened already; answers the rows that stay. */
function screen(
	draft: TableDraft,
	drafts: ReadonlyMap<TableName, TableDraft>,
	rowsOf: ReadonlyMap<TableName, Map<string, number>>,
): Int32Array {
	checkRows(draft);
	for (const [column, target] of refColumns(draft)) {
		const mayStub = MAY_STUB.includes(draft.table) && STUBBED.includes(target);
		const named = drafts.get(target);
		if (target !== draft.table && named && !mayStub) checkReferences(draft, column, named, rowsOf.get(target) ?? new Map());
	}
	const { key, manyPerKey } = TABLES[draft.table];
	if (manyPerKey) setOrdersAside(draft, key[0]);
	else checkKeys(draft, key);
	if (draft.table === "customers") warnOfTaxIds(draft, key[0]);
	if (draft.table === "reps") checkManagers(draft);
	return Int32Array.from(goodRows(draft));
}

function refColumns(draft: TableDraft): [column: string, target: TableName][] {
	return Object.entries(draft.columns).flatMap(([name, { spec }]): [string, TableName][] => (spec.table ? [[name, spec.table]] : []));
}

function* goodRows(draft: TableDraft): Generator<number> {
	for (let row = 0; row < draft.numRows; row++) if (!draft.isBad[row]) yield row;
}

function checkReferences(draft: TableDraft, column: string, named: TableDraft, rows: ReadonlyMap<string, number>): void {
	const { held } = draft.columns[column];
	if (held.kind !== "refs") return;
	if (held.words.every((word) => rows.has(word))) return;
	linkTaxIds(draft, column, held, rows);
	const isKnown = held.words.map((word) => rows.has(word));
	const aside = idsAside(named);
	for (const row of goodRows(draft)) {
		const code = held.codes[row];
		if (code < 0 || isKnown[code]) continue;
		if (aside.has(held.words[code])) draft.setAsideWith(row, column, named.table);
		else draft.refuse(row, column, { code: "unknown_reference", expected: `an id that ${named.table} holds` });
	}
}

/** Names that are a known id but for lost zeros or for marks become that id, and are told of. */
function linkTaxIds(draft: TableDraft, column: string, held: Extract<Held, { kind: "refs" }>, rows: ReadonlyMap<string, number>): void {
	const idOf = createTaxIdLookup(rows.keys());
	const linked = new Map<number, string>();
	for (const [code, word] of held.words.entries()) {
		const id = rows.has(word) ? null : idOf(word);
		if (id === null) continue;
		linked.set(code, `"${word}" for "${id}"`);
		held.words[code] = id;
	}
	if (linked.size === 0) return;
	const [first] = linked.values();
	draft.warnings.push(
		`${draft.table}: ${column} writes ${linked.size} CNPJ or CPF otherwise than the table it names, ${first} the first; they were linked`,
	);
}

/** Two rows whose ids are one tax number are mostly one customer, but nobody can tell whose data holds. */
function warnOfTaxIds(draft: TableDraft, key: string): void {
	const ids = Array.from(goodRows(draft), (row) => draft.textAt(row, key));
	if (ids.every((id) => id.length === ids[0].length)) return; // the usual table, whose ids are all written in one way
	const firsts = new Map<string, string>();
	const doubled: string[] = [];
	for (const id of ids) {
		const whole = wholeTaxId(id);
		if (whole === null) continue;
		const first = firsts.get(whole);
		if (first !== undefined && first !== id) doubled.push(`"${first}" and "${id}"`);
		firsts.set(whole, id);
	}
	if (doubled.length > 0)
		draft.warnings.push(
			`${draft.table}: ${doubled.length} pairs of ids are one CNPJ or CPF each, ${doubled[0]} the first; they stay two rows`,
		);
}

/** Ids of the rows that are set aside; one that is itself unreadable is not known. */
function idsAside(draft: TableDraft): ReadonlySet<string> {
	const ids = new Set<string>();
	for (let row = 0; row < draft.numRows; row++) if (draft.isBad[row]) ids.add(draft.textAt(row, TABLES[draft.table].key[0]));
	return ids;
}

function checkKeys(draft: TableDraft, key: readonly string[]): void {
	const first = new Map<string, number>();
	for (const row of goodRows(draft)) {
		const text = key.map((column) => draft.textAt(row, column)).join("\u0000");
		const earlier = first.get(text);
		if (earlier === undefined) first.set(text, row);
		else {
			const expected = `${key.join(", ")} once in the table; row ${draft.rowInFile[earlier]} has it already`;
			draft.refuse(row, key[0], { code: "duplicate_key", expected });
		}
	}
}

/** An order with a bad line would be worth less than it was: the whole order is set aside. */
function setOrdersAside(draft: TableDraft, column: string): void {
	const bad = new Set<string>();
	for (let row = 0; row < draft.numRows; row++) if (draft.isBad[row]) bad.add(draft.textAt(row, column));
	bad.delete("");
	if (bad.size === 0) return;
	for (const row of goodRows(draft)) if (bad.has(draft.textAt(row, column))) draft.setAside(row);
}

/** A rep's chain of managers must end: unknown managers and circles are refused until none is left. */
function checkManagers(draft: TableDraft): void {
	if (!draft.columns.manager_id) return;
	for (let found = true; found; ) {
		found = false;
		const aside = idsAside(draft);
		const managerOf = new Map([...goodRows(draft)].map((row) => [draft.textAt(row, "rep_id"), draft.textAt(row, "manager_id")]));
		for (const row of goodRows(draft)) {
			const manager = draft.textAt(row, "manager_id");
			if (manager === "" || endsChain(draft.textAt(row, "rep_id"), managerOf)) continue;
			found = true;
			if (aside.has(manager)) draft.setAsideWith(row, "manager_id", "reps");
			else if (managerOf.has(manager))
				draft.refuse(row, "manager_id", { code: "circular_reference", expected: "a chain of managers that ends" });
			else draft.refuse(row, "manager_id", { code: "unknown_reference", expected: "an id that reps holds" });
		}
	}
}

function endsChain(rep: string, managerOf: ReadonlyMap<string, string>): boolean {
	const seen = new Set([rep]);
	for (let at = managerOf.get(rep); at !== ""; at = managerOf.get(at)) {
		if (at === undefined || seen.has(at)) return false;
		seen.add(at);
	}
	return true;
}

/** Turns the words of a table's references into rows, making stubs for those that nothing holds. */
function resolve(
	table: LinkedTable,
	linked: ReadonlyMap<TableName, LinkedTable>,
	rowsOf: ReadonlyMap<TableName, Map<string, number>>,
): void {
	if (!table.draft) return;
	for (const [column, target] of refColumns(table.draft)) {
		const { held } = table.draft.columns[column];
		const named = linked.get(target);
		const rows = rowsOf.get(target);
		if (held.kind !== "refs" || !named || !rows) continue;
		const rowOf = new Int32Array(held.words.length).fill(-1);
		table.refs[column] = table.kept.map((row) => {
			const code = held.codes[row];
			if (code < 0 || rowOf[code] >= 0) return code < 0 ? -1 : rowOf[code];
			const word = held.words[code];
			rowOf[code] = rows.get(word) ?? named.kept.length + named.stubs.push(word) - 1;
			rows.set(word, rowOf[code]);
			return rowOf[code];
		});
	}
}
