import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CarteiraError } from "../../engine/errors.ts";
import { openDurableFile } from "../../engine/portfolio/files/durable-file.ts";
import { TABLE_NAMES } from "../../engine/portfolio/schema.ts";
import type { TableFormat } from "../../engine/portfolio/files/write-table.ts";
import { openTableWriter } from "../../engine/portfolio/files/write-table.ts";
import { type GenerateOptions, writeDistributor } from "./distributor.ts";
import { validateShare } from "./outcomes.ts";
import { distributorPolicy } from "./policy.ts";
import { openTruth } from "./truth.ts";

export interface GenerateSummary {
	readonly folder: string;
	readonly format: TableFormat;
	/** Rows of each table. */
	readonly rows: Readonly<Record<string, number>>;
	readonly seconds: number;
}

/**
 * Writes a synthetic distributor as a portfolio folder, and the truth it was made from in `truth/`. The same options give the same
 * bytes. Rep by rep, so that memory holds one territory at a time whatever the size. USAGE for sizes that make no sense.
 */
export async function generate(options: GenerateOptions): Promise<GenerateSummary> {
	validateSizes(options);
	const started = performance.now();
	mkdirSync(join(options.out, "truth"), { recursive: true });
	const tables = new Map(TABLE_NAMES.map((name) => [name, openTableWriter(options.out, name, options.format)]));
	const truth = openTruth(options.out, { seed: options.seed, asOf: options.asOf, numCustomers: options.customers, numReps: options.reps });
	try {
		await writeDistributor(options, (table, row) => tables.get(table)?.append(row), truth.add);
		truth.close();
	} catch (error) {
		truth.abort();
		for (const table of tables.values()) table.abort();
		throw error;
	}
	const rows: Record<string, number> = {};
	for (const [name, table] of tables) rows[name] = await table.close();
	removeEarlier(options);
	writePolicy(options.out);
	return {
		folder: options.out,
		format: options.format,
		rows,
		seconds: (performance.now() - started) / 1000,
	};
}

function validateSizes({ customers, reps, seed, holdOutShare = 0 }: GenerateOptions): void {
	const check = (name: string, value: number, max: number): void => {
		if (Number.isInteger(value) && value >= 1 && value <= max) return;
		throw new CarteiraError("USAGE", `${name} is ${value}; expected a whole number from 1 to ${max}`);
	};
	check("customers", customers, 10_000_000);
	check("reps", reps, 10_000);
	validateShare(holdOutShare);
	if (!Number.isInteger(seed)) throw new CarteiraError("USAGE", `seed is ${seed}; expected a whole number`);
}

/** A folder holds one file a table: what an earlier run left in another format goes, and simulated days start anew. */
function removeEarlier({ out, format }: GenerateOptions): void {
	for (const other of ["csv", "ndjson", "parquet", "arrow", "arrows"].filter((name) => name !== format)) {
		for (const table of TABLE_NAMES) rmSync(join(out, `${table}.${other}`), { force: true });
	}
	rmSync(join(out, "truth", "state.json"), { force: true });
}

function writePolicy(out: string): void {
	const file = openDurableFile(join(out, "policy.json"));
	file.write(`${JSON.stringify(distributorPolicy(), null, "\t")}\n`);
	file.close();
}
