import type { InputProblem } from "../../errors.ts";
import type { TableReport } from "../portfolio.ts";
import { foldEvents } from "../purchase-events.ts";
import { MAX_PROBLEMS } from "../rows/table-draft.ts";
import { countBelow } from "../snapshot/count-below.ts";
import { openColumnFile } from "../snapshot/column-file.ts";
import { openEventTable } from "../snapshot/event-table.ts";
import { type EventPart, type EventTable, type EventTableName, partsOf } from "../snapshot/manifest.ts";
import { openParts } from "../snapshot/open-part.ts";
import type { ImportStep } from "./import-job.ts";
import { type Linker, linkPart } from "./link-parts.ts";
import { marginRates } from "../snapshot/margin-rates.ts";

/** The snapshot whose parts are linked, and where those of the next one go. */
export type LinkStep = Pick<ImportStep, "manifest" | "pathOf" | "writer">;

/** Lines whose customer is not there any more. */
interface Unlinked {
	numLines: number;
	readonly problems: InputProblem[];
}

/**
 * Links the parts of orders or contacts to tables whose rows have changed. Products and reps that are not there become stubs, as do
 * customers where there is no table of them; lines of other customers are set aside until they are.
 */
export function relinkEvents(step: LinkStep, name: EventTableName, linker: Linker): { table: EventTable; aside: TableReport | null } {
	const table = step.manifest.events[name];
	const unlinked: Unlinked = { numLines: 0, problems: [] };
	const dropped = openParts(step.pathOf, name, partsOf(table)).map((part) => part.dropped);
	const relinked = partsOf(table).map((part, at) => relinkPart(step, name, part, dropped[at], linker, unlinked));
	const parts = table.base ? { base: relinked[0], deltas: relinked.slice(1) } : { base: null, deltas: relinked };
	const numRead = relinked.reduce((sum, { num_rows }, at) => sum + num_rows - dropped[at].length, 0);
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

function relinkPart(
	step: LinkStep,
	name: EventTableName,
	part: EventPart,
	dropped: Int32Array,
	linker: Linker,
	unlinked: Unlinked,
): EventPart {
	const { pathOf, writer } = step;
	const { links, customerRow } = linkPart(name, part, linker, pathOf, writer);
	if (customerRow.includes(-1)) tellUnlinked(step, name, part, { row: customerRow, dropped }, unlinked);
	return withMargins(step, part, { ...part, links }, marginRates(linker.tableOf("products")));
}

function tellUnlinked(
	{ pathOf }: LinkStep,
	table: EventTableName,
	part: EventPart,
	{ row, dropped }: { readonly row: Int32Array; readonly dropped: Int32Array },
	unlinked: Unlinked,
): void {
	const groups = openColumnFile(pathOf(part.groups));
	const lineEnd = groups.values("line_end");
	const ids = groups.texts("customer_id");
	for (let group = 0; group < row.length; group++) {
		if (row[group] >= 0) continue;
		const [from, to] = [group === 0 ? 0 : lineEnd[group - 1], lineEnd[group]];
		const numLines = to - from - (countBelow(dropped, to) - countBelow(dropped, from));
		if (numLines === 0) continue; // later parts replace them all
		unlinked.numLines += numLines;
		if (unlinked.problems.length >= MAX_PROBLEMS) continue;
		const value = ids.at(group) ?? "";
		const message = `customer_id "${value}": expected an id that customers holds`;
		unlinked.problems.push({ table, column: "customer_id", value, code: "unknown_reference", message });
	}
}

/** Purchase events whose margin comes of the products' rates change with those. */
function withMargins(step: LinkStep, before: EventPart, part: EventPart, rates: Float64Array): EventPart {
	const { pathOf, manifest, writer } = step;
	if (part.events === undefined || part.links.product_id === undefined) return part;
	const products = openColumnFile(pathOf(manifest.tables.products.columns));
	const ratesBefore = products.has("margin_rate") ? products.values("margin_rate") : null;
	const [rowsBefore, rows] = [before, part].map(({ links }) => openColumnFile(pathOf(links.product_id)).values("product_id"));
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
