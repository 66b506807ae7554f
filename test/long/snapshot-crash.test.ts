import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../portfolio/sample-folder.ts";
import { ACTIONS, killAfterDelays, killAtPoints, openBench } from "../portfolio/snapshot/crash-points.ts";

const SHARE = process.env.CARTEIRA_SLICE ? 0.1 : 1;

describe("a store whose process is killed", () => {
	it("never loses or half-shows a snapshot, at 200 steps of building, importing and compacting", async () => {
		const seen = await killAtPoints(await openBench(temporaryFolder()), ACTIONS, 40 * SHARE, 2);
		console.info(seen);
		expect(Object.values(seen).reduce((sum, count) => sum + count, 0)).toBe(200 * SHARE);
	});

	it("nor after 60 random delays of an import with its reading process", async () => {
		const seen = await killAfterDelays(await openBench(temporaryFolder()), 60 * SHARE, 3);
		console.info(seen);
		expect(Object.values(seen).reduce((sum, count) => sum + count, 0)).toBe(60 * SHARE);
	});
});
