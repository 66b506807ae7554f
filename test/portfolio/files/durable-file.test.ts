import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDurableFile } from "../../../engine/portfolio/files/durable-file.ts";
import { writeDurably } from "../../../server/durable-file.ts";
import { temporaryFolder } from "../sample-folder.ts";

async function writeInSteps(path: string, text: string): Promise<void> {
	const file = openDurableFile(path);
	file.write(text);
	file.close();
}

describe.each([
	["of the engine", writeInSteps],
	["of the server", (path: string, text: string) => writeDurably(path, (file) => file.writeFile(text))],
])("a durable file %s", (_, write) => {
	it("goes behind a symbolic link, which stays one, also where it points to nothing yet", async () => {
		const folder = temporaryFolder();
		const elsewhere = temporaryFolder();
		writeFileSync(join(elsewhere, "old"), "before");
		for (const name of ["old", "new"]) {
			symlinkSync(join(elsewhere, name), join(folder, name));
			await write(join(folder, name), "after");
			expect(lstatSync(join(folder, name)).isSymbolicLink()).toBe(true);
			expect(readFileSync(join(elsewhere, name), "utf8")).toBe("after");
		}
		expect(readdirSync(elsewhere).sort()).toEqual(["new", "old"]);
	});

	it("is written through a pipe, which stays one", async () => {
		const path = join(temporaryFolder(), "pipe");
		execFileSync("mkfifo", [path]);
		const reader = spawn("cat", [path]);
		const told: string[] = [];
		reader.stdout.setEncoding("utf8").on("data", (text: string) => told.push(text));
		await Promise.all([write(path, "through"), once(reader, "close")]);
		expect(told.join("")).toBe("through");
		expect(lstatSync(path).isFIFO()).toBe(true);
	});

	it("does not take the place of a folder", async () => {
		const folder = temporaryFolder();
		await expect(write(folder, "x")).rejects.toMatchObject({ code: "EISDIR" });
	});
});
