import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runHere } from "./run-here.ts";

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "carteira-evaluate-"));
	await writeFile(join(folder, "orders.csv"), "order_id,customer_id,ordered_on,product_id,quantity\no1,c1,2026-03-02,p1,2\n");
});
afterEach(async () => {
	vi.unstubAllEnvs();
	await rm(folder, { recursive: true, force: true });
});

test("evaluate trains at each day unless it is told a model, whatever model the other commands are given by the environment", async () => {
	vi.stubEnv("CARTEIRA_MODEL", join(folder, "nowhere"));
	const trained = await runHere("evaluate", folder, "--as-of", "2026-06-01");
	expect(trained.told).toMatch(/there are 1 purchase events .* training a net needs/);
	const asked = await runHere("evaluate", folder, "--as-of", "2026-06-01", "--model", join(folder, "absent"));
	expect(asked.told).toContain("no model at");
	const scored = await runHere("score", folder, "--as-of", "2026-06-01", "--out", join(folder, "scores.csv"));
	expect(scored.told).toContain(`no model at ${join(folder, "nowhere")}`);
});
