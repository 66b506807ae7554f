import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { absenceOfPeers } from "../../benchmarks/learning/mix-peers.ts";
import { toyBaskets } from "../benchmarks/learning/toy-baskets.ts";

const python = process.env.CARTEIRA_PEERS_PYTHON ?? "python3";

it.skipIf(absenceOfPeers(python) !== null)("the mix lane sets every peer beside ours (skipped where Python lacks them)", () => {
	const folder = mkdtempSync(join(tmpdir(), "carteira-mix-peers-"));
	try {
		const file = join(folder, "toy.json");
		writeFileSync(file, JSON.stringify({ baskets: toyBaskets(120), held_out_users: ["1"] }));
		const words = ["benchmarks/learning/mix.ts", "--set", "ta-feng", "--file", file, "--json", "--python", python];
		const stdout = execFileSync(process.execPath, words, { cwd: join(import.meta.dirname, "../.."), encoding: "utf8" });
		const lines = stdout
			.trim()
			.split("\n")
			.map((text) => JSON.parse(text));
		expect(lines.map(({ model }) => model)).toEqual(["personal-top", "tifu-knn", "up-cf", "boosted", "ours"]);
		// Each user likes at most 5 of 30 products and takes half of them: whoever knows habits finds most, chance a third.
		for (const { recall, gain } of lines) expect(recall > 0.4 && gain > 0.3 && recall < 1).toBe(true);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});
