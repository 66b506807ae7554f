import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openTableWriter } from "../../../engine/portfolio/files/write-table.ts";
import { openQueryEngine } from "../../../engine/portfolio/ingest/query-engine.ts";
import { readFile } from "../../../engine/portfolio/reading/read-tables.ts";
import { TableDraft } from "../../../engine/portfolio/rows/table-draft.ts";
import { temporaryFolder } from "../sample-folder.ts";
import { readBigFile } from "./read-big-file.ts";

describe("a Parquet file of which a later group of rows is damaged", () => {
	it("is refused by both readers, not read as far as it goes", async () => {
		const folder = temporaryFolder();
		const contacts = openTableWriter(folder, "contacts", "parquet", [
			"contact_id",
			"customer_id",
			"rep_id",
			"contacted_at",
			"channel",
			"outcome",
		]);
		for (let i = 0; i < 250_000; i++) contacts.append([`k${i}`, `c${i % 499}`, "r1", 1_700_000_000 + i * 60, "phone", "order"]);
		await contacts.close();
		const path = join(folder, "contacts.parquet");
		const bytes = readFileSync(path);
		bytes.fill(0xa5, Math.floor(bytes.length * 0.9), Math.floor(bytes.length * 0.97));
		writeFileSync(path, bytes);
		const file = { table: "contacts", path, format: "parquet" } as const;
		await expect(readFile(file, new TableDraft("contacts"), {})).rejects.toMatchObject({ code: "INVALID_INPUT" });
		await expect(readBigFile(file, {})).rejects.toMatchObject({ code: "INVALID_INPUT" });
	});
});

describe("an answer of the database that ends before its rows do", () => {
	it("is no answer", async () => {
		const engine = await openQueryEngine(join(temporaryFolder(), "scratch"), 200, []);
		await expect(engine.each("SELECT * FROM range(10)", () => {}, 11)).rejects.toThrow("10 of 11 rows");
		const seen: number[] = [];
		await engine.each("SELECT i::INTEGER FROM range(5000) r(i) ORDER BY i DESC", (chunk) => void seen.push(chunk.rowCount));
		await engine.each("SELECT 'a' AS word", (chunk) => void seen.push(chunk.rowCount));
		expect(seen.reduce((sum, count) => sum + count, 0)).toBe(5001);
		engine.close();
	});
});
