import type { Refusal } from "./column.ts";
import { parseDay } from "../../units.ts";
import type { TableName } from "../schema.ts";
import type { TableDraft } from "./table-draft.ts";

/** What the cells of one row must say together. */
interface RowRule {
	/** The column that is named when the rule is broken. */
	readonly column: string;
	readonly isBroken: (draft: TableDraft, row: number) => boolean;
	readonly refusal: Refusal;
}

const cell = (draft: TableDraft, row: number, column: string) => draft.columns[column]?.cellAt(row) ?? null;

function inOrder(from: string, to: string): RowRule {
	return {
		column: to,
		isBroken: (draft, row) => {
			const [start, end] = [cell(draft, row, from), cell(draft, row, to)];
			return start !== null && end !== null && end < start;
		},
		refusal: { code: "out_of_order", expected: `not before ${from}` },
	};
}

function together(first: string, second: string): RowRule {
	return {
		column: first,
		isBroken: (draft, row) => (cell(draft, row, first) === null) !== (cell(draft, row, second) === null),
		refusal: { code: "half_a_place", expected: `${first} and ${second} together, or neither` },
	};
}

const RULES: Partial<Record<TableName, readonly RowRule[]>> = {
	customers: [together("lat", "lon"), inOrder("min_gap_days", "max_gap_days")],
	assignments: [inOrder("valid_from", "valid_to")],
	reps: [
		together("start_lat", "start_lon"),
		together("end_lat", "end_lon"),
		{
			column: "time_zone",
			isBroken: (draft, row) => !isTimeZone(cell(draft, row, "time_zone")),
			refusal: { code: "unknown_word", expected: "an IANA time zone such as America/Sao_Paulo" },
		},
	],
	prices: [inOrder("valid_from", "valid_to")],
	campaigns: [inOrder("starts_on", "ends_on")],
	service_events: [inOrder("at", "resolved_at")],
	targets: [
		{
			column: "period",
			isBroken: (draft, row) => Number.isNaN(parseDay(`${cell(draft, row, "period")}-01`)),
			refusal: { code: "not_a_date", expected: "a month such as 2026-11" },
		},
		{
			column: "rep_id",
			isBroken: (draft, row) => (cell(draft, row, "rep_id") === null) === (cell(draft, row, "team_id") === null),
			refusal: { code: "not_one_owner", expected: "a rep_id or a team_id, one of the two" },
		},
	],
};

const zones = new Map<string, boolean>();

function isTimeZone(zone: unknown): boolean {
	if (typeof zone !== "string") return true;
	let known = zones.get(zone);
	if (known === undefined) {
		try {
			known = new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
		} catch {
			known = false;
		}
		zones.set(zone, known);
	}
	return known;
}

/** Marks the rows that break a rule between their own cells. */
export function checkRows(draft: TableDraft): void {
	for (const { column, isBroken, refusal } of RULES[draft.table] ?? []) {
		for (let row = 0; row < draft.numRows; row++) if (!draft.isBad[row] && isBroken(draft, row)) draft.refuse(row, column, refusal);
	}
}
