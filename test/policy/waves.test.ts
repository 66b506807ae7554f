import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prepareCases } from "../../engine/policy/cases.ts";
import type { Row } from "../check/tables.ts";
import { inputsOf, REP } from "./small-case.ts";

const REPS = ["R0", "R1", "R2", "R3", "R4"];
const index = fc.nat(REPS.length - 1);

/** Cases of customers with an owner and who covers it, and of reps that may be absent for a day. */
const anyTeam = fc.record({
	customers: fc.array(fc.tuple(index, index), { minLength: 1, maxLength: 12 }),
	absent: fc.array(fc.boolean(), { minLength: REPS.length, maxLength: REPS.length }),
});

function casesOf({ customers, absent }: { customers: [number, number][]; absent: boolean[] }) {
	const assignments = customers.flatMap(([owner, cover], c): Row[] => [
		{ customer_id: `C${c}`, rep_id: REPS[owner], role: "owner" },
		...(cover === owner ? [] : [{ customer_id: `C${c}`, rep_id: REPS[cover], role: "cover" }]),
	]);
	const reps = REPS.map((id, i) => ({ ...REP, rep_id: id, ...(absent[i] && { absences: "2026-11-24" }) }));
	return prepareCases(
		inputsOf({ customers: customers.map((_, c) => ({ customer_id: `C${c}`, lat: -23.5, lon: -46.6 })), reps, assignments }),
	);
}

describe("waves", () => {
	it("hold every rep once, in the order of planning", () => {
		fc.assert(
			fc.property(anyTeam, (team) => {
				const { waves, order } = casesOf(team);
				expect(waves.flat()).toEqual(order);
				expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
			}),
			{ seed: 31, numRuns: 40 },
		);
	});

	it("never put two reps side by side that may contact the same customer", () => {
		fc.assert(
			fc.property(anyTeam, (team) => {
				const cases = casesOf(team);
				for (const wave of cases.waves) {
					const customers = wave.flatMap((rep) => [...cases.build(rep, new Map()).customers]);
					expect(new Set(customers).size).toBe(customers.length);
				}
			}),
			{ seed: 32, numRuns: 40 },
		);
	});

	it("are one where everybody is there", () => {
		expect(casesOf({ customers: [[0, 1]], absent: REPS.map(() => false) }).waves).toEqual([[0, 1, 2, 3, 4]]);
	});
});
