import { findTables, requireTables } from "../../../engine/portfolio/files/find-tables.ts";
import type { Table, TableReport } from "../../../engine/portfolio/portfolio.ts";
import { readPolicy } from "../../../engine/portfolio/reading/read-policy.ts";
import { readTables } from "../../../engine/portfolio/reading/read-tables.ts";
import { TABLE_NAMES, type TableName } from "../../../engine/portfolio/schema.ts";
import { encodeTable, openTable } from "../../../engine/portfolio/snapshot/shared-table.ts";

/** What `readPortfolio` does, without the process around it: for the many small folders of the tests. */
export async function readInProcess(
	folder: string,
	required: readonly TableName[] = ["orders"],
): Promise<{ tables: Record<string, Table>; reports: readonly TableReport[] }> {
	const files = findTables(folder);
	requireTables(folder, files, required);
	const { tables, reports } = await readTables(files, readPolicy(folder).rules);
	const open = (name: TableName): [string, Table] => {
		const table = tables.get(name);
		if (!table) throw new Error(`no ${name}`);
		const bytes = encodeTable(table);
		const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
		shared.set(bytes);
		return [name, openTable(name, shared, table.stubs.length)];
	};
	return { tables: Object.fromEntries(TABLE_NAMES.map(open)), reports };
}
