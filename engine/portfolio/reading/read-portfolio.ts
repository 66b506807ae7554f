import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { CarteiraError } from "../../errors.ts";
import { findTables, requireTables } from "../files/find-tables.ts";
import type { Portfolio } from "../portfolio.ts";
import { readPolicy } from "./read-policy.ts";
import { type ReadLimits, runRead } from "./run-reader.ts";
import type { TableName } from "../schema.ts";
import { openSnapshot } from "../snapshot/snapshot.ts";
import { isStore, openBuilding, openTemporaryStore, switchTo } from "../snapshot/store-folder.ts";

export interface ReadOptions {
	/** Tables that must be there; orders alone by default. */
	readonly requireTables?: readonly TableName[];
	readonly limits?: Partial<ReadLimits>;
}

/**
 * Reads a portfolio: a store's current snapshot, or a folder with one file a table, in any of the formats, and policy.json. The bytes of
 * files are read and validated in a process of their own, which makes a snapshot of them. Columns come into shared memory when they
 * are first asked for.
 *
 * Throws NOT_FOUND for no folder, INVALID_INPUT for a file that cannot be read or lacks a column, IMPORT_REFUSED for too many bad
 * rows, INVALID_POLICY for a policy.json that is not JSON.
 */
export async function readPortfolio(folder: string, options: ReadOptions = {}): Promise<Portfolio> {
	const required = options.requireTables ?? ["orders"];
	if (isStore(folder)) return portfolioOf(folder, required);
	const files = findTables(resolve(folder));
	requireTables(folder, files, required);
	const { text, rules } = readPolicy(folder);
	const store = openTemporaryStore();
	try {
		const into = openBuilding(store);
		const manifest = await runRead({ files, rules, policy: text, into, isKept: false }, options.limits);
		switchTo(store, into, manifest, null);
		return openSnapshot(store).portfolio();
	} finally {
		rmSync(store, { recursive: true, force: true }); // its files stay open as long as the portfolio needs them
	}
}

function portfolioOf(store: string, required: readonly TableName[]): Portfolio {
	const portfolio = openSnapshot(store).portfolio();
	const missing = required.filter((table) => !portfolio.given.has(table));
	if (missing.length === 0) return portfolio;
	const problems = missing.map((table) => ({ table, code: "missing_table", message: `expected ${table} in the store` }));
	throw new CarteiraError(
		"INVALID_INPUT",
		`${store}: tables missing: ${missing.join(", ")}; the store holds ${[...portfolio.given].join(", ") || "nothing"}`,
		problems,
	);
}
