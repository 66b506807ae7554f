import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readModelFolder } from "../../engine/scoring/model-folder.ts";
import { defaultModelDir } from "../../engine/scoring/predictor.ts";
import { moveAlias, registerModel } from "../../models/registry/registry.ts";
import { writeModelFolder } from "../../models/write-model-folder.ts";
import { DEFAULT_CONFIG } from "../../server/config.ts";
import { createServices } from "../../server/services.ts";
import { LAST_DAY, syntheticPortfolio } from "../scoring/synthetic-portfolio.ts";

let scratch: string;
beforeAll(async () => {
	scratch = await mkdtemp(join(tmpdir(), "carteira-services-"));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

it("plans with the champion of the registry in its data folder, with the shipped model before there is one", async () => {
	const dataDir = join(scratch, "data");
	const own = join(scratch, "own");
	const { manifest, weights } = await readModelFolder(defaultModelDir());
	await writeModelFolder(own, { manifest: { ...manifest, name: "own" }, weights });
	const modelOf = async (): Promise<string> => {
		const services = await createServices({ ...DEFAULT_CONFIG, dataDir, threads: 1, logLevel: "silent" });
		const { scores } = await services.engine.score(syntheticPortfolio(5, 1), { asOf: LAST_DAY });
		await services.close();
		return scores.model.split("@")[0];
	};
	expect(await modelOf()).toBe(manifest.name);
	const registry = join(dataDir, "models");
	await registerModel(registry, own);
	expect(await modelOf()).toBe(manifest.name);
	moveAlias(registry, "champion", 1);
	expect(await modelOf()).toBe("own");
});
