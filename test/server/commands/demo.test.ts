import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parseDay } from "../../../engine/index.ts";
import { formatDemoSummary } from "../../../server/commands/demo-summary.ts";
import { DEMO, prepareDemo } from "../../../server/commands/demo.ts";
import { samplePlan } from "../sample-plan.ts";
import { type TestService, startService } from "../service.ts";

let service: TestService;
let folder: string;
beforeEach(async () => {
	service = await startService();
	folder = await mkdtemp(join(tmpdir(), "carteira-demo-"));
});
afterEach(async () => {
	await service.close();
	await rm(folder, { recursive: true, force: true });
});

test("the first run of a day makes, plans and publishes the demo; a later one of that day finds it", async () => {
	const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
	const monday = parseDay("2026-11-23");
	const plan = await prepareDemo(service.services, folder, monday);
	expect(plan).toMatchObject({ publication: "published", order: { portfolio: DEMO, as_of: "2026-11-23" } });
	const { portfolio } = await service.tenant.portfolios.read(DEMO);
	expect(portfolio.tables.customers.numRows).toBe(750);
	expect((await prepareDemo(service.services, folder, monday)).id).toBe(plan.id);
	expect(service.engine.requests).toHaveLength(1);
	expect(said.mock.calls.flat()).toEqual([expect.stringContaining("first run")]);
	said.mockRestore();
});

test("the summary shows the day in money, who is slipping away, and where to look", () => {
	const text = formatDemoSummary(samplePlan(), DEMO, "http://127.0.0.1:3210");
	expect(text).toContain("Mon, Nov 23");
	expect(text).toMatch(/Padaria r1-a .* 21 days .* 9 days .* 63 % .* r1, visit Mon, Nov 23 08:10/); // 0.625 rounded
	expect(text).toContain("curl 'http://127.0.0.1:3210/v1/portfolios/demo/agendas?date=2026-11-23&rep=r1'");
	expect(text).toContain("sale R$15 − channel_cost R$3 = R$12"); // 15.00 − 2.66 = 12.34
});
