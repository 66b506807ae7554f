import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseDay } from "../../../engine/index.ts";
import { generate } from "../../../models/generator/generate.ts";
import { runHere } from "./run-here.ts";

let scratch: string;
let folder: string;
beforeAll(async () => {
	scratch = await mkdtemp(join(tmpdir(), "carteira-studies-"));
	folder = join(scratch, "d");
	await generate({ customers: 60, reps: 1, seed: 7, asOf: parseDay("2026-11-23"), format: "csv", out: folder });
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

test("a back-test is written as a page in the language asked for, and told as a table", async () => {
	const out = join(scratch, "backtest.html");
	const flags = ["--from", "2026-05-04", "--to", "2026-07-06", "--origins", "2", "--language", "en"];
	const { exit, out: table, told } = await runHere("backtest", folder, ...flags, "--out", out);
	expect(exit, told).toBe(0);
	expect(table).not.toContain("<html");
	const page = await readFile(out, "utf8");
	expect(page).toMatch(/^<!doctype html>/i);
	expect(page).toContain('lang="en"');
	expect(page).toContain("<svg");
});

test("the design of an experiment and its report are pages on stdout, or JSON in a file", async () => {
	const design = ["design", folder, "--name", "pilot", "--from", "2026-08-03", "--to", "2026-10-26", "--share", "0.2"];
	const page = await runHere("experiment", ...design, "--format", "html");
	expect(page.exit, page.told).toBe(0);
	expect(page.out).toMatch(/^<!doctype html>/i);
	expect(page.out).toContain("pilot");
	expect((await runHere("experiment", ...design, "--out", join(scratch, "design.json"))).exit).toBe(0);
	const { policy } = JSON.parse(await readFile(join(scratch, "design.json"), "utf8")) as { policy: object };
	const held: object = JSON.parse(await readFile(join(folder, "policy.json"), "utf8"));
	await writeFile(join(folder, "policy.json"), JSON.stringify({ ...held, ...policy }));
	const report = await runHere("experiment", "report", folder, "--name", "pilot", "--as-of", "2026-11-23", "--format", "html");
	expect(report.exit, report.told).toBe(0);
	expect(report.out).toMatch(/^<!doctype html>/i);
	expect(report.out).toContain("pilot");
});
