import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditProven, harder } from "../replan/audit-proven.ts";
import { liveDays } from "../replan/lane.ts";
import { openRoom, type Room } from "../replan/room.ts";

const NUM_DAYS = process.env.CARTEIRA_SLICE ? 10 : 200;

describe("200 seeded days of 3,000 customers and 10 reps", () => {
	let room: Room;
	beforeAll(async () => {
		room = await openRoom({ customers: 3000, reps: 10, seed: 7, iterations: 20_000 });
	});
	afterAll(() => room.close());

	it("break no hard rule, move nothing that is done or promised, and change no more than allowed", async () => {
		const lane = await liveDays(
			room,
			Array.from({ length: NUM_DAYS }, (_, nth) => nth + 1),
			{ every: 10, iterations: 20_000 },
		);
		console.log(
			`${lane.numRevisions} revisions, CPU ms a rep: median ${lane.cpu[lane.cpu.length >> 1]}, p95 ${lane.cpu[Math.floor(0.95 * lane.cpu.length)]}; mean value lost ${lane.lost} in ${lane.numSolved} solved anew`,
		);
		expect(lane.violations).toEqual([]);
		expect(lane.unequal).toEqual([]);
		if (!process.env.CARTEIRA_SLICE) expect(lane.lost).toBeLessThanOrEqual(0.03);
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
