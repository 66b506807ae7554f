import { randomBytes } from "node:crypto";
import { cp, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
	CarteiraError,
	type ErasedRows,
	type Portfolio,
	type Snapshot,
	type TableChange,
	type TableReport,
	type Traces,
	buildStore,
	compactStore,
	ensureStore,
	eraseCustomer,
	findNames,
	forgetEarlier,
	importTables,
	isStore,
	openSnapshot,
	readCurrent,
	wasApplied,
	writePolicy,
} from "../../engine/index.ts";
import { syncFolder } from "../durable-file.ts";
import { inSpan } from "../tracing.ts";
import { createTurnsByName } from "../turns.ts";
import type { HeldRows } from "./held-contacts.ts";

/** Bytes of a table as they were received. */
export type Upload = Pick<TableChange, "path" | "format">;

/** A portfolio as it was read, with a number that grows with every change of its store. */
export interface ReadPortfolio {
	readonly version: number;
	readonly snapshot: Snapshot;
	readonly portfolio: Portfolio;
}

/**
 * Portfolio stores by name; a folder with one file a table becomes one when it is first opened. A change and a reading of one portfolio
 * never overlap, so that a plan sees all of an upload or none of it; different portfolios do not wait for one another.
 */
export interface Portfolios {
	exists(name: string): Promise<boolean>;
	/** Makes one snapshot of all changes, or none; `mark` is what `wasApplied` knows it by. */
	importTables(name: string, changes: readonly TableChange[], mark?: string): Promise<readonly TableReport[]>;
	/** Is the import with this mark part of the snapshot? */
	wasApplied(name: string, mark: string): boolean;
	writePolicy(name: string, policy: object): Promise<void>;
	/** Takes a whole portfolio folder over in place of what is held; it is read first, so a bad one changes nothing. */
	install(name: string, folder: string): Promise<void>;
	/** The portfolio as it now stands. Kept in memory while it is among the last few used and unchanged. */
	read(name: string): Promise<ReadPortfolio>;
	/** The same without the contacts that wait: what happened on a plan's days is no history of it, so a decision about it need not have them. */
	readAsItStands(name: string): Promise<ReadPortfolio>;
	/** The policy that it has of its own, null for none; waits for no change that is under way. */
	policyOf(name: string): Promise<unknown>;
	/** Brings contacts that wait into the snapshot, as every reading and every change does first. */
	fold(name: string): Promise<void>;
	/** The same, and makes sure that there is a snapshot: another process may then read all that was acknowledged before. */
	prepare(name: string): Promise<void>;
	/**
	 * Erases a customer from the snapshot, unless that was done under this mark, and then does `commit`, told what was held; nothing else is
	 * read or changed meanwhile. `beforeSwitch` hears of it before anything is changed.
	 */
	erase<T>(name: string, traces: Traces, options: EraseOptions, commit: (found: ErasedRows | null) => Promise<T>): Promise<T>;
	/** The names under which the snapshot knows a customer. */
	namesOf(name: string, customerId: string): Promise<string[]>;
	/** Removes all files of earlier snapshots. */
	forgetEarlier(name: string): Promise<void>;
	/** Throws NOT_FOUND for a portfolio that is not there. */
	require(name: string): Promise<void>;
}

export interface EraseOptions {
	readonly mark: string;
	readonly beforeSwitch: (found: ErasedRows) => Promise<void>;
}

const KEPT_IN_MEMORY = 2;

/** Where a tenant's portfolios are, in the folder of its files. */
export const portfoliosFolder = (folder: string): string => join(folder, "portfolios");

const NONE_HELD: HeldRows = {
	countWaiting: () => 0,
	marks: async () => [],
	take: async () => null,
	putBack: () => {},
	settle: async () => {},
	forget: async () => {},
};

/**
 * Portfolios under `<dataDir>/portfolios`, and the contacts that wait to come into them. `onDefect` is told what goes wrong behind the
 * scenes.
 */
export async function openPortfolios(
	dataDir: string,
	onDefect: (error: unknown) => void = () => {},
	held: HeldRows = NONE_HELD,
): Promise<Portfolios> {
	const root = portfoliosFolder(dataDir);
	await mkdir(root, { recursive: true });
	for (const name of await readdir(root)) {
		if (name.startsWith(".")) await rm(join(root, name), { recursive: true, force: true }); // left by a process that died
	}
	const turns = createTurnsByName();
	const versions = new Map<string, number>();
	const kept = new Map<string, ReadPortfolio>();
	/** Those that were asked for and are not done: whoever asks again meanwhile waits for the same. */
	const folds = new Map<string, Promise<void>>();
	const folderOf = (name: string): string => join(root, name);

	async function exists(name: string): Promise<boolean> {
		if (held.countWaiting(name) > 0) return true;
		const folder = folderOf(name);
		if (isStore(folder)) {
			const { given, policy } = readCurrent(folder).manifest;
			return given.length > 0 || policy !== null;
		}
		const files = await readdir(folder, { withFileTypes: true }).catch(() => []);
		return files.some((file) => file.isFile() && !file.name.startsWith("."));
	}

	/** Makes a change, in a turn of its portfolio; whatever became of it, what is in memory is no longer trusted. */
	async function changeNow<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
		const folder = folderOf(name);
		await mkdir(folder, { recursive: true });
		try {
			return await work(folder);
		} finally {
			versions.set(name, (versions.get(name) ?? 0) + 1);
			kept.delete(name);
		}
	}

	/** The contacts that wait become a part of the snapshot, each once: the snapshot knows the marks of what it has. */
	async function foldNow(name: string): Promise<void> {
		if (held.countWaiting(name) === 0) return;
		const folder = folderOf(name);
		for (const mark of await held.marks(name)) if (wasApplied(folder, mark)) await held.settle(name, mark);
		for (let isAll = false; !isAll; ) {
			const mark = randomBytes(16).toString("hex");
			const path = join(root, `.${mark}.ndjson`);
			try {
				const taken = await held.take(name, mark);
				if (taken === null) return;
				({ isAll } = taken);
				await writeFile(path, taken.text);
				const change = { table: "contacts", path, format: "ndjson", mode: "upsert" } as const;
				await changeNow(name, () => importTables(folder, [change], { mark, keepsBadRows: true }));
				await held.settle(name, mark);
			} catch (error) {
				held.putBack(name); // also those that are in and could not be settled: the next one finds their mark
				throw error;
			} finally {
				await rm(path, { force: true });
			}
		}
	}

	const change = <T>(name: string, work: (folder: string) => Promise<T>): Promise<T> =>
		turns(name, async () => {
			await foldNow(name);
			return changeNow(name, work);
		});

	/** Merges what was appended when there is much of it; readers do not wait for it, the next change does. */
	async function compact(name: string): Promise<void> {
		await turns(name, () => compactStore(folderOf(name))).catch(onDefect);
	}

	async function openNow(name: string): Promise<ReadPortfolio> {
		await ensureStore(folderOf(name));
		const snapshot = openSnapshot(folderOf(name));
		return { version: versions.get(name) ?? 0, snapshot, portfolio: snapshot.portfolio() };
	}

	async function require(name: string): Promise<void> {
		if (!(await exists(name))) throw new CarteiraError("NOT_FOUND", `no portfolio is called ${name}`);
	}

	async function readNow(name: string): Promise<ReadPortfolio> {
		await require(name);
		const known = kept.get(name);
		kept.delete(name);
		const read = known ?? (await openNow(name));
		kept.set(name, read); // deleting and setting moves it to the young end of the map
		for (const oldest of [...kept.keys()].slice(0, -KEPT_IN_MEMORY)) kept.delete(oldest);
		return read;
	}

	return {
		exists,
		require,
		erase: (name, traces, { mark, beforeSwitch }, commit) =>
			turns(name, () =>
				changeNow(name, async (folder) =>
					commit(wasApplied(folder, mark) ? null : await eraseCustomer(folder, traces, { mark, beforeSwitch })),
				),
			),
		namesOf: (name, customerId) =>
			turns(name, async () => {
				await mkdir(folderOf(name), { recursive: true });
				await ensureStore(folderOf(name));
				return findNames(folderOf(name), customerId);
			}),
		forgetEarlier: (name) => turns(name, async () => forgetEarlier(folderOf(name))),
		async importTables(name, changes, mark) {
			const told = {
				"carteira.tables": changes.map(({ table }) => table),
				"carteira.import.modes": changes.map(({ mode }) => mode),
				"carteira.import.formats": changes.map(({ format }) => format),
			};
			const reports = await inSpan("carteira.import", told, async (span) => {
				const read = await change(name, async (folder) => {
					if (changes.some(({ table }) => table === "contacts")) await held.forget(name);
					// Tables that come together are to fit together; one that comes alone may wait for another.
					return importTables(folder, changes, { ...(mark !== undefined && { mark }), mustFit: changes.length > 1 });
				});
				span.setAttributes({
					"carteira.import.rows": read.map(({ numRead }) => numRead),
					"carteira.import.quarantined": read.map(({ numQuarantined }) => numQuarantined),
				});
				return read;
			});
			void compact(name);
			return reports;
		},
		wasApplied: (name, mark) => wasApplied(folderOf(name), mark),
		writePolicy: (name, policy) =>
			change(name, async (folder) => {
				await ensureStore(folder);
				writePolicy(folder, `${JSON.stringify(policy, null, "\t")}\n`);
			}),
		install: (name, source) =>
			change(name, async (folder) => {
				await held.forget(name);
				const copy = join(root, `.${name}.${randomBytes(6).toString("hex")}`);
				try {
					if (isStore(source)) await cp(source, copy, { recursive: true });
					else await buildStore(source, copy);
					await rm(folder, { recursive: true, force: true });
					await rename(copy, folder);
				} finally {
					await rm(copy, { recursive: true, force: true });
				}
				await syncFolder(root);
			}),
		read: (name) =>
			turns(name, async () => {
				await foldNow(name);
				return readNow(name);
			}),
		prepare: (name) =>
			turns(name, async () => {
				await require(name);
				await foldNow(name);
				if (!isStore(folderOf(name))) await ensureStore(folderOf(name));
			}),
		async policyOf(name) {
			await require(name);
			if (!isStore(folderOf(name))) return (await turns(name, () => readNow(name))).portfolio.policy;
			const { policy } = readCurrent(folderOf(name)).manifest;
			return policy === null ? null : JSON.parse(policy);
		},
		readAsItStands: (name) => turns(name, () => readNow(name)),
		fold(name) {
			const known = folds.get(name);
			if (known) return known;
			const fold = turns(name, () => foldNow(name)).finally(() => folds.delete(name));
			folds.set(name, fold);
			void fold.then(
				() => compact(name),
				() => {},
			);
			return fold;
		},
	};
}
