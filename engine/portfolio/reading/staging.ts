import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { CarteiraError } from "../../errors.ts";
import { commitFile } from "../files/durable-file.ts";
import type { TableName } from "../schema.ts";

/** A table that lies in `into` as Arrow IPC, ready to take its place. */
export interface StagedTable {
	readonly table: TableName;
	/** Does a file of rows that were set aside lie in `into` as well? Else there are none, and the folder's is to go. */
	readonly hasQuarantine: boolean;
	/** Files of the folder in other formats, whose place it takes. */
	readonly replaced: readonly string[];
}

/** Begins the names of private folders inside a portfolio folder, on whose disk they must lie for a rename to be enough. */
const STAGING = ".import-";

/** Where a table lies in a private folder. */
export function stagedPath(into: string, table: TableName): string {
	return join(into, `${table}.arrow`);
}

/** Where the rows of a table that are set aside lie, in a portfolio folder as in a private one. */
export function quarantineOf(folder: string, table: TableName): string {
	return join(folder, "quarantine", `${table}.ndjson`);
}

/** A new private folder; those of imports whose process was killed are cleared away. */
export function openStaging(folder: string): string {
	try {
		for (const name of readdirSync(folder)) if (name.startsWith(STAGING)) rmSync(join(folder, name), { recursive: true, force: true });
		return mkdtempSync(join(folder, STAGING));
	} catch (error) {
		const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
		throw new CarteiraError("NOT_FOUND", `portfolio folder ${folder}: expected a folder that can be written (${code})`);
	}
}

/** Gives staged tables their place in a portfolio folder. */
export function commitImport(folder: string, into: string, staged: readonly StagedTable[]): void {
	for (const { table, hasQuarantine, replaced } of staged) {
		const aside = quarantineOf(folder, table);
		if (hasQuarantine) {
			mkdirSync(dirname(aside), { recursive: true });
			commitFile(quarantineOf(into, table), aside);
		} else rmSync(aside, { force: true });
		commitFile(stagedPath(into, table), stagedPath(folder, table));
		for (const path of replaced) rmSync(path);
	}
}
