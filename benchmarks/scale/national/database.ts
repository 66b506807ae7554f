import { DuckDBInstance, type DuckDBResult } from "@duckdb/node-api";

/** A columnar engine with a database of its own on disk, which spills beside it. */
export interface Database {
	run(sql: string): Promise<void>;
	/** The one number that a query answers. */
	number(sql: string): Promise<number>;
	stream(sql: string): Promise<DuckDBResult>;
	close(): void;
}

/** Opens a database of two gigabytes at `path`; `:memory:` keeps it there. */
export async function openDatabase(path: string, threads?: number): Promise<Database> {
	const instance = await DuckDBInstance.create(path, { memory_limit: "2500MB", ...(threads && { threads: String(threads) }) });
	const connection = await instance.connect();
	return {
		async run(sql) {
			await connection.run(sql);
		},
		async number(sql) {
			const [[value]] = (await connection.runAndReadAll(sql)).getRows();
			return Number(value);
		},
		stream: (sql) => connection.stream(sql),
		close() {
			connection.closeSync();
			instance.closeSync();
		},
	};
}

/** A text as a literal of SQL. */
export function literal(text: string): string {
	return `'${text.replaceAll("'", "''")}'`;
}
