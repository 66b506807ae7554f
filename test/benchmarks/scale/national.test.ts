import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeNational } from "../../../benchmarks/scale/national/make-national.ts";
import { NATIONAL_FORMATS, type NationalFormat } from "../../../benchmarks/scale/national/national-options.ts";
import { createEngine, type Portfolio, parseDay, readPortfolio, type Table, TABLE_NAMES } from "../../../engine/index.ts";
import { buildHistory } from "../../../engine/portfolio/history.ts";
import { ORDER_KINDS } from "../../../engine/portfolio/schema.ts";

const ASK = { customers: 400, seed: 3, asOf: parseDay("2026-11-23") };

/** All columns of a table as plain values. */
function cellsOf({ numRows, length, numbers, days, codes, refs, texts }: Table): object {
	const words = Object.entries(texts).map(([name, text]) => [name, Array.from({ length }, (_, row) => text.at(row))]);
	return { numRows, length, numbers, days, codes, refs, words };
}

describe("a distributor of national size, made small", () => {
	let root: string;
	const read = new Map<NationalFormat, Portfolio>();

	beforeAll(async () => {
		root = mkdtempSync(join(tmpdir(), "carteira-national-"));
		for (const format of NATIONAL_FORMATS) {
			await makeNational({ ...ASK, format, out: join(root, format) });
			read.set(format, await readPortfolio(join(root, format)));
		}
	});
	afterAll(() => rmSync(root, { recursive: true, force: true }));

	const portfolioOf = (format: NationalFormat): Portfolio => {
		const portfolio = read.get(format);
		if (!portfolio) throw new Error(`${format} was not read`);
		return portfolio;
	};

	it.each(NATIONAL_FORMATS)("is the same in %s, without a problem", (format) => {
		const { tables, reports } = portfolioOf(format);
		expect(reports.filter(({ numProblems, warnings }) => numProblems > 0 || warnings.length > 0)).toEqual([]);
		for (const name of TABLE_NAMES) expect([name, cellsOf(tables[name])]).toEqual([name, cellsOf(portfolioOf("parquet").tables[name])]);
	});

	it("is written in the dialect of the country where that is asked for", () => {
		const orders = portfolioOf("csv-br").reports.find(({ table }) => table === "orders");
		expect(orders?.dialect).toMatchObject({ delimiter: ";", decimal: ",", dates: "dd/mm/yyyy", encoding: "Windows-1252" });
	});

	it("has the shape of trade: 50 lines a customer, rhythms of their own, quiet weekends, returns, cancellations, few nulls", () => {
		const { orders, customers, reps } = portfolioOf("parquet").tables;
		expect(customers.numRows).toBe(ASK.customers);
		expect(reps.numRows).toBe(4); // two that sell, a supervisor, a director
		expect(orders.numRows / customers.numRows).toBeGreaterThan(40);
		expect(orders.numRows / customers.numRows).toBeLessThan(60);
		const share = (is: (row: number) => boolean): number =>
			Array.from({ length: orders.numRows }, (_, row) => row).filter(is).length / orders.numRows;
		// 1970-01-01 was a Thursday: the weekday of day 2 is a Saturday, of day 3 a Sunday.
		expect(share((row) => (orders.days.ordered_on[row] + 3) % 7 === 5)).toBeLessThan(0.08);
		expect(share((row) => (orders.days.ordered_on[row] + 3) % 7 === 6)).toBe(0);
		expect(share((row) => orders.codes.kind[row] === ORDER_KINDS.indexOf("return"))).toBeGreaterThan(0.005);
		expect(share((row) => Number.isNaN(orders.numbers.margin[row]))).toBeGreaterThan(0.04);
		expect(share((row) => orders.refs.rep_id[row] < 0)).toBeLessThan(0.04);
		const { eventStart } = buildHistory(portfolioOf("parquet"), ASK.asOf);
		const counts = Array.from({ length: customers.numRows }, (_, c) => eventStart[c + 1] - eventStart[c]).sort((a, b) => a - b);
		expect(counts[Math.floor(0.9 * counts.length)]).toBeGreaterThan(4 * counts[Math.floor(0.2 * counts.length)]);
	});

	it("is the same, byte for byte, on any number of threads, and leaves nothing else behind", async () => {
		const digestsOf = (folder: string): string[] =>
			readdirSync(folder).map(
				(name) =>
					`${name} ${createHash("sha256")
						.update(readFileSync(join(folder, name)))
						.digest("hex")}`,
			);
		for (const threads of [1, 2]) await makeNational({ ...ASK, format: "parquet", out: join(root, `threads-${threads}`), threads });
		expect(digestsOf(join(root, "threads-1"))).toEqual(digestsOf(join(root, "threads-2")));
		expect(readdirSync(join(root, "threads-1")).filter((name) => !/^(\w+\.parquet|policy\.json)$/.test(name))).toEqual([]);
	});

	it("can be planned", async () => {
		const engine = await createEngine({ threads: 1 });
		try {
			const plan = await engine.plan(portfolioOf("parquet"), { asOf: ASK.asOf, seed: 1, iterations: 20 });
			expect(plan.reps.length).toBeGreaterThan(1);
			expect(await engine.check(portfolioOf("parquet"), plan)).toEqual([]);
		} finally {
			await engine.close();
		}
	});

	it("refuses a size that makes no sense", async () => {
		await expect(makeNational({ ...ASK, customers: 7, format: "csv", out: root })).rejects.toMatchObject({ code: "USAGE" });
	});
});
