import { randomBytes } from "node:crypto";
import { mkdir, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CarteiraError } from "../../engine/index.ts";
import { writeDurably } from "../durable-file.ts";
import { type Database, EVERY_TENANT } from "./database.ts";

/** Tenant of whoever needs no key. Its files are those of the data folder itself, so that a folder from before there were tenants is its. */
export const DEFAULT_TENANT = "default";
const TENANTS = "tenants";

/** The embedded store's file in a data folder. */
export const databasePath = (dataDir: string): string => join(dataDir, "store.sqlite");

/** Folder of a tenant's files. */
export function tenantFolder(dataDir: string, tenant: string): string {
	return tenant === DEFAULT_TENANT ? dataDir : join(dataDir, TENANTS, tenant);
}

/** Tenants that have files. */
export async function listTenants(dataDir: string): Promise<string[]> {
	const named = await readdir(join(dataDir, TENANTS)).catch(() => []);
	return [DEFAULT_TENANT, ...named];
}

/** Keeps a data folder to this process until it is released, or dies. CONFLICT where another has it. */
export function lockFolder(dataDir: string): { release(): void } {
	const path = join(dataDir, "lock");
	const lock = new DatabaseSync(path); // for the lock alone, which the operating system takes back from a process that dies
	try {
		lock.exec("BEGIN EXCLUSIVE");
	} catch (error) {
		lock.close();
		if (!(error instanceof Error) || !/locked/.test(error.message)) throw error;
		throw new CarteiraError("CONFLICT", `${dataDir} is in use by another server; one server a data folder`);
	}
	return { release: () => lock.close() };
}

/**
 * Refuses with CONFLICT a database on PostgreSQL that belongs to another data folder: without its rows the folder's files would be taken
 * for leftovers. A new folder and a new database take one another.
 */
export async function checkBelongsTogether(dataDir: string, database: Database): Promise<void> {
	if (database.dialect === "sqlite") return;
	const path = join(dataDir, "database-id");
	const wrong = (why: string): CarteiraError => new CarteiraError("CONFLICT", `${dataDir} and the database do not belong together: ${why}`);
	const mine = await readFile(path, "utf8").catch(() => null);
	const known = await database.as(EVERY_TENANT, (rows) => rows.selectFrom("installation").select("id").executeTakeFirst());
	if (known) {
		if (mine === null) throw wrong("the database has plans whose files are in another folder");
		if (mine !== known.id) throw wrong("each belongs to another");
		return;
	}
	// Of a first start that was cut off there may be the file already, and nothing else.
	if (mine !== null && (await listFiles(join(dataDir, "documents"))).length > 0)
		throw wrong("the folder has plans that the database does not know");
	const id = mine ?? randomBytes(16).toString("hex");
	await mkdir(dataDir, { recursive: true });
	if (mine === null) await writeDurably(path, (file) => file.writeFile(id));
	await database.as(EVERY_TENANT, (rows) => rows.insertInto("installation").values({ id }).execute());
}

const listFiles = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
