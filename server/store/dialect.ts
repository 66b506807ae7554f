import type { CreateTableBuilder } from "kysely";

/** The databases that the store speaks to. */
export type Dialect = "sqlite" | "postgres";

/** Adds a first column that numbers the rows as they come. */
export function numbered<Table extends string, Name extends string = "sequence">(
	dialect: Dialect,
	table: CreateTableBuilder<Table>,
	name: Name = "sequence" as Name,
): CreateTableBuilder<Table, Name> {
	return dialect === "sqlite"
		? table.addColumn(name, "integer", (column) => column.primaryKey().autoIncrement())
		: table.addColumn(name, "bigint", (column) => column.primaryKey().generatedAlwaysAsIdentity());
}
