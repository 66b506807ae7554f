import { sql } from "kysely";
import type { Eraser } from "../../engine/index.ts";
import type { Rows } from "./database.ts";

/** Where rows hold texts that may name a customer: the columns, which are JSON or plain, and what a row is known by. */
interface TextTable {
	readonly table: string;
	readonly key: readonly string[];
	readonly json?: readonly string[];
	readonly plain?: readonly string[];
	/** Rows of all portfolios of the tenant. */
	readonly isOfTenant?: boolean;
}

const TABLES: readonly TextTable[] = [
	{ table: "plan", key: ["id"], json: ["request", "failure", "head"] },
	{ table: "daily_run", key: ["date"], json: ["failure", "diff", "warnings", "fallback"] },
	{ table: "schedule", key: ["portfolio"], json: ["body"] },
	{ table: "import_report", key: ["sequence"], json: ["report"] },
	{ table: "change", key: ["sequence"], json: ["data"] },
	{ table: "sync", key: ["id"], json: ["report"] },
	{ table: "held_contact", key: ["contact_id"], json: ["body"] },
	{ table: "contact_rule", key: ["id"], plain: ["reason"] },
	{ table: "first_answer", key: ["scope", "key"], json: ["body"], isOfTenant: true },
];

const ROWS_AT_ONCE = 500;

type Row = Readonly<Record<string, string | number | null>>;

/** Puts the pseudonym in place of a customer in all texts of a portfolio's rows; answers the keys of the rows of each table that named it. */
export async function eraseInTexts(rows: Rows, tenant: string, portfolio: string, eraser: Eraser): Promise<Map<string, string[]>> {
	const changed = new Map<string, string[]>();
	for (const one of TABLES) {
		const keys = await eraseInTable(rows, tenant, portfolio, eraser, one);
		if (keys.length > 0) changed.set(one.table, keys);
	}
	return changed;
}

async function eraseInTable(rows: Rows, tenant: string, portfolio: string, eraser: Eraser, one: TextTable): Promise<string[]> {
	const { table, key, json = [], plain = [], isOfTenant = false } = one;
	const list = (names: readonly string[]) => sql.join(names.map((name) => sql.ref(name)));
	const ours = isOfTenant ? sql`tenant = ${tenant}` : sql`tenant = ${tenant} AND portfolio = ${portfolio}`;
	let last: Row | null = null;
	const keys: string[] = [];
	for (;;) {
		const beyond: ReturnType<typeof sql> =
			last === null ? sql`1 = 1` : sql`(${list(key)}) > (${sql.join(key.map((name) => (last as Row)[name]))})`;
		const { rows: found }: { rows: Row[] } = await sql<Row>`SELECT ${list([...key, ...json, ...plain])} FROM ${sql.table(table)}
			WHERE ${ours} AND ${beyond} ORDER BY ${list(key)} LIMIT ${sql.lit(ROWS_AT_ONCE)}`.execute(rows);
		for (const row of found) {
			const changed = [...changedIn(row, json, eraser, true), ...changedIn(row, plain, eraser, false)];
			if (changed.length === 0) continue;
			keys.push(key.map((name) => row[name]).join(" "));
			const set = sql.join(changed.map(([column, text]) => sql`${sql.ref(column)} = ${text}`));
			const isRow = sql.join(
				key.map((name) => sql`${sql.ref(name)} = ${row[name]}`),
				sql` AND `,
			);
			await sql`UPDATE ${sql.table(table)} SET ${set} WHERE ${ours} AND ${isRow}`.execute(rows);
		}
		if (found.length < ROWS_AT_ONCE) return keys;
		last = found[found.length - 1];
	}
}

function changedIn(row: Row, columns: readonly string[], eraser: Eraser, isJson: boolean): [column: string, text: string][] {
	return columns.flatMap((column): [string, string][] => {
		const before = row[column];
		if (typeof before !== "string") return [];
		if (!isJson) return eraser.text(before) === before ? [] : [[column, eraser.text(before)]];
		const value: unknown = JSON.parse(before);
		const after = eraser.json(value);
		return after === value ? [] : [[column, JSON.stringify(after)]];
	});
}
