import { expect, it } from "vitest";
import { fuzzApi } from "../server/api-fuzz.ts";
import { makeFuzzedService } from "../server/fuzzed-service.ts";

const COUNT = process.env.CARTEIRA_SLICE ? 1000 : 20_000;

it("answers thousands of requests made from its description as it says, and never by a defect", async () => {
	const { service, known } = await makeFuzzedService();
	const statuses = await fuzzApi(service, known, COUNT, 2026);
	console.log(`${COUNT} requests, seed 2026:`, statuses);
	expect(Object.values(statuses).reduce((sum, count) => sum + count, 0)).toBe(COUNT);
	await service.close();
});
