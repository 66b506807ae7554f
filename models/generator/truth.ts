import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CarteiraError } from "../../engine/errors.ts";
import { openDurableFile } from "../../engine/portfolio/files/durable-file.ts";
import type { Day } from "../../engine/units.ts";
import type { LifeState } from "./behaviour.ts";
import type { Customer } from "./customer.ts";

/** How a portfolio was made; with it the catalogue and the calendar can be rebuilt. */
export interface TruthHeader {
	readonly seed: number;
	readonly asOf: Day;
	readonly numCustomers: number;
	readonly numReps: number;
}

/** The truth about one customer: a line of `truth/customers.ndjson`. Days are days since 1970-01-01. */
export interface CustomerTruth {
	readonly customer: Customer;
	readonly repId: string;
	/** On asOf, before its trade. */
	readonly state: LifeState;
	/** Of a customer that is gone: does some row of the tables tell why? */
	readonly isEvident: boolean;
}

/** Opens `truth/customers.ndjson` of a folder. */
export function openTruth(
	folder: string,
	header: TruthHeader,
): { add: (truth: CustomerTruth) => void; close: () => void; abort: () => void } {
	const settings = openDurableFile(join(folder, "truth", "generator.json"));
	settings.write(`${JSON.stringify(header)}\n`);
	settings.close();
	const file = openDurableFile(join(folder, "truth", "customers.ndjson"));
	return {
		add: (truth) => file.write(`${JSON.stringify(truth)}\n`),
		close: () => file.close(),
		abort: () => file.abort(),
	};
}

/** How a generated folder was made; NOT_FOUND where it was not generated. */
export function readTruthHeader(folder: string): TruthHeader {
	const path = join(folder, "truth", "generator.json");
	if (!existsSync(path)) throw new CarteiraError("NOT_FOUND", `${path} is not there: only generated portfolios have a truth`);
	const header: TruthHeader = JSON.parse(readFileSync(path, "utf8")); // our own file: the generator wrote it
	return header;
}

/** Reads the customers' truths one by one, in order of their index. */
export async function* readTruth(folder: string): AsyncGenerator<CustomerTruth> {
	const input = createReadStream(join(folder, "truth", "customers.ndjson"));
	for await (const line of createInterface({ input })) {
		const truth: CustomerTruth = JSON.parse(line);
		yield truth;
	}
}
