import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createRandom } from "../../engine/random.ts";
import { mountSmallDisk } from "../helpers/small-disk.ts";
import { startService, type TestService } from "./service.ts";

const disk = mountSmallDisk(48);
if (disk === null) console.warn("no disk of its own can be mounted here: the tests of a full disk are SKIPPED");

const contact = (number: number): string =>
	`${JSON.stringify({ contact_id: `k${number}`, customer_id: "c1", rep_id: "r1", contacted_at: "2026-11-20T09:30:00", channel: "phone", outcome: "no_order" })}\n`;

describe.skipIf(disk === null)("a disk that is full", () => {
	if (disk === null) return;
	let service: TestService;

	afterAll(async () => {
		await service.stop();
		disk.remove();
	});

	const send = (method: "POST" | "PUT", path: string, type: string, payload: string) =>
		service.app.inject({ method, url: `/v1/portfolios/acme/${path}`, headers: { "content-type": type }, payload });

	it("is told of as such; nothing that was acknowledged is lost, and once there is room the service goes on", async () => {
		const sample = await startService();
		await sample.stop();
		const dataDir = join(disk.folder, "data");
		await cp(join(sample.dataDir, "portfolios"), join(dataDir, "portfolios"), { recursive: true });
		await rm(sample.dataDir, { recursive: true });
		service = await startService({ dataDir });
		const random = createRandom(3);
		const contacts: string[] = [];
		const plans: string[] = [];
		const refused: Record<number, number> = {};
		let wants = 1;
		const heard = ({ statusCode, body }: { readonly statusCode: number; readonly body: string }): boolean => {
			if (statusCode < 300) return true;
			expect([507, 503], body).toContain(statusCode);
			expect(body).not.toContain(disk.folder);
			refused[statusCode] = (refused[statusCode] ?? 0) + 1;
			return false;
		};
		for (let round = 0; round < 12; round++) {
			if (round % 3 === 2) disk.empty();
			else disk.fill(4096 * random.below(round % 3 === 0 ? 4 : 60));
			for (const what of ["contact", "plan", "policy"]) {
				const number = wants++;
				if (what === "contact" && heard(await send("POST", "contacts", "application/x-ndjson", contact(number))))
					contacts.push(`k${number}`);
				if (what === "policy") heard(await send("PUT", "policy", "application/json", JSON.stringify({ horizon_days: 1 + (number % 5) })));
				if (what !== "plan") continue;
				const answer = await send("POST", "plans", "application/json", JSON.stringify({ as_of: "2026-11-23", seed: number }));
				if (heard(answer)) plans.push(answer.json<{ id: string }>().id);
			}
		}
		disk.empty();
		console.log({ refused, contacts: contacts.length, plans: plans.length });
		expect(refused[507]).toBeGreaterThan(3);
		expect(heard(await send("POST", "contacts", "application/x-ndjson", contact(0)))).toBe(true);
		for (const id of plans)
			await expect.poll(async () => (await service.tenant.store.getPlan(id)).status, { timeout: 20_000 }).toMatch(/completed/);
		await service.stop();
		service = await startService({ dataDir });
		const { contacts: held } = (await service.tenant.portfolios.read("acme")).portfolio.tables;
		const ids = Array.from({ length: held.numRows }, (_, row) => held.texts.contact_id.at(row));
		expect(ids).toEqual(expect.arrayContaining([...contacts, "k0"]));
		for (const id of plans) expect(await service.tenant.store.readPlan(id)).toHaveProperty("plan_id");
		expect(await readdir(join(dataDir, "uploads"))).toEqual([]);
	});
});
