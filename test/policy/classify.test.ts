import { describe, expect, it } from "vitest";
import { CLASSES, PHASES, POTENTIALS } from "../../engine/policy/case.ts";
import { classify } from "../../engine/policy/classify.ts";
import { formatDay, NULL_DAY } from "../../engine/units.ts";
import { type Row, type Rows } from "../check/tables.ts";
import { AS_OF, inputsOf, ordersOn, PRODUCTS, REP, rhythm } from "./small-case.ts";

const contact = (at: string, outcome: string): Row => ({
	contact_id: at,
	customer_id: "C1",
	rep_id: "R1",
	contacted_at: at,
	channel: "visit",
	outcome,
});

const rows: Rows = {
	customers: [
		{ customer_id: "C1", overdue_amount: 300, overdue_days: 10, credit_limit: 1000, open_balance: 400 },
		{ customer_id: "C2", potential_value: 9000 },
		{ customer_id: "C3" },
	],
	orders: [...ordersOn("C1", rhythm(14, 20, 25)), ...ordersOn("C3", [...rhythm(14, 20, 70), "2026-11-12"])],
	products: PRODUCTS,
	reps: [REP],
	contacts: [contact("2026-11-03T10:00", "order"), contact("2026-11-10T10:00", "not_reached"), contact("2026-11-23T08:00", "order")],
};

describe("classification", () => {
	const inputs = inputsOf(rows, { guesses: { C1: {}, C3: {} } });
	const { classification } = inputs;
	const phases = (codes: Uint8Array) => [...codes].map((code) => PHASES[code]);

	it("gives every customer its phase", () => {
		// C1: 25 days of silence ≥ 1.5 × 14; C2 never ordered; C3 ordered 11 days ago.
		expect(phases(classification.phase)).toEqual(["pre_inactive", "prospect", "active"]);
		expect([...classification.daysSinceLastOrder]).toEqual([25, -1, 11]);
		expect([...classification.phaseThreshold]).toEqual([21, 0, 0]);
		expect([...classification.lastOrderDay].map((day) => (day === NULL_DAY ? null : formatDay(day)))).toEqual([
			"2026-10-29",
			null,
			"2026-11-12",
		]);
	});

	it("marks a return after a silence of inactivating length", () => {
		// C3 was silent from 70 days ago to 11 days ago: 59 ≥ 2.5 × 14.
		expect([...classification.recovered]).toEqual([0, 0, 1]);
	});

	it("takes a prospect's class from its potential", () => {
		// C2 has the largest potential of three: high, hence A.
		expect(POTENTIALS[classification.potential[1]]).toBe("high");
		expect(CLASSES[classification.class[1]]).toBe("A");
	});

	it("stands on the credit ladder and knows the headroom", () => {
		expect([...classification.credit]).toEqual([2, 0, 0]);
		expect([...classification.headroom]).toEqual([60_000, Infinity, Infinity]);
	});

	it("remembers the last contact that reached the customer before as_of", () => {
		// The one of 10 November did not reach it, that of 23 November is no history.
		expect(formatDay(classification.lastContactDay[0])).toBe("2026-11-03");
		expect(classification.lastContactDay[1]).toBe(NULL_DAY);
	});

	it("does not take a feed that stopped for customers that did", () => {
		const frozen = classify({ ...inputs, silenceFrom: AS_OF - 10 });
		expect(phases(frozen.phase)).toEqual(["active", "prospect", "active"]); // 15 days < 21
		expect(frozen.daysSinceLastOrder[0]).toBe(15);
	});
});
