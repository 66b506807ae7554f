import type { ColumnSpec } from "../schema.ts";
import { LAST_DAY, MAX_NUMBER, MIN_NUMBER } from "../cells/parse-cell.ts";
import type { Notation } from "../cells/raw-rows.ts";
import { literal } from "./query-engine.ts";

/** A column as its file holds it. */
export interface RawColumn {
	readonly name: string;
	readonly spec: ColumnSpec;
	readonly kind: "text" | "number" | "boolean" | "date" | "timestamp";
	/** Of numbers: does the type of the file's column hold none but sensible ones, and none but whole ones in the units of memory? */
	readonly exact?: { readonly isWhole: boolean };
	/** Of text that was read already: its day or number, null where SQL knows of none. */
	readonly read?: string;
	/** The cell as the file holds it. */
	readonly sql: string;
	/** The cell as a reader of its format hands it to validation: text, a number or true or false. */
	readonly raw: string;
	readonly notation: Notation;
}

/** How SQL reads a column. */
export interface TypedColumn {
	readonly name: string;
	readonly spec: ColumnSpec;
	/** In the units of memory; null for no value. */
	readonly value: string;
	/** Is SQL sure that the existing parser would say the same? Never null. Texts are judged word by word, elsewhere. */
	readonly isSure: string;
}

/**
 * SQL that types a column where it is sure to do as `openColumn` would, which gets all other cells. It is sure of the usual ways to
 * write a value, not of all that are accepted.
 */
export function typedColumn(column: RawColumn): TypedColumn {
	const { name, spec, kind, sql } = column;
	const value = valueOf(column);
	const isMissing = kind === "text" ? `(${sql} IS NULL OR trim(${sql}) = '')` : `${sql} IS NULL`;
	const isKnown = `(${spec.type === "money" ? numberOf(column) : value}) IS NOT NULL`;
	const isSure = `(CASE WHEN ${isKnown} THEN ${isPlausible(column, value)} ELSE ${spec.optional ? isMissing : "false"} END)`;
	return { name, spec, value, isSure };
}

function valueOf(column: RawColumn): string {
	const { spec, kind, sql } = column;
	switch (spec.type) {
		case "number":
			return numberOf(column);
		case "money":
			return centsOf(numberOf(column));
		case "version":
			return versionOf(column);
		case "day":
			return kind === "date" || kind === "timestamp" ? daysOf(sql) : (column.read ?? "NULL::INTEGER");
		case "datetime":
			return datetimeOf(column);
		case "enum":
			return kind === "text" ? codeOf(spec, sql) : "NULL::UTINYINT";
		default:
			return textOf(column);
	}
}

/** Is a value that was read one that validation would let pass? */
function isPlausible(column: RawColumn, value: string): string {
	const { type, min, max } = column.spec;
	if (column.exact && min === undefined && max === undefined) return "true";
	if (type === "number" || type === "money") {
		const number = numberOf(column);
		const scale = type === "money" ? 100 : 1;
		const range = [min === undefined ? "" : ` AND ${value} >= ${min * scale}`, max === undefined ? "" : ` AND ${value} <= ${max * scale}`];
		return `(${isSensible(number)}${range.join("")})`;
	}
	if (type === "version") return `(${value} BETWEEN 0 AND ${Number.MAX_SAFE_INTEGER}::DOUBLE AND ${value} = trunc(${value}))`;
	if (type === "day") return `(${value} BETWEEN 0 AND ${LAST_DAY})`;
	if (type === "datetime") return `(${value} >= 0 AND ${value} < ${(LAST_DAY + 1) * 86_400})`;
	return "true";
}

function versionOf({ kind, sql }: RawColumn): string {
	if (kind === "number") return `(${sql})::DOUBLE`;
	return kind === "text" ? `(CASE WHEN regexp_full_match(${sql}, '[0-9]{1,16}') THEN try_cast(${sql} AS DOUBLE) END)` : "NULL::DOUBLE";
}

function numberOf({ kind, sql, read }: RawColumn): string {
	if (kind === "number") return `(${sql})::DOUBLE`;
	return read ?? "NULL::DOUBLE";
}

/** Is a number neither junk nor the bits of a damaged file? */
export function isSensible(number: string): string {
	return `(abs(${number}) <= ${MAX_NUMBER}::DOUBLE AND (abs(${number}) >= ${MIN_NUMBER}::DOUBLE OR ${number} = 0))`;
}

/** The number that a text is, written in the usual ways of its notation; null for any other. */
export function numberOfText(sql: string, { decimal, isGrouped }: Pick<Notation, "decimal" | "isGrouped">): string {
	const other = decimal === "." ? "," : ".";
	// DuckDB also takes 1_000, +-5, and the words for infinity, of which the last are refused as not plausible.
	const cast = (text: string): string => `try_cast(${text} AS DOUBLE)`;
	const withPoint = (text: string): string => (decimal === "." ? text : `replace(${text}, ',', '.')`);
	const isOdd = `contains(${sql}, '_') OR contains(${sql}, '+')${decimal === "." ? "" : ` OR contains(${sql}, '.')`}`;
	const plain = `(CASE WHEN ${isOdd} THEN NULL ELSE ${cast(withPoint(sql))} END)`;
	if (!isGrouped) return plain;
	const [mark, point] = other === "." ? ["\\.", ","] : [",", "\\."];
	const bare = `regexp_replace(trim(${sql}), '^(-?) *R\\$ *', '\\1')`;
	const pattern = `'-?([1-9][0-9]{0,2}(${mark}[0-9]{3})+|[0-9]+)(${point}[0-9]+)?'`;
	const grouped = `(CASE WHEN regexp_full_match(${bare}, ${pattern}) THEN ${cast(withPoint(`replace(${bare}, '${other}', '')`))} END)`;
	return `(CASE WHEN contains(${sql}, '${other}') OR contains(${sql}, '$') THEN ${grouped} ELSE ${plain} END)`;
}

/** Whole cents, rounded as JavaScript rounds, halves upward; adding the integer makes 0 of -0. */
function centsOf(number: string): string {
	const cents = `(${number} * 100)`;
	return `(floor(${cents}) + (CASE WHEN ${cents} - floor(${cents}) >= 0.5 THEN 1 ELSE 0 END))`;
}

function daysOf(sql: string): string {
	return `(CASE WHEN isfinite(${sql}) THEN (CAST(${sql} AS DATE) - DATE '1970-01-01')::INTEGER END)`;
}

function datetimeOf({ kind, sql, notation: { dates } }: RawColumn): string {
	if (kind === "date") return `(${daysOf(sql)}::DOUBLE * 86400)`;
	const seconds = (stamp: string): string => `(CASE WHEN isfinite(${stamp}) THEN floor(epoch(${stamp})) END)`;
	if (kind === "timestamp") return seconds(sql);
	if (kind !== "text") return "NULL::DOUBLE";
	const [day, month] = dates === "dd/mm/yyyy" ? [1, 4] : [4, 1];
	const iso = `concat(substr(${sql}, 7, 4), '-', substr(${sql}, ${month}, 2), '-', substr(${sql}, ${day}, 2), ' ', substr(${sql}, 12))`;
	const clock = "[T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9])?'";
	const withSeconds = (text: string): string =>
		`try_cast(CASE WHEN length(${text}) = 16 THEN concat(${text}, ':00') ELSE ${text} END AS TIMESTAMP)`;
	return `(CASE WHEN regexp_full_match(${sql}, '[0-9]{4}-[0-9]{2}-[0-9]{2}${clock}) THEN ${seconds(withSeconds(sql))}
		WHEN regexp_full_match(${sql}, '[0-9]{2}/[0-9]{2}/[0-9]{4}${clock}) THEN ${seconds(withSeconds(iso))} END)`;
}

/** The usual cell is a word as it stands; only others are rid of the spaces around them. */
function codeOf({ values = [] }: ColumnSpec, sql: string): string {
	const whens = values.map((word, code) => `WHEN ${literal(word)} THEN ${code}`).join(" ");
	return `(CASE ${sql} ${whens} ELSE (CASE trim(${sql}) ${whens} END) END)::UTINYINT`;
}

function textOf({ kind, sql, raw }: RawColumn): string {
	if (kind === "number" && raw.endsWith("AS DOUBLE)")) {
		const isWhole = `${raw} = trunc(${raw}) AND abs(${raw}) <= ${Number.MAX_SAFE_INTEGER}`;
		return `(CASE WHEN ${isWhole} THEN CAST(CAST(${raw} AS BIGINT) AS VARCHAR) END)`;
	}
	if (kind === "boolean") return "NULL::VARCHAR";
	return kind === "text" ? `nullif(${sql}, '')` : raw;
}
