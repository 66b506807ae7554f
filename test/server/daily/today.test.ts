import { afterEach, beforeEach, expect, it } from "vitest";
import { todayIn } from "../../../server/daily/today.ts";
import { startService, type TestService } from "../service.ts";

/** Monday evening in São Paulo, Tuesday morning in UTC, Tuesday noon in Tokyo. */
const NOW = Date.parse("2026-11-24T02:30:00Z");
let service: TestService;
beforeEach(async () => {
	service = await startService({ clock: () => NOW });
});
afterEach(() => service.close());

const today = (): Promise<string> => todayIn(service.services, service.tenant, "acme");
const put = (path: string, payload: object) => service.app.inject({ method: "PUT", url: `/v1/portfolios/acme/${path}`, payload });

it("today is the date where the company is: by its schedule, else by its policy, whatever UTC says", async () => {
	expect(await today()).toBe("2026-11-23");
	expect((await put("policy", { time_zone: "Asia/Tokyo" })).statusCode).toBe(200);
	expect(await today()).toBe("2026-11-24");
	expect((await put("schedule", { time: "04:30", ready_by: "07:00", time_zone: "America/Manaus" })).statusCode).toBe(200);
	expect(await today()).toBe("2026-11-23");
});
