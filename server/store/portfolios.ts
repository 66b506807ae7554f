import { randomBytes } from "node:crypto";
import { cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import {
	CarteiraError,
	type Portfolio,
	type Snapshot,
	type TableName,
	type TableReport,
	buildStore,
	compactStore,
	ensureStore,
	importTable,
	isStore,
	openSnapshot,
	writePolicy,
} from "../../engine/index.ts";
import { syncFolder } from "../durable-file.ts";

/** Bytes of a table as they were received. */
export interface Upload {
	readonly path: string;
	readonly format: Parameters<typeof importTable>[2]["format"];
}

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
	importTable(name: string, table: TableName, upload: Upload, mode: "replace" | "upsert"): Promise<TableReport>;
	writePolicy(name: string, policy: object): Promise<void>;
	/** Takes a whole portfolio folder over in place of what is held; it is read first, so a bad one changes nothing. */
	install(name: string, folder: string): Promise<void>;
	/** The portfolio as it now stands. Kept in memory while it is among the last few used and unchanged. */
	read(name: string): Promise<ReadPortfolio>;
}

const KEPT_IN_MEMORY = 2;

/** Runs the works given under one name one after the other. */
function createTurns(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
	const last = new Map<string, Promise<unknown>>();
	return (name, work) => {
		const turn = (last.get(name) ?? Promise.resolve()).then(work);
		const settled = turn.catch(() => {});
		last.set(name, settled);
		void settled.then(() => last.get(name) === settled && last.delete(name));
		return turn;
	};
}

/** Portfolios under `<dataDir>/portfolios`. `onDefect` is told what goes wrong behind the scenes. */
export async function openPortfolios(dataDir: string, onDefect: (error: unknown) => void = () => {}): Promise<Portfolios> {
	const root = join(dataDir, "portfolios");
	await mkdir(root, { recursive: true });
	for (const name of await readdir(root)) {
		if (name.startsWith(".")) await rm(join(root, name), { recursive: true, force: true }); // left by a process that died
	}
	const turns = createTurns();
	const versions = new Map<string, number>();
	const kept = new Map<string, ReadPortfolio>();
	const folderOf = (name: string): string => join(root, name);

	async function exists(name: string): Promise<boolean> {
		const folder = folderOf(name);
		if (isStore(folder)) {
			const { given, policy } = openSnapshot(folder).manifest;
			return given.length > 0 || policy !== null;
		}
		const files = await readdir(folder, { withFileTypes: true }).catch(() => []);
		return files.some((file) => file.isFile() && !file.name.startsWith("."));
	}

	/** Makes a change; whatever became of it, what is in memory is no longer trusted. */
	async function change<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
		return turns(name, async () => {
			const folder = folderOf(name);
			await mkdir(folder, { recursive: true });
			try {
				return await work(folder);
			} finally {
				versions.set(name, (versions.get(name) ?? 0) + 1);
				kept.delete(name);
			}
		});
	}

	/** Merges what was appended when there is much of it; readers do not wait for it, the next change does. */
	async function compact(name: string): Promise<void> {
		await turns(name, () => compactStore(folderOf(name))).catch(onDefect);
	}

	async function openNow(name: string): Promise<ReadPortfolio> {
		await ensureStore(folderOf(name));
		const snapshot = openSnapshot(folderOf(name));
		return { version: versions.get(name) ?? 0, snapshot, portfolio: snapshot.portfolio() };
	}

	async function readNow(name: string): Promise<ReadPortfolio> {
		if (!(await exists(name))) throw new CarteiraError("NOT_FOUND", `no portfolio is called ${name}`);
		const known = kept.get(name);
		kept.delete(name);
		const read = known ?? (await openNow(name));
		kept.set(name, read); // deleting and setting moves it to the young end of the map
		for (const oldest of [...kept.keys()].slice(0, -KEPT_IN_MEMORY)) kept.delete(oldest);
		return read;
	}

	return {
		exists,
		async importTable(name, table, upload, mode) {
			const report = await change(name, (folder) => importTable(folder, table, upload, mode));
			void compact(name);
			return report;
		},
		writePolicy: (name, policy) =>
			change(name, async (folder) => {
				await ensureStore(folder);
				writePolicy(folder, `${JSON.stringify(policy, null, "\t")}\n`);
			}),
		install: (name, source) =>
			change(name, async (folder) => {
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
		read: (name) => turns(name, () => readNow(name)),
	};
}
