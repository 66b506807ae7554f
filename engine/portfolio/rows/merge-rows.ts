import { openColumn } from "./open-column.ts";
import { isMissing, parseText, parseVersion, settleCell } from "../cells/parse-cell.ts";
import { type RawCell, type RawHeader, type RowSink, TYPED_NOTATION } from "../cells/raw-rows.ts";
import { type ColumnSpec, TABLES, type TableName, VERSION } from "../schema.ts";
import type { TableDraft } from "./table-draft.ts";

/** One row by column, free of its file's dialect. A column that is not in it was not sent. */
type Row = ReadonlyMap<string, RawCell>;

interface Sent {
	readonly row: Row;
	readonly rowInFile: number;
	/** Was it set aside by an import before? */
	readonly isRetried: boolean;
	/** Does it take away what has its key? */
	readonly isDeletion: boolean;
}

/** Rows of an upload (and of those set aside before it, which it overrules) that are to be laid over a table. */
export interface Changes {
	readonly table: TableName;
	readonly columns: Set<string>;
	/** By key. As they came; once they are settled: those that count, several for the lines of an order, none for what is deleted. */
	readonly sent: Map<string, Sent[]>;
	/** Of settled keys whose version is known: that of a deletion; null where there are rows. */
	readonly versionDeleted: Map<string, number | null>;
	/** Rows of the upload that are older than what is known. */
	numStale: number;
	/** Broken records of the upload, told again when it is applied. */
	readonly broken: Parameters<RowSink["broken"]>[];
	dialect: RawHeader["dialect"];
	warnings: readonly string[];
}

/** No changes yet. */
export function openChanges(table: TableName): Changes {
	const none = { columns: new Set<string>(), sent: new Map<string, Sent[]>(), versionDeleted: new Map<string, number | null>() };
	return { table, ...none, numStale: 0, broken: [], dialect: null, warnings: [] };
}

/** Column of an upload that says what becomes of its row's key; it is no column of any table. */
export const OP: { readonly name: string; readonly spec: ColumnSpec } = {
	name: "op",
	spec: { type: "enum", optional: true, values: ["upsert", "delete"] },
};

const UNREADABLE = { code: "not_a_number", expected: "a whole number" };

/** A sink that collects changes; a row whose `op` is `delete` takes what has its key away. They must be settled before they are applied. */
export function collectChanges(changes: Changes, isRetried: boolean): RowSink {
	changes.broken.length = 0;
	return readRows(changes.table, {
		begin: ({ dialect, warnings = [] }) => {
			changes.dialect = dialect;
			changes.warnings = warnings;
		},
		row(key, row, rowInFile) {
			const op = row.get(OP.name);
			const isDeletion = op === "delete";
			if (!isMissing(op) && !isDeletion && op !== "upsert") {
				changes.broken.push([rowInFile, "unknown_word", String(op), `${OP.name}: expected ${OP.spec.values?.join(" or ")}`]);
				return;
			}
			const version = row.get(VERSION);
			// Of any other row the table says so.
			if (isDeletion && !isMissing(version) && Number.isNaN(parseVersion(version))) {
				const { code, expected } = openColumn(TABLES[changes.table].columns[VERSION]).append(version, TYPED_NOTATION) ?? UNREADABLE;
				changes.broken.push([rowInFile, code, String(version), `${VERSION} "${String(version)}": expected ${expected}`]);
				return;
			}
			const sent = { row, rowInFile, isRetried, isDeletion };
			const known = changes.sent.get(key);
			if (known) known.push(sent);
			else changes.sent.set(key, [sent]);
		},
		broken: (...record) => void changes.broken.push(record),
		end: (named) => {
			for (const name of named) if (name !== OP.name) changes.columns.add(name);
		},
	});
}

/**
 * Finds out what of the rows sent counts, given the versions of what is held. A key that an earlier file had is overruled, but for columns
 * that the upload does not send. A row with an older version than its key has is not taken; one without a version is, and its key keeps
 * the version that it had.
 */
export function settleChanges(changes: Changes, held: ReadonlyMap<string, number> = new Map()): void {
	const settle = TABLES[changes.table].manyPerKey ? settleOrder : settleRow;
	for (const [key, received] of changes.sent) {
		const { rows, version, numStale } = settle(received, held.get(key) ?? null);
		changes.numStale += numStale;
		if (rows === null) {
			changes.sent.delete(key);
			continue;
		}
		changes.sent.set(key, version === null ? rows : rows.map((one) => withVersion(one, version)));
		if (version === null) continue;
		changes.columns.add(VERSION);
		changes.versionDeleted.set(key, rows.length === 0 ? version : null);
	}
}

interface Settled {
	/** Null: all are stale, and what is held stays. */
	readonly rows: Sent[] | null;
	/** Of the key; null: none is known. */
	readonly version: number | null;
	readonly numStale: number;
}

function settleRow(received: readonly Sent[], held: number | null): Settled {
	const aside = received.filter(({ isRetried }) => isRetried);
	let version = aside.reduce((latest, one) => later(latest, versionOf(one)), held);
	let rows: Sent[] | null = null;
	let numStale = 0;
	for (const one of received) {
		if (one.isRetried) continue;
		const own = versionOf(one);
		if (isOlder(own, version)) {
			numStale++;
			continue;
		}
		if (one.isDeletion) rows = [];
		else if (rows === null) rows = [aside.length > 0 ? laidOver(aside[0], one) : one];
		else if (rows.length > 0 && isOlder(version, own)) rows = [laidOver(rows[rows.length - 1], one)];
		else rows.push(one); // which is refused as a key that is there twice
		version = own ?? version;
	}
	return { rows: rows ?? (aside.length > 0 ? aside : null), version, numStale };
}

/** The lines of an order count together: those of its newest version in the file. */
function settleOrder(received: readonly Sent[], held: number | null): Settled {
	const version = received.reduce((latest, one) => later(latest, versionOf(one)), held);
	const fresh = received.filter(({ isRetried }) => !isRetried);
	const taken = fresh.filter((one) => !isOlder(versionOf(one), version));
	const lastDeletion = taken.findLastIndex(({ isDeletion }) => isDeletion);
	const aside = received.filter(({ isRetried }) => isRetried);
	const rows = taken.length > 0 ? taken.slice(lastDeletion + 1) : aside.length > 0 ? aside : null;
	return { rows, version, numStale: fresh.length - taken.length };
}

function versionOf({ row }: Sent): number | null {
	const version = parseVersion(row.get(VERSION));
	return Number.isNaN(version) ? null : version;
}

function isOlder(version: number | null, than: number | null): boolean {
	return version !== null && than !== null && version < than;
}

function later(one: number | null, other: number | null): number | null {
	return isOlder(one, other) || one === null ? other : one;
}

function laidOver(before: Sent, after: Sent): Sent {
	return { ...after, row: new Map([...before.row, ...after.row]) };
}

/** A row without a version has that of its key; one that cannot be read is refused as it stands. */
function withVersion(sent: Sent, version: number): Sent {
	return isMissing(sent.row.get(VERSION)) ? { ...sent, row: new Map([...sent.row, [VERSION, version]]) } : sent;
}

/**
 * A sink for the rows that a table holds: those without changes go on to the draft; a changed order is dropped, for its lines are
 * replaced whole; any other changed row lends the columns that were not sent. `finish` appends the changes themselves.
 */
export function applyChanges(changes: Changes, draft: TableDraft): { readonly held: RowSink; finish(): void } {
	const columns = Object.keys(TABLES[changes.table].columns);
	const { manyPerKey } = TABLES[changes.table];
	const held = new Map<string, Row>();
	const present = new Set(changes.columns);
	const cells: RawCell[] = [];
	const append = (row: Row, rowInFile: number, rest?: Row): void => {
		for (let i = 0; i < columns.length; i++) cells[i] = row.has(columns[i]) ? row.get(columns[i]) : rest?.get(columns[i]);
		draft.row(cells, rowInFile);
	};
	draft.begin({ columns, notations: null, dialect: changes.dialect, warnings: changes.warnings });
	return {
		held: readRows(changes.table, {
			begin: () => {},
			row(key, row, rowInFile) {
				if (!changes.sent.has(key)) append(row, rowInFile);
				else if (!manyPerKey) held.set(key, row);
			},
			broken: () => {},
			end: (named) => {
				for (const name of named) present.add(name);
			},
		}),
		finish() {
			const appendSent = (retried: boolean): void => {
				for (const [key, rows] of changes.sent) {
					for (const { row, rowInFile, isRetried } of rows) if (isRetried === retried) append(row, rowInFile, held.get(key));
				}
			};
			appendSent(true);
			draft.reportFrom = draft.numRows; // the upload is not to blame for what was wrong before it
			appendSent(false);
			for (const record of changes.broken) draft.broken(...record);
			draft.end([...present]);
		},
	};
}

/** Between the parts of a key. */
export const KEY_MARK = "\u0000";

/** Turns rows of cells into rows by column with their keys. */
export function readRows(table: TableName, to: Omit<RowSink, "row"> & { row(key: string, row: Row, rowInFile: number): void }): RowSink {
	const { key, columns: specs } = TABLES[table];
	let header: RawHeader = { columns: [], notations: null, dialect: null };
	return {
		begin(read) {
			header = read;
			to.begin(read);
		},
		row(cells, rowInFile) {
			const row = new Map<string, RawCell>();
			for (let i = 0; i < header.columns.length; i++) {
				const spec = header.columns[i] === OP.name ? OP.spec : specs[header.columns[i]];
				if (spec && cells[i] !== undefined) row.set(header.columns[i], settleCell(spec, cells[i], header.notations?.[i] ?? TYPED_NOTATION));
			}
			to.row(key.map((column) => keyText(row.get(column))).join(KEY_MARK), row, rowInFile);
		},
		broken: (...record) => to.broken(...record),
		end: (named) => to.end(named),
	};
}

function keyText(cell: RawCell): string {
	return isMissing(cell) ? "" : (parseText(cell) ?? String(cell));
}
