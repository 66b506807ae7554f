import { describe, expect, it } from "vitest";
import { buildOwnership, managerAbove } from "../../engine/policy/ownership.ts";
import { REP_KINDS } from "../../engine/portfolio/schema.ts";
import { parseDay } from "../../engine/units.ts";
import { portfolioOf, type Row } from "../check/tables.ts";

const DATES = Array.from({ length: 12 }, (_, i) => parseDay("2026-11-23") + i);
const owner = (rep: string, more: Row = {}): Row => ({ customer_id: "C1", rep_id: rep, role: "owner", ...more });

/** Id of the rep on each date, `-` for nobody, runs joined: `R1×3 R2×9`. */
function served(assignments: readonly Row[] | undefined, reps: readonly Row[], customer: Row = {}): string {
	const portfolio = portfolioOf({ customers: [{ customer_id: "C1", ...customer }], reps, ...(assignments && { assignments }) });
	const ownership = buildOwnership(portfolio, DATES);
	const ids = DATES.map((date) => portfolio.tables.reps.texts.rep_id.at(ownership.repOn(0, date)) ?? "-");
	return ids
		.filter((id, i) => id !== ids[i - 1])
		.map((id) => `${id}×${ids.filter((other) => other === id).length}`)
		.join(" ");
}

const R1: Row = { rep_id: "R1", kind: "field_employee" };
const R2: Row = { rep_id: "R2", kind: "field_employee" };
const R3: Row = { rep_id: "R3", kind: "inside" };
const AWAY = { absences: "2026-11-25/2026-11-27" };

describe("who serves a customer", () => {
	it("is the customer's rep where there are no assignments", () => {
		expect(served(undefined, [R1, R2], { rep_id: "R2" })).toBe("R2×12");
		expect(served(undefined, [R1], {})).toBe("-×12");
	});

	it("is the owner of its assignments before the customer's rep", () => {
		expect(served([owner("R2")], [R1, R2], { rep_id: "R1" })).toBe("R2×12");
	});

	it("is who covers while the owner is absent", () => {
		const rows = [owner("R1"), { ...owner("R2"), role: "cover" }, { ...owner("R3"), role: "telesales" }];
		expect(served(rows, [{ ...R1, ...AWAY }, R2, R3])).toBe("R1×9 R2×3 R1×9");
	});

	it("is telesales where nobody covers, or who covers is absent too", () => {
		const telesales = { ...owner("R3"), role: "telesales" };
		expect(served([owner("R1"), telesales], [{ ...R1, ...AWAY }, R3])).toBe("R1×9 R3×3 R1×9");
		expect(served([owner("R1"), { ...owner("R2"), role: "cover" }, telesales], [{ ...R1, ...AWAY }, { ...R2, ...AWAY }, R3])).toBe(
			"R1×9 R3×3 R1×9",
		);
	});

	it("is nobody while the owner is absent and nobody stands in", () => {
		expect(served([owner("R1")], [{ ...R1, ...AWAY }])).toBe("R1×9 -×3 R1×9");
	});

	it("changes on the day from which an assignment is valid", () => {
		expect(served([owner("R1", { valid_to: "2026-11-26" }), owner("R2", { valid_from: "2026-11-27" })], [R1, R2])).toBe("R1×4 R2×8");
	});

	it("is the owner of all lines before the owner of one", () => {
		expect(served([owner("R1", { line: "drinks" }), owner("R2")], [R1, R2])).toBe("R2×12");
	});
});

describe("the manager above a rep", () => {
	const { reps } = portfolioOf({
		reps: [
			{ rep_id: "R1", kind: "rca", manager_id: "S1" },
			{ rep_id: "S1", kind: "supervisor", manager_id: "D1" },
			{ rep_id: "D1", kind: "director", manager_id: "S1" },
		],
	}).tables;
	const above = (kind: (typeof REP_KINDS)[number]) => managerAbove(reps, 0, REP_KINDS.indexOf(kind));

	it("is the first of the kind up the chain", () => {
		expect([above("supervisor"), above("director")]).toEqual([1, 2]);
	});

	it("is none where the chain has no such kind, even if managers manage each other", () => {
		expect(above("inside")).toBe(-1);
	});
});
