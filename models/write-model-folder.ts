import { existsSync, lstatSync } from "node:fs";
import { mkdir, readdir, realpath, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { CarteiraError } from "../engine/errors.ts";
import { openDurableFile, sync } from "../engine/portfolio/files/durable-file.ts";
import { type ModelFolder, NET_NAMES } from "../engine/scoring/model-folder.ts";
import { renderCard } from "./report/card.ts";
import type { ChurnReport } from "./evaluation/evaluate-churn.ts";

/** What a model folder may hold. */
const MODEL_FILE = /^(model\.json|metrics\.json|card\.html|[\w-]+\.bin)$/;

/**
 * Writes a model folder: model.json, the weights, metrics.json (the reports) and card.html. The folder appears whole: it is made beside and renamed.
 * An older model of that name is replaced; a folder that holds anything else is refused with CONFLICT.
 */
export async function writeModelFolder(out: string, folder: ModelFolder, reports: readonly ChurnReport[] = []): Promise<void> {
	await validateModelOut(out);
	const target = existsSync(out) ? await realpath(out) : resolve(out);
	const [staging, previous] = [`${target}.${process.pid}.tmp`, `${target}.${process.pid}.old`];
	await mkdir(dirname(target), { recursive: true });
	await rm(staging, { recursive: true, force: true });
	try {
		await fillFolder(staging, folder, reports);
		if (existsSync(target)) await rename(target, previous);
		await rename(staging, target);
		sync(dirname(target));
	} catch (error) {
		await rm(staging, { recursive: true, force: true });
		throw error;
	}
	await rm(previous, { recursive: true, force: true });
}

/** Throws CONFLICT where a model must not be written: over anything but an older model, or an empty folder. */
export async function validateModelOut(out: string): Promise<void> {
	if (lstatSync(out, { throwIfNoEntry: false }) === undefined || (await isReplaceable(out))) return;
	throw new CarteiraError("CONFLICT", `${out} exists and is no model folder, or holds more than a model; name another one`);
}

async function fillFolder(staging: string, folder: ModelFolder, reports: readonly ChurnReport[]): Promise<void> {
	await mkdir(staging);
	for (const name of NET_NAMES) writeFileTo(staging, folder.manifest[name].file, new Uint8Array(folder.weights[name]));
	writeFileTo(staging, "metrics.json", asJson({ churn: reports }));
	writeFileTo(staging, "card.html", Buffer.from(await renderCard(folder.manifest, reports)));
	writeFileTo(staging, "model.json", asJson(folder.manifest));
}

async function isReplaceable(folder: string): Promise<boolean> {
	const files = await readdir(folder).catch(() => ["not a folder"]);
	return files.length === 0 || (files.includes("model.json") && files.every((name) => MODEL_FILE.test(name)));
}

function writeFileTo(folder: string, name: string, bytes: Uint8Array): void {
	const file = openDurableFile(join(folder, name));
	file.writeBytes(bytes);
	file.close();
}

function asJson(value: unknown): Uint8Array {
	return Buffer.from(`${JSON.stringify(value)}\n`);
}
