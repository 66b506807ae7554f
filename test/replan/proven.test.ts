import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditProven, harder } from "./audit-proven.ts";
import { openRoom, type Room } from "./room.ts";

describe("what is said to be proven", () => {
	let room: Room;
	beforeAll(async () => {
		room = await openRoom({ customers: 500, reps: 2, seed: 21, iterations: 50 });
	});
	afterAll(() => room.close());

	it("is confirmed by an exact model for 500 customers, and nobody who could be included is called so", async () => {
		let numProven = 0;
		const codes = new Set<string>();
		for (let seed = 1; numProven < 500 && seed <= 6; seed++) {
			const audit = auditProven(await room.engine.desk(harder(room.portfolio, seed), room.plan), room.plan);
			expect(audit.wrong).toEqual([]);
			numProven += audit.numProven;
			for (const code of audit.codes) codes.add(code);
		}
		expect(numProven).toBeGreaterThanOrEqual(500);
		expect([...codes]).toEqual(expect.arrayContaining(["CREDIT_BLOCKED", "MIN_GAP", "NO_CHANNEL", "NO_WINDOW", "UNREACHABLE"]));
	});
});
