import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeOrderFolder } from "../../../benchmarks/learning/order-folder.ts";
import { readPortfolio } from "../../../engine/portfolio/reading/read-portfolio.ts";
import { parseDay } from "../../../engine/units.ts";

let scratch: string;
beforeAll(() => {
	scratch = mkdtempSync(join(tmpdir(), "carteira-order-folder-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Customer, day, quantity and cents of each line of the folder made of a file. */
async function linesOf(name: string, bytes: string | Buffer) {
	const [file, out] = [join(scratch, name), join(scratch, `${name}.folder`)];
	writeFileSync(file, bytes);
	await makeOrderFolder(file, out, 1);
	const { orders, customers } = (await readPortfolio(out, { requireTables: ["orders"] })).tables;
	return Array.from({ length: orders.numRows }, (_, row) => [
		customers.texts.customer_id.at(orders.refs.customer_id[row]),
		orders.days.ordered_on[row],
		orders.numbers.quantity[row],
		orders.numbers.net_value[row],
	]);
}

describe("makeOrderFolder", () => {
	const day = parseDay("1997-01-12");

	it("reads CDNOW's files, packed too", async () => {
		const master = gzipSync("customer_id,date,cds,dollars\n00002,1997-01-12,5,77.0\n");
		expect(await linesOf("master.csv.gz", master)).toEqual([["00002", day, 5, 7700]]);
		const sample = "master_id,customer_id,date,cds,dollars\n00004,0001,1997-01-12,2,29.33\n";
		expect(await linesOf("sample.csv", sample)).toEqual([["0001", day, 2, 2933]]);
	});

	it("counts orders where a log has no money", async () => {
		expect(await linesOf("elog.csv", "cust,date\n7,1997-01-12\n")).toEqual([["7", day, 1, 100]]);
	});

	it("refuses a file of another kind", async () => {
		await expect(linesOf("other.csv", "a,b\n1,2\n")).rejects.toMatchObject({
			code: "INVALID_INPUT",
			message: expect.stringContaining("is a,b; expected"),
		});
	});
});
