import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replan } from "../../engine/replan/replan.ts";
import { formatTime, parseTime } from "../../engine/units.ts";
import { liveDays, meanOf } from "./lane.ts";
import { openRoom, type Room } from "./room.ts";

describe("days on which things go wrong", () => {
	let room: Room;
	beforeAll(async () => {
		room = await openRoom({ customers: 200, reps: 2, seed: 11, iterations: 800 });
	});
	afterAll(() => room.close());

	it("break no hard rule, move nothing that is done or promised, and change no more than allowed", () => {
		const lane = liveDays(
			room,
			Array.from({ length: 6 }, (_, nth) => 100 + nth),
			{ every: 2, iterations: 1000 },
		);
		expect(lane.numRevisions).toBeGreaterThan(8);
		expect(lane.violations).toEqual([]);
		expect(lane.unequal).toEqual([]);
		expect(lane.worse).toEqual([]);
		expect(lane.lost.length).toBeGreaterThan(3);
		expect(meanOf(lane.lost)).toBeLessThanOrEqual(0.1); // few days of a small plan; the lane of 200 days holds the mean to 0.03
	});

	it("push back what follows a break that had not begun when the rep was held up", async () => {
		const { plan, desk, engine, portfolio } = room;
		const { rep_id, days } = plan.reps.find((rep) => rep.rep_id === "R00001") ?? expect.unreachable(); // rests 60 minutes within 11:30-14:00
		const { date, breaks, entries } = days[0];
		const now = `${date}T${formatTime(parseTime(breaks[0].start) - 60)}`;
		const { plan: revised } = replan(desk, plan, { now, events: [{ type: "delayed", rep_id, minutes: 32 }], iterations: 0 });
		const behind = entries.find(({ start }) => start > breaks[0].start) ?? expect.unreachable();
		const pushed = { rep_id, customer_id: behind.customer_id, date, cause: "delayed" };
		expect(revised.receipt.revision?.forced).toContainEqual(pushed);
		expect(await engine.check(portfolio, revised, undefined, plan)).toEqual([]);
	});
});
