import { basename } from "node:path";
import { sizeAsText } from "../files/file-limits.ts";
import type { TableFile } from "../files/find-tables.ts";
import type { OnStep } from "../ingest/ingest-events.ts";
import { type EventTableName, isEventTable, type Manifest } from "../snapshot/manifest.ts";
import { openPartWriter } from "../snapshot/part-writer.ts";
import { pathsIn } from "../snapshot/store-folder.ts";
import { adoptBig, type BigTable, isBig, readBig } from "./ingest-big.ts";
import { createLinker, type Linker } from "./link-parts.ts";
import { readTables } from "./read-tables.ts";
import type { ReadJob } from "./run-reader.ts";
import { writeSnapshot } from "./write-snapshot.ts";

/**
 * Reads the files of a portfolio into the parts of a first snapshot. Big files are read by the columnar engine while this thread reads all others; what
 * is wrong with those is told first. `onFiles` hears the names of the files in hand whenever they change.
 */
export async function readFiles(
	{ files, rules, policy, into, isKept, limits }: Omit<ReadJob, "kind">,
	onFiles: (names: string) => void,
	onStep?: OnStep,
): Promise<Manifest> {
	const inHand = openHand(onFiles);
	const writer = openPartWriter(into, isKept);
	const linked = Promise.withResolvers<Linker>();
	const bigFiles = files.filter((file) => isBig(file, limits));
	const results = bigFiles.map(async (file) => {
		inHand.take(file);
		const job = { rules, linker: linked.promise, writer, limits, share: shareOf(file, bigFiles), ...(onStep && { onStep }) };
		return readBig(file, job).finally(() => inHand.drop(file));
	});
	void Promise.allSettled([linked.promise, ...results]); // whatever fails is told by who waits for it below
	const small = files.filter((file) => !isBig(file, limits));
	const read = await readTables(small, rules, (file) => inHand.takeNext(file)).catch((error: unknown) => {
		linked.reject(error);
		throw error;
	});
	inHand.takeNext(null);
	const linker = createLinker(read.tables);
	linked.resolve(linker);
	const adopt = async (): Promise<Map<EventTableName, BigTable>> => {
		const big = new Map<EventTableName, BigTable>();
		// In order, since they make stubs.
		for (const [i, { table }] of bigFiles.entries()) {
			if (isEventTable(table)) big.set(table, adoptBig(table, await results[i], { rules, writer }, linker, pathsIn(into, into)));
		}
		return big;
	};
	const adopted = adopt();
	void Promise.allSettled([adopted]);
	return writeSnapshot(read, policy, writer, isKept, adopted);
}

/** The files that are being read: big ones, and one of the others after the other. */
function openHand(onFiles: (names: string) => void) {
	const names = new Set<string>();
	let next: TableFile | null = null;
	const tell = (): void => {
		if (names.size > 0) onFiles([...names].join(", "));
	};
	const take = ({ path }: TableFile): void => {
		names.add(basename(path));
		tell();
	};
	const drop = ({ path }: TableFile): void => {
		names.delete(basename(path));
		tell();
	};
	return {
		take,
		drop,
		takeNext(file: TableFile | null): void {
			if (next) names.delete(basename(next.path));
			next = file;
			if (file) take(file);
			else tell();
		},
	};
}

/** Least share of the engines' memory. */
const LEAST_SHARE = 0.15;

/** The part of the engines' memory that goes to one of several files, by their sizes. */
function shareOf({ path }: TableFile, all: readonly TableFile[]): number {
	const size = all.reduce((sum, file) => sum + sizeAsText(file.path), 0);
	const most = 1 - LEAST_SHARE * (all.length - 1);
	return Math.min(most, Math.max(LEAST_SHARE, sizeAsText(path) / size));
}
