import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MALFORMED, type Malformed } from "../reading/malformed-folders.ts";
import { sampleTables, temporaryFolder, writeCsvFolder } from "../sample-folder.ts";
import { expectSame } from "./both-readers.ts";

/** The ways to spoil a folder that the readers of orders and contacts may see. */
export const SPOILT: readonly Malformed[] = MALFORMED.filter(({ name }) =>
	/orders|contacts|customers|NDJSON|Parquet|Arrow|row|quote|decimal|header|it is|mark/.test(name),
);

/** Spoils the sample folder and expects both readers to find the same in each table that differs from the sample, or names others that do. */
export async function expectSameOfSpoilt({ spoil }: Malformed): Promise<void> {
	const folder = temporaryFolder();
	const tables = sampleTables();
	writeCsvFolder(folder, tables);
	const before = contentsOf(folder);
	await spoil(folder, tables);
	const after = contentsOf(folder);
	const changed = [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name));
	for (const table of ["orders", "contacts"] as const) {
		const other = table === "orders" ? "contacts" : "orders";
		if (changed.some((name) => !name.startsWith(`${other}.`))) await expectSame(folder, table).catch(ifNotAmbiguous);
	}
}

function contentsOf(folder: string): Map<string, string> {
	const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
	return new Map(files.map(({ name }) => [name, readFileSync(join(folder, name), "latin1")]));
}

/** Folders with two files of a table, or a broken policy, are refused before either reader sees a file. */
function ifNotAmbiguous(error: unknown): void {
	const code = error instanceof Error && "code" in error ? error.code : "";
	const details = error instanceof Error && "details" in error ? JSON.stringify(error.details) : "";
	if (code === "INVALID_POLICY" || details.includes("ambiguous_table")) return;
	throw error;
}
