import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { CarteiraError, type Portfolio, type TableName, type TableReport, importTable, readPortfolio } from "../../engine/index.ts";
import { syncFolder, writeDurably } from "../durable-file.ts";

/** Bytes of a table as they were received. */
export interface Upload {
	readonly path: string;
	readonly format: Parameters<typeof importTable>[2]["format"];
}

/** A portfolio as it was read, with a number that grows with every change of its files. */
export interface ReadPortfolio {
	readonly version: number;
	readonly portfolio: Portfolio;
}

/**
 * Portfolio folders by name. A change and a reading of one portfolio never overlap, so that a plan sees all of an upload or none of
 * it; different portfolios do not wait for one another.
 */
export interface Portfolios {
	exists(name: string): Promise<boolean>;
	importTable(name: string, table: TableName, upload: Upload, mode: "replace" | "upsert"): Promise<TableReport>;
	writePolicy(name: string, policy: object): Promise<void>;
	/** Takes a whole portfolio folder over in place of what is held; it is read first, so a bad one changes nothing. */
	install(name: string, folder: string): Promise<void>;
	/**
	 * The portfolio as it now stands. Kept in memory while it is among the
	 * last few used and unchanged.
	 */
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

/** Copies the files of a folder, not what is in folders below it. */
async function copyFiles(from: string, to: string): Promise<void> {
	await mkdir(to);
	for (const entry of await readdir(from, { withFileTypes: true })) {
		if (entry.isFile()) await copyFile(join(from, entry.name), join(to, entry.name));
	}
}

/** Portfolios under `<dataDir>/portfolios`. */
export async function openPortfolios(dataDir: string): Promise<Portfolios> {
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
		const files = await readdir(folderOf(name)).catch(() => []);
		return files.some((file) => !file.startsWith("."));
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

	async function readNow(name: string): Promise<ReadPortfolio> {
		if (!(await exists(name))) throw new CarteiraError("NOT_FOUND", `no portfolio is called ${name}`);
		const known = kept.get(name);
		kept.delete(name);
		const read = known ?? { version: versions.get(name) ?? 0, portfolio: await readPortfolio(folderOf(name), { requireTables: [] }) };
		kept.set(name, read); // deleting and setting moves it to the young end of the map
		for (const oldest of [...kept.keys()].slice(0, -KEPT_IN_MEMORY)) kept.delete(oldest);
		return read;
	}

	return {
		exists,
		importTable: (name, table, upload, mode) => change(name, (folder) => importTable(folder, table, upload, mode)),
		writePolicy: (name, policy) =>
			change(name, (folder) =>
				writeDurably(join(folder, "policy.json"), (file) => file.writeFile(`${JSON.stringify(policy, null, "\t")}\n`)),
			),
		install: (name, source) =>
			change(name, async (folder) => {
				const copy = join(root, `.${name}.${randomBytes(6).toString("hex")}`);
				try {
					await copyFiles(source, copy);
					await readPortfolio(copy, { requireTables: [] });
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
