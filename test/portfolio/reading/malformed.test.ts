import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CarteiraError } from "../../../engine/errors.ts";
import { readPortfolio } from "../../../engine/portfolio/reading/read-portfolio.ts";
import { REQUIRED_TO_PLAN } from "../../../engine/portfolio/schema.ts";
import { createRandom } from "../../../engine/random.ts";
import { fileOf, HEADER, LINE, LINE_OBJECT, MALFORMED, type Malformed, rewrite } from "./malformed-folders.ts";
import { readInProcess } from "./read-in-process.ts";
import { type SampleTables, sampleTables, temporaryFolder, writeCsvFolder } from "../sample-folder.ts";

async function failureOf(read: Promise<unknown>): Promise<CarteiraError> {
	const error = await read.then(
		() => new Error("the folder was read"),
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof CarteiraError)) throw error;
	return error;
}

describe("a malformed folder", () => {
	it("comes in more than two hundred ways here", () => {
		expect(MALFORMED.length).toBeGreaterThan(200);
	});

	it.each(MALFORMED.map((malformed): [string, Malformed] => [malformed.name, malformed]))(
		"is refused precisely: %s",
		async (_, { spoil, code, problem, message }) => {
			const folder = temporaryFolder();
			const tables = sampleTables();
			writeCsvFolder(folder, tables);
			await spoil(folder, tables);
			const error = await failureOf(readInProcess(folder, REQUIRED_TO_PLAN));
			expect(error.code).toBe(code);
			expect(error.message).not.toMatch(/\n\s+at /);
			if (message) expect(error.message).toMatch(message);
			if (problem) expect(error.details).toContainEqual(expect.objectContaining(problem));
			expect(error.numProblems).toBeGreaterThanOrEqual(error.details.length);
			for (const detail of error.details) expect(detail.message).toMatch(/expected|:/);
		},
	);

	it("is refused the same through the process that reads", async () => {
		for (const { spoil, code, problem } of MALFORMED.filter((_, i) => i % 70 === 3)) {
			const folder = temporaryFolder();
			const tables = sampleTables();
			writeCsvFolder(folder, tables);
			await spoil(folder, tables);
			const error = await failureOf(readPortfolio(folder, { requireTables: REQUIRED_TO_PLAN }));
			expect(error.code).toBe(code);
			if (problem) expect(error.details).toContainEqual(expect.objectContaining(problem));
		}
	});

	it("names everything that is wrong in all its files at once", async () => {
		const folder = temporaryFolder();
		writeCsvFolder(folder, sampleTables());
		writeFileSync(join(folder, "reps.csv"), "name\nAna\n");
		writeFileSync(join(folder, "products.csv"), "");
		writeFileSync(join(folder, "orders.csv"), 'order_id\n"o1\n');
		const { details } = await failureOf(readInProcess(folder));
		expect(details.map(({ table, code }) => `${table} ${code}`)).toEqual([
			"orders unclosed_quote",
			"reps missing_column",
			"reps missing_column",
			"products unreadable_file",
		]);
	});
});

describe("an odd folder that is fine", () => {
	const read = async (spoil: (folder: string, tables: SampleTables) => void) => {
		const folder = temporaryFolder();
		const tables = sampleTables();
		writeCsvFolder(folder, tables);
		spoil(folder, tables);
		return readInProcess(folder, REQUIRED_TO_PLAN);
	};

	it("may have a table with a header and no rows", async () => {
		const { tables } = await read((folder) =>
			writeFileSync(join(folder, "contacts.csv"), "contact_id,customer_id,rep_id,contacted_at,channel,outcome\n"),
		);
		expect(tables.contacts.length).toBe(0);
	});

	it("may be UTF-16 with its mark, end lines in CR, and have blank lines and no last line end", async () => {
		const { tables, reports } = await read((folder) => {
			writeFileSync(join(folder, "reps.csv"), Buffer.from("\uFEFFrep_id;kind;name\rr1;rca;Luís\r\rr2;inside;Inês", "utf16le"));
		});
		expect(tables.reps.texts.name.at(0)).toBe("Luís");
		expect(tables.reps.numRows).toBe(2);
		expect(reports.find(({ table }) => table === "reps")?.dialect).toMatchObject({ encoding: "UTF-16LE", delimiter: ";" });
	});

	it("may name products and reps that nobody knows, in orders and contacts", async () => {
		const { tables } = await read((folder, sample) => {
			rewrite(folder, sample, "orders", (rows) => Object.assign(rows[0], { product_id: "p9", rep_id: "r9" }));
			rewrite(folder, sample, "contacts", (rows) => Object.assign(rows[0], { rep_id: "r8" }));
		});
		expect([tables.products.numStubs, tables.reps.numStubs]).toEqual([1, 2]);
	});

	it("may have negative quantities, zero values and quotes inside cells", async () => {
		const { tables } = await read((folder) => writeFileSync(join(folder, "orders.csv"), `${HEADER}o1,c1,2026-11-02,5" pipe,-3,0\n`));
		expect(tables.products.texts.product_id.at(2)).toBe('5" pipe');
	});
});

describe("a damaged file", () => {
	it.each(["csv", "ndjson", "parquet", "arrow"] as const)("of %s never gives anything but a table or a CarteiraError", async (format) => {
		const random = createRandom(23, format.length);
		const whole =
			format === "csv"
				? Buffer.from(HEADER + LINE.repeat(40))
				: format === "ndjson"
					? Buffer.from(`${JSON.stringify(LINE_OBJECT)}\n`.repeat(40))
					: await fileOf(format);
		for (let round = 0; round < (format === "parquet" ? 15 : 60); round++) {
			const folder = temporaryFolder();
			const damaged = Buffer.from(whole);
			for (let hit = random.below(4); hit >= 0; hit--) damaged[random.below(damaged.length)] = random.below(256);
			writeFileSync(join(folder, `orders.${format}`), random.below(3) === 0 ? damaged.subarray(0, random.below(damaged.length)) : damaged);
			await readInProcess(folder).catch((error: unknown) => {
				expect(error).toBeInstanceOf(CarteiraError);
				expect((error as CarteiraError).code).not.toBe("INTERNAL");
			});
		}
	});
});
