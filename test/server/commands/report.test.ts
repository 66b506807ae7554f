import { expect, test } from "vitest";
import { CarteiraError, type InputProblem } from "../../../engine/index.ts";
import { formatError } from "../../../server/commands/report.ts";

const problem = (row: number): InputProblem => ({
	table: "orders",
	row,
	column: "ordered_on",
	value: "31/02/2026",
	code: "bad_day",
	message: "expected a date",
});

test("an error of input is told with table, row, column, value and what was expected; beyond twenty they are counted", () => {
	const problems = Array.from({ length: 25 }, (_, index) => problem(index + 2));
	const text = formatError(new CarteiraError("IMPORT_REFUSED", "too many bad rows", problems, 300), false);
	expect(text).toContain("carteira: error: too many bad rows");
	expect(text).toMatch(/orders .* 21 .* ordered_on .* 31\/02\/2026 .* expected a date/);
	expect(text).not.toMatch(/│ 22 /); // rows 2 to 21 are the first twenty
	expect(text).toContain("… and 280 more"); // 300 less the 20 listed
});

test("what was expected is never cut, and is not told twice", () => {
	const expected = `expected one of ${Array.from({ length: 30 }, (_, i) => `choice_${i}`).join(", ")}`;
	const told = { ...problem(2), value: "v".repeat(200), message: `ordered_on "${"v".repeat(200)}": ${expected}` };
	const text = formatError(new CarteiraError("INVALID_INPUT", "no", [told]), false);
	expect(text).toContain(` ${expected} `);
	expect(text).toContain(` ${"v".repeat(80)}… `);
	expect(text).not.toContain("v".repeat(81));
});

test("for programs the error is one line of JSON", () => {
	const text = formatError(new CarteiraError("INVALID_INPUT", "no", [problem(2)]), true);
	expect(JSON.parse(text)).toEqual({ code: "INVALID_INPUT", message: "no", errors: [problem(2)], num_errors: 1 });
});

test("a defect is said to be one, without its stack; values cannot drive the terminal", () => {
	expect(formatError(new TypeError("x is undefined"), false)).toBe("carteira: internal error, a defect of Carteira: x is undefined\n");
	expect(formatError(new CarteiraError("INVALID_INPUT", "bad \u001b[2J value"), false)).not.toContain("\u001b");
});
