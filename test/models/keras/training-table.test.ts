import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildHistory } from "../../../engine/portfolio/history.ts";
import { CHURN_INPUTS, createChurnReader, NUM_OUTPUTS } from "../../../engine/scoring/churn-inputs.ts";
import { buildRhythm } from "../../../engine/scoring/rhythm.ts";
import { formatDay } from "../../../engine/units.ts";
import { TRAINING_COLUMNS, writeTrainingTable } from "../../../models/keras/training-table.ts";
import { LAST_DAY, portfolioOf } from "../../scoring/synthetic-portfolio.ts";

let scratch: string;
beforeAll(() => {
	scratch = mkdtempSync(join(tmpdir(), "carteira-table-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function rowsOf(sql: string): Promise<Record<string, unknown>[]> {
	const instance = await DuckDBInstance.create(":memory:");
	const connection = await instance.connect();
	const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
	connection.closeSync();
	instance.closeSync();
	return rows;
}

const MODEL = { k: 2, r: 1, alpha: 2, a: 1, b: 3 };
const ANCHOR = { buyTillYouDie: MODEL, bgNbd: { ...MODEL, staysAfterFirst: true }, bgShare: 0.5 };
const ORIGIN = LAST_DAY - 100;
// customer 0 orders every ten days until five days before the origin, then 8 and 50 days after it; customer 1 only after it
const lines = [
	...Array.from({ length: 12 }, (_, i) => ({ customer: 0, day: ORIGIN - 5 - 10 * i, product: i % 3, value: 5000 })),
	{ customer: 0, day: ORIGIN + 8, product: 0, value: 5000 },
	{ customer: 0, day: ORIGIN + 50, product: 0, value: 2550 },
	{ customer: 1, day: ORIGIN, product: 0 },
];

describe("the training table", () => {
	it("holds what the net is fed and what came, a row for each origin and customer that had ordered before it", async () => {
		const portfolio = portfolioOf(lines);
		const history = buildHistory(portfolio, LAST_DAY);
		const out = join(scratch, "table.parquet");
		const numRows = await writeTrainingTable(portfolio, history, { origins: [ORIGIN, ORIGIN + 60], anchor: ANCHOR, out });
		const rows = await rowsOf(`SELECT * FROM '${out}' ORDER BY origin, customer_id`);
		expect(numRows).toBe(3);
		expect(rows.map((row) => [row.origin, row.customer_id])).toEqual([
			[formatDay(ORIGIN), "customers-0"],
			[formatDay(ORIGIN + 60), "customers-0"],
			[formatDay(ORIGIN + 60), "customers-1"],
		]);
		expect(Object.keys(rows[0])).toEqual(Object.keys(TRAINING_COLUMNS));
		const past = buildHistory(portfolio, ORIGIN);
		const inputs = new Float32Array(CHURN_INPUTS.length);
		createChurnReader(portfolio, past, buildRhythm(portfolio, past), ANCHOR)(0, inputs, 0, new Float32Array(NUM_OUTPUTS), 0);
		expect(CHURN_INPUTS.map((name) => Math.fround(Number(rows[0][name])))).toEqual([...inputs]);
		// 8 days lie in [7, 10): at risk in the bins up to it and not after; 75.50 in 90 days, of which 100 are known
		const told = (name: string): number => Number(rows[0][name]);
		expect([told("order_in_7"), told("order_in_10"), told("order_in_14")]).toEqual([0, 1, 0]);
		expect([told("at_risk_in_3"), told("at_risk_in_10"), told("at_risk_in_14")]).toEqual([1, 1, 0]);
		expect([told("days_to_order"), told("days_known"), told("orders_90"), told("value_90")]).toEqual([8, 100, 2, 75.5]);
		expect(rows[1].days_to_order).toBeNull();
	});

	it("carries in its metadata what a network must say it was trained for", async () => {
		const out = join(scratch, "story.parquet");
		const portfolio = portfolioOf(lines);
		await writeTrainingTable(portfolio, buildHistory(portfolio, LAST_DAY), { origins: [ORIGIN], anchor: ANCHOR, out });
		const [{ value }] = await rowsOf(`SELECT value::VARCHAR AS value FROM parquet_kv_metadata('${out}') WHERE key::VARCHAR = 'carteira'`);
		const told = String(value).replaceAll(String.raw`\x22`, '"'); // how the library shows a quote in bytes
		expect(JSON.parse(told)).toMatchObject({
			inputs: CHURN_INPUTS,
			...ANCHOR,
			asOf: formatDay(LAST_DAY),
			training: { data: "made-in-a-test", origins: [formatDay(ORIGIN)] },
		});
	});

	it("has no column that its description leaves out", () => {
		const description = readFileSync("models/keras/README.md", "utf8");
		const told = Object.keys(TRAINING_COLUMNS)
			.filter((name) => !CHURN_INPUTS.includes(name))
			.map((name) => name.replace(/^(offset|order_in|at_risk_in)_\d+$/, "$1_<edge>"));
		for (const name of new Set(told)) expect(description).toContain(`\`${name}\``);
	});
});
