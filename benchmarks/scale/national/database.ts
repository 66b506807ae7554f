import { DuckDBInstance, type DuckDBResult, type DuckDBValue } from "@duckdb/node-api";

/** A columnar engine with a database of its own on disk, which spills beside it. */
export interface Database {
	run(sql: string): Promise<void>;
	/** The first row that a query answers. */
	row(sql: string): Promise<readonly DuckDBValue[]>;
	/** The one number that a query answers. */
	number(sql: string): Promise<number>;
	stream(sql: string): Promise<DuckDBResult>;
	close(): void;
}

export interface EngineLimits {
	/** As many as cores unless it is said. */
	readonly threads?: number;
	readonly megabytes?: number;
}

/** Opens a database at `path`, which spills beside it what is beyond `megabytes`; `:memory:` keeps it there. */
export async function openDatabase(path: string, { threads, megabytes = 2500 }: EngineLimits = {}): Promise<Database> {
	const instance = await DuckDBInstance.create(path, { memory_limit: `${megabytes}MB`, ...(threads && { threads: String(threads) }) });
	const connection = await instance.connect();
	const row = async (sql: string): Promise<readonly DuckDBValue[]> => (await connection.runAndReadAll(sql)).getRows()[0];
	return {
		async run(sql) {
			await connection.run(sql);
		},
		row,
		number: async (sql) => Number((await row(sql))[0]),
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
