import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { validatePolicy } from "../../../engine/index.ts";
import { readPortfolio } from "../../../engine/portfolio/reading/read-portfolio.ts";
import { parseDay } from "../../../engine/units.ts";
import { importOnlineRetail } from "../../../models/generator/online-retail.ts";

const root = mkdtempSync(join(tmpdir(), "carteira-retail-"));
afterAll(() => rmSync(root, { recursive: true }));

const HEADER = "invoice,stock_code,description,quantity,invoice_date,price,customer_id,country";
const LINES = [
	'1001,22041,"RECORD FRAME 7"" SINGLE",4,2011-01-03 07:45:00,2.10,13085,United Kingdom',
	"1001,22349,DOG BOWL,1,2011-01-03 07:45:00,3.75,13085,United Kingdom",
	"1002,22349,DOG BOWL,2,2011-02-03 09:00:00,4.25,12583,France",
	"C1003,22041,RECORD FRAME,-1,2011-02-04 09:00:00,2.10,13085,United Kingdom",
	"1004,22041,RECORD FRAME,1,2011-03-04 09:00:00,2.10,,United Kingdom", // no customer
	"1005,POST,POSTAGE,1,2011-03-04 09:00:00,18.00,12583,France", // no product
	"1006,22041,RECORD FRAME,1,2011-03-04 09:00:00,0,13085,United Kingdom", // no price
	"1007,22041,RECORD FRAME,-3,2011-03-04 09:00:00,2.10,13085,United Kingdom", // neither a sale nor a cancellation
	"1008,85123A,HOLDER,6,2011-06-09 09:00:00,2.55,17850,United Kingdom",
];

function writeFixture(name: string, lines: readonly string[] = LINES): string {
	const path = join(root, name);
	const text = `${[HEADER, ...lines].join("\n")}\n`;
	writeFileSync(path, name.endsWith(".gz") ? gzipSync(text) : text);
	return path;
}

describe("importOnlineRetail", () => {
	it("makes orders and returns of the lines that name a customer, a product and a price, and counts the others by reason", async () => {
		const out = join(root, "made");
		const summary = await importOnlineRetail(writeFixture("a.csv.gz"), out, { seed: 1 });
		expect(summary.rows).toEqual({ customers: 3, orders: 5, reps: expect.any(Number), products: 3 });
		expect(summary.skipped).toEqual({ noCustomer: 1, noProduct: 1, noPrice: 1, noQuantity: 1 });
		expect([summary.from, summary.to]).toEqual(["2011-01-03", "2011-06-09"]);
		expect(readFileSync(join(out, "orders.csv"), "utf8").split("\n").slice(0, 5)).toEqual([
			"order_id,customer_id,ordered_on,product_id,quantity,net_value,status,kind",
			"1001,13085,2011-01-03,22041,4,8.40,invoiced,sale", // 4 × 2.10
			"1001,13085,2011-01-03,22349,1,3.75,invoiced,sale",
			"1002,12583,2011-02-03,22349,2,8.50,invoiced,sale", // 2 × 4.25
			"C1003,13085,2011-02-04,22041,-1,-2.10,invoiced,return",
		]);
	});

	it("writes a folder that is read without a problem, in pounds", async () => {
		const out = join(root, "read");
		await importOnlineRetail(writeFixture("b.csv"), out, { seed: 1 });
		const { reports, policy } = await readPortfolio(out);
		expect(reports.flatMap(({ problems, warnings }) => [...problems, ...warnings])).toEqual([]);
		expect(validatePolicy(policy)).toMatchObject({ currency: "GBP", country: "GB", language: "en", time_zone: "Europe/London" });
	});

	it("places customers of the United Kingdom only, and says in the folder what it made up", async () => {
		const out = join(root, "places");
		await importOnlineRetail(writeFixture("c.csv"), out, { seed: 1 });
		const { customers } = (await readPortfolio(out)).tables;
		const row = [0, 1, 2].find((r) => customers.texts.state.at(r) === "France") ?? -1;
		expect(customers.numbers.lat[row]).toBeNaN();
		expect(customers.texts.channels.at(row)).not.toContain("visit");
		expect([0, 1, 2].filter((r) => Number.isFinite(customers.numbers.lat[r]))).toHaveLength(2);
		expect(readFileSync(join(out, "SYNTHESISED.md"), "utf8")).toContain("reps: all of them");
	});

	it("leaves out customers that were not known before asOf, and takes prices from before it", async () => {
		const out = join(root, "before");
		const summary = await importOnlineRetail(writeFixture("d.csv"), out, { seed: 1, asOf: parseDay("2011-02-01") });
		expect(summary.rows).toMatchObject({ customers: 1, orders: 3, products: 2 });
		expect(summary.numLinesOfLaterCustomers).toBe(2);
		expect(readFileSync(join(out, "products.csv"), "utf8")).toContain("22349,DOG BOWL,3.75\n");
	});

	it("gives the same folder for the same seed", async () => {
		const file = writeFixture("e.csv");
		const [a, b] = [join(root, "same-a"), join(root, "same-b")];
		await importOnlineRetail(file, a, { seed: 4 });
		await importOnlineRetail(file, b, { seed: 4 });
		for (const name of ["customers.csv", "reps.csv", "orders.csv", "products.csv"]) {
			expect(readFileSync(join(b, name), "utf8")).toBe(readFileSync(join(a, name), "utf8"));
		}
	});

	it("says what is wrong with a file that is not the data set", async () => {
		const out = join(root, "wrong");
		await expect(importOnlineRetail(join(root, "none.csv"), out, { seed: 1 })).rejects.toMatchObject({ code: "NOT_FOUND" });
		writeFileSync(join(root, "no.csv.gz"), "plain text");
		await expect(importOnlineRetail(join(root, "no.csv.gz"), out, { seed: 1 })).rejects.toMatchObject({ code: "INVALID_INPUT" });
		writeFileSync(join(root, "other.csv"), "a,b\n1,2\n");
		await expect(importOnlineRetail(join(root, "other.csv"), out, { seed: 1 })).rejects.toThrow("the header is a,b");
		const bad = writeFixture("bad.csv", ["1,22041,X,many,2011-01-03 07:45:00,2.10,1,France"]);
		await expect(importOnlineRetail(bad, out, { seed: 1 })).rejects.toThrow("line 2 is not as expected");
	});
});

const source = join(process.env.CARTEIRA_DATA ?? "../shared/data", "online-retail", "online_retail_II.csv.gz");

describe.skipIf(!existsSync(source))("the real Online Retail II file", () => {
	it("becomes a portfolio with a rep for every 280 customers or so", async () => {
		const { rows } = await importOnlineRetail(source, join(root, "real"), { seed: 1 });
		expect(rows.customers).toBeGreaterThan(4500);
		expect(rows.customers / rows.reps).toBeGreaterThan(150);
		expect(rows.customers / rows.reps).toBeLessThan(300);
		expect(rows.orders).toBeGreaterThan(500_000);
	});
});
