import type { InputProblem } from "../../errors.ts";
import type { Refusal } from "../rows/column.ts";
import { MAX_PROBLEMS, TableDraft } from "../rows/table-draft.ts";
import { createTaxIdLookup } from "../rows/tax-ids.ts";
import { TABLES, type TableName } from "../schema.ts";
import { eachText, type QueryEngine } from "./query-engine.ts";

/** The table of the rows that are set aside though each of their cells is well: `n`. */
export const BAD = "bad_rows";

/** What is wrong with rows beyond their own cells. */
export interface Findings {
	readonly causes: readonly InputProblem[];
	readonly consequences: readonly InputProblem[];
	numProblems: number;
	numConsequences: number;
	readonly warnings: readonly string[];
	/** Names of customers that mean an id which is written otherwise. */
	readonly linked: ReadonlyMap<string, string>;
}

export interface KnownCustomers {
	/** Row of each known id. */
	readonly rows: ReadonlyMap<string, number>;
	/** Ids whose own row is set aside. */
	readonly aside: ReadonlySet<string>;
}

/**
 * Finds references to unknown customers (unless customers were not given: null), keys that occur twice, and the other lines of orders
 * with a bad one; all these rows go to `bad_rows`. `good` is a query of the rows whose cells are well, `refused` of the others.
 */
export async function setRowsAside(
	engine: QueryEngine,
	table: TableName,
	{ good, refused }: { readonly good: string; readonly refused: string },
	customers: KnownCustomers | null,
): Promise<Findings> {
	await engine.run(`CREATE TABLE ${BAD} (n INTEGER)`);
	const teller = openTeller(table);
	if (customers) await checkCustomers(engine, good, customers, teller);
	const [key] = TABLES[table].key;
	if (TABLES[table].manyPerKey) await setOrdersAside(engine, key, good, refused);
	else await checkKeys(engine, key, good, teller);
	return teller.findings;
}

/** The rows of a query that are not set aside. */
export function keptOf(good: string): string {
	return `SELECT * FROM (${good}) ANTI JOIN ${BAD} USING (n)`;
}

/** Words a problem as a draft of the table does, which has the messages. */
function openTeller(table: TableName) {
	const linked = new Map<string, string>();
	const warnings: string[] = [];
	const causes: InputProblem[] = [];
	const consequences: InputProblem[] = [];
	const findings = { causes, consequences, numProblems: 0, numConsequences: 0, warnings, linked };
	const draftOf = (row: number, column: string, word: string): TableDraft => {
		const draft = new TableDraft(table);
		draft.begin({ columns: [column], notations: null, dialect: null });
		draft.row([word], row);
		return draft;
	};
	return {
		findings,
		linked,
		warn: (warning: string) => void warnings.push(`${table}: ${warning}`),
		refuse(row: number, column: string, word: string, refusal: Refusal): void {
			findings.numProblems++;
			if (causes.length >= MAX_PROBLEMS) return;
			const draft = draftOf(row, column, word);
			draft.refuse(0, column, refusal);
			causes.push(...draft.causes);
		},
		setAsideWith(row: number, column: string, word: string, target: TableName): void {
			findings.numProblems++;
			findings.numConsequences++;
			if (consequences.length >= MAX_PROBLEMS) return;
			const draft = draftOf(row, column, word);
			draft.setAsideWith(0, column, target);
			consequences.push(...draft.consequences);
		},
	};
}

type Teller = ReturnType<typeof openTeller>;

const UNKNOWN: Refusal = { code: "unknown_reference", expected: "an id that customers holds" };

async function checkCustomers(engine: QueryEngine, good: string, { rows, aside }: KnownCustomers, teller: Teller): Promise<void> {
	const unknown: string[] = [];
	await engine.each("SELECT word FROM words_customer_id", (chunk) =>
		eachText(chunk, 0, (word) => {
			if (!rows.has(word)) unknown.push(word);
		}),
	);
	if (unknown.length === 0) return;
	linkTaxIds(unknown, rows, teller);
	const left = unknown.filter((word) => !teller.linked.has(word));
	if (left.length === 0) return;
	await engine.run("CREATE TABLE unknown_customers (word VARCHAR, is_aside BOOLEAN)");
	const appender = await engine.openAppender("unknown_customers", ["VARCHAR", "BOOLEAN"]);
	appender.append([left, left.map((word) => aside.has(word))]);
	appender.close();
	const found = `SELECT n, word, is_aside FROM (${good}) JOIN unknown_customers ON word = customer_id ORDER BY n`;
	await engine.run(`CREATE TABLE unknown_rows AS ${found}`);
	await engine.run(`INSERT INTO ${BAD} SELECT n FROM unknown_rows`);
	await engine.each("SELECT n, word, is_aside FROM unknown_rows ORDER BY n", (chunk) => {
		for (const [row, word, isAside] of chunk.getRows()) {
			if (isAside === true) teller.setAsideWith(Number(row), "customer_id", String(word), "customers");
			else teller.refuse(Number(row), "customer_id", String(word), UNKNOWN);
		}
	});
}

/** Names that are a known id but for lost zeros or for marks become that id, and are told of. */
function linkTaxIds(unknown: readonly string[], rows: ReadonlyMap<string, number>, { linked, warn }: Teller): void {
	const idOf = createTaxIdLookup(rows.keys());
	for (const word of unknown) {
		const id = idOf(word);
		if (id !== null) linked.set(word, id);
	}
	const [first] = linked;
	if (first)
		warn(
			`customer_id writes ${linked.size} CNPJ or CPF otherwise than the table it names, "${first[0]}" for "${first[1]}" the first; they were linked`,
		);
}

async function checkKeys(engine: QueryEngine, key: string, good: string, teller: Teller): Promise<void> {
	const kept = keptOf(good);
	await engine.run(`CREATE TABLE repeated AS SELECT ${key} AS word, min(n) AS first FROM (${kept}) GROUP BY 1 HAVING count(*) > 1`);
	const [[count]] = await engine.rows("SELECT count(*)::DOUBLE FROM repeated");
	if (Number(count) === 0) return;
	await engine.run(`CREATE TABLE repeated_rows AS SELECT n, word, first FROM (${kept}) JOIN repeated ON word = ${key} WHERE n > first`);
	await engine.run(`INSERT INTO ${BAD} SELECT n FROM repeated_rows`);
	await engine.each("SELECT n, word, first FROM repeated_rows ORDER BY n", (chunk) => {
		for (const [row, word, first] of chunk.getRows()) {
			const expected = `${key} once in the table; row ${String(first)} has it already`;
			teller.refuse(Number(row), key, String(word), { code: "duplicate_key", expected });
		}
	});
}

/** An order with a bad line would be worth less than it was: the whole order is set aside. */
async function setOrdersAside(engine: QueryEngine, key: string, good: string, refused: string): Promise<void> {
	const [[count]] = await engine.rows(`SELECT (SELECT count(*) FROM ${BAD}) + (SELECT count(*) FROM (${refused}))::DOUBLE`);
	if (Number(count) === 0) return;
	const keys = `SELECT ${key} FROM (${good}) SEMI JOIN ${BAD} USING (n) UNION SELECT ${key} FROM (${refused}) WHERE ${key} IS NOT NULL`;
	await engine.run(`CREATE TABLE bad_keys AS ${keys}`);
	await engine.run(`INSERT INTO ${BAD} SELECT n FROM (${good}) SEMI JOIN bad_keys USING (${key}) ANTI JOIN ${BAD} USING (n)`);
}
