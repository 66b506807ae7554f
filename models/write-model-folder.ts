import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { CarteiraError } from "../engine/errors.ts";
import { openDurableFile, sync } from "../engine/portfolio/durable-file.ts";
import { type ModelFolder, NET_NAMES } from "../engine/scoring/model-folder.ts";
import { renderCard } from "./card.ts";
import type { ChurnReport } from "./evaluate-churn.ts";

/**
 * Writes a model folder: model.json, the weights, metrics.json (the reports) and card.html. The folder appears whole: it is made beside and renamed.
 * An older model of that name is replaced; a folder that holds anything else is refused with CONFLICT.
 */
export async function writeModelFolder(out: string, folder: ModelFolder, reports: readonly ChurnReport[] = []): Promise<void> {
	const target = resolve(out);
	if (existsSync(target) && !(await isReplaceable(target)))
		throw new CarteiraError("CONFLICT", `${out} exists and is no model folder; name another one`);
	const [staging, previous] = [`${target}.${process.pid}.tmp`, `${target}.${process.pid}.old`];
	await mkdir(dirname(target), { recursive: true });
	await rm(staging, { recursive: true, force: true });
	await mkdir(staging);
	for (const name of NET_NAMES) writeFileTo(staging, folder.manifest[name].file, new Uint8Array(folder.weights[name]));
	writeFileTo(staging, "metrics.json", asJson({ churn: reports }));
	writeFileTo(staging, "card.html", Buffer.from(await renderCard(folder.manifest, reports)));
	writeFileTo(staging, "model.json", asJson(folder.manifest));
	if (existsSync(target)) await rename(target, previous);
	await rename(staging, target);
	sync(dirname(target));
	await rm(previous, { recursive: true, force: true });
}

async function isReplaceable(folder: string): Promise<boolean> {
	const files = await readdir(folder).catch(() => ["not a folder"]);
	return files.length === 0 || files.includes("model.json");
}

function writeFileTo(folder: string, name: string, bytes: Uint8Array): void {
	const file = openDurableFile(join(folder, name));
	file.writeBytes(bytes);
	file.close();
}

function asJson(value: unknown): Uint8Array {
	return Buffer.from(`${JSON.stringify(value)}\n`);
}
