import { expect, test } from "vitest";
import { makeFuzzedService } from "./fuzzed-service.ts";
import { fuzzApi } from "./api-fuzz.ts";

test("requests made from the description, right and wrong, are answered as it says and never by a defect", async () => {
	const { service, known } = await makeFuzzedService();
	const statuses = await fuzzApi(service, known, 600, 6);
	expect(Object.keys(statuses)).toEqual(expect.arrayContaining(["200", "400", "401", "403", "404", "422"]));
	await service.close();
});
