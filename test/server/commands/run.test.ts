import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runHere } from "./run-here.ts";

const LAUNCHER = join(import.meta.dirname, "../../../server/carteira.js");

interface Ended {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs the command line in a process of its own, as a user would. */
function carteira(...args: string[]): Promise<Ended> {
	const child = spawn(process.execPath, [LAUNCHER, ...args], { cwd: folder, env: { ...process.env, NO_COLOR: "1" } });
	const out: string[] = [];
	const err: string[] = [];
	child.stdout.setEncoding("utf8").on("data", (text: string) => out.push(text));
	child.stderr.setEncoding("utf8").on("data", (text: string) => err.push(text));
	return new Promise((resolve) => {
		child.on("close", (code) => resolve({ code, stdout: out.join(""), stderr: err.join("") }));
	});
}

/** The same in this process, which spares the start of one. */
async function here(...args: string[]): Promise<Ended> {
	const { exit, out, told } = await runHere(...args);
	return { code: exit, stdout: out, stderr: told };
}

let folder: string;
const home = process.cwd();
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "carteira-cli-"));
	process.chdir(folder);
	const made = await carteira("generate", "--customers", "60", "--reps", "1", "--seed", "7", "--as-of", "2026-11-23", "--out", "d");
	expect(made).toMatchObject({ code: 0, stdout: "d\n" });
});
afterAll(async () => {
	process.chdir(home);
	await rm(folder, { recursive: true, force: true });
});

describe("a portfolio folder", () => {
	test("is planned into a file, which check finds right; progress and messages stay off stdout", async () => {
		const planned = await carteira("plan", "d", "--as-of", "2026-11-23", "--iterations", "50", "--out", "plan.json", "--json");
		expect(planned.code).toBe(0);
		const plan = JSON.parse(await readFile(join(folder, "plan.json"), "utf8")) as { plan_id: string };
		expect(JSON.parse(planned.stdout)).toMatchObject({ out: "plan.json", plan_id: plan.plan_id });
		expect(planned.stderr).toContain("customers");
		const checked = await carteira("check", "d", "plan.json", "--json");
		expect(checked).toMatchObject({ code: 0, stdout: '{"num_violations":0,"violations":[]}\n' });
	});

	test("is planned again exactly from the seed and iterations of an earlier plan's receipt", async () => {
		const onDay = ["plan", "d", "--as-of", "2026-11-23", "--format", "json"];
		const first = await here(...onDay, "--seconds", "0.3", "--seed", "5");
		await writeFile(join(folder, "timed.json"), first.stdout);
		const again = await here(...onDay, "--iterations-of", "timed.json");
		expect(again.code).toBe(0);
		expect(again.stdout).toBe(first.stdout);
		expect((await here(...onDay, "--iterations-of", "d/policy.json")).code).toBe(3);
		expect((await here(...onDay, "--iterations-of", "timed.json", "--seed", "5")).code).toBe(2);
	});

	test("whose plan was tampered with fails the check with exit code 1 and the place", async () => {
		const text = await readFile(join(folder, "plan.json"), "utf8");
		await writeFile(join(folder, "bad.json"), text.replace('"sequence":1,', '"sequence":9,'));
		const checked = await here("check", "d", "bad.json");
		expect(checked.code).toBe(1);
		expect(checked.stdout).toMatch(/sequence .* \/reps\/\d+\/days\/\d+\/entries\/0\/sequence .* 9, expected 1/);
	});

	test("is planned to stdout in the format asked for", async () => {
		const planned = await here("plan", "d", "--as-of", "2026-11-23", "--iterations", "1", "--rep", "R00001", "--format", "csv");
		expect(planned.stdout).toMatch(/^rep_id,date,.*\nR00001,2026-11-/);
	});

	test("shows what its contacts do, and a plan takes the measured effects up", async () => {
		const made = await here("generate", "--customers", "60", "--reps", "1", "--seed", "7", "--hold-out", "0.2", "--out", "tried");
		expect(made.code).toBe(0);
		const found = await here("effects", "tried", "--as-of", "2026-11-23", "--out", "effects.json", "--json");
		expect(found.code).toBe(0);
		const report = JSON.parse(found.stdout) as { channels: { basis: string }[]; policy: unknown };
		expect(report.channels.map(({ basis }) => basis)).toEqual(["measured", "measured", "assumed", "assumed"]);
		expect(JSON.parse(await readFile(join(folder, "effects.json"), "utf8"))).toEqual(report.policy);
		const onDay = ["plan", "tried", "--as-of", "2026-11-23", "--iterations", "20"];
		const planned = await here(...onDay, "--policy", "effects.json", "--out", "tried.json");
		expect(planned.code).toBe(0);
		expect(JSON.parse(await readFile(join(folder, "tried.json"), "utf8"))).toMatchObject({ receipt: { effects: "measured 2026-11-23" } });
		expect(await here("check", "tried", "tried.json")).toMatchObject({ code: 0 });
		await writeFile(join(folder, "list.json"), "[]");
		expect((await here(...onDay, "--policy", "list.json")).stderr).toContain("no object of policy fields");
		expect((await here(...onDay, "--policy", "nowhere.json")).code).toBe(3);
	});

	test("is scored, and its products are written", async () => {
		const scored = await here("score", "d", "--as-of", "2026-11-23", "--out", "scores.csv");
		expect(scored.code).toBe(0);
		expect(await readFile(join(folder, "scores.csv"), "utf8")).toMatch(/^customer_id,churn_risk,churn_risk_own_rhythm,expected_orders,/);
		const products = await here("products", "d", "--as-of", "2026-11-23", "--top", "3", "--out", "mix.csv", "--json");
		expect(products.code).toBe(0);
		expect(JSON.parse(products.stdout)).toMatchObject({ out: "mix.csv" });
	});
});

describe("exit codes", () => {
	test("0 for help, 2 for wrong usage, 3 for invalid input, told by the process", async () => {
		const [help, usage, input] = await Promise.all([carteira("--help"), carteira("nonsense"), carteira("plan", "nowhere")]);
		expect([help.code, usage.code, input.code]).toEqual([0, 2, 3]);
		expect(help.stdout).toContain("Exit codes");
		expect(input.stderr).toBe("carteira: error: nowhere is not there\n");
	});

	test.each([
		[2, "unknown command", ["nonsense"]],
		[2, "missing required argument", ["plan"]],
		[2, "2026-02-30", ["plan", "d", "--as-of", "2026-02-30"]],
		[2, "cannot be used with", ["plan", "d", "--seconds", "1", "--iterations", "1"]],
		[2, "1970-01-01 to 2100-12-31", ["plan", "d", "--as-of", "9999-12-31"]],
		[2, "1970-01-01 to 2100-12-31", ["generate", "--as-of", "2101-01-01", "--out", "d"]],
		[2, "from 1 to 60", ["plan", "d", "--horizon-days", "61"]],
		[2, "empty", ["generate", "--out", ""]],
		[2, "without keys", ["serve", "--host", "0.0.0.0"]],
		[3, "not there", ["plan", "nowhere"]],
		[3, "cannot be read", ["check", ".", "nowhere.json"]],
	])("%i, saying %s, for %j", async (code, words, args) => {
		const { exit, told } = await runHere(...args);
		expect(exit).toBe(code);
		expect(told).toContain(words);
		expect(told).not.toMatch(/\n\s+at /); // no stack
	});

	test("3 for a place that cannot be written or is of another kind, before any work", async () => {
		const [file, garbage, looped] = ["file", "garbage", "looped"].map((name) => join(folder, name));
		await writeFile(file, "");
		await mkdir(garbage);
		await writeFile(join(garbage, "store.sqlite"), "this is not a database, and is long enough to be looked at as one".repeat(20));
		await mkdir(looped);
		await symlink("orders.csv", join(looped, "orders.csv"));
		const d = join(folder, "d");
		const onDay = ["--as-of", "2026-11-23"];
		const cases: [words: string, args: string[]][] = [
			["nowhere is not there", ["plan", d, ...onDay, "--out", join(folder, "nowhere", "plan.json")]],
			["is a folder", ["plan", d, ...onDay, "--out", folder]],
			["is not a folder", ["score", d, ...onDay, "--out", join(file, "scores.csv")]],
			["is a folder", ["products", d, ...onDay, "--out", folder]],
			["is not a folder", ["generate", "--out", file]],
			["is not a folder", ["serve", "--data", file]],
			["no database of Carteira", ["serve", "--data", garbage]],
			["ELOOP", ["score", looped, ...onDay, "--out", join(folder, "scores.csv")]],
		];
		for (const [words, args] of cases) {
			const { exit, told } = await runHere(...args);
			expect(told).toContain(words);
			expect(told).not.toContain("read\n"); // nothing was begun
			expect([words, exit]).toEqual([words, 3]);
		}
	});

	test("3 for input that breaks the contract, with table, row, column and value", async () => {
		await here("generate", "--customers", "50", "--reps", "1", "--out", "broken");
		const path = join(folder, "broken", "customers.csv");
		const lines = (await readFile(path, "utf8")).split("\n");
		const column = lines[0].split(",").indexOf("lat");
		lines[4] = lines[4]
			.split(",")
			.map((cell, index) => (index === column ? "north" : cell))
			.join(",");
		await writeFile(path, lines.join("\n"));
		const ended = await here("plan", "broken");
		expect(ended.code).toBe(3);
		expect(ended.stderr).toMatch(/customers .* 5 .* lat .* north/); // line 5 of the file
	});
});
