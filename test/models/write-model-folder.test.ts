import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
