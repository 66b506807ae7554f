import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readModelFolder } from "../../../engine/scoring/model-folder.ts";
import { defaultModelDir } from "../../../engine/scoring/predictor.ts";
import { writeModelFolder } from "../../../models/write-model-folder.ts";
import { runHere } from "./run-here.ts";

let scratch: string;
let distributor: string;
let registry: string;
beforeAll(async () => {
	scratch = await mkdtemp(join(tmpdir(), "carteira-promote-"));
	[distributor, registry] = ["distributor", "registry"].map((name) => join(scratch, name));
	await runHere("generate", "--customers", "150", "--reps", "1", "--seed", "7", "--as-of", "2026-11-23", "--out", distributor);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

test("a registry is listed, filled, refuses a champion with figures, and scores with the one it has", async () => {
	const worse = join(scratch, "worse");
	const { manifest, weights } = await readModelFolder(defaultModelDir());
	const churn = { ...manifest.churn, buyTillYouDie: { k: 1, r: 1, alpha: 1, a: 0.01, b: 10 } };
	await writeModelFolder(worse, { manifest: { ...manifest, name: "worse", churn }, weights });

	expect(JSON.parse((await runHere("promote", "--registry", registry, "--json")).out)).toEqual({ versions: [], moves: [] });
	expect((await runHere("promote", worse, "--registry", registry)).exit).toBe(2); // a champion needs --on
	expect((await runHere("promote", worse, "--registry", registry, "--on", join(scratch, "nowhere"))).exit).toBe(3);
	expect(JSON.parse((await runHere("promote", "--registry", registry, "--json")).out).versions).toEqual([]);

	const refused = await runHere("promote", worse, "--registry", registry, "--on", distributor);
	expect(refused.exit).toBe(3);
	expect(refused.told).toMatch(/worse@\w+ does not become champion: the log-loss gains -0\.\d+ \(-0\.\d+ to -0\.\d+\); expected/);

	const challenger = await runHere("promote", worse, "--registry", registry, "--to", "challenger", "--json");
	expect(JSON.parse(challenger.out)).toMatchObject({
		versions: [{ version: 1, roles: ["challenger"] }],
		moves: [{ alias: "challenger", to: 1 }],
	});

	const scores = join(scratch, "scores.csv");
	const asOf = ["--as-of", "2026-11-23", "--out", scores, "--json"];
	expect((await runHere("score", distributor, "--model", registry, ...asOf)).told).toContain("has no champion");
	expect(JSON.parse((await runHere("score", distributor, "--model", `${registry}@challenger`, ...asOf)).out)).toMatchObject({
		model: expect.stringMatching(/^worse@/),
	});
	expect(await readFile(scores, "utf8")).toMatch(/^customer_id,churn_risk/);
});
