import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { startService } from "../service.ts";

const ORDER = { portfolio: "acme", as_of: "2026-11-23" };

test("what waits and what runs when the service ends is made after the next start", async () => {
	const first = await startService();
	first.engine.hold = true;
	const running = await first.services.plans.submit(ORDER);
	const waiting = await first.services.plans.submit(ORDER);
	await expect.poll(() => first.services.plans.progressOf(running.id)?.phase, { timeout: 20_000 }).toBe("solving");
	await first.stop();
	const second = await startService({ dataDir: first.dataDir });
	for (const { id } of [running, waiting]) {
		await second.services.plans.ended(id, 20);
		expect(await second.services.store.getPlan(id)).toMatchObject({ status: "completed" });
	}
	await second.close();
	await rm(first.dataDir, { recursive: true, force: true });
});

test("waiting for a plan ends when the time is over", async () => {
	const service = await startService();
	service.engine.hold = true;
	const { id } = await service.services.plans.submit(ORDER);
	await service.services.plans.ended(id, 0.01);
	expect((await service.services.store.getPlan(id)).finishedAt).toBeNull();
	await service.close();
});
