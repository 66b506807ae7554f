import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createDecisionThread } from "../../engine/decisions/decision-thread.ts";

test("a thread that could not load its model tries again with the next decision", async () => {
	const folder = await mkdtemp(join(tmpdir(), "carteira-decider-"));
	const thread = createDecisionThread(join(folder, "model"));
	const lost = (plan_id: string) => ({ plan_id, file: join(folder, `${plan_id}.json`) });
	const decide = () => thread.run({ kind: "diff", before: lost("a"), after: lost("b") });
	try {
		await expect(decide()).rejects.toThrow("model");
		await cp(new URL("../../models/artefacts/default-2026-11-23", import.meta.url), join(folder, "model"), { recursive: true });
		await expect(decide()).rejects.toThrow("plan b");
	} finally {
		await thread.close();
		await rm(folder, { recursive: true });
	}
});
