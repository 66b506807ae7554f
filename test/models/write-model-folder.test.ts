import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readModelFolder } from "../../engine/scoring/model-folder.ts";
import { defaultModelDir } from "../../engine/scoring/predictor.ts";
import { writeModelFolder } from "../../models/write-model-folder.ts";

let scratch: string;
beforeAll(() => {
	scratch = mkdtempSync(join(tmpdir(), "carteira-folder-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("writeModelFolder", () => {
	it("refuses a folder that holds a model and anything else, such as the network that it was made of", async () => {
		const folder = join(scratch, "keras");
		mkdirSync(folder);
		for (const name of ["model.json", "network.json"]) writeFileSync(join(folder, name), name);
		await expect(writeModelFolder(folder, await readModelFolder(defaultModelDir()))).rejects.toMatchObject({ code: "CONFLICT" });
		expect(readdirSync(folder)).toEqual(["model.json", "network.json"]);
	});

	it("writes behind a link, and refuses one that leads nowhere without leaving anything", async () => {
		const shipped = await readModelFolder(defaultModelDir());
		const [behind, link, lost] = ["behind", "link", "lost"].map((name) => join(scratch, name));
		await writeModelFolder(behind, shipped);
		symlinkSync(behind, link);
		symlinkSync(join(scratch, "nowhere"), lost);
		await writeModelFolder(link, { ...shipped, manifest: { ...shipped.manifest, name: "newer" } });
		expect(lstatSync(link).isSymbolicLink()).toBe(true);
		expect((await readModelFolder(behind)).manifest.name).toBe("newer");
		await expect(writeModelFolder(lost, shipped)).rejects.toMatchObject({ code: "CONFLICT" });
		expect(readdirSync(scratch).filter((name) => /\.(tmp|old)$/.test(name))).toEqual([]);
	});

	it("replaces a model, and refuses a folder of anything else", async () => {
		const shipped = await readModelFolder(defaultModelDir());
		const [model, other] = [join(scratch, "model"), join(scratch, "letters")];
		await writeModelFolder(model, shipped);
		await writeModelFolder(model, shipped);
		expect((await readModelFolder(model)).manifest.digest).toBe(shipped.manifest.digest);
		mkdirSync(other);
		writeFileSync(join(other, "letter.txt"), "dear");
		await expect(writeModelFolder(other, shipped)).rejects.toMatchObject({ code: "CONFLICT" });
		expect(readFileSync(join(other, "letter.txt"), "utf8")).toBe("dear");
		expect(readdirSync(scratch).filter((name) => name.includes(".tmp") || name.includes(".old"))).toEqual([]);
	});
});
