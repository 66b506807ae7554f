import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createEraser, type Traces } from "../eraser.ts";
import { openColumnFile } from "../snapshot/column-file.ts";
import { disk } from "../snapshot/disk.ts";
import { collect, openBuilding, pathsIn, readCurrent, removeBuilding, switchTo } from "../snapshot/store-folder.ts";
import { type ErasedRows, findCustomer } from "./erase-rows.ts";
import { withMark } from "./import-table.ts";
import { ensureStore } from "./open-store.ts";
import { rowsIn } from "./quarantine.ts";
import { type ReadLimits, runErase } from "./run-reader.ts";

export interface EraseOptions {
	/** What `wasApplied` knows the erasure by. */
	readonly mark: string;
	/** Called once it is known what is to go, before anything is changed. */
	readonly beforeSwitch?: (found: ErasedRows) => Promise<void>;
	readonly limits?: Partial<ReadLimits> | undefined;
}

/**
 * Makes a snapshot that knows nothing of a customer the store's; answers what the one before held, null where that was nothing and nothing
 * was changed. Files of earlier snapshots are there until `forgetEarlier`. The caller must not import into the store meanwhile.
 */
export async function eraseCustomer(folder: string, traces: Traces, options: EraseOptions): Promise<ErasedRows | null> {
	const store = resolve(folder);
	const { mark, beforeSwitch, limits } = options;
	await ensureStore(store, limits);
	const { sha, manifest } = readCurrent(store);
	const into = openBuilding(store);
	try {
		const erased = await runErase({ store, manifest, traces, into }, limits);
		if (erased === null) return null;
		const { manifest: next, ...found } = erased;
		await beforeSwitch?.(found);
		switchTo(store, into, withMark(next, mark), sha);
		return found;
	} finally {
		removeBuilding(into);
	}
}

/** The names under which a store's snapshot knows a customer, be its row good or set aside. */
export function findNames(folder: string, customerId: string): string[] {
	const store = resolve(folder);
	const { manifest } = readCurrent(store);
	const pathOf = pathsIn(store);
	const { isTheirs } = createEraser({ customerId, names: [], pseudonym: "" });
	const { columns, quarantine } = manifest.tables.customers;
	const file = openColumnFile(pathOf(columns));
	const row = findCustomer(file, isTheirs);
	const held = row >= 0 && file.has("name") ? file.texts("name").at(row) : null;
	const aside = quarantine === undefined ? [] : rowsIn(readFileSync(pathOf(quarantine, "ndjson"), "utf8"));
	const names = [held, ...aside.filter(({ row: { customer_id } }) => isTheirs(customer_id)).map(({ row: { name } }) => name)];
	return names.filter((name) => typeof name === "string" && name !== "") as string[];
}

/**
 * Removes all files of a store that its snapshot does not need, at once, with what was surveyed of earlier ones. Who has one of them open
 * goes on reading it; who is about to open one is told that it is gone.
 */
export function forgetEarlier(folder: string): void {
	const store = resolve(folder);
	collect(store, { graceMs: 0, keepsParent: false });
	disk.remove(join(store, "populations"));
}
