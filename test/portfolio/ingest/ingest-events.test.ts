import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { tableFromIPC } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { type IngestJob, ingestEvents } from "../../../engine/portfolio/ingest/ingest-events.ts";
import { createHashCodes } from "../../../engine/portfolio/ingest/hash-codes.ts";
import { openQueryEngine } from "../../../engine/portfolio/ingest/query-engine.ts";
import { createRandom } from "../../../engine/random.ts";
import { csvOf, sampleTables, temporaryFolder } from "../sample-folder.ts";

function jobOf(folder: string, format: "csv" | "parquet", rest: Partial<IngestJob> = {}): IngestJob {
	return {
		table: "orders",
		file: { table: "orders", path: join(folder, `orders.${format}`), format },
		dialects: {},
		into: folder,
		others: {
			ids: { customers: ["c2", "c1"], products: ["p1", "p2"], reps: ["r2"] },
			asideCustomers: new Set(),
			marginRates: Float64Array.of(0.2, Number.NaN),
		},
		memoryMegabytes: 1024,
		scratch: join(folder, "scratch"),
		...rest,
	};
}

describe("ingestEvents", () => {
	it("writes lines by customer and day, with their words, their events and what they are linked to", async () => {
		const folder = temporaryFolder();
		writeFileSync(join(folder, "orders.csv"), csvOf(sampleTables().orders));
		const steps: string[] = [];
		const { part, stubs, columns } = await ingestEvents(jobOf(folder, "csv", { onStep: (name) => void steps.push(name) }));
		const read = (path: string) => tableFromIPC(readFileSync(path));
		const column = (path: string, name: string): unknown[] => [...(read(path).getChild(name) ?? [])];
		// c2 is the first row of customers, and so its one line, a return, comes before the two of c1.
		expect(column(part.groups, "customer_id")).toEqual(["c2", "c1"]);
		expect(column(part.groups, "line_end")).toEqual([1, 3]);
		expect(column(part.groups, "event_end")).toEqual([0, 1]);
		expect(column(part.lines, "net_value")).toEqual([-417, 1250, 500]);
		expect(read(part.lines).schema.fields.map(({ name }) => name)).toEqual(columns.filter((name) => name !== "customer_id"));
		// One purchase of 17.50; the margin of p2, which has neither a margin nor a rate, is not known.
		expect(column(part.events ?? "", "value")).toEqual([1750]);
		expect(column(part.events ?? "", "margin")).toEqual([Number.NaN]);
		expect(column(part.words.order_id, "order_id")).toEqual(["o1", "o2"]);
		expect(column(part.lines, "order_id")).toEqual([1, 0, 0]);
		expect(column(part.links.customer_id, "customer_id")).toEqual([0, 1]);
		expect(stubs).toEqual({ customers: [], products: [], reps: ["r1"] });
		expect(column(part.links.rep_id, "rep_id")).toEqual([1]);
		expect(steps).toContain("sort");
		expect(existsSync(join(folder, "scratch"))).toBe(false);
	});

	it("refuses a bomb before it is decoded, and leaves nothing behind", async () => {
		const folder = temporaryFolder();
		const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
		const order =
			"'o' AS order_id, 'c1' AS customer_id, DATE '2026-11-02' AS ordered_on, 'p' AS product_id, 1 AS quantity, 2.5 AS net_value";
		await connection.run(
			`COPY (SELECT ${order} FROM range(5000000)) TO '${join(folder, "orders.parquet")}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 5000000)`,
		);
		connection.closeSync();
		await expect(ingestEvents(jobOf(folder, "parquet"))).rejects.toMatchObject({
			code: "INVALID_INPUT",
			message: expect.stringMatching(/^orders\.parquet: 5000000 rows in \d+ bytes/),
		});
		expect(existsSync(join(folder, "scratch"))).toBe(false);
	});

	it("stops where a small file grows without end on disk, and says how far it got", async () => {
		const folder = temporaryFolder();
		const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
		// A dictionary of one word that is too long for a cell: all rows are looked at one by one, and hold it again.
		const order = `'o1' AS order_id, 'c1' AS customer_id, DATE '2026-11-02' AS ordered_on, 'p1' AS product_id, 1 AS quantity,
			2.5 AS net_value, repeat('x', 20000) AS line`;
		await connection.run(
			`COPY (SELECT ${order} FROM range(100000)) TO '${join(folder, "orders.parquet")}' (FORMAT parquet, COMPRESSION zstd)`,
		);
		connection.closeSync();
		expect(statSync(join(folder, "orders.parquet")).size).toBeLessThan(20_000); // of two gigabytes of text
		const most = 20_000_000;
		const error: unknown = await ingestEvents(jobOf(folder, "parquet", { scratchBytes: most })).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ code: "INVALID_INPUT", details: [{ table: "orders", code: "too_large", value: "orders.parquet" }] });
		const [, grewTo] =
			/^orders\.parquet: reading it took (\d+) bytes of disk; at most 20000000 are allowed$/.exec((error as Error).message) ?? [];
		expect(Number(grewTo)).toBeGreaterThan(most);
		expect(existsSync(join(folder, "scratch"))).toBe(false);
	});

	it("keeps nothing of thousands of columns without a name, which a row of one letter does not have", async () => {
		const folder = temporaryFolder();
		const header = `order_id,customer_id,ordered_on,product_id,quantity,net_value${",".repeat(9000)}`;
		writeFileSync(join(folder, "orders.csv"), `${header}\n${"a\n".repeat(3000)}`);
		let numBytes = 0;
		const onStep = (name: string): void => {
			if (name === "read") numBytes = statSync(join(folder, "scratch", "rows.csv")).size;
		};
		const { report } = await ingestEvents(jobOf(folder, "csv", { onStep }));
		expect(report).toMatchObject({ numRead: 3000, numAccepted: 0 });
		expect(numBytes).toBeGreaterThan(0);
		expect(numBytes).toBeLessThan(3000 * 30);
	});

	it("refuses a file whose digest is not the one beside it", async () => {
		const folder = temporaryFolder();
		writeFileSync(join(folder, "orders.csv"), csvOf(sampleTables().orders));
		writeFileSync(join(folder, "orders.csv.sha256"), `${"0".repeat(64)}  orders.csv\n`);
		await expect(ingestEvents(jobOf(folder, "csv"))).rejects.toMatchObject({
			message: expect.stringMatching(/orders\.csv: its SHA-256 is/),
		});
	});
});

describe("the database of an ingest", () => {
	it("opens the files that it is given and no other", async () => {
		const folder = temporaryFolder();
		for (const name of ["given", "other"]) writeFileSync(join(folder, `${name}.csv`), "a,b\n1,2\n");
		const engine = await openQueryEngine(join(folder, "scratch"), 200, [join(folder, "given.csv")]);
		expect((await engine.rows(`SELECT b FROM read_csv('${join(folder, "given.csv")}')`)).length).toBe(1);
		await expect(engine.rows(`SELECT b FROM read_csv('${join(folder, "other.csv")}')`)).rejects.toThrow(/Permission|disabled|allowed/i);
		await expect(engine.run("SET enable_external_access = true")).rejects.toThrow();
		await expect(engine.run(`SET allowed_paths = ['${join(folder, "other.csv")}']`)).rejects.toThrow();
		engine.close();
	});
});

describe("hash codes", () => {
	it("give each of many hashes its own number, and none to others", () => {
		const random = createRandom(3);
		const halves = Uint32Array.from({ length: 200_000 }, () => random.below(2 ** 32));
		const codes = createHashCodes(100_000);
		const seen = new Map<string, number>();
		for (let i = 0; i < halves.length; i += 2) {
			const key = `${halves[i]} ${halves[i + 1]}`;
			expect(codes.add(halves[i], halves[i + 1])).toBe(!seen.has(key));
			if (!seen.has(key)) seen.set(key, seen.size);
		}
		for (const [key, code] of seen) {
			const [low, high] = key.split(" ").map(Number);
			expect(codes.codeOf(low, high)).toBe(code);
			if (!seen.has(`${high} ${low}`)) expect(codes.codeOf(high, low)).toBe(-1);
		}
	});
});
