import type { Command } from "commander";
import { type Kept, makeBackup } from "../backup/backup.ts";
import type { BackupManifest } from "../backup/backup-manifest.ts";
import { restoreBackup } from "../backup/restore.ts";
import { dataOption, databaseOption, jsonOption, validateFolder, validateOutFolder } from "./options.ts";
import { tell } from "./progress.ts";

interface BackupFlags {
	readonly data: string;
	readonly database?: string;
	readonly json?: true;
}

const keptOf = ({ data, database }: BackupFlags): Kept => ({ dataDir: data, databaseUrl: database });

function report(folder: string, { store, made_at, files }: BackupManifest, json: true | undefined): void {
	const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
	tell(`${files.length} files, ${bytes} bytes, of ${made_at}`);
	process.stdout.write(json ? `${JSON.stringify({ folder, store, made_at, files: files.length, bytes })}\n` : `${folder}\n`);
}

async function runBackup({ out, ...flags }: BackupFlags & { readonly out: string }): Promise<void> {
	validateFolder(flags.data);
	validateOutFolder(out);
	report(out, await makeBackup(keptOf(flags), out), flags.json);
}

async function runRestore(backup: string, flags: BackupFlags): Promise<void> {
	validateFolder(backup);
	validateOutFolder(flags.data, "--data");
	report(flags.data, await restoreBackup(backup, keptOf(flags)), flags.json);
}

/** `carteira backup` and `carteira restore`: everything that a service keeps, as one folder. */
export function addBackupCommands(program: Command): void {
	program
		.command("backup")
		.description("copy everything that a service keeps into a new folder, also while it runs")
		.addOption(dataOption())
		.addOption(databaseOption())
		.requiredOption("--out <folder>", "the backup to make; a folder that is not there, or empty")
		.addOption(jsonOption())
		.action(runBackup);
	program
		.command("restore")
		.description("put a backup, verified, into a new data folder (and an empty database on PostgreSQL)")
		.argument("<folder>", "what `backup` made")
		.addOption(dataOption("the data folder to make"))
		.addOption(databaseOption())
		.addOption(jsonOption())
		.action(runRestore);
}
