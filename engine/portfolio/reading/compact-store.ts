import { resolve } from "node:path";
import { tablesToCompact } from "../snapshot/compact.ts";
import { EVENT_TABLES } from "../snapshot/manifest.ts";
import { collect, openBuilding, readCurrent, removeBuilding, switchTo } from "../snapshot/store-folder.ts";
import { type ReadLimits, runCompact } from "./run-reader.ts";

/**
 * Merges the deltas of a store's orders and contacts into their bases, in a process of its own, where there are enough of them; `isForced`:
 * where there are any. Who has an earlier snapshot open goes on reading it. Answers whether there was something to do. The caller must
 * not import into the store meanwhile.
 */
export async function compactStore(folder: string, isForced = false, limits?: Partial<ReadLimits>): Promise<boolean> {
	const store = resolve(folder);
	const { sha, manifest } = readCurrent(store);
	const tables = isForced ? EVENT_TABLES.filter((name) => manifest.events[name].deltas.length > 0) : tablesToCompact(manifest);
	if (tables.length === 0) return false;
	const into = openBuilding(store);
	try {
		const compacted = await runCompact({ store, manifest, tables, into }, limits);
		switchTo(store, into, { ...compacted, parent: sha }, sha);
		collect(store);
		return true;
	} finally {
		removeBuilding(into);
	}
}
