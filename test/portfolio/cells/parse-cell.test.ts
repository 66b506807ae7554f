import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBoolean, parseDate, parseDatetime, parseMoney, parseNumber, settleCell } from "../../../engine/portfolio/cells/parse-cell.ts";
import { TYPED_NOTATION } from "../../../engine/portfolio/cells/raw-rows.ts";
import { TABLES } from "../../../engine/portfolio/schema.ts";
import { formatDay, parseDay } from "../../../engine/units.ts";

describe("numbers", () => {
	it.each([
		["12", 12],
		["-12.5", -12.5],
		["+3", 3],
		["1,234", 1234],
		["1,234,567.89", 1234567.89],
		[".5", 0.5],
		["5.", 5],
		["1e3", 1000],
		[" 7 ", 7],
		["R$ 1,234.56", 1234.56],
		["-R$ 2.50", -2.5],
		["000123", 123],
		["0.1", 0.1],
		["123456789012345.6", Number.NaN],
		["12,34", Number.NaN],
		["1,2345", Number.NaN],
		["1.2.3", Number.NaN],
		["0,125", Number.NaN], // no thousands begin with a zero
		["-", Number.NaN],
		[".", Number.NaN],
		["1 2", Number.NaN],
		["١٢", Number.NaN],
	])("with a decimal point: %j is %d", (text, value) => {
		expect(parseNumber(text, ".")).toBe(value);
	});

	it.each([
		["12,5", 12.5],
		["1.234,56", 1234.56],
		["1.234", 1234],
		["1.234.567", 1234567],
		["R$ 1.234,56", 1234.56],
		["-0,05", -0.05],
		["12.5", Number.NaN],
		["1,234.56", Number.NaN],
	])("with a decimal comma: %j is %d", (text, value) => {
		expect(parseNumber(text, ",")).toBe(value);
	});

	it("read as the runtime reads them, whatever their digits", () => {
		const decimal = fc.tuple(fc.boolean(), fc.nat(99_999_999), fc.option(fc.stringMatching(/^\d{1,7}$/), { nil: null }));
		fc.assert(
			fc.property(decimal, ([minus, whole, decimals]) => {
				const text = `${minus ? "-" : ""}${whole}${decimals === null ? "" : `.${decimals}`}`;
				expect(parseNumber(text, ".")).toBe(Number(text));
				expect(parseNumber(text.replace(".", ","), ",")).toBe(Number(text));
			}),
			{ seed: 3, numRuns: 500 },
		);
	});

	it("of money are whole cents, halves away from nothing odd", () => {
		expect(parseMoney("0.29", ".")).toBe(29); // 0.29 × 100 is 28.999…
		expect(parseMoney("1234567.89", ".")).toBe(123456789);
		expect(parseMoney("-0.001", ".")).toBe(0);
		expect(Object.is(parseMoney("-0.001", "."), 0)).toBe(true);
		expect(parseMoney(4.17, ".")).toBe(417);
		expect(parseMoney("1000000000001", ".")).toBeNaN();
	});
});

describe("dates", () => {
	it("are ISO or Brazilian, with or without a time behind them", () => {
		const day = parseDay("2026-11-02");
		for (const text of [
			"2026-11-02",
			"02/11/2026",
			"2/11/2026",
			"2026-11-02T10:30",
			"2026-11-02 10:30:15",
			"02/11/2026 10:30",
			"2026-11-02T10:30:00.000",
		]) {
			expect(parseDate(text)).toBe(day);
		}
	});

	it("that no calendar has are none", () => {
		for (const text of ["2026-02-30", "31/04/2026", "11/13/2026", "2026-11-02T10:30Z", "2026-11-02T24:01", "1969-12-31", "", "2026-1-2"])
			expect(parseDate(text)).toBeNaN();
	});

	it("read back as they were written", () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: parseDay("2100-12-31") }), (day) => {
				const [year, month, date] = formatDay(day).split("-");
				expect(parseDate(formatDay(day))).toBe(day);
				expect(parseDate(`${date}/${month}/${year}`)).toBe(day);
			}),
			{ seed: 5, numRuns: 300 },
		);
	});

	it("with a time are local seconds", () => {
		expect(parseDatetime("1970-01-02T00:00:01")).toBe(86_401);
		expect(parseDatetime("02/01/1970 01:00")).toBe(90_000);
		expect(parseDatetime("1970-01-02")).toBe(86_400);
		expect(parseDatetime("1970-01-02T00:00:01+00:00")).toBeNaN();
	});
});

describe("booleans and settled cells", () => {
	it("are true and false in the usual ways and nothing else", () => {
		expect(["true", "TRUE", "1", 1, true].map(parseBoolean)).toEqual([1, 1, 1, 1, 1]);
		expect(["false", "0", 0, false].map(parseBoolean)).toEqual([0, 0, 0, 0]);
		expect(["yes", "2", 2, ""].map(parseBoolean)).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
	});

	it("lose the dialect of their file, and keep what does not parse", () => {
		const { price, valid_from: validFrom, price_table: id } = TABLES.prices.columns;
		const brazilian = { decimal: ",", isGrouped: true, dates: "dd/mm/yyyy" } as const;
		expect(settleCell(price, "1.234,50", brazilian)).toBe(1234.5);
		expect(settleCell(price, "cheap", brazilian)).toBe("cheap");
		expect(settleCell(validFrom, "01/02/2026", brazilian)).toBe("2026-02-01");
		expect(settleCell(validFrom, "01/02/2026", { ...brazilian, dates: "mm/dd/yyyy" })).toBe("2026-01-02");
		expect(settleCell(TABLES.contacts.columns.contacted_at, "01/02/2026 10:30", brazilian)).toBe("2026-02-01T10:30:00");
		expect(settleCell(price, "1,234", TYPED_NOTATION)).toBe("1,234"); // no typed format groups its numbers
		expect(settleCell(id, "1.234", brazilian)).toBe("1.234");
	});
});
