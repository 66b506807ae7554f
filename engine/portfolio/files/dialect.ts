import type { TableName } from "../schema.ts";
import { TEXT_ENCODINGS } from "./text-encoding.ts";

/** What a CSV can be said to be, and the words for it. */
export const DIALECT_WORDS = {
	delimiter: [",", ";", "\t"],
	decimal: [".", ","],
	dates: ["dd/mm/yyyy", "mm/dd/yyyy"],
	encoding: TEXT_ENCODINGS,
} as const;

/** The dialect of a CSV as far as it is stated; what is left out is detected. `dates` is the order of those with slashes. */
export type Dialect = { readonly [Field in keyof typeof DIALECT_WORDS]?: (typeof DIALECT_WORDS)[Field][number] | undefined };

/** Stated dialects by table; `all` holds of every table where the table's own says nothing. */
export type Dialects = Readonly<Partial<Record<TableName | "all", Dialect>>>;

/** What is stated of a table's CSV. */
export function dialectOf(dialects: Dialects, table: TableName): Dialect {
	return { ...dialects.all, ...dialects[table] };
}
