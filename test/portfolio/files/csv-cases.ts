import { writeFileSync } from "node:fs";
import { join } from "node:path";
import iconv from "iconv-lite";
import { CarteiraError } from "../../../engine/errors.ts";
import { type Cell, cellTextOf } from "../../../engine/portfolio/cells/cell-text.ts";
import type { Dialect } from "../../../engine/portfolio/files/dialect.ts";
import { readTables } from "../../../engine/portfolio/reading/read-tables.ts";
import { type ColumnSpec, TABLE_NAMES, TABLES, type TableName } from "../../../engine/portfolio/schema.ts";
import type { TableDraft } from "../../../engine/portfolio/rows/table-draft.ts";
import { createRandom, type Random } from "../../../engine/random.ts";
import { formatDay } from "../../../engine/units.ts";
import { inLanes } from "../../helpers/in-lanes.ts";
import { readBigFile, rowText } from "../ingest/read-big-file.ts";
import { temporaryFolder } from "../sample-folder.ts";
import { validRows } from "./typed-files.ts";

/** How a file of known rows is written. The first words of each list are the supported ones; `SUPPORTED` says how many. */
const STYLES = {
	delimiter: [",", ";", "\t", "|"],
	quoting: ["minimal", "all", "none"],
	lineEnd: ["\n", "\r\n", "\r"],
	lastEnd: ["yes", "no"],
	encoding: ["utf8", "utf8 mark", "utf16le mark", "utf16be mark", "windows-1252", "latin1", "utf16le", "cp850", "utf8 and latin1", "cut"],
	decimal: [".", ","],
	thousands: ["none", "other mark", "space", "nbsp"],
	money: ["cents", "whole", "three decimals"],
	currency: ["none", "R$ ", "R$", "$"],
	minus: ["before", "behind", "brackets"],
	dates: ["yyyy-mm-dd", "dd/mm/yyyy", "d/m/yyyy", "yyyy-mm-dd 00:00:00", "mm/dd/yyyy", "dd-mm-yyyy", "dd/mm/yy"],
	coordinates: ["file", "map"],
	spaces: ["none", "behind", "around"],
	header: ["plain", "upper", "spaced", "padded", "accented", "twice", "named nothing"],
	ends: ["plain", "header and rows", "rows"],
	texts: ["plain", "odd", "long", "too long", "nul"],
	rows: ["whole", "blank lines", "one cut", "one longer", "one of another dialect"],
	ids: ["letters", "digits"],
} as const;

const SUPPORTED: Readonly<Record<keyof typeof STYLES, number>> = {
	delimiter: 3,
	quoting: 2,
	lineEnd: 3,
	lastEnd: 2,
	encoding: 6,
	decimal: 2,
	thousands: 2,
	money: 3,
	currency: 3,
	minus: 1,
	dates: 4,
	coordinates: 2,
	spaces: 3,
	header: 4,
	ends: 2,
	texts: 3,
	rows: 2,
	ids: 2,
};

type Style = { -readonly [Name in keyof typeof STYLES]: (typeof STYLES)[Name][number] };

export interface CsvCase {
	readonly name: string;
	readonly table: TableName;
	readonly truth: readonly (readonly Cell[])[];
	readonly bytes: Buffer;
	/** Stated of the dialect; always true. */
	readonly stated: Dialect;
	/** Is it written in nothing but ways that are read? Then only cells that can be read in two ways may refuse it. */
	readonly isSupported: boolean;
}

/** A file of one of the tables, written in a way drawn from the seed: in half of the cases one that is supported throughout. */
export function csvCase(seed: number, among: readonly TableName[] = TABLE_NAMES): CsvCase {
	const random = createRandom(seed, 77);
	const table = among[random.below(among.length)];
	const style = drawStyle(random);
	const names = Object.keys(TABLES[table].columns);
	const truth = validRows(table, 1 + random.below(40), random).map((row) =>
		row.map((cell, i) =>
			TABLES[table].key.includes(names[i]) && TABLES[table].columns[names[i]].type === "text"
				? cell
				: suited(cell, TABLES[table].columns[names[i]], style, random),
		),
	);
	if (style.dates === "mm/dd/yyyy" && !hasLateDay(truth, table)) style.dates = "dd/mm/yyyy"; // nothing in the file could tell
	const stated: Dialect =
		random.below(5) === 0 && style.rows !== "one of another dialect"
			? { decimal: style.decimal, ...(style.dates === "mm/dd/yyyy" && { dates: "mm/dd/yyyy" }) }
			: {};
	const isSupported = Object.entries(STYLES).every(
		([name, words]) => (words as readonly string[]).indexOf(style[name as keyof Style]) < SUPPORTED[name as keyof Style],
	);
	const told = Object.entries(style).filter(([name, word]) => (STYLES[name as keyof Style] as readonly string[])[0] !== word);
	return {
		name: `${seed} ${table} ${told.map(([name, word]) => `${name}=${JSON.stringify(word)}`).join(" ")} ${JSON.stringify(stated)}`,
		table,
		truth,
		bytes: encode(textOf(table, truth, style, random), style.encoding),
		stated,
		isSupported,
	};
}

function drawStyle(random: Random): Style {
	const style: Record<string, string> = {};
	const isOdd = random.below(2) === 0;
	for (const [name, words] of Object.entries(STYLES)) {
		const usual = random.below(SUPPORTED[name as keyof Style]);
		style[name] = isOdd && random.below(5) === 0 ? words[random.below(words.length)] : words[usual];
	}
	return style as Style;
}

/** The truth holds what the style can say: whole amounts, texts with what must be quoted. */
function suited(cell: Cell, spec: ColumnSpec, style: Style, random: Random): Cell {
	if (spec.type === "money" && typeof cell === "number" && style.money === "whole") return Math.round(cell / 100) * 100;
	if (spec.type === "money" && typeof cell === "number" && random.below(3) === 0) return cell * 100;
	if ((spec.type === "id" || spec.type === "ref") && typeof cell === "string" && style.ids === "digits" && /^\D+\d+$/.test(cell)) {
		return cell.replace(/^\D+/, "000").padStart(14, "0");
	}
	if (spec.type !== "text" || typeof cell !== "string" || cell.startsWith("America/")) return cell;
	const [odd] = [["a,b", "c;d", 'say "x" twice', "first\nsecond", "tab\there", '5" tube', "l’été €"][random.below(7)]];
	if (style.texts === "odd" && random.below(3) === 0)
		return style.encoding.startsWith("utf") || style.encoding === "windows-1252" ? odd : odd.replace("l’été €", "x");
	if (style.texts === "long" && random.below(10) === 0) return "çx".repeat(4900);
	return cell;
}

function hasLateDay(truth: CsvCase["truth"], table: TableName): boolean {
	const types = Object.values(TABLES[table].columns).map(({ type }) => type);
	const isLate = (day: number): boolean => Number(formatDay(day).slice(8)) > 12;
	return truth.some((row) =>
		row.some(
			(cell, i) =>
				typeof cell === "number" &&
				((types[i] === "day" && isLate(cell)) || (types[i] === "datetime" && isLate(Math.floor(cell / 86_400)))),
		),
	);
}

function textOf(table: TableName, truth: CsvCase["truth"], style: Style, random: Random): string {
	const columns = Object.entries(TABLES[table].columns);
	const lines = truth.map((row) => row.map((cell, i) => padded(written(columns[i][0], columns[i][1], cell, style), style)));
	const chosen = random.below(lines.length);
	if (style.texts === "too long") lines[chosen][0] = "x".repeat(10_001);
	if (style.texts === "nul") lines[chosen][0] += "\0";
	if (style.rows === "one of another dialect") {
		const other: Style = { ...style, decimal: style.decimal === "." ? "," : ".", thousands: "other mark" };
		lines[chosen] = truth[chosen].map((cell, i) => written(columns[i][0], columns[i][1], cell, other));
	}
	const header = columns.map(([name]) => headerOf(name, style));
	if (style.header === "twice") {
		header.push(header[0]);
		for (const line of lines) line.push("other");
	}
	const joined = (cells: readonly string[]): string => cells.map((cell) => quoted(cell, style)).join(style.delimiter);
	const ends = { header: style.ends === "header and rows", rows: style.ends !== "plain" };
	const texts = lines.map((line) => joined(line) + (ends.rows ? style.delimiter : ""));
	if (style.rows === "one cut") texts[chosen] = texts[chosen].slice(0, texts[chosen].lastIndexOf(style.delimiter));
	if (style.rows === "one longer") texts[chosen] += `${style.delimiter}7`;
	if (style.rows === "blank lines") texts.splice(random.below(texts.length), 0, "", "  ");
	const head = joined(header) + (ends.header ? style.delimiter : "");
	return [head, ...texts].join(style.lineEnd) + (style.lastEnd === "yes" ? style.lineEnd : "");
}

function headerOf(name: string, { header }: Style): string {
	if (header === "upper") return name.toUpperCase();
	if (header === "spaced") return name.replaceAll("_", " ");
	if (header === "padded") return `  ${name} `;
	if (header === "accented") return name.replace("e", "é");
	return header === "named nothing" && name.length === 4 ? "" : name;
}

function padded(text: string, { spaces }: Style): string {
	if (spaces === "behind") return `${text}   `;
	return spaces === "around" ? ` ${text} ` : text;
}

function quoted(text: string, { quoting, delimiter }: Style): string {
	const isNeeded = text.includes('"') || text.includes(delimiter) || /[\n\r]/.test(text);
	return quoting === "all" || (quoting === "minimal" && isNeeded) ? `"${text.replaceAll('"', '""')}"` : text;
}

function written(name: string, spec: ColumnSpec, cell: Cell, style: Style): string {
	if (cell === null || cell === "") return "";
	const isCoordinate = /(^|_)(lat|lon)$/.test(name);
	if (spec.type === "number" || spec.type === "integer")
		return numberText(
			Number(cell),
			null,
			isCoordinate && style.coordinates === "map" ? { ...style, decimal: ".", thousands: "none" } : style,
		);
	if (spec.type === "money") {
		const decimals = { cents: 2, whole: 0, "three decimals": 3 }[style.money];
		const text = numberText(Number(cell) / 100, decimals, style);
		return style.currency === "none" ? text : text.startsWith("-") ? `-${style.currency}${text.slice(1)}` : style.currency + text;
	}
	if (spec.type === "day") return dateText(Number(cell), style.dates);
	if (spec.type === "datetime") {
		const [date, time] = cellTextOf("datetime")(cell).split("T");
		const day = dateText(Date.parse(date) / 86_400_000, style.dates);
		return style.dates === "yyyy-mm-dd 00:00:00" ? `${date} ${time}` : `${day} ${time}`;
	}
	return cellTextOf(spec.type)(cell);
}

function numberText(value: number, decimals: number | null, { decimal, thousands, minus }: Style): string {
	const [whole, fraction] = (decimals === null ? String(Math.abs(value)) : Math.abs(value).toFixed(decimals)).split(".");
	const mark = { none: "", "other mark": decimal === "." ? "," : ".", space: " ", nbsp: "\u00a0" }[thousands];
	const text = whole.replaceAll(/\B(?=(\d{3})+$)/g, mark) + (fraction === undefined ? "" : decimal + fraction);
	if (value >= 0) return text;
	return minus === "before" ? `-${text}` : minus === "behind" ? `${text}-` : `(${text})`;
}

function dateText(day: number, form: Style["dates"]): string {
	const iso = formatDay(day);
	const [year, month, date] = iso.split("-");
	if (form === "dd/mm/yyyy") return `${date}/${month}/${year}`;
	if (form === "d/m/yyyy") return `${Number(date)}/${Number(month)}/${year}`;
	if (form === "mm/dd/yyyy") return `${month}/${date}/${year}`;
	if (form === "dd-mm-yyyy") return `${date}-${month}-${year}`;
	if (form === "dd/mm/yy") return `${date}/${month}/${year.slice(2)}`;
	return form === "yyyy-mm-dd" ? iso : `${iso} 00:00:00`;
}

function encode(text: string, encoding: Style["encoding"]): Buffer {
	const utf8 = Buffer.from(text);
	if (encoding === "utf8") return utf8;
	if (encoding === "utf8 mark") return Buffer.from(`\uFEFF${text}`);
	if (encoding === "utf16le") return Buffer.from(text, "utf16le");
	if (encoding === "utf16le mark") return Buffer.from(`\uFEFF${text}`, "utf16le");
	if (encoding === "utf16be mark") return Buffer.from(`\uFEFF${text}`, "utf16le").swap16();
	if (encoding === "cut") return cutInsideALine(utf8);
	if (encoding === "utf8 and latin1")
		return Buffer.concat([
			utf8.subarray(0, text.indexOf("\n") + 1),
			Buffer.from(text, "latin1").subarray(text.indexOf("\n") + 1),
			Buffer.from("é"),
		]);
	return iconv.encode(text, encoding);
}

/** Between two lines nothing could tell. */
function cutInsideALine(bytes: Buffer): Buffer {
	let end = Math.floor(bytes.length * 0.7);
	while (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d) end--;
	return bytes.subarray(0, end);
}

export interface Reading {
	/** `told`: other than it was meant, with a warning or problems of rows. */
	readonly fate: "equal" | "told" | "refused" | "different";
	readonly codes: readonly string[];
	readonly message: string;
}

/** Is what came of a case fine? Only cells that can be read in two ways may refuse a file that is written in supported ways. */
function isFine({ isSupported }: CsvCase, { fate, codes }: Reading): boolean {
	if (fate === "equal") return true;
	return isSupported ? fate === "refused" && codes.every((code) => code === "ambiguous_decimal") : fate !== "different";
}

/** Reads cases of so many seeds; answers what became of them, and those of which that is not fine. */
export async function readCases(
	first: number,
	count: number,
	caseOf: (seed: number) => CsvCase,
	read: (written: CsvCase, folder: string) => Promise<Reading>,
): Promise<{ readonly wrong: readonly string[]; readonly fates: Readonly<Record<Reading["fate"], number>> }> {
	const wrong: string[] = [];
	const fates = { equal: 0, told: 0, refused: 0, different: 0 };
	await inLanes(first, count, temporaryFolder, async (seed, folder) => {
		const written = caseOf(seed);
		const reading = await read(written, folder);
		fates[reading.fate]++;
		if (!isFine(written, reading)) wrong.push(`${reading.fate} ${written.name}: ${reading.message}`);
	});
	return { wrong, fates };
}

/** Reads a case of orders or contacts with the reader of big files, and compares as `readCase` does; in which row a cell stood is not kept. */
export async function readBigCase({ table, truth, bytes, stated }: CsvCase, folder: string): Promise<Reading> {
	const path = join(folder, `${table}.csv`);
	writeFileSync(path, bytes);
	try {
		const { rows, numRead, isTold } = await readBigFile({ table, path, format: "csv" }, { all: stated });
		const names = Object.keys(TABLES[table].columns);
		const meant = new Map<string, number>();
		for (const cells of truth) {
			const text = rowText(Object.fromEntries(cells.map((cell, i) => [names[i], cell])));
			meant.set(text, (meant.get(text) ?? 0) + 1);
		}
		// Rows that were set aside are missing, and told; a row that nobody meant is misread.
		const unmeant = rows.find((row) => {
			meant.set(row, (meant.get(row) ?? 0) - 1);
			return (meant.get(row) ?? 0) < 0;
		});
		const isWhole = numRead === truth.length && (isTold || rows.length === truth.length);
		if (unmeant === undefined && isWhole) return { fate: "equal", codes: [], message: "" };
		return { fate: isTold ? "told" : "different", codes: [], message: unmeant ?? `${rows.length} rows of ${truth.length}` };
	} catch (error) {
		if (!(error instanceof CarteiraError)) throw error;
		return { fate: "refused", codes: error.details.map(({ code }) => code), message: error.message };
	}
}

/** Reads a case and compares what was read with what was meant; a refusal must say where and why. */
export async function readCase({ table, truth, bytes, stated }: CsvCase, folder: string): Promise<Reading> {
	const path = join(folder, `${table}.csv`);
	writeFileSync(path, bytes);
	try {
		const { tables, reports } = await readTables([{ table, path, format: "csv" }], { onBadRows: "quarantine", dialects: { all: stated } });
		const draft = tables.get(table)?.draft;
		if (!draft) throw new Error(`${table} was not read`);
		const [{ numProblems, warnings }] = reports;
		const isTold = numProblems > 0 || warnings.length > 0;
		const wrong = draft.numRows === truth.length ? findWrong(draft, truth) : `${draft.numRows} rows of ${truth.length}`;
		if (wrong === null) return { fate: "equal", codes: [], message: "" };
		return { fate: isTold ? "told" : "different", codes: [], message: wrong };
	} catch (error) {
		if (!(error instanceof CarteiraError)) throw error;
		return { fate: "refused", codes: error.details.map(({ code }) => code), message: error.message };
	}
}

/** The first cell that was read as another than was meant; null for none. Rows that were set aside, and told, are not looked at. */
function findWrong(draft: TableDraft, truth: CsvCase["truth"]): string | null {
	const names = Object.keys(TABLES[draft.table].columns);
	for (const [row, cells] of truth.entries()) {
		if (draft.isBad[row]) continue;
		const at = names.findIndex((name, i) => (draft.columns[name]?.cellAt(row) ?? null) !== (cells[i] === "" ? null : cells[i]));
		if (at >= 0)
			return `row ${row} ${names[at]}: ${JSON.stringify(draft.columns[names[at]]?.cellAt(row))}; meant ${JSON.stringify(cells[at])}`;
	}
	return null;
}
