import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeProducts } from "../../models/write-products.ts";
import { writeScores } from "../../models/write-scores.ts";
import { LAST_DAY, portfolioOf, syntheticPortfolio } from "../scoring/synthetic-portfolio.ts";

let scratch: string;
beforeAll(() => {
	scratch = mkdtempSync(join(tmpdir(), "carteira-write-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const rowsOf = (file: string): string[][] =>
	readFileSync(file, "utf8")
		.trim()
		.split("\n")
		.map((line) => line.split(","));

describe("writeScores", () => {
	it("writes a row for every customer with an order line before the day, returns alone included", async () => {
		const day = LAST_DAY - 10;
		const lines = [
			{ customer: 0, day, product: 0 },
			{ customer: 1, day, product: 0, quantity: -1 },
			{ customer: 2, day: LAST_DAY, product: 0 },
		];
		const out = join(scratch, "scores.csv");
		const { rows } = await writeScores(portfolioOf(lines, { numCustomers: 4 }), { asOf: LAST_DAY, out });
		const [header, ...body] = rowsOf(out);
		expect(header.join()).toBe(
			"customer_id,churn_risk,churn_risk_own_rhythm,expected_orders,expected_value,expected_days_to_order,phase,class",
		);
		expect(rows).toBe(2);
		expect(body.map(([id]) => id)).toEqual(["customers-0", "customers-1"]);
		expect(body[1].slice(1, 6).map(Number)).toEqual([0.99999, 0.99999, 0.00001, 0, 730]);
		expect(body[0][6]).toBe("new");
	});

	it("asks a shorter window a larger risk and fewer orders", async () => {
		const portfolio = syntheticPortfolio(40, 3);
		const [short, long] = [join(scratch, "30.csv"), join(scratch, "90.csv")];
		await writeScores(portfolio, { asOf: LAST_DAY, horizonDays: 30, out: short });
		await writeScores(portfolio, { asOf: LAST_DAY, out: long });
		const [shorter, longer] = [short, long].map((file) => rowsOf(file).slice(1));
		for (const [i, row] of shorter.entries()) {
			expect(Number(row[1])).toBeGreaterThanOrEqual(Number(longer[i][1]));
			expect(Number(row[3])).toBeLessThanOrEqual(Number(longer[i][3]));
		}
	});
});

describe("writeProducts", () => {
	it("ranks at most `top` products a customer, best first", async () => {
		const out = join(scratch, "mix.csv");
		const { rows } = await writeProducts(syntheticPortfolio(30, 3), { asOf: LAST_DAY, top: 5, out });
		const [header, ...body] = rowsOf(out);
		expect(header).toEqual(["customer_id", "rank", "product_id", "propensity", "reason"]);
		expect(body).toHaveLength(rows);
		for (const [i, [customer, rank, , propensity]] of body.entries()) {
			const isFirst = i === 0 || body[i - 1][0] !== customer;
			expect(Number(rank)).toBe(isFirst ? 1 : Number(body[i - 1][1]) + 1);
			if (!isFirst) expect(Number(propensity)).toBeLessThanOrEqual(Number(body[i - 1][3]));
			expect(Number(rank)).toBeLessThanOrEqual(5);
		}
	});

	it("lists only products never bought when asked for new ones", async () => {
		const out = join(scratch, "new.csv");
		await writeProducts(syntheticPortfolio(30, 3), { asOf: LAST_DAY, newOnly: true, out });
		expect(
			new Set(
				rowsOf(out)
					.slice(1)
					.map(([, , , , reason]) => reason),
			),
		).toEqual(new Set(["cross_sell"]));
	});
});
