import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditProven, harder } from "../replan/audit-proven.ts";
import { liveDays, meanOf, quantileOf } from "../replan/lane.ts";
import { openRoom, type Room } from "../replan/room.ts";

const NUM_DAYS = process.env.CARTEIRA_SLICE ? 10 : 200;

describe("200 seeded days of 3,000 customers and 10 reps", () => {
	let room: Room;
	beforeAll(async () => {
		room = await openRoom({ customers: 3000, reps: 10, seed: 7, iterations: 20_000 });
	});
	afterAll(() => room.close());

	it("break no hard rule, move nothing that is done or promised, and change no more than allowed", () => {
		const seeds = Array.from({ length: NUM_DAYS }, (_, nth) => nth + 1);
		const { numRevisions, cpu, wall, lost, violations, unequal, worse } = liveDays(room, seeds, { every: 10, iterations: 20_000 });
		const told = (list: readonly number[], digits: number): string =>
			`median ${quantileOf(list, 0.5).toFixed(digits)}, p95 ${quantileOf(list, 0.95).toFixed(digits)}, most ${quantileOf(list, 1).toFixed(digits)}`;
		console.log(
			`${numRevisions} revisions of ${NUM_DAYS} days, milliseconds a rep: CPU ${told(cpu, 0)}; wall ${told(wall, 0)}; ` +
				`value lost in ${lost.length} cases: mean ${meanOf(lost).toFixed(4)}, ${told(lost, 4)}`,
		);
		expect(violations).toEqual([]);
		expect(unequal).toEqual([]);
		expect(worse).toEqual([]);
		if (!process.env.CARTEIRA_SLICE) expect(meanOf(lost)).toBeLessThanOrEqual(0.03);
	});
});

describe("5,000 customers said to be proven out", () => {
	let room: Room;
	beforeAll(async () => {
		room = await openRoom({ customers: 3000, reps: 10, seed: 8, iterations: 50 });
	});
	afterAll(() => room.close());

	it("are confirmed by an exact model", async () => {
		let numProven = 0;
		for (let seed = 1; numProven < (process.env.CARTEIRA_SLICE ? 1000 : 5000) && seed <= 12; seed++) {
			const audit = auditProven(await room.engine.desk(harder(room.portfolio, seed), room.plan), room.plan);
			expect(audit.wrong).toEqual([]);
			numProven += audit.numProven;
		}
		expect(numProven).toBeGreaterThanOrEqual(process.env.CARTEIRA_SLICE ? 1000 : 5000);
	});
});
