import { createHash } from "node:crypto";
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CarteiraError } from "../../errors.ts";
import { findTables, requireTables } from "../files/find-tables.ts";
import type { Portfolio, Table, TableReport } from "../portfolio.ts";
import { readPolicy } from "./read-policy.ts";
import { type ReadLimits, type ReadResult, runRead } from "./run-reader.ts";
import { TABLE_NAMES, type TableName } from "../schema.ts";
import { openTable } from "../shared-table.ts";

export interface ReadOptions {
	/** Tables that must be there; orders alone by default. */
	readonly requireTables?: readonly TableName[];
	readonly limits?: Partial<ReadLimits>;
}

/**
 * Reads a portfolio folder: one file a table, in any of the formats, and policy.json. The bytes are read and validated in a process
 * of their own; the tables then lie in shared memory, copied once.
 *
 * Throws NOT_FOUND for no folder, INVALID_INPUT for a file that cannot be read or lacks a column, IMPORT_REFUSED for too many bad
 * rows, INVALID_POLICY for a policy.json that is not JSON.
 */
export async function readPortfolio(folder: string, options: ReadOptions = {}): Promise<Portfolio> {
	const files = findTables(resolve(folder));
	requireTables(folder, files, options.requireTables ?? ["orders"]);
	const { policy, text, rules } = readPolicy(folder);
	const into = mkdtempSync(join(tmpdir(), "carteira-"));
	try {
		const result = await runRead({ files, rules, into }, options.limits);
		const tables = openTables(into, result);
		return {
			tables,
			given: new Set(files.map(({ table }) => table)),
			policy,
			reports: result.reports,
			digest: digestOf(result.reports, text),
		};
	} finally {
		rmSync(into, { recursive: true, force: true });
	}
}

type Tables = Portfolio["tables"];

function openTables(folder: string, { tables }: ReadResult): Tables {
	const opened: Partial<Record<TableName, Table>> = {};
	for (const { table, numStubs } of tables) opened[table] = openTable(table, loadShared(join(folder, `${table}.arrow`)), numStubs);
	if (!isComplete(opened)) throw new CarteiraError("INTERNAL", "the reading process left a table out");
	return opened;
}

function isComplete(tables: Partial<Tables>): tables is Tables {
	return TABLE_NAMES.every((name) => tables[name]);
}

/** The bytes of a file in memory that threads can share. */
function loadShared(path: string): Uint8Array {
	const file = openSync(path, "r");
	try {
		const bytes = new Uint8Array(new SharedArrayBuffer(fstatSync(file).size));
		for (let at = 0; at < bytes.length; ) at += readSync(file, bytes, at, Math.min(bytes.length - at, 1 << 30), null);
		return bytes;
	} finally {
		closeSync(file);
	}
}

function digestOf(reports: readonly TableReport[], policy: string): string {
	const hash = createHash("sha256");
	for (const { table, digest } of [...reports].sort((a, b) => (a.table < b.table ? -1 : 1))) hash.update(`${table}:${digest}\n`);
	return hash.update(`policy:${createHash("sha256").update(policy).digest("hex")}\n`).digest("hex");
}
