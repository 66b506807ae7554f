import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CarteiraError } from "../../../engine/errors.ts";
import { readPortfolio } from "../../../engine/portfolio/reading/read-portfolio.ts";
import { temporaryFolder } from "../sample-folder.ts";
import { BOMBS, COLUMNS } from "./bombs.ts";

/** What a bomb may use before it is refused. */
const LIMITS = { seconds: 150, megabytes: 3072 };
/** A file of any size is a big one where that begins with a byte. */
const READERS = [
	["small", LIMITS],
	["big", { ...LIMITS, bigBytes: 1 }],
] as const;

describe("a bomb", () => {
	it.each(BOMBS.map((bomb) => [bomb.name, bomb] as const))(
		"is refused within its limits, by the readers of small and of big files: %s",
		async (_, { file, make, atMost, message }) => {
			const folder = temporaryFolder();
			await make(join(folder, file));
			expect(statSync(join(folder, file)).size).toBeLessThanOrEqual(atMost);
			for (const [reader, limits] of READERS) {
				const error: unknown = await readPortfolio(folder, { limits }).catch((thrown: unknown) => thrown);
				expect(error, reader).toBeInstanceOf(CarteiraError);
				const { code, message: told, details } = error as CarteiraError;
				expect(["INVALID_INPUT", "IMPORT_REFUSED"], told).toContain(code);
				expect(told, reader).toMatch(message);
				expect(details.map((detail) => detail.code)).not.toContain("too_slow");
			}
		},
		200_000,
	);

	it("in policy.json is refused too: nested a million deep", async () => {
		const folder = temporaryFolder();
		writeFileSync(join(folder, "orders.csv"), `${COLUMNS.join(",")}\n`);
		writeFileSync(join(folder, "policy.json"), `{"dialects": ${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`);
		await expect(readPortfolio(folder)).rejects.toMatchObject({ code: "INVALID_POLICY", details: [{ pointer: "/dialects" }] });
	});
});
