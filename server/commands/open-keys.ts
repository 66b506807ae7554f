import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { CarteiraError } from "../../engine/index.ts";
import { databasePath } from "../store/data-folder.ts";
import { openDatabase } from "../store/database.ts";
import { type Keys, createKeys } from "../store/keys.ts";

/** The keys of a data folder or a database, beside a server that may be running on it. The folder must be there unless it may be made. */
export async function openKeys(
	dataDir: string,
	url: string | undefined,
	{ mayCreate = false } = {},
): Promise<Keys & { close(): Promise<void> }> {
	if (mayCreate) await mkdir(dataDir, { recursive: true });
	else if (url === undefined && !existsSync(dataDir)) throw new CarteiraError("NOT_FOUND", `the data folder ${dataDir} is not there`);
	const database = await openDatabase({ path: databasePath(dataDir), url });
	return { ...createKeys(database), close: () => database.close() };
}
