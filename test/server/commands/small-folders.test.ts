import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatDay, parseDay } from "../../../engine/index.ts";
import { runHere } from "./run-here.ts";

const AS_OF = "2026-11-23";
const DAY = parseDay(AS_OF);

let scratch: string;
beforeAll(async () => {
	scratch = await mkdtemp(join(tmpdir(), "carteira-small-"));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

interface Line {
	readonly customer: number;
	/** Days before `AS_OF`. */
	readonly ago: number;
	readonly quantity?: number;
}

/** A folder of orders alone; each line is an order of its own. */
async function folderOf(name: string, lines: readonly Line[], withValue = true): Promise<string> {
	const folder = join(scratch, name);
	await mkdir(folder);
	const head = `order_id,customer_id,ordered_on,product_id,quantity${withValue ? ",net_value" : ""}`;
	const rows = lines.map(({ customer, ago, quantity = 2 }, i) => {
		const value = withValue ? `,${(quantity * 10.5).toFixed(2)}` : "";
		return `o${i},c${customer},${formatDay(DAY - ago)},p${(customer + i) % 7},${quantity}${value}`;
	});
	await writeFile(join(folder, "orders.csv"), `${[head, ...rows].join("\n")}\n`);
	return folder;
}

/** Customers that order every 7 + (own number mod 5) days in a span, with gaps that vary by a day or two, as far as they have not stopped. */
function rhythms(numCustomers: number, from: number, to: number): Line[] {
	const lines: Line[] = [];
	for (let customer = 0; customer < numCustomers; customer++) {
		const stops = customer % 3 === 0 ? (from + to) / 2 : to;
		for (let ago = from - (customer % 9); ago > stops; ago -= 7 + (customer % 5) + ((ago * 7 + customer) % 3))
			lines.push({ customer, ago });
	}
	return lines;
}

const readCsv = async (file: string): Promise<string[][]> =>
	(await readFile(file, "utf8"))
		.trim()
		.split("\n")
		.slice(1)
		.map((line) => line.split(","));

/** Scores a folder and holds every figure to its range; answers the rows by customer. */
async function scored(folder: string, ...flags: string[]): Promise<Map<string, number[]>> {
	const out = join(folder, "scores.csv");
	expect((await runHere("score", folder, "--as-of", AS_OF, "--out", out, ...flags)).exit).toBe(0);
	const rows = new Map((await readCsv(out)).map(([id, ...cells]) => [id, cells.slice(0, 5).map(Number)]));
	for (const [risk, own, orders, value, days] of rows.values()) {
		for (const probability of [risk, own]) {
			expect(probability).toBeGreaterThan(0);
			expect(probability).toBeLessThan(1);
		}
		expect(orders).toBeGreaterThanOrEqual(1 - risk - 1e-6);
		expect(orders).toBeLessThanOrEqual(90);
		expect(value).toBeGreaterThanOrEqual(0);
		expect(days).toBeGreaterThan(0);
		expect(days).toBeLessThanOrEqual(730);
	}
	return rows;
}

/** Asks for products and holds them to the contract. */
async function offered(folder: string): Promise<string[][]> {
	const out = join(folder, "mix.csv");
	expect((await runHere("products", folder, "--as-of", AS_OF, "--top", "3", "--out", out)).exit).toBe(0);
	const rows = await readCsv(out);
	for (const [, rank, , propensity] of rows) {
		expect(Number(rank)).toBeLessThanOrEqual(3);
		expect(Number(propensity)).toBeGreaterThan(0);
		expect(Number(propensity)).toBeLessThan(1);
	}
	return rows;
}

const trained = (folder: string, ...flags: string[]) =>
	runHere("train", folder, "--as-of", AS_OF, "--task", "churn", "--out", join(folder, "model"), "--json", ...flags);

/** The train command's error. */
const refusalOf = ({ told }: { told: string }): { code: string; message: string } => JSON.parse(told) as { code: string; message: string };

describe("a folder of orders alone", () => {
	test("of fifty customers and a year without prices trains, scores by quantity, and is evaluated with what it trained", async () => {
		const folder = await folderOf("fifty", rhythms(50, 400, 0), false);
		const table = join(folder, "table.parquet");
		const answer = await trained(folder, "--export", table);
		expect(answer.exit).toBe(0);
		expect(JSON.parse(answer.out)).not.toHaveProperty("fallback");
		// a row for each of the 27 or 28 origins and each of the fifty customers that had ordered before it
		expect(JSON.parse(answer.out)).toMatchObject({ table, rows: expect.toSatisfy((rows: number) => rows > 27 * 49 && rows <= 28 * 50) });
		expect((await stat(table)).size).toBeGreaterThan(10_000);
		const rows = await scored(folder, "--model", join(folder, "model"));
		expect(rows.size).toBe(50);
		// customers 0, 3, 6 … stopped about 200 days ago; the others order about every ten days
		for (const [id, [risk]] of rows) {
			if (Number(id.slice(1)) % 3 === 0) expect(risk, id).toBeGreaterThan(0.5);
			else expect(risk, id).toBeLessThan(0.3);
		}
		// two pieces an order, some nine orders: the value is a quantity
		expect(rows.get("c1")?.[3]).toBeGreaterThan(5);
		expect(rows.get("c1")?.[3]).toBeLessThan(40);
		expect((await offered(folder)).length).toBe(150);
		const judged = await runHere("evaluate", folder, "--as-of", "2026-08-20", "--model", join(folder, "model"), "--baselines", "--json");
		expect(judged.exit).toBe(0);
		expect(JSON.parse(judged.out)).toMatchObject([{ hasSeen: true, isOver: true, all: { numCustomers: 50 } }]);
	});

	test("of thirteen weeks falls back to a buy-till-you-die model, which the output and the card say", async () => {
		const folder = await folderOf("thirteen-weeks", rhythms(40, 91, 0));
		const answer = await trained(folder);
		expect(answer.exit).toBe(0);
		expect(JSON.parse(answer.out)).toMatchObject({ fallback: expect.stringMatching(/purchase events over (8\d|9[01]) days/) });
		expect(answer.told).toContain("the scores are those of a buy-till-you-die model");
		expect(await readFile(join(folder, "model", "card.html"), "utf8")).toContain(
			"The churn scores are those of the buy-till-you-die model",
		);
		expect((await scored(folder, "--model", join(folder, "model"))).size).toBe(40);
		expect((await scored(folder)).size).toBe(40);
		await offered(folder);
		const table = await runHere("train", folder, "--as-of", AS_OF, "--export", join(folder, "t.parquet"), "--json");
		expect([table.exit, refusalOf(table).code]).toEqual([3, "NOT_ENOUGH_HISTORY"]);
	});

	test("of one customer says why it cannot train, and scores it", async () => {
		const folder = await folderOf(
			"one",
			Array.from({ length: 12 }, (_, i) => ({ customer: 1, ago: 5 + 14 * i })),
		);
		const answer = await trained(folder);
		expect([answer.exit, refusalOf(answer).code]).toEqual([3, "NOT_ENOUGH_HISTORY"]);
		expect(refusalOf(answer).message).toMatch(/12 purchase events .* needs 500 .* a buy-till-you-die model 40 repeat orders/);
		const [[id, [risk]]] = await scored(folder);
		expect(id).toBe("c1");
		expect(risk).toBeLessThan(0.3); // every fortnight, the last one five days ago
		await offered(folder);
	});

	test("whose customers have all gone gives nearly everybody up, and says that their silence is their own", async () => {
		const folder = await folderOf("churned", rhythms(60, 800, 500));
		const rows = await scored(folder);
		expect(rows.size).toBe(60);
		const told = await runHere("score", folder, "--as-of", AS_OF, "--out", join(folder, "scores.csv"), "--json");
		expect(JSON.parse(told.out)).toMatchObject({
			warnings: [expect.stringMatching(/since 2025-07-\d\d; silence is counted as the customers' own/)],
		});
		for (const [id, [risk]] of rows) expect(risk, id).toBeGreaterThan(0.8);
		const answer = await trained(folder);
		expect(answer.exit).toBe(0);
		for (const [id, [risk]] of await scored(folder, "--model", join(folder, "model"))) expect(risk, id).toBeGreaterThan(0.8);
		await offered(folder);
	});

	test("of returns only has a row for everybody and expects nothing of them", async () => {
		const folder = await folderOf(
			"returns",
			Array.from({ length: 30 }, (_, i) => ({ customer: i % 10, ago: 5 + i, quantity: -1 })),
		);
		const answer = await trained(folder);
		expect([answer.exit, refusalOf(answer).code]).toEqual([3, "NOT_ENOUGH_HISTORY"]);
		const rows = await scored(folder);
		expect(rows.size).toBe(10);
		for (const [risk, , orders, value] of rows.values()) expect([risk, orders, value]).toEqual([0.99999, 0.00001, 0]);
		expect(await offered(folder)).toEqual([]);
	});

	test("without a line scores nobody, and every question about it has an answer", async () => {
		const folder = await folderOf("empty", []);
		const answer = await trained(folder);
		expect([answer.exit, refusalOf(answer).code]).toEqual([3, "NOT_ENOUGH_HISTORY"]);
		expect((await scored(folder)).size).toBe(0);
		expect(await offered(folder)).toEqual([]);
		const judged = await runHere("evaluate", folder, "--as-of", "2026-08-20", "--model", join(folder, "nowhere"));
		expect(judged.exit).toBe(3);
		const drift = await runHere("evaluate", folder, "--as-of", AS_OF, "--drift", "--json");
		expect(JSON.parse(drift.out)).toMatchObject([{ numCustomers: 0, columns: null, calibration: null }]);
	});

	test("counts a customer whose first line is of the day asked about as unknown", async () => {
		const folder = await folderOf("today", [
			{ customer: 1, ago: 0 },
			{ customer: 2, ago: 1 },
		]);
		expect([...(await scored(folder)).keys()]).toEqual(["c2"]);
	});
});
