import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
		);
		console.log(`${lane.numRevisions} revisions, CPU ms a rep: median ${lane.cpu[lane.cpu.length >> 1]}, p95 ${lane.cpu[Math.floor(0.95 * lane.cpu.length)]}`);
		expect(lane.violations).toEqual([]);
		expect(lane.unequal).toEqual([]);
	});
});
