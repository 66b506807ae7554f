import { CarteiraError, type InputProblem } from "../../errors.ts";
import type { Dialect } from "./dialect.ts";
import { numberParserOf, parseDate } from "../cells/parse-cell.ts";
import type { DecimalMark, Notation, SlashDates } from "../cells/raw-rows.ts";
import type { ColumnSpec } from "../schema.ts";

/**
 * Reads the rows of the file again, header left out; the cells are used again for the next row. Rows may stand for `count` equal ones,
 * of which the first is in `line`; a cell that is undefined says nothing.
 */
export type EachRow = (onRow: (cells: readonly (string | undefined)[], line: number, count?: number) => void) => void;

/** A column that the table knows, and where in the file's rows it stands. */
export interface KnownColumn {
	readonly name: string;
	readonly at: number;
	readonly spec: ColumnSpec;
}

/** Cells of one kind: how many, and the first. */
interface Sighting {
	count: number;
	line: number;
	cell: string;
}

/** Of a cell: its decimal mark, or with which mark it could be decimal or grouped. */
type Reading = DecimalMark | "1.234" | "1,234";
type DateForm = SlashDates | "either" | "yyyy-mm-dd";

interface Evidence<Kind extends string> {
	readonly column: KnownColumn;
	readonly seen: Record<Kind, Sighting>;
	/** Of a cell; null: it says nothing. */
	readonly kindOf: (cell: string) => Kind | null;
}

/** By known column; the words for the report. */
export interface Notations {
	readonly of: ReadonlyMap<string, Notation>;
	readonly decimal: string;
	readonly dates: string;
}

/**
 * How the numbers and dates of each column are written, from all its cells: `12,5` can only have a decimal comma, `12.5` only a point;
 * `1.234` has either, and is read as the other cells of its column tell, else as the other columns. Nothing is guessed: throws
 * INVALID_INPUT where cells that have either are left, or where dates are months first, unless the dialect is stated.
 */
export function detectNotations(columns: readonly KnownColumn[], eachRow: EachRow, stated: Dialect): Notations {
	const numbers = columns.filter(({ spec }) => NUMERIC.includes(spec.type)).map(numberEvidence);
	const dates = columns.filter(({ spec }) => spec.type === "day" || spec.type === "datetime").map(dateEvidence);
	collect([...numbers, ...dates], eachRow);
	const problems: InputProblem[] = [];
	const common = commonMark(numbers);
	const markOf = new Map(numbers.map((evidence) => [evidence.column.name, decideMark(evidence, common, stated, problems)]));
	if (stated.dates === undefined) problems.push(...dates.flatMap(monthFirst));
	if (problems.length > 0) throw new CarteiraError("INVALID_INPUT", problems[0].message, problems);
	const order = stated.dates ?? "dd/mm/yyyy";
	const notationOf = ({ name }: KnownColumn): Notation => ({ decimal: markOf.get(name) ?? ".", isGrouped: true, dates: order });
	return {
		of: new Map(columns.map((column) => [column.name, notationOf(column)])),
		decimal: describeMarks(numbers, markOf, stated.decimal ?? common),
		dates: describeDates(dates, order),
	};
}

const NUMERIC: readonly ColumnSpec["type"][] = ["number", "integer", "money"];

/** Coordinates come from maps and keep their notation, whatever that of the file. Their range always tells which it is. */
const COORDINATE = /(^|_)(lat|lon)$/;

function collect(evidences: readonly Evidence<string>[], eachRow: EachRow): void {
	eachRow((cells, line, count = 1) => {
		for (const { column, seen, kindOf } of evidences) {
			const cell = cells[column.at];
			const kind = cell === undefined ? null : kindOf(cell);
			if (kind === null) continue;
			const sighting = seen[kind];
			if (sighting.count === 0) Object.assign(sighting, { line, cell });
			sighting.count += count;
		}
	});
}

const unseen = (): Sighting => ({ count: 0, line: 0, cell: "" });

function numberEvidence(column: KnownColumn): Evidence<Reading> {
	const { min = -Infinity, max = Infinity, type } = column.spec;
	const [parse, scale] = [numberParserOf(type), type === "money" ? 100 : 1];
	const fits = (cell: string, decimal: DecimalMark): boolean => {
		const value = parse(cell, { decimal, isGrouped: true, dates: "dd/mm/yyyy" });
		return value >= min * scale && value <= max * scale;
	};
	const seen = { ".": unseen(), ",": unseen(), "1.234": unseen(), "1,234": unseen() };
	return {
		column,
		seen,
		kindOf(cell) {
			// Two decimals, the usual cell, are told by their place alone once the column has shown to be of numbers with this mark.
			const third = cell[cell.length - 3];
			if ((third === "." || third === ",") && seen[third].count > 0) return third;
			if (!cell.includes(".") && !cell.includes(",")) return null;
			const [point, comma] = [fits(cell, "."), fits(cell, ",")];
			if (point && comma) return cell.includes(".") ? "1.234" : "1,234";
			return point ? "." : comma ? "," : null;
		},
	};
}

function dateEvidence(column: KnownColumn): Evidence<DateForm> {
	let last = "";
	let form: DateForm | null = null;
	return {
		column,
		seen: { "yyyy-mm-dd": unseen(), "dd/mm/yyyy": unseen(), "mm/dd/yyyy": unseen(), either: unseen() },
		kindOf(cell) {
			if (cell !== last) [last, form] = [cell, dateFormOf(cell)]; // a file in order of time repeats its dates
			return form;
		},
	};
}

function dateFormOf(cell: string): DateForm | null {
	if (cell[4] === "-") return "yyyy-mm-dd";
	const isDate = (order: SlashDates): boolean => !Number.isNaN(parseDate(cell, order));
	const [dayFirst, monthFirst] = [isDate("dd/mm/yyyy"), isDate("mm/dd/yyyy")];
	if (dayFirst && monthFirst) return "either";
	return dayFirst ? "dd/mm/yyyy" : monthFirst ? "mm/dd/yyyy" : null;
}

/** The mark that all columns agree upon, coordinates apart; null where they do not, or say nothing. */
function commonMark(numbers: readonly Evidence<Reading>[]): DecimalMark | null {
	const telling = numbers.filter(({ column }) => !COORDINATE.test(column.name));
	const [hasPoint, hasComma] = ([".", ","] as const).map((mark) => telling.some(({ seen }) => seen[mark].count > 0));
	return hasPoint === hasComma ? null : hasPoint ? "." : ",";
}

function decideMark(
	{ column: { name }, seen }: Evidence<Reading>,
	common: DecimalMark | null,
	stated: Dialect,
	problems: InputProblem[],
): DecimalMark {
	if (stated.decimal !== undefined && !COORDINATE.test(name)) return stated.decimal;
	const { ".": point, ",": comma, "1.234": dotted, "1,234": commaed } = seen;
	const mixed =
		[
			[point, comma],
			[dotted, commaed],
		].find((pair) => pair.every(({ count }) => count > 0)) ?? [];
	const either = dotted.count > 0 ? dotted : commaed;
	const mark = point.count + comma.count > 0 ? (point.count >= comma.count ? "." : ",") : common;
	if (either.count > 0 && (mixed.length > 0 || mark === null)) problems.push(ambiguous(name, either, mixed));
	return mark ?? ".";
}

function ambiguous(column: string, { line, cell, count }: Sighting, mixed: readonly Sighting[]): InputProblem {
	const others = mixed.map((other) => `"${other.cell}" in line ${other.line}`).join(" and ");
	const why = mixed.length > 0 ? `the column has ${others}` : `no cell tells which (${count} such cells)`;
	const message = `${column} "${cell}" in line ${line}: a decimal or a grouped number, ${why}: expected the decimal mark to be stated`;
	return { row: line, column, value: cell, code: "ambiguous_decimal", message };
}

/** A column whose dates with slashes are months first; single ones among days first are bad cells, not another order. */
function monthFirst({ column: { name }, seen }: Evidence<DateForm>): InputProblem[] {
	const { "mm/dd/yyyy": month, "dd/mm/yyyy": day } = seen;
	if (month.count <= day.count) return [];
	const message = `${name} "${month.cell}" in line ${month.line}: a date of months first: expected dd/mm/yyyy, or the order of the dates to be stated`;
	return [{ row: month.line, column: name, value: month.cell, code: "ambiguous_date", message }];
}

/** The file's mark, and the columns that have the other one; empty where no cell has any. */
function describeMarks(numbers: readonly Evidence<Reading>[], markOf: ReadonlyMap<string, DecimalMark>, usual: DecimalMark | null): string {
	const told = numbers.filter(({ seen }) => Object.values(seen).some(({ count }) => count > 0)).map(({ column }) => column.name);
	const first = usual ?? markOf.get(told[0]);
	if (first === undefined) return "";
	const others = told.filter((name) => markOf.get(name) !== first);
	return others.length === 0 ? first : `${first} (${others.join(", ")}: ${first === "," ? "." : ","})`;
}

function describeDates(dates: readonly Evidence<DateForm>[], order: SlashDates): string {
	const has = (form: DateForm): boolean => dates.some(({ seen }) => seen[form].count > 0);
	const forms = [has("yyyy-mm-dd") ? "yyyy-mm-dd" : "", has("dd/mm/yyyy") || has("mm/dd/yyyy") || has("either") ? order : ""];
	return forms.filter(Boolean).join(" ");
}
