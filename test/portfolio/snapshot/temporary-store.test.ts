import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openTemporaryStore } from "../../../engine/portfolio/snapshot/store-folder.ts";
import { temporaryFolder } from "../sample-folder.ts";

afterEach(() => void vi.unstubAllEnvs());

describe("a temporary store", () => {
	it("is made where those of processes that died are removed, and those of living ones stay", () => {
		const folder = temporaryFolder();
		vi.stubEnv("TMPDIR", folder);
		const { pid } = spawnSync(process.execPath, ["--version"]);
		mkdirSync(join(folder, `carteira-read-${pid}.1-aaaaaa`));
		writeFileSync(join(folder, `carteira-read-${pid}.1-aaaaaa`, "CURRENT"), "");
		mkdirSync(join(folder, "carteira-else"));
		const stores = [openTemporaryStore(), openTemporaryStore()];
		expect(readdirSync(folder).sort()).toEqual(["carteira-else", ...stores.map((store) => basename(store))].sort());
	});
});
