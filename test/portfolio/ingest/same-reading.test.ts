import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { csvCase } from "../files/csv-cases.ts";
import { sampleTables, temporaryFolder, writeCsvFolder } from "../sample-folder.ts";
import { expectSame } from "./both-readers.ts";
import { expectSameCase } from "./event-cases.ts";
import { expectSameOfSpoilt, SPOILT } from "./spoilt-folders.ts";

describe("the two ways to read orders and contacts", () => {
	// Every third way; the long lane takes all.
	it.each(SPOILT.filter((_, i) => i % 3 === 0).map((one) => [one.name, one] as const))("find the same in a folder where %s", (_, one) =>
		expectSameOfSpoilt(one),
	);

	it("find the same in the sample, whichever of the tables they name are there", async () => {
		for (const missing of [[], ["customers"], ["products"], ["reps"], ["customers", "products", "reps"]]) {
			const folder = temporaryFolder();
			writeCsvFolder(folder, sampleTables());
			for (const table of missing) rmSync(join(folder, `${table}.csv`));
			for (const table of ["orders", "contacts"] as const) await expectSame(folder, table);
		}
	});

	it("find the same in the CSVs with which the other reader is tested", async () => {
		const cases = Array.from({ length: 100 }, (_, seed) => csvCase(seed)).filter(({ table }) => table === "orders" || table === "contacts");
		expect(cases.length).toBeGreaterThan(10);
		for (const { table, bytes, stated } of cases) {
			const folder = temporaryFolder();
			writeFileSync(join(folder, `${table}.csv`), bytes);
			writeFileSync(join(folder, "policy.json"), JSON.stringify({ dialects: { all: stated } }));
			if (table === "orders" || table === "contacts") await expectSame(folder, table);
		}
	});

	it.each([",", ",,", ", ", ',""', ',"",', ', ""'])(
		"find the same where a decimal comma cuts a cell in two and a row ends with %j",
		async (end) => {
			const rows = Array.from({ length: 400 }, (_, i) => `o${i},c1,2026-11-05,p1,${i % 9},${i},food${i % 2 === 0 ? "" : ","}`);
			const good = rows.filter((_, i) => i % 2 === 0);
			for (const lines of [good, rows, [...good, `"o,9",c1,2026-11-05,p1,1,12,5${end}`], [...good, `o9,c1,2026-11-05,p1,1,12,${end}`]]) {
				const folder = temporaryFolder();
				const header = "order_id,customer_id,ordered_on,product_id,quantity,net_value,line";
				writeFileSync(join(folder, "orders.csv"), `${[header, ...lines].join("\n")}\n`);
				await expectSame(folder, "orders");
			}
		},
	);

	it.each(Array.from({ length: 2 }, (_, piece) => piece * 25))(
		"find the same in files drawn from 25 seeds from %d on: dialects, odd cells, broken records, unknown and repeated ids",
		async (first) => {
			let numRead = 0;
			for (let seed = first; seed < first + 25; seed++) if ((await expectSameCase(seed)) === "rows") numRead++;
			expect(numRead).toBeGreaterThan(7); // the others are refused by both, mostly because their marks or dates can mean two things
		},
	);
});
