import { readFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { TableFile } from "../../engine/portfolio/files/find-tables.ts";
import { openTableWriter } from "../../engine/portfolio/files/write-table.ts";
import { createRandom } from "../../engine/random.ts";
import { TABLE_MEDIA } from "../../server/http/media.ts";
import type { ServiceProcess } from "../helpers/service-process.ts";
import { MUTATION_NAMES, MUTATIONS } from "../portfolio/files/mutate-bytes.ts";
import { arrowFiles, parquetFiles, validRows } from "../portfolio/files/typed-files.ts";

/** What became of many uploads. */
export interface Uploaded {
	readonly statuses: Readonly<Record<number, number>>;
	readonly slowestSeconds: number;
	/** Megabytes that the server held: after the first tenth, and the most in the last tenth. */
	readonly memory: { readonly early: number; readonly late: number };
}

/** Uploads sent at the same time. */
const AT_ONCE = 2;
/** Seconds in which an upload of some kilobytes must be answered, on a machine that does other things too. */
const DEADLINE = 60;

export const typeOf = (format: TableFile["format"]): string => TABLE_MEDIA.find((media) => media.format === format)?.type ?? "";

async function csvFiles(folder: string): Promise<TableFile[]> {
	await mkdir(folder, { recursive: true });
	const files: TableFile[] = [];
	for (const table of ["customers", "orders", "contacts", "products"] as const) {
		const writer = openTableWriter(folder, table, "csv");
		for (const row of validRows(table, 150, createRandom(5))) writer.append(row);
		await writer.close();
		files.push({ table, format: "csv", path: writer.path });
	}
	return files;
}

/** The files that are damaged: each table in each format, in many encodings. */
export async function wholeFiles(folder: string): Promise<TableFile[]> {
	const [parquet, arrow] = [join(folder, "parquet"), join(folder, "arrow")];
	for (const path of [parquet, arrow]) await mkdir(path, { recursive: true });
	return [...(await parquetFiles(parquet)), ...(await arrowFiles(arrow)), ...(await csvFiles(join(folder, "csv")))];
}

/**
 * Sends seeded mutants of files to a server, each to a portfolio that has nothing else. Each must be answered within its deadline, by a
 * refusal, or by an import report where the damage is to be seen by a digest alone; never by a defect.
 */
export async function fuzzUploads(service: ServiceProcess, files: readonly TableFile[], count: number, seed: number): Promise<Uploaded> {
	const contents = await Promise.all(files.map(({ path }) => readFile(path)));
	const statuses: Record<number, number> = {};
	const memory: number[] = [];
	let [next, slowest] = [0, 0];
	async function sendOn(): Promise<void> {
		for (let i = next++; i < count; i = next++) {
			const random = createRandom(seed, i);
			const which = i % files.length;
			const mutation = MUTATION_NAMES[random.below(MUTATION_NAMES.length)];
			const bytes = MUTATIONS[mutation](Buffer.from(contents[which]), random);
			const { table, format } = files[which];
			const begun = Date.now();
			const answer = await fetch(`${service.url}/v1/portfolios/p${i % 7}/${table}`, {
				method: "PUT",
				headers: { "content-type": typeOf(format) },
				body: new Uint8Array(bytes),
			});
			const body = await answer.text();
			const told = `seed ${seed}, ${i}: ${mutation} of ${table} as ${format}: ${answer.status} ${body.slice(0, 300)}`;
			expect(answer.status === 200 || (answer.status >= 400 && answer.status < 500), told).toBe(true);
			slowest = Math.max(slowest, (Date.now() - begun) / 1000);
			statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
			memory.push(service.memory() / 1_048_576);
		}
	}
	await Promise.all(Array.from({ length: AT_ONCE }, sendOn));
	expect(slowest).toBeLessThan(DEADLINE);
	const tenth = Math.max(1, Math.floor(memory.length / 10));
	const early = Math.max(...memory.slice(0, tenth + 5));
	return { statuses, slowestSeconds: slowest, memory: { early: Math.round(early), late: Math.round(Math.max(...memory.slice(-tenth))) } };
}
