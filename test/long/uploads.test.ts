import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ServiceProcess, startServiceProcess } from "../helpers/service-process.ts";
import { BOMBS } from "../portfolio/files/bombs.ts";
import { temporaryFolder } from "../portfolio/sample-folder.ts";
import { fuzzUploads, typeOf, wholeFiles } from "../server/upload-fuzz.ts";

const isSlice = process.env.CARTEIRA_SLICE !== undefined;
const COUNT = Number(process.env.CARTEIRA_UPLOADS ?? (isSlice ? 60 : 5000));
/** Megabytes by which a server may grow over thousands of uploads: its heap is not shrunk after each. */
const GROWTH = 150;
/** Seconds in which a bomb must be answered. */
const DEADLINE = 150;

let service: ServiceProcess;
let dataDir: string;
beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), "carteira-uploads-"));
	service = await startServiceProcess(dataDir, ["--threads", "1"]);
});
afterAll(async () => {
	await service.stop();
	await rm(dataDir, { recursive: true });
});

it("answers thousands of damaged uploads by a refusal, in time, and in memory that does not grow", async () => {
	const uploaded = await fuzzUploads(service, await wholeFiles(temporaryFolder()), COUNT, 2026);
	console.log(`${COUNT} damaged uploads, seed 2026:`, uploaded);
	const refused = COUNT - (uploaded.statuses[200] ?? 0);
	expect(refused).toBeGreaterThan(COUNT / 2);
	expect(uploaded.memory.late - uploaded.memory.early).toBeLessThan(GROWTH);
});

const bombs = isSlice ? BOMBS.filter(({ name }) => !name.includes("dictionary")) : BOMBS;
it.each(bombs.map((bomb) => [bomb.name, bomb] as const))("refuses a bomb in time, in flat memory: %s", async (_, { file, make }) => {
	const folder = temporaryFolder();
	await make(join(folder, file));
	const [table, format] = file.split(".");
	const before = service.memory();
	const begun = Date.now();
	const answer = await fetch(`${service.url}/v1/portfolios/bombed/${table}`, {
		method: "PUT",
		headers: { "content-type": typeOf(format as "csv") },
		body: new Uint8Array(await readFile(join(folder, file))),
	});
	const body = await answer.text();
	const seconds = (Date.now() - begun) / 1000;
	const grown = (service.memory() - before) / 1_048_576;
	console.log(`${file}: ${answer.status} in ${seconds.toFixed(1)} s, the server grew by ${grown.toFixed(0)} MB`);
	expect(answer.status, body.slice(0, 500)).toBeGreaterThanOrEqual(400);
	expect(answer.status, body.slice(0, 500)).toBeLessThan(500);
	expect(seconds).toBeLessThan(DEADLINE);
	expect(grown).toBeLessThan(GROWTH);
});
