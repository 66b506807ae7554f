import { writeFileSync } from "node:fs";
import { join } from "node:path";
import iconv from "iconv-lite";
import { ORDER_KINDS, ORDER_ORIGINS, ORDER_STATUS, OUTCOMES, CHANNELS } from "../../../engine/portfolio/schema.ts";
import { createRandom, type Random } from "../../../engine/random.ts";
import { temporaryFolder } from "../sample-folder.ts";
import { type EventTable, expectSame } from "./both-readers.ts";

/** A CNPJ with a zero before it, as a spreadsheet writes it, and the same whole. */
const TAX_IDS = ["01234567000195", "00000000000191", "04252011000110"];

interface Style {
	readonly delimiter: string;
	readonly decimal: string;
	readonly lineEnd: string;
	readonly quoting: "none" | "all" | "some";
	readonly dates: "iso" | "slashed" | "short" | "timed" | "american";
	readonly money: "plain" | "grouped" | "currency" | "three";
	readonly padding: "none" | "spaces" | "tabs";
	readonly encoding: "utf8" | "mark" | "windows-1252" | "utf16le";
}

/** How likely a cell is to be odd; of a fifth of the files none is. */
type Oddness = 0 | 0.002 | 0.02 | 0.3;

/**
 * Writes a folder with a file of orders or contacts drawn from the seed: in some dialect of CSV, or as NDJSON, with cells that are odd, wrong
 * or missing, unknown and set-aside references, keys that come twice, and broken records.
 */
export function writeEventCase(folder: string, seed: number): { readonly table: EventTable; readonly name: string } {
	const random = createRandom(seed, 91);
	const pick = <T>(words: readonly T[]): T => words[random.below(words.length)];
	const table = pick(["orders", "orders", "contacts"] as const);
	const style: Style = {
		delimiter: pick([",", ";", "\t"]),
		decimal: pick([".", ","]),
		lineEnd: pick(["\n", "\n", "\r\n", "\r"]),
		quoting: pick(["none", "some", "all"]),
		dates: pick(["iso", "iso", "slashed", "short", "timed", "american"]),
		money: pick(["plain", "plain", "grouped", "currency", "three"]),
		padding: pick(["none", "none", "spaces", "tabs"]),
		encoding: pick(["utf8", "utf8", "mark", "windows-1252", "utf16le"]),
	};
	const oddness = pick([0, 0.002, 0.02, 0.3] as const);
	const numRows = pick([0, 1, 7, 60, 300]);
	const rows = Array.from({ length: numRows }, (_, row) => (table === "orders" ? orderOf : contactOf)(row, random));
	const columns = Object.keys(rows[0] ?? (table === "orders" ? orderOf : contactOf)(0, random)).filter(
		(name) => !DROPPABLE.includes(name) || random.below(5) > 0,
	);
	if (random.below(10) === 0) columns.reverse();
	if (random.below(8) === 0) columns.push("unknown_column");
	const isJson = random.below(6) === 0;
	if (isJson) writeFileSync(join(folder, `${table}.ndjson`), ndjsonOf(rows, columns, oddness, random));
	else writeFileSync(join(folder, `${table}.csv`), encode(csvOf(rows, columns, style, oddness, random), style.encoding));
	writeOthers(folder, random);
	if (random.below(6) === 0 && !isJson)
		writeFileSync(
			join(folder, "policy.json"),
			JSON.stringify({ dialects: { [table]: { decimal: style.decimal, ...(style.dates === "american" && { dates: "mm/dd/yyyy" }) } } }),
		);
	return { table, name: `${seed} ${table} ${isJson ? "ndjson" : JSON.stringify(style)} ${oddness} ${numRows}` };
}

const DROPPABLE = [
	"net_value",
	"margin",
	"rep_id",
	"line",
	"origin",
	"status",
	"kind",
	"invoiced_on",
	"entry_id",
	"direction",
	"objection",
	"order_id",
	"minutes",
];

type Value = string | number | null;
type Row = Record<string, Value>;

function orderOf(row: number, random: Random): Row {
	const maybe = (value: Value): Value => (random.below(6) === 0 ? null : value);
	return {
		order_id: `o${Math.floor(row / 3)}`,
		customer_id: random.below(12) === 0 ? TAX_IDS[random.below(3)].replace(/^0+/, "") : `c${random.below(9)}`,
		ordered_on: 20_400 + random.below(60),
		product_id: `p${random.below(6)}`,
		quantity: random.below(20) - 3,
		net_value: Math.round(random.next() * 300_000 - 20_000) / 100,
		margin: maybe(Math.round(random.next() * 90_000) / 100),
		rep_id: maybe(`r${random.below(4)}`),
		line: maybe(["food", "bebidas geladas", "açúcar"][random.below(3)]),
		origin: maybe(ORDER_ORIGINS[random.below(ORDER_ORIGINS.length)]),
		status: maybe(ORDER_STATUS[random.below(ORDER_STATUS.length)]),
		kind: maybe(ORDER_KINDS[random.below(ORDER_KINDS.length)]),
		invoiced_on: maybe(20_410 + random.below(60)),
	};
}

function contactOf(row: number, random: Random): Row {
	const maybe = (value: Value): Value => (random.below(6) === 0 ? null : value);
	return {
		contact_id: `k${random.below(40) === 0 ? Math.floor(row / 2) : row}`,
		entry_id: maybe(`e${row}`),
		customer_id: `c${random.below(9)}`,
		rep_id: `r${random.below(4)}`,
		contacted_at: (20_400 + random.below(60)) * 86_400 + random.below(1440) * 60,
		channel: CHANNELS[random.below(CHANNELS.length)],
		direction: maybe(["outbound", "inbound"][random.below(2)]),
		outcome: OUTCOMES[random.below(OUTCOMES.length)],
		objection: maybe(["preço", '5" tube', "sem, espaço", "a\nb"][random.below(4)]),
		order_id: maybe(`o${random.below(20)}`),
		minutes: maybe(random.below(500) / 4),
	};
}

const ODD_CELLS: readonly string[] = [
	"",
	" ",
	"\t",
	"NaN",
	"inf",
	"-",
	"1e5",
	"1e400",
	"+5",
	"+-5",
	"1_000",
	"5.",
	".5",
	"-0",
	"0.0000000001",
	"1000000000001",
	"12,50",
	"12.50",

	"1.234",
	"1,234",
	"1.234,56",
	"1,234.56",
	"R$ 5",
	"R$5,50",
	"-R$ 1.234,5",
	"0x10",
	"5 ",
	"abc.55",
	"abc,55",
	"1234567890123456.78",
	"0,001",
	"0.123",

	"2026-02-30",
	"31/12/2026",
	"12/31/2026",
	"1/2/2026",
	"2026-11-02T10:30",
	"2026-11-02 10:30:15.5",
	"2026-11-02T24:00",
	"02/11/2026 9:05",
	"02/11/2026 09:05",
	"2026-11-02T10:30:00Z",
	"2026-1-2",
	"1969-12-31",
	"2101-01-01",
	"20261102",
	"infinity",
	"2026/11/02",
	" 2026-11-02",
	"+026-11-02",

	"sale ",
	" visit",
	"Sale",
	"nobody",
	"c1 ",
	"\u00a0c1",
	"c1\u00a0",
	"c\u0001",
	"1,23457E+13",
	"x".repeat(257),
	"çé",
	"12345678000195",
	"1.234.567/0001-95",
	"cbad",
	"NULL",
	"\\N",
	"#1",
	"'q'",
	'a"b',
	'"',
	"true",
	"0",
	"00",
];

function oddCell(random: Random): string {
	return ODD_CELLS[random.below(ODD_CELLS.length)];
}

function csvOf(rows: readonly Row[], columns: readonly string[], style: Style, oddness: Oddness, random: Random): string {
	const quote = (text: string): string => {
		const isNeeded = text.includes('"') || text.includes(style.delimiter) || /[\r\n]/.test(text);
		const isQuoted =
			style.quoting === "all" || (style.quoting === "some" && (isNeeded || random.below(8) === 0)) || (isNeeded && oddness < 0.3);
		return isQuoted ? `"${text.replaceAll('"', '""')}"` : text;
	};
	const lines = rows.map((row) => {
		const cells = columns.map((name) =>
			quote(random.next() < oddness ? oddCell(random) : padded(textOf(name, row[name] ?? null, style), style, random)),
		);
		if (random.next() < oddness / 5) cells.pop();
		if (random.next() < oddness / 5) cells.push("7");
		return cells.join(style.delimiter) + (random.next() < oddness / 5 ? style.lineEnd : "");
	});
	const isOpen = random.below(6) === 0;
	return [columns.join(style.delimiter), ...lines].join(style.lineEnd) + (isOpen ? "" : style.lineEnd);
}

function padded(text: string, { padding }: Style, random: Random): string {
	if (padding === "none" || random.below(3) === 0) return text;
	return padding === "spaces" ? `${text}  ` : ` ${text}\t`;
}

function textOf(name: string, value: Value, style: Style): string {
	if (value === null) return "";
	if (name === "ordered_on" || name === "invoiced_on") return dateOf(Number(value), style.dates);
	if (name === "contacted_at") {
		const day = Math.floor(Number(value) / 86_400);
		const clock = new Date(Number(value) * 1000).toISOString().slice(11, style.dates === "iso" ? 16 : 19);
		return `${dateOf(day, style.dates === "timed" ? "iso" : style.dates)}${style.dates === "slashed" ? " " : "T"}${clock}`;
	}
	if (typeof value === "string") return value;
	return moneyOf(value, name === "quantity" || name === "minutes" ? null : style.money, style.decimal);
}

function moneyOf(value: number, form: Style["money"] | null, decimal: string): string {
	if (form === null) return String(value).replace(".", decimal);
	const [whole, cents] = Math.abs(value)
		.toFixed(form === "three" ? 3 : 2)
		.split(".");
	const grouped = form === "plain" || form === "three" ? whole : whole.replaceAll(/\B(?=(\d{3})+$)/g, decimal === "," ? "." : ",");
	return `${value < 0 ? "-" : ""}${form === "currency" ? "R$ " : ""}${grouped}${decimal}${cents}`;
}

function dateOf(day: number, form: Style["dates"]): string {
	const iso = new Date(day * 86_400_000).toISOString().slice(0, 10);
	const [year, month, date] = iso.split("-");
	if (form === "slashed") return `${date}/${month}/${year}`;
	if (form === "american") return `${month}/${date}/${year}`;
	if (form === "short") return `${Number(date)}/${Number(month)}/${year}`;
	return form === "timed" ? `${iso} 00:00:00` : iso;
}

function encode(text: string, encoding: Style["encoding"]): Buffer {
	if (encoding === "utf16le") return Buffer.from(`\uFEFF${text}`, "utf16le");
	if (encoding === "windows-1252") return iconv.encode(text, "windows-1252");
	return Buffer.from(encoding === "mark" ? `\uFEFF${text}` : text);
}

const ODD_VALUES: readonly unknown[] = [
	null,
	"",
	true,
	1e300,
	-0,
	0.1 + 0.2,
	123456789012345680000,
	"12,5",
	"1.5",
	["a", "b"],
	{ a: 1 },
	7,
	"nobody",
	"cbad",
];

function ndjsonOf(rows: readonly Row[], columns: readonly string[], oddness: Oddness, random: Random): string {
	const style: Style = {
		delimiter: ",",
		decimal: ".",
		lineEnd: "\n",
		quoting: "none",
		dates: "iso",
		money: "plain",
		padding: "none",
		encoding: "utf8",
	};
	const lines = rows.map((row) => {
		if (random.next() < oddness / 5) return "[1, 2]";
		const cells = columns.map((name): [string, unknown] => {
			if (random.next() < oddness) return [name, ODD_VALUES[random.below(ODD_VALUES.length)]];
			const isNumber = typeof row[name] === "number" && !name.endsWith("_on") && !name.endsWith("_at");
			return [name, isNumber ? row[name] : textOf(name, row[name] ?? null, style)];
		});
		return JSON.stringify(Object.fromEntries(cells.filter(() => random.next() > oddness / 4)));
	});
	return `${lines.join("\n")}\n`;
}

/** The tables that are named: with a bad row of customers now and then, so that what names it is set aside, or not there at all. */
function writeOthers(folder: string, random: Random): void {
	const customers = [...Array.from({ length: 7 + random.below(3) }, (_, i) => `c${i}`), ...TAX_IDS.slice(random.below(3))];
	const bad = random.below(2) === 0 ? "cbad,perhaps\n" : "";
	if (random.below(5) > 0)
		writeFileSync(join(folder, "customers.csv"), `customer_id,status\n${customers.map((id) => `${id},open\n`).join("")}${bad}`);
	if (random.below(3) > 0) writeFileSync(join(folder, "products.csv"), "product_id,margin_rate\np0,0.25\np1,0.3\np2,\np3,-0.1\n");
	if (random.below(3) > 0) writeFileSync(join(folder, "reps.csv"), "rep_id,kind\nr0,rca\nr1,rca\n");
}

/** Draws a case and expects both readers to find the same in it; a failure names the case. */
export async function expectSameCase(seed: number): Promise<void> {
	const folder = temporaryFolder();
	const { table, name } = writeEventCase(folder, seed);
	try {
		await expectSame(folder, table);
	} catch (error) {
		throw new Error(`case ${name}`, { cause: error });
	}
}
