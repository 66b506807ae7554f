import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findModelDir, hasChampion, moveFile, versionFolder } from "../../../engine/scoring/find-model.ts";
import { modelName, readModelFolder } from "../../../engine/scoring/model-folder.ts";
import { defaultModelDir, loadPredictor } from "../../../engine/scoring/predictor.ts";
import { formatRegistry } from "../../../models/report/registry-report.ts";
import { formerChampion, listRegistry, moveAlias, registerModel } from "../../../models/registry/registry.ts";
import { writeModelFolder } from "../../../models/write-model-folder.ts";

let scratch: string;
let registry: string;
let other: string;
beforeAll(async () => {
	scratch = mkdtempSync(join(tmpdir(), "carteira-registry-"));
	other = join(scratch, "other-2026");
	const { manifest, weights } = await readModelFolder(defaultModelDir());
	await writeModelFolder(other, { manifest: { ...manifest, name: "other-2026" }, weights });
});
beforeEach(() => {
	registry = mkdtempSync(join(scratch, "registry-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("a registry", () => {
	it("numbers the models that are put into it, and knows one that it has", async () => {
		expect(await registerModel(registry, defaultModelDir())).toBe(1);
		expect(await registerModel(registry, other)).toBe(2);
		expect(await registerModel(registry, defaultModelDir())).toBe(1);
		expect(await registerModel(registry, "2")).toBe(2);
		const { versions, moves } = await listRegistry(registry);
		expect(versions.map(({ version, model }) => `${version} ${model?.split("@")[0]}`)).toEqual([
			`1 ${(await readModelFolder(defaultModelDir())).manifest.name}`,
			"2 other-2026",
		]);
		expect(moves).toEqual([]);
		expect(readdirSync(join(registry, "versions")).sort()).toEqual(["1", "2"]);
	});

	it("gives roles, remembers every move, and goes back to the former champion", async () => {
		for (const model of [defaultModelDir(), other]) await registerModel(registry, model);
		moveAlias(registry, "champion", 1);
		moveAlias(registry, "shadow", 2);
		moveAlias(registry, "champion", 2, { gain: 0.1 });
		expect(formerChampion(registry)).toBe(1);
		moveAlias(registry, "champion", formerChampion(registry));
		const { versions, moves } = await listRegistry(registry);
		expect(versions.map(({ roles }) => roles)).toEqual([["champion"], ["shadow"]]);
		expect(moves.map(({ alias, from, to }) => [alias, from, to])).toEqual([
			["champion", null, 1],
			["shadow", null, 2],
			["champion", 1, 2],
			["champion", 2, 1],
		]);
		expect(moves[2].verdict).toEqual({ gain: 0.1 });
	});

	it("is planned from through its champion, an alias or a version", async () => {
		for (const model of [defaultModelDir(), other]) await registerModel(registry, model);
		expect(hasChampion(registry)).toBe(false);
		expect(() => findModelDir(registry)).toThrow(/has no champion/);
		moveAlias(registry, "champion", 2);
		moveAlias(registry, "challenger", 1);
		expect(hasChampion(registry)).toBe(true);
		expect([registry, `${registry}@challenger`, `${registry}@2`, other].map(findModelDir)).toEqual([
			versionFolder(registry, 2),
			versionFolder(registry, 1),
			versionFolder(registry, 2),
			other,
		]);
		expect((await loadPredictor(registry)).model).toBe(modelName((await readModelFolder(other)).manifest));
		expect(() => findModelDir(`${registry}@9`)).toThrow(/has no version 9/);
		await expect(registerModel(registry, "9")).rejects.toMatchObject({ code: "NOT_FOUND" });
	});

	it("loses no move of processes that move at once: each is there, or was refused", async () => {
		await registerModel(registry, other);
		const code = `
			import { moveAlias } from "./models/registry/registry.ts";
			let made = 0;
			for (let i = 0; i < 20; i++)
				try { moveAlias(process.argv[1], "shadow", 1); made++; }
				catch (error) { if (error.code !== "CONFLICT") throw error; }
			console.log(made);`;
		const run = promisify(execFile);
		const options = { cwd: join(import.meta.dirname, "../../..") };
		const moved = await Promise.all([1, 2].map(() => run(process.execPath, ["--input-type=module", "-e", code, registry], options)));
		const made = moved.reduce((sum, { stdout }) => sum + Number(stdout), 0);
		const { moves } = await listRegistry(registry);
		expect(made).toBeGreaterThanOrEqual(20);
		expect(moves.map(({ move }) => move)).toEqual(Array.from({ length: made }, (_, i) => i + 1));
		expect(readdirSync(join(registry, "moves"))).toHaveLength(made);
	});

	it("takes no folder that does not fit the engine", async () => {
		const broken = join(scratch, "broken");
		await writeModelFolder(broken, await readModelFolder(other));
		writeFileSync(join(broken, "open.bin"), "none");
		await expect(registerModel(registry, broken)).rejects.toMatchObject({ code: "MODEL_MISMATCH" });
		expect((await listRegistry(registry)).versions).toEqual([]);
	});

	it("makes nothing of a folder that holds something else", async () => {
		for (const name of ["model.json", "orders.csv"]) {
			const folder = mkdtempSync(join(scratch, "taken-"));
			writeFileSync(join(folder, name), "");
			await expect(registerModel(folder, other)).rejects.toMatchObject({ code: "CONFLICT" });
			expect(readdirSync(folder)).toEqual([name]);
		}
	});

	it("takes of a folder only what makes a model", async () => {
		const folder = join(scratch, "more");
		await writeModelFolder(folder, await readModelFolder(other));
		mkdirSync(join(folder, "notes"));
		symlinkSync("/dev/zero", join(folder, "endless.bin"));
		expect(await registerModel(registry, folder)).toBe(1);
		expect(readdirSync(versionFolder(registry, 1))).toEqual(readdirSync(other));
	});

	it("lists a version that is no model of this engine, and goes on beside it", async () => {
		await registerModel(registry, other);
		mkdirSync(versionFolder(registry, 2));
		writeFileSync(join(versionFolder(registry, 2), "model.json"), '{"format":99}');
		mkdirSync(versionFolder(registry, 3));
		expect(await registerModel(registry, defaultModelDir())).toBe(4);
		const { versions } = await listRegistry(registry);
		expect(versions.map(({ version, model }) => [version, model === null])).toEqual([1, 2, 3, 4].map((n) => [n, n === 2 || n === 3]));
		expect(versions[1].fault).toMatch(/versions\/2 does not fit this engine: model\.json at \/format/);
		expect(formatRegistry(await listRegistry(registry))).toMatch(/^2 +of another engine/m);
	});

	it("does not go back to a champion that is not there any more", async () => {
		for (const model of [defaultModelDir(), other]) await registerModel(registry, model);
		for (const version of [1, 2]) moveAlias(registry, "champion", version);
		rmSync(versionFolder(registry, 1), { recursive: true });
		expect(() => formerChampion(registry)).toThrow(/has no version 1/);
	});

	it("says which of its files is no move, and why", async () => {
		await registerModel(registry, other);
		moveAlias(registry, "champion", 1);
		writeFileSync(moveFile(registry, 2), '{"move":2}');
		expect(() => findModelDir(registry)).toThrow(/2\.json is no move of a model registry: at \//);
	});
});
