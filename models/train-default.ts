import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPortfolio } from "../engine/portfolio/reading/read-portfolio.ts";
import { parseDay } from "../engine/units.ts";
import { generate } from "./generator/generate.ts";
import { train } from "./train.ts";

/** The distributor that the shipped model learns from; no test or demonstration uses this seed. */
const CUSTOMERS = 4000;
const REPS = 14;
const SEED = 20_261_123;
const AS_OF = "2026-11-23";

/** Trains the model that is shipped, on a generated distributor, and puts it under models/artefacts. Run by `npm run train:default`. */
async function trainDefault(): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), "carteira-train-"));
	try {
		const asOf = parseDay(AS_OF);
		await generate({ customers: CUSTOMERS, reps: REPS, seed: SEED, asOf, format: "arrow", out: folder });
		const summary = await train(await readPortfolio(folder), {
			asOf,
			seed: 1,
			synthetic: true,
			out: join(import.meta.dirname, "artefacts", `default-${AS_OF}`),
			trainedOn: `synthetic orders of a generated distributor with ${CUSTOMERS} customers and ${REPS} reps, seed ${SEED}`,
			onProgress: (message) => console.error(message),
		});
		console.log(`${summary.model} in ${summary.seconds} s`);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

await trainDefault();
