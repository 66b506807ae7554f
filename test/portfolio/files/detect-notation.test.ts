import { describe, expect, it } from "vitest";
import { CarteiraError } from "../../../engine/errors.ts";
import { detectNotations, type KnownColumn } from "../../../engine/portfolio/files/detect-notation.ts";
import type { Dialect } from "../../../engine/portfolio/files/dialect.ts";
import { TABLES, type TableName } from "../../../engine/portfolio/schema.ts";

/** The notations of columns of a table that hold these cells; the first row stands in line 2. */
function detect(table: TableName, cells: Readonly<Record<string, readonly string[]>>, stated: Dialect = {}) {
	const columns = Object.keys(cells).map((name, at): KnownColumn => ({ name, at, spec: TABLES[table].columns[name] }));
	const numRows = Math.max(...Object.values(cells).map(({ length }) => length));
	const { of, decimal, dates } = detectNotations(
		columns,
		(onRow) => {
			for (let row = 0; row < numRows; row++)
				onRow(
					columns.map(({ name }) => cells[name][row] ?? ""),
					row + 2,
				);
		},
		stated,
	);
	return { decimal, dates, marks: Object.fromEntries([...of].map(([name, notation]) => [name, notation.decimal])) };
}

function problemsOf(act: () => unknown) {
	try {
		act();
	} catch (error) {
		if (error instanceof CarteiraError) return error.details;
		throw error;
	}
	throw new Error("it was read");
}

const MANY = Array.from({ length: 5000 }, () => "1.234");

describe("the decimal mark of a column", () => {
	it.each([
		["12,5 can only have a comma", ["1.000", "12,5"], ","],
		["1.234,56 can only have a comma", ["1.234,56"], ","],
		["12.50 can only have a point", ["12.50", "1,000"], "."],
		["1,234.56 can only have a point", ["1,234.56"], "."],
		["0.125 is no thousand", ["0.125"], "."],
		["1.234.567 has grouped thousands", ["1.234.567"], ","],
		["currency signs do not hide it", ["R$ 12,50"], ","],
		["the majority decides where no cell can be read both ways", ["1,5", "2,5", "3.5"], ","],
		["the only cell that tells may be the last of many", [...MANY, "7,5"], ","],
		["whole numbers have none", ["12", "13"], ""],
	])("is told by its cells: %s", (_, price, decimal) => {
		expect(detect("products", { price }).decimal).toBe(decimal);
	});

	it("is told by the range of the column: no latitude is -23550", () => {
		expect(detect("customers", { lat: ["-23.550"], lon: ["-46,633"] }).marks).toEqual({ lat: ".", lon: "," });
	});

	it("is told by whole numbers: there is no 1.234 of a day", () => {
		expect(detect("customers", { overdue_days: ["1.234"] }).marks).toEqual({ overdue_days: "," });
	});

	it("is that of the other columns where its own cells do not tell", () => {
		expect(detect("orders", { quantity: ["1.234"], net_value: ["12,50"] }).marks).toEqual({ quantity: ",", net_value: "," });
	});

	it("is not that of coordinates, which keep the one of their map", () => {
		const customers = { lat: ["-23.5505"], credit_limit: ["10.000"] };
		expect(problemsOf(() => detect("customers", customers))).toMatchObject([{ column: "credit_limit", code: "ambiguous_decimal" }]);
		expect(detect("customers", { ...customers, open_balance: ["0,50"] })).toEqual({
			decimal: ", (lat: .)",
			dates: "",
			marks: { lat: ".", credit_limit: ",", open_balance: "," },
		});
		expect(detect("customers", customers, { decimal: "," }).marks).toEqual({ lat: ".", credit_limit: "," });
	});

	it("is asked for where nothing tells it", () => {
		expect(problemsOf(() => detect("products", { price: ["12", "1.234"] }))).toEqual([
			{
				row: 3,
				column: "price",
				value: "1.234",
				code: "ambiguous_decimal",
				message:
					'price "1.234" in line 3: a decimal or a grouped number, no cell tells which (1 such cells): expected the decimal mark to be stated',
			},
		]);
		expect(detect("products", { price: ["12", "1.234"] }, { decimal: "." }).marks).toEqual({ price: "." });
	});

	it("is asked for where a column has both, and cells that can be read both ways", () => {
		const price = ["12,50", "12.50", "1.234"];
		expect(problemsOf(() => detect("products", { price }))[0].message).toContain('the column has "12.50" in line 3 and "12,50" in line 2');
		expect(detect("products", { price }, { decimal: "," }).marks).toEqual({ price: "," });
	});

	it("is asked for where a column has 1.234 and 1,234: one of them is no thousand", () => {
		expect(problemsOf(() => detect("products", { price: ["1.234", "1,234", "2.50"] }))[0].message).toContain(
			'"1.234" in line 2 and "1,234" in line 3',
		);
	});

	it("is asked for where the other columns do not agree", () => {
		const orders = { quantity: ["1.234"], net_value: ["12,50"], margin: ["2.5"] };
		expect(problemsOf(() => detect("orders", orders))).toMatchObject([{ column: "quantity" }]);
	});
});

describe("the dates of a file", () => {
	it("are told, ISO and with slashes", () => {
		expect(detect("orders", { ordered_on: ["2026-11-02"], invoiced_on: ["05/11/2026"] }).dates).toBe("yyyy-mm-dd dd/mm/yyyy");
	});

	it("with months first are refused unless that is stated", () => {
		const ordered = { ordered_on: ["11/05/2026", "11/25/2026"] };
		expect(problemsOf(() => detect("orders", ordered))).toMatchObject([
			{ row: 3, column: "ordered_on", value: "11/25/2026", code: "ambiguous_date" },
		]);
		expect(detect("orders", ordered, { dates: "mm/dd/yyyy" }).dates).toBe("mm/dd/yyyy");
	});

	it("may hold one that no calendar has: that is a bad cell, not another order", () => {
		expect(detect("orders", { ordered_on: ["25/11/2026", "26/11/2026", "11/25/2026", "02/30/2026"] }).dates).toBe("dd/mm/yyyy");
	});
});
