import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import { z } from "zod";
import { CarteiraError } from "../../engine/index.ts";
import { writeDurably } from "../durable-file.ts";

const NAME = "backup.json";

/** Stays inside the folder that it is read beneath. */
const isInside = (path: string): boolean => path === normalize(path) && !/^(\/|\.\.)/.test(path) && !path.includes("\0");

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const body = z.strictObject({
	format: z.literal("carteira-backup-1"),
	engine: z.string(),
	made_at: z.string(),
	store: z.enum(["sqlite", "postgres"]),
	/** Steps that the database's tables are made by. */
	migrations: z.array(z.string()),
	files: z.array(z.strictObject({ path: z.string().refine(isInside, "expected a path inside the backup"), bytes: z.int().min(0), sha256 })),
});

/** What a backup holds: `data/…` as it lies in a data folder and, of PostgreSQL, `rows/<table>.ndjson`. Written last, so a backup without one is none. */
export type BackupManifest = z.infer<typeof body>;
export type BackupFile = BackupManifest["files"][number];

const digestOf = (manifest: unknown): string => createHash("sha256").update(JSON.stringify(manifest)).digest("hex");

/** Completes a backup. */
export async function writeBackupManifest(folder: string, manifest: BackupManifest): Promise<void> {
	const text = JSON.stringify({ ...manifest, sha256: digestOf(manifest) }, null, "\t");
	await writeDurably(join(folder, NAME), (file) => file.writeFile(`${text}\n`));
}

/** Throws NOT_FOUND for a folder that is no complete backup, INVALID_INPUT where its manifest is damaged. */
export async function readBackupManifest(folder: string): Promise<BackupManifest> {
	const path = join(folder, NAME);
	const text = await readFile(path, "utf8").catch(() => {
		throw new CarteiraError("NOT_FOUND", `${path} is not there: expected a folder that \`carteira backup\` completed`);
	});
	const { sha256: digest, ...rest } = parse(path, text);
	if (digest !== digestOf(rest)) throw new CarteiraError("INVALID_INPUT", `${path} is damaged: it has not the SHA-256 that it names`);
	const { success, data, error } = body.safeParse(rest);
	if (success) return data;
	const [{ path: at, message }] = error.issues;
	throw new CarteiraError("INVALID_INPUT", `${path}, /${at.join("/")}: ${message}`);
}

function parse(path: string, text: string): Record<string, unknown> {
	try {
		return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
	} catch {
		throw new CarteiraError("INVALID_INPUT", `${path} is damaged: expected a JSON object`);
	}
}
