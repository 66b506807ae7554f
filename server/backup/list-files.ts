import { readFile, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { isStore, snapshotFiles } from "../../engine/index.ts";
import { listTenants, tenantFolder } from "../store/data-folder.ts";

/** A file of a data folder by its path there, with its text where that must be as it was when it was looked at. */
export interface ListedFile {
	readonly path: string;
	readonly text?: string;
}

/** What is listed by what refers to it, made anew by every start, or the database's own. Everything else is taken as it lies. */
const APART = /^(documents|portfolios|tenants|uploads|readiness|lock.*|store\.sqlite.*)$/;
/** Of processes that died or are still at it. */
const isUnfinished = (path: string): boolean => /(^|\/)\.|\.tmp(\/|$)/.test(path);

async function walk(dataDir: string, folder: string): Promise<ListedFile[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) => relative(dataDir, join(entry.parentPath, entry.name)))
		.filter((path) => !isUnfinished(path))
		.map((path) => ({ path }));
}

/** Folders of all portfolios. */
async function listPortfolios(dataDir: string): Promise<string[]> {
	const folders: string[] = [];
	for (const tenant of await listTenants(dataDir)) {
		const root = join(tenantFolder(dataDir, tenant), "portfolios");
		const names = await readdir(root).catch(() => []);
		folders.push(...names.filter((name) => !isUnfinished(name)).map((name) => join(root, name)));
	}
	return folders;
}

/** Which snapshot counts, of each portfolio that has one. */
export async function currentSnapshots(dataDir: string): Promise<ReadonlyMap<string, string>> {
	const current = new Map<string, string>();
	for (const folder of await listPortfolios(dataDir))
		if (isStore(folder)) current.set(folder, await readFile(join(folder, "CURRENT"), "utf8"));
	return current;
}

async function portfolioFiles(dataDir: string): Promise<ListedFile[]> {
	const files: ListedFile[] = [];
	for (const folder of await listPortfolios(dataDir)) {
		if (!isStore(folder)) {
			files.push(...(await walk(dataDir, folder)));
			continue;
		}
		const { sha, paths } = snapshotFiles(folder);
		files.push(...paths.map((path) => ({ path: relative(dataDir, join(folder, path)) })));
		files.push({ path: relative(dataDir, join(folder, "CURRENT")), text: `${sha}\n` });
	}
	return files;
}

/** Everything that a backup of a data folder holds beside its rows; `documents` are the plans' files that rows refer to. */
export async function listFiles(
	dataDir: string,
	documents: readonly { readonly tenant: string; readonly document: string }[],
): Promise<ListedFile[]> {
	const files = documents.map(({ tenant, document }): ListedFile => {
		return { path: relative(dataDir, join(tenantFolder(dataDir, tenant), "documents", `${document}.json`)) };
	});
	for (const tenant of await listTenants(dataDir)) {
		const folder = tenantFolder(dataDir, tenant);
		for (const entry of await readdir(folder, { withFileTypes: true })) {
			if (APART.test(entry.name) || isUnfinished(entry.name)) continue;
			const path = join(folder, entry.name);
			files.push(...(entry.isDirectory() ? await walk(dataDir, path) : [{ path: relative(dataDir, path) }]));
		}
	}
	return [...files, ...(await portfolioFiles(dataDir))];
}
