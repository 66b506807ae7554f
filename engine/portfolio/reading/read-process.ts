import { flushCompileCache } from "node:module";
import { Worker } from "node:worker_threads";
import { CarteiraError } from "../../errors.ts";
import { eraseRows } from "./erase-rows.ts";
import { importRows } from "./import-rows.ts";
import { readFiles } from "./read-files.ts";
import type { Job, Message, Order, Outcome } from "./run-reader.ts";
import { compactTables } from "../snapshot/compact.ts";
import { isDiskFailure } from "../snapshot/disk.ts";
import { openPartWriter } from "../snapshot/part-writer.ts";
import { pathsIn } from "../snapshot/store-folder.ts";

/** Entry of the process that reads the bytes of strangers: it gets one job, answers one result, and its death harms nobody. */
process.once("message", ({ isLong, ...job }: Order) => {
	// The same as on "disconnect", for while a long step keeps this thread from hearing of it.
	if (isLong) new Worker(new URL("./watch-parent.ts", import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 16 } }).unref();
	void run(job);
});
process.once("disconnect", () => process.exit(1)); // nobody waits for the answer any more

async function run(job: Job): Promise<void> {
	const message = await answer(job);
	flushCompileCache(); // who hears the answer ends this process
	process.send?.(message, undefined, undefined, () => process.exit(0));
}

async function answer(job: Job): Promise<Outcome> {
	try {
		if (job.kind === "read")
			return { kind: "read", manifest: await readFiles(job, (file) => void process.send?.({ kind: "reading", file } satisfies Message)) };
		if (job.kind === "import") return { kind: "imported", result: await importRows(job) };
		if (job.kind === "erase") return { kind: "erased", result: await eraseRows(job) };
		const { store, manifest, tables, into } = job;
		return { kind: "compacted", manifest: compactTables(manifest, tables, pathsIn(store, into), openPartWriter(into)) };
	} catch (error) {
		if (error instanceof CarteiraError) {
			const { code, message, details, numProblems } = error;
			return { kind: "failed", code, message, details, numProblems };
		}
		if (error instanceof RangeError && /allocation failed/.test(error.message)) throw error; // ends the process, as the cap on memory does elsewhere
		return {
			kind: "failed",
			code: isDiskFailure(error) ? "STORAGE_FAILED" : "INTERNAL",
			message: error instanceof Error ? error.message : String(error),
			details: [],
			numProblems: 0,
		};
	}
}
