import type { InputProblem } from "../../errors.ts";
import type { TableReport } from "../portfolio.ts";
import { foldEvents } from "../purchase-events.ts";
import type { LinkedTable } from "../rows/link-tables.ts";
import { MAX_PROBLEMS } from "../rows/table-draft.ts";
import { createTaxIdLookup } from "../rows/tax-ids.ts";
import { TABLES, type TableName } from "../schema.ts";
import { openColumnFile, type TextList } from "../snapshot/column-file.ts";
import { openEventTable } from "../snapshot/event-table.ts";
import { once } from "../snapshot/lazy.ts";
import { type EventPart, type EventTable, type EventTableName, partsOf } from "../snapshot/manifest.ts";
import { openParts } from "../snapshot/open-part.ts";
import type { ImportStep } from "./import-rows.ts";
import { marginRates } from "./write-snapshot.ts";

/** Lines whose customer is not there any more. */
interface Unlinked {
	numLines: number;
	readonly problems: InputProblem[];
}

/**
 * Links the parts of orders or contacts to tables whose rows have changed. Products and reps that are not there become stubs, as do
 * customers where there is no table of them; lines of other customers are set aside until they are.
 */
export function relinkEvents(
	step: ImportStep,
	name: EventTableName,
	linked: ReadonlyMap<TableName, LinkedTable>,
): { table: EventTable; aside: TableReport | null } {
	const table = step.manifest.events[name];
	const unlinked: Unlinked = { numLines: 0, problems: [] };
	const lookUps = new Map<TableName, LookUp>();
	const relinked = partsOf(table).map((part) => relinkPart(step, name, part, linked, lookUps, unlinked));
	const parts = table.base ? { base: relinked[0], deltas: relinked.slice(1) } : { base: null, deltas: relinked };
	const numRead = relinked.reduce((sum, { num_rows }) => sum + num_rows, 0);
	return { table: { ...table, ...parts }, aside: unlinked.numLines === 0 ? null : asideOf(name, numRead, unlinked) };
}

function asideOf(table: EventTableName, numRead: number, { numLines, problems }: Unlinked): TableReport {
	return {
		table,
		file: `${table}.arrow`,
		format: "arrow",
		dialect: null,
		numRead,
		numAccepted: numRead - numLines,
		numQuarantined: numLines,
		numProblems: numLines,
		numConsequences: 0,
		problems,
		warnings: [],
		digest: "",
	};
}

/** Row of the id, made a stub if need be; -1 where it may be none. */
type LookUp = (id: string) => number;

function lookUpIn(named: LinkedTable, mayStub: boolean): LookUp {
	const rows = new Map<string, number>();
	const [key] = TABLES[named.name].key;
	for (const [row, at] of named.kept.entries()) rows.set(named.draft?.textAt(at, key) ?? "", row);
	for (const [at, id] of named.stubs.entries()) rows.set(id, named.kept.length + at);
	const taxIds = once(() => createTaxIdLookup(rows.keys()));
	return (id) => {
		const row = rows.get(id);
		if (row !== undefined) return row;
		if (!mayStub) return rows.get(taxIds()(id) ?? "") ?? -1;
		const stub = named.kept.length + named.stubs.push(id) - 1;
		rows.set(id, stub);
		return stub;
	};
}

function relinkPart(
	step: ImportStep,
	name: EventTableName,
	part: EventPart,
	linked: ReadonlyMap<TableName, LinkedTable>,
	lookUps: Map<TableName, LookUp>,
	unlinked: Unlinked,
): EventPart {
	const links: Record<string, string> = {};
	for (const column of Object.keys(part.links)) {
		const target = TABLES[name].columns[column].table;
		const named = target && linked.get(target);
		if (!named) continue;
		const lookUp = lookUps.get(named.name) ?? lookUpIn(named, named.name !== "customers" || named.draft === null);
		lookUps.set(named.name, lookUp);
		const ids = openColumnFile(step.pathOf(column === "customer_id" ? part.groups : part.words[column])).texts(column);
		const row = Int32Array.from({ length: ids.length }, (_, at) => lookUp(ids.at(at) ?? ""));
		links[column] = step.writer.columns({ row });
		if (column === "customer_id" && row.includes(-1)) tellUnlinked(step, name, part, row, ids, unlinked);
	}
	const products = linked.get("products");
	const relinked = { ...part, links };
	return part.events === undefined || !products ? relinked : withMargins(step, part, relinked, marginRates(products));
}

function tellUnlinked(
	{ pathOf }: ImportStep,
	table: EventTableName,
	part: EventPart,
	row: Int32Array,
	ids: TextList,
	unlinked: Unlinked,
): void {
	const lineEnd = openColumnFile(pathOf(part.groups)).values("line_end");
	for (let group = 0; group < row.length; group++) {
		if (row[group] >= 0) continue;
		unlinked.numLines += lineEnd[group] - (group === 0 ? 0 : lineEnd[group - 1]);
		if (unlinked.problems.length >= MAX_PROBLEMS) continue;
		const value = ids.at(group) ?? "";
		const message = `customer_id "${value}": expected an id that customers holds`;
		unlinked.problems.push({ table, column: "customer_id", value, code: "unknown_reference", message });
	}
}

/** Purchase events whose margin comes of the products' rates change with those. */
function withMargins(step: ImportStep, before: EventPart, part: EventPart, rates: Float64Array): EventPart {
	const { pathOf, manifest, writer } = step;
	if (part.links.product_id === undefined) return part;
	const products = openColumnFile(pathOf(manifest.tables.products.columns));
	const ratesBefore = products.has("margin_rate") ? products.values("margin_rate") : null;
	const [rowsBefore, rows] = [before, part].map(({ links }) => openColumnFile(pathOf(links.product_id)).values("row"));
	const isSame = rows.every((row, code) => Object.is(rates[row], ratesBefore?.[rowsBefore[code]] ?? Number.NaN));
	if (isSame) return part;
	const opened = openParts(pathOf, "orders", [part]);
	const { lineEnd } = opened[0];
	const start = new Int32Array(lineEnd.length + 1);
	start.set(lineEnd, 1);
	const numRows = start[lineEnd.length];
	const none = new Int32Array(0);
	const whole = {
		start,
		numRuns: 1,
		part: Int32Array.of(0),
		from: Int32Array.of(0),
		count: Int32Array.of(numRows),
		onlyPart: none,
		onlyGroup: none,
	};
	const { eventDay, eventValue, eventMargin } = foldEvents(openEventTable("orders", opened, whole), rates, start, null);
	return { ...part, events: writer.columns({ day: eventDay, value: eventValue, margin: eventMargin }) };
}
