import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tableToIPC, tableFromArrays } from "apache-arrow";
import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { CarteiraError } from "../../../engine/errors.ts";
import { rowsById } from "../../../engine/portfolio/portfolio.ts";
import { dataThroughOf } from "../../../engine/portfolio/data-through.ts";
import { readPortfolio } from "../../../engine/portfolio/reading/read-portfolio.ts";
import { CREDIT_STATUS, ORDER_STATUS, REP_KINDS } from "../../../engine/portfolio/schema.ts";
import { openTableWriter } from "../../../engine/portfolio/files/write-table.ts";
import { NULL_CODE, NULL_DAY, parseDay } from "../../../engine/units.ts";
import { readInProcess } from "./read-in-process.ts";
import { csvOf, type SampleTables, sampleTables, temporaryFolder, writeCsvFolder } from "../sample-folder.ts";

describe("readPortfolio", () => {
	it("reads every column of every table into shared memory, through a process of its own", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, sampleTables());
		writeFileSync(join(folder, "policy.json"), '{"currency": "BRL"}');
		const { tables, given, policy, reports, digest } = await readPortfolio(folder);
		const { customers, orders, reps, products } = tables;
		expect([customers.numRows, orders.numRows, reps.numRows, products.numRows]).toEqual([3, 3, 2, 2]);
		expect(customers.texts.name.at(0)).toBe('Bar "do" João, esquina');
		expect(customers.texts.name.at(2)).toBeNull();
		expect([...customers.refs.rep_id]).toEqual([0, 1, -1]);
		expect(customers.refs.rep_id.buffer).toBeInstanceOf(SharedArrayBuffer);
		expect(customers.numbers.credit_limit[0]).toBe(123456);
		expect(customers.numbers.credit_limit[1]).toBeNaN();
		expect(customers.codes.credit_status[0]).toBe(CREDIT_STATUS.indexOf("sell"));
		expect([...customers.codes.blocked]).toEqual([0, NULL_CODE, NULL_CODE]);
		expect([...customers.days.registered_on]).toEqual([parseDay("2024-01-31"), NULL_DAY, NULL_DAY]);
		expect([...orders.numbers.net_value]).toEqual([1250, 500, -417]);
		expect(orders.codes.status[0]).toBe(ORDER_STATUS.indexOf("invoiced"));
		expect(reps.codes.kind[0]).toBe(REP_KINDS.indexOf("rca"));
		expect(reps.refs.manager_id[0]).toBe(1);
		// 2026-11-02T10:30 local: the seconds of the day 2026-11-02 and 10.5 hours.
		expect(tables.contacts.numbers.contacted_at[0]).toBe(parseDay("2026-11-02") * 86_400 + 10.5 * 3600);
		expect(tables.appointments.numbers.at[0]).toBe(36_000);
		expect(tables.appointments.numbers.at[1]).toBeNaN();
		expect(given.size).toBe(13);
		expect(policy).toEqual({ currency: "BRL" });
		expect(reports.every(({ numRead, numAccepted, problems }) => numRead === numAccepted && problems.length === 0)).toBe(true);
		expect(dataThroughOf(tables, parseDay("2026-12-31"))).toEqual({
			orders: parseDay("2026-11-03"),
			contacts: parseDay("2026-11-03"),
			service_events: parseDay("2026-11-01"),
		});
		expect(digest).toMatch(/^[0-9a-f]{64}$/);
		expect(reports[0].digest).toBe(
			createHash("sha256")
				.update(readFileSync(join(folder, "customers.csv")))
				.digest("hex"),
		);
		expect(rowsById(customers, "customer_id")).toEqual(
			new Map([
				["c1", 0],
				["c2", 1],
				["c3", 2],
			]),
		);
	});

	it("makes stubs for unknown products and reps, and for whole tables that are not given", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, { orders: sampleTables().orders });
		const { tables, given } = await readPortfolio(folder);
		expect([...given]).toEqual(["orders"]);
		expect([tables.customers.numRows, tables.customers.numStubs, tables.customers.length]).toEqual([0, 2, 2]);
		expect([tables.customers.texts.customer_id.at(0), tables.customers.texts.customer_id.at(1)]).toEqual(["c1", "c2"]);
		expect([...tables.orders.refs.customer_id]).toEqual([0, 0, 1]);
		expect([...tables.products.numbers.margin_rate]).toEqual([Number.NaN, Number.NaN]);
		expect([...tables.orders.refs.rep_id]).toEqual([0, -1, -1]);
		expect(tables.contacts.length).toBe(0);
	});

	it("puts stubs behind the rows of a table that is given", async () => {
		const folder = temporaryFolder();
		const { orders, products } = sampleTables();
		writeCsvFolder(folder, { orders, products: [products[1]] });
		const { products: read, orders: lines } = (await readInProcess(folder)).tables;
		expect([read.numRows, read.numStubs]).toEqual([1, 1]);
		expect([read.texts.product_id.at(0), read.texts.product_id.at(1)]).toEqual(["p2", "p1"]);
		expect([...lines.refs.product_id]).toEqual([1, 0, 1]);
		expect(read.texts.name.at(1)).toBeNull();
	});

	it("looks only before as_of for how far the data goes", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, { orders: sampleTables().orders });
		const { tables } = await readPortfolio(folder);
		expect(dataThroughOf(tables, parseDay("2026-11-03"))).toEqual({ orders: parseDay("2026-11-02") });
		expect(dataThroughOf(tables, parseDay("2026-11-02"))).toEqual({});
	});

	it("has a digest that changes with any file and with the policy, and with nothing else", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, { orders: sampleTables().orders });
		const first = (await readPortfolio(folder)).digest;
		expect((await readPortfolio(folder)).digest).toBe(first);
		writeFileSync(join(folder, "policy.json"), "{}");
		const second = (await readPortfolio(folder)).digest;
		expect(second).not.toBe(first);
	});

	it("names the tables that are missing and says what the folder holds", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, { orders: sampleTables().orders });
		writeFileSync(join(folder, "customer.csv"), "customer_id\n");
		await expect(readPortfolio(folder, { requireTables: ["customers", "orders", "reps"] })).rejects.toMatchObject({
			code: "INVALID_INPUT",
			message: expect.stringMatching(/customers, reps.*customer\.csv, orders\.csv/),
			details: [{ table: "customers", code: "missing_table" }, { table: "reps" }],
		});
	});

	it("gives up on a file that takes too long, and says which", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, { orders: sampleTables().orders });
		await expect(readPortfolio(folder, { limits: { seconds: 0.01 } })).rejects.toMatchObject({
			code: "INVALID_INPUT",
			details: [{ code: "too_slow" }],
		});
	});

	it("outlives a reading process that needs more memory than it may have", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, { orders: sampleTables().orders });
		await expect(readPortfolio(folder, { limits: { megabytes: 400 } })).rejects.toMatchObject({
			code: "INVALID_INPUT",
			details: [{ code: "too_large" }],
		});
	});
});

describe("the formats", () => {
	/** The sample as each format holds it; ids are text and money is decimal in all of them. */
	async function readAs(write: (folder: string, tables: SampleTables) => Promise<void> | void) {
		const folder = temporaryFolder();
		await write(folder, sampleTables());
		const { tables } = await readInProcess(folder);
		return Object.values(tables).map(({ name, numRows, numStubs, texts, refs, numbers, days, codes }) => ({
			name,
			numRows,
			numStubs,
			texts: Object.entries(texts).map(([column, text]) => [column, ...Array.from({ length: numRows }, (_, row) => text.at(row))]),
			numbers: [refs, numbers, days, codes].map((columns) => Object.entries(columns).map(([column, values]) => [column, ...values])),
		}));
	}

	it("hold the same portfolio: NDJSON, Arrow file, Arrow stream, Parquet and CSV in any dialect", async () => {
		const expected = await readAs(writeCsvFolder);
		const ndjson = await readAs((folder, tables) => {
			for (const [table, rows] of Object.entries(tables))
				writeFileSync(join(folder, `${table}.ndjson`), rows.map((row) => JSON.stringify(row)).join("\r\n"));
		});
		expect(ndjson).toEqual(expected);
		const stream = await readAs((folder, tables) => {
			for (const [table, rows] of Object.entries(tables)) {
				const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
				const arrays = Object.fromEntries(columns.map((column) => [column, rows.map((row) => row[column] || null)]));
				writeFileSync(join(folder, `${table}.arrows`), tableToIPC(tableFromArrays(arrays), "stream"));
			}
		});
		expect(stream).toEqual(expected);
		const brazilian = await readAs((folder, tables) => {
			for (const [table, rows] of Object.entries(tables))
				writeFileSync(join(folder, `${table}.csv`), iconv.encode(brazilianCsvOf(rows), "windows-1252"));
		});
		expect(brazilian).toEqual(expected);
	});

	it("that are typed hold it too, in units of their own", async () => {
		for (const format of ["arrow", "parquet"] as const) {
			const folder = temporaryFolder();
			writeCsvFolder(folder, { customers: sampleTables().customers, products: sampleTables().products, reps: sampleTables().reps });
			const writer = openTableWriter(folder, "orders", format, [
				"order_id",
				"customer_id",
				"ordered_on",
				"product_id",
				"quantity",
				"net_value",
				"status",
			]);
			writer.append(["o1", "c1", parseDay("2026-11-02"), "p1", 3, 1250, "invoiced"]);
			writer.append(["o2", "c2", parseDay("2026-11-03"), "p9", -1.5, -417, null]);
			await writer.close();
			const { orders, products } = (await readInProcess(folder)).tables;
			expect([...orders.days.ordered_on]).toEqual([parseDay("2026-11-02"), parseDay("2026-11-03")]);
			expect([...orders.numbers.quantity]).toEqual([3, -1.5]);
			expect([...orders.numbers.net_value]).toEqual([1250, -417]);
			expect([...orders.codes.status]).toEqual([ORDER_STATUS.indexOf("invoiced"), NULL_CODE]);
			expect([orders.texts.order_id.at(1), products.texts.product_id.at(2), orders.refs.product_id[1]]).toEqual(["o2", "p9", 2]);
		}
	});

	it("take numbers for ids where a typed format has them", async () => {
		const folder = temporaryFolder();
		const line = { order_id: 1001, customer_id: 17850, ordered_on: "2026-11-02", product_id: 22, quantity: 1, net_value: 2.5 };
		writeFileSync(join(folder, "orders.ndjson"), `${JSON.stringify(line)}\n`);
		const { orders, customers } = (await readInProcess(folder)).tables;
		expect([orders.texts.order_id.at(0), customers.texts.customer_id.at(0)]).toEqual(["1001", "17850"]);
	});
});

/** Semicolons, decimal commas with grouped thousands, dd/mm/yyyy, CR LF. */
function brazilianCsvOf(rows: SampleTables["orders"]): string {
	const numeric = /^-?\d+\.\d+$/;
	const translated = rows.map((row) =>
		Object.fromEntries(
			Object.entries(row).map(([column, cell]) => {
				if (numeric.test(cell)) return [column, cell.replace(".", ",").replace("1234,56", "R$ 1.234,56")];
				const date = /^(\d{4})-(\d{2})-(\d{2})(T.*)?$/.exec(cell);
				return [column, date ? `${date[3]}/${date[2]}/${date[1]}${(date[4] ?? "").replace("T", " ")}` : cell];
			}),
		),
	);
	return csvOf(translated)
		.split("\n")
		.map((line) => line.replaceAll(/("(?:[^"]|"")*")|,/g, (_, quoted: string | undefined) => quoted ?? ";"))
		.join("\r\n")
		.replaceAll("visit;phone", '"visit;phone"')
		.replaceAll("p1;p2", '"p1;p2"')
		.replaceAll("A;B", '"A;B"')
		.replaceAll(";60min", ";60min")
		.replaceAll("2026-12-01/2026-12-05;2026-12-24", '"2026-12-01/2026-12-05;2026-12-24"')
		.replaceAll('""', '"')
		.replaceAll(/"Bar "do" João, esquina"/g, '"Bar ""do"" João, esquina"');
}

describe("bad rows", () => {
	/** Customers enough that one or two bad rows are tolerated. */
	function manyOrders(count: number): SampleTables["orders"] {
		return Array.from({ length: count }, (_, i) => ({
			order_id: `o${i >> 1}`,
			customer_id: "c1",
			ordered_on: "2026-11-02",
			product_id: "p1",
			quantity: "1",
			net_value: "10.00",
		}));
	}

	it("are set aside with their whole order, and reported", async () => {
		const folder = temporaryFolder();
		const orders = manyOrders(1000);
		orders[300] = { ...orders[300], quantity: "three" };
		writeCsvFolder(folder, { orders });
		const { tables, reports } = await readInProcess(folder);
		// Lines 300 and 301 are order o150; the header is line 1.
		expect(tables.orders.numRows).toBe(998);
		expect(reports[0]).toMatchObject({ numRead: 1000, numAccepted: 998, numQuarantined: 2, numProblems: 1 });
		expect(reports[0].problems[0]).toEqual({
			table: "orders",
			row: 302,
			column: "quantity",
			value: "three",
			code: "not_a_number",
			message: 'quantity "three": expected a number below 1,000,000,000,000',
		});
	});

	it("take the quantity for a value where a file has no column of values, and say so", async () => {
		const folder = temporaryFolder();
		writeFileSync(
			join(folder, "orders.csv"),
			"order_id,customer_id,ordered_on,product_id,quantity\na,c,2026-11-02,p,3\nb,c,2026-11-03,p,-1.5\n",
		);
		const { tables, reports } = await readInProcess(folder);
		expect([...tables.orders.numbers.net_value]).toEqual([300, -150]); // whole cents of one currency unit a piece
		expect(reports[0].warnings).toEqual(["orders: no column net_value; quantity stands in for it"]);
	});

	it("above 0.5 % of the rows refuse the import", async () => {
		const folder = temporaryFolder();
		const orders = manyOrders(400);
		orders[0] = { ...orders[0], ordered_on: "yesterday" };
		writeCsvFolder(folder, { orders }); // 2 of 400 are 0.5 %, which is tolerated
		expect((await readInProcess(folder)).reports[0].numQuarantined).toBe(2);
		orders[2] = { ...orders[2], ordered_on: "today" };
		writeCsvFolder(folder, { orders });
		await expect(readInProcess(folder)).rejects.toMatchObject({
			code: "IMPORT_REFUSED",
			numProblems: 2,
			message: expect.stringContaining("4 of 400 rows"),
		});
	});

	it("above 0.5 % of the orders' value refuse it too", async () => {
		const folder = temporaryFolder();
		const orders = manyOrders(1000);
		// 2 bad lines of 1000, but worth 10.00 + 60.00 of 10,050.00.
		orders[0] = { ...orders[0], ordered_on: "2026-02-30", net_value: "60.00" };
		writeCsvFolder(folder, { orders });
		await expect(readInProcess(folder)).rejects.toMatchObject({ code: "IMPORT_REFUSED", message: expect.stringContaining("value") });
	});

	it("refuse the import at once where the policy says reject", async () => {
		const folder = temporaryFolder();
		const orders = manyOrders(1000);
		orders[0] = { ...orders[0], ordered_on: "2026-02-30" };
		writeCsvFolder(folder, { orders });
		writeFileSync(join(folder, "policy.json"), '{"on_bad_rows": "reject"}');
		await expect(readInProcess(folder)).rejects.toMatchObject({ code: "IMPORT_REFUSED", message: expect.stringContaining("reject") });
		rmSync(join(folder, "policy.json"));
		await expect(readInProcess(folder)).resolves.toBeDefined();
	});

	it("are counted in full and shown up to a hundred", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, { orders: manyOrders(300).map((row) => ({ ...row, quantity: "x" })) });
		await expect(readInProcess(folder)).rejects.toSatisfy((error) => error.numProblems === 300 && error.details.length === 100);
	});

	it("are told before the rows that are bad because of them, however many those are", async () => {
		const folder = temporaryFolder();
		const customers = Array.from({ length: 150 }, (_, i) => ({ customer_id: `c${i}`, rep_id: "r1" }));
		const orders = manyOrders(150).map((row, i) => ({ ...row, customer_id: `c${i}` }));
		const reps = [{ rep_id: "r1", kind: "astronaut" }, ...Array.from({ length: 299 }, (_, i) => ({ rep_id: `s${i}`, kind: "inside" }))];
		writeCsvFolder(folder, { customers, orders: [...orders, { ...orders[0], order_id: "last", quantity: "x" }], reps });
		const error = await readInProcess(folder).catch((refusal: CarteiraError) => refusal);
		if (!(error instanceof CarteiraError)) throw new Error("it was read");
		// One rep of 300 would be tolerated, 150 customers and 150 orders that hang on it are not.
		expect(error.details.slice(0, 3)).toMatchObject([
			{ table: "reps", row: 2, column: "kind", value: "astronaut" },
			{ table: "orders", column: "quantity", value: "x" },
			{ table: "customers", row: 2, column: "rep_id", code: "reference_set_aside" },
		]);
		expect(error.numProblems).toBe(302);
		expect(error.message).toContain("300 problems are only that a row which is named is set aside");
	});

	it("warn of columns that nobody knows", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, { orders: manyOrders(2).map((row) => ({ ...row, colour: "red" })) });
		expect((await readInProcess(folder)).reports[0].warnings).toEqual(["orders: unknown columns ignored: colour"]);
	});
});

describe("tax numbers for ids", () => {
	const line = {
		order_id: "o1",
		customer_id: "07526557000100",
		ordered_on: "2026-11-02",
		product_id: "p1",
		quantity: "1",
		net_value: "2.50",
	};

	it("link where a table lost their zeros or writes their marks, and that is told", async () => {
		const folder = temporaryFolder();
		const orders = [line, { ...line, order_id: "o2", customer_id: "11.222.333/0001-81" }, { ...line, order_id: "o3", customer_id: "c1" }];
		const customers = ["7526557000100", "11222333000181", "c1"].map((customer_id) => ({ customer_id }));
		writeCsvFolder(folder, { orders, customers });
		const { tables, reports } = await readInProcess(folder);
		expect([...tables.orders.refs.customer_id]).toEqual([0, 1, 2]);
		expect(reports.find(({ table }) => table === "orders")?.warnings).toEqual([
			'orders: customer_id writes 2 CNPJ or CPF otherwise than the table it names, "07526557000100" for "7526557000100" the first; they were linked',
		]);
	});

	it("stay two rows where a table has one of them twice, and that is told", async () => {
		const folder = temporaryFolder();
		const customers = ["7526557000100", "07526557000100"].map((customer_id) => ({ customer_id }));
		writeCsvFolder(folder, { orders: [{ ...line, customer_id: "07526557000100" }], customers });
		const { tables, reports } = await readInProcess(folder);
		expect([...tables.orders.refs.customer_id]).toEqual([1]);
		expect(reports[0].warnings[0]).toMatch(/^customers: 1 pairs of ids are one CNPJ or CPF each, "7526557000100" and "07526557000100"/);
	});

	it("that a spreadsheet rounded are no ids: different ones have become equal", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, { orders: [{ ...line, customer_id: "7.52656E+12" }] });
		await expect(readInProcess(folder)).rejects.toMatchObject({
			code: "IMPORT_REFUSED",
			details: [{ column: "customer_id", code: "not_text" }],
		});
	});
});

describe("the dialects of a policy", () => {
	it("hold for the table, and show in its report", async () => {
		const folder = temporaryFolder();
		writeFileSync(join(folder, "policy.json"), JSON.stringify({ dialects: { all: { dates: "mm/dd/yyyy" }, orders: { decimal: "," } } }));
		const header = "order_id;customer_id;ordered_on;product_id;quantity;net_value\n";
		writeFileSync(join(folder, "orders.csv"), `${header}o1;c1;11/02/2026;p1;1;1.234\n`);
		const { tables, reports } = await readInProcess(folder);
		expect([tables.orders.numbers.net_value[0], tables.orders.days.ordered_on[0]]).toEqual([123_400, parseDay("2026-11-02")]);
		expect(reports[0].dialect).toEqual({ delimiter: ";", decimal: ",", encoding: "UTF-8", dates: "mm/dd/yyyy", pinned: "dates, decimal" });
		rmSync(join(folder, "policy.json"));
		await expect(readInProcess(folder)).rejects.toMatchObject({
			code: "INVALID_INPUT",
			details: [{ table: "orders", row: 2, column: "net_value", value: "1.234", code: "ambiguous_decimal" }],
		});
	});
});

describe("a digest beside a file", () => {
	it("must be that of its bytes", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, { orders: sampleTables().orders });
		const path = join(folder, "orders.csv");
		const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
		writeFileSync(`${path}.sha256`, `${digest.toUpperCase()}  orders.csv\n`);
		expect((await readInProcess(folder)).reports[0].digest).toBe(digest);
		writeFileSync(path, readFileSync(path, "utf8").replace("12.5", "12.6"));
		await expect(readInProcess(folder)).rejects.toMatchObject({
			message: expect.stringContaining(`expected ${digest}, as orders.csv.sha256 says`),
		});
	});
});
