import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { refuseBomb, sizeAsText } from "../../../engine/portfolio/files/file-limits.ts";

describe("the limits of files", () => {
	it("count a byte of Parquet for ten of text", () => {
		const folder = mkdtempSync(join(tmpdir(), "carteira-test-"));
		for (const name of ["orders.parquet", "orders.csv"]) writeFileSync(join(folder, name), "1234567");
		expect(sizeAsText(join(folder, "orders.parquet"))).toBe(70);
		expect(sizeAsText(join(folder, "orders.csv"))).toBe(7);
		expect(sizeAsText(join(folder, "nowhere.csv"))).toBe(0);
		rmSync(folder, { recursive: true });
	});

	it("refuse more cells than are ever read, counts that are none, and more rows than bytes can tell apart", () => {
		expect(() => refuseBomb(50_000_000, 13, 490_000_000)).not.toThrow();
		expect(() => refuseBomb(200_000_000, 13, 1e9)).toThrow(/at most 1000000000 cells/);
		for (const count of [-1, Number.NaN, 2 ** 60]) expect(() => refuseBomb(count, 1, 1e9)).toThrow(/rows/);
		expect(() => refuseBomb(5_000_000, 6, 2000)).toThrow(/5000000 rows in 2000 bytes/);
		expect(() => refuseBomb(100_000, 6, 10)).not.toThrow();
	});
});
