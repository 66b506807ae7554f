import { CarteiraError } from "../../errors.ts";
import { type Portfolio, type RecentLines, rowsById, type Table, type Timeline } from "../portfolio.ts";
import type { TableName } from "../schema.ts";
import { openColumns } from "./shared-table.ts";
import { openColumnFile, type TextList } from "./column-file.ts";
import { firstRowsFrom, openEventTable } from "./event-table.ts";
import { findWords } from "./find-words.ts";
import { once } from "./lazy.ts";
import { type EventTableName, type Manifest, PLAIN_TABLES, type PlainTableName, partsOf, type Sha } from "./manifest.ts";
import { openParts } from "./open-part.ts";
import { type EventSource, readEvents } from "./read-events.ts";
import { cutRuns, findRuns, indexGroups, type Runs } from "./runs.ts";
import { customersOf, takeOfCustomers, takeRows } from "./slice.ts";
import { refuseAside, reportsOf } from "./reports.ts";
import { clearLeftovers, hasManifest, isStore, pathsIn, readCurrent, readManifest } from "./store-folder.ts";

/**
 * A portfolio as it stood when it was opened, whatever is imported since: all its files are open. Columns are read when they are first
 * asked for.
 */
export interface Snapshot {
	/** Of the store. */
	readonly folder: string;
	/** Its name, the SHA-256 of its manifest. */
	readonly sha: string;
	readonly manifest: Manifest;
	/** The whole portfolio. */
	portfolio(): Portfolio;
	/**
	 * The customers of some reps (by id), as owner, by assignment or by appointment, and others named beside, numbered anew in their order, with their rows of all
	 * tables that name a customer; the other tables are whole. Throws NOT_FOUND for reps that the table does not have.
	 */
	slice(repIds: readonly string[], customerIds?: readonly string[]): Portfolio;
}

/**
 * Opens a snapshot of a store, the current one unless another is named. Throws NOT_FOUND for a folder that is no store, INVALID_INPUT for a
 * damaged one, BUSY for one that was removed since it was named: ten minutes after later ones took its place, or because a customer was erased.
 */
export function openSnapshot(folder: string, name?: Sha): Snapshot {
	clearLeftovers(folder);
	if (name !== undefined && isStore(folder) && !hasManifest(folder, name)) throw removed();
	const { sha, manifest } = name === undefined ? readCurrent(folder) : { sha: name, manifest: readManifest(folder, name) };
	const opened = openAll(folder, sha, manifest);
	const portfolio = once(() => build(opened, allRows(opened.plain.customers), opened.plain));
	return { folder, sha, manifest, portfolio, slice: (repIds, customerIds = []) => sliceOf(opened, repIds, customerIds) };
}

function openAll(folder: string, sha: Sha, manifest: Manifest): OpenSnapshot {
	try {
		const files = eachPlain((name) => openColumnFile(pathsIn(folder)(manifest.tables[name].columns)));
		const plain = eachPlain((name) => openColumns(name, files[name], manifest.tables[name].num_stubs));
		const sourceOf = (name: EventTableName): EventSource => openSource(folder, name, manifest, plain.customers.length);
		const customerIds = files.customers.has("customer_id") ? files.customers.texts("customer_id") : null;
		return { manifest, plain, customerIds, sources: { orders: sourceOf("orders"), contacts: sourceOf("contacts") } };
	} catch (error) {
		throw hasManifest(folder, sha) ? error : removed();
	}
}

function removed(): CarteiraError {
	return new CarteiraError("BUSY", "this snapshot is no longer kept: later ones took its place, or a customer was erased; ask again");
}

interface OpenSnapshot {
	readonly manifest: Manifest;
	readonly plain: Readonly<Record<PlainTableName, Table>>;
	/** The same as `plain` has, to be searched for words without a string for each; null where there are no customers. */
	readonly customerIds: TextList | null;
	readonly sources: Readonly<Record<EventTableName, EventSource>>;
}

function eachPlain<T>(make: (name: PlainTableName) => T): Record<PlainTableName, T> {
	return Object.fromEntries(PLAIN_TABLES.map((name) => [name, make(name)])) as Record<PlainTableName, T>;
}

function openSource(folder: string, name: EventTableName, { events }: Manifest, numCustomers: number): EventSource {
	const parts = openParts(pathsIn(folder), name, partsOf(events[name]));
	return { parts, index: indexGroups(parts, numCustomers) };
}

function allRows({ length }: Table): Int32Array {
	return new Int32Array(length).map((_, row) => row);
}

/** The portfolio of some customers; `tables` name them by their new rows. */
function build({ manifest, sources }: OpenSnapshot, customers: Int32Array, tables: Readonly<Record<PlainTableName, Table>>): Portfolio {
	const { given, policy, digest } = manifest;
	refuseAside(manifest);
	const open = once(() => {
		const { orders, contacts } = sources;
		const runs = {
			orders: findRuns("orders", orders.parts, orders.index, customers),
			contacts: findRuns("contacts", contacts.parts, contacts.index, customers),
		};
		const tablesOf = {
			orders: openEventTable("orders", orders.parts, runs.orders),
			contacts: openEventTable("contacts", contacts.parts, runs.contacts),
		};
		const timeline = once(
			(): Timeline => ({
				...tablesOf,
				lineStart: runs.orders.start,
				line: null,
				contactStart: runs.contacts.start,
				contact: null,
				...readEvents(orders, customers, runs.orders, () => tables.products.numbers.margin_rate),
				linesFrom: (day) => linesIn(orders.parts, cutRuns(runs.orders, firstRowsFrom("orders", orders.parts, runs.orders, day))),
				linesOf: (asked) =>
					linesIn(
						orders.parts,
						findRuns(
							"orders",
							orders.parts,
							orders.index,
							asked.map((row) => customers[row]),
						),
					),
			}),
		);
		return { ...tablesOf, timeline };
	});
	return {
		tables: { ...tables, orders: open().orders, contacts: open().contacts },
		given: new Set<TableName>(given),
		policy: policy === null ? null : JSON.parse(policy),
		reports: reportsOf(manifest),
		digest,
		get timeline() {
			return open().timeline();
		},
	};
}

function linesIn(parts: EventSource["parts"], runs: Runs): RecentLines {
	return { orders: openEventTable("orders", parts, runs), start: runs.start, row: null };
}

function sliceOf(snapshot: OpenSnapshot, repIds: readonly string[], customerIds: readonly string[]): Portfolio {
	const { plain } = snapshot;
	const rowOf = rowsById(plain.reps, "rep_id");
	const unknown = repIds.filter((id) => !rowOf.has(id));
	if (unknown.length > 0) throw new CarteiraError("NOT_FOUND", `reps that the table does not have: ${unknown.slice(0, 10).join(", ")}`);
	const reps = new Set(repIds.flatMap((id) => rowOf.get(id) ?? []));
	const beside = snapshot.customerIds === null ? new Map<string, number>() : findWords(snapshot.customerIds, customerIds);
	const customers = customersOf(reps, beside.values(), plain.customers, [plain.assignments, plain.appointments]);
	const newRow = new Int32Array(plain.customers.length).fill(-1);
	for (const [at, row] of customers.entries()) newRow[row] = at;
	return build(snapshot, customers, {
		...plain,
		customers: takeRows(plain.customers, customers),
		assignments: takeOfCustomers(plain.assignments, newRow),
		appointments: takeOfCustomers(plain.appointments, newRow),
		service_events: takeOfCustomers(plain.service_events, newRow),
	});
}
