import { describe, expect, it } from "vitest";
import { findPostgres, startPostgres } from "../helpers/postgres.ts";
import { runKillLane } from "../server/kill-lane.ts";

const POINTS = process.env.CARTEIRA_SLICE ? 10 : 200;
const LANE = { seed: Number(process.env.CARTEIRA_SEED ?? 2026), points: POINTS, maxDelay: 1500 };

describe("kill -9 at seeded points, while contacts are posted and plans ordered", () => {
	it("loses and repeats nothing on the embedded store", async () => {
		const done = await runKillLane(LANE);
		console.log(`embedded, seed ${LANE.seed}:`, done);
		expect(done.contacts + done.plans).toBeGreaterThan(POINTS / 2);
	});

	it.skipIf(findPostgres() === null)("loses and repeats nothing on PostgreSQL, which is killed as well", async () => {
		const postgres = await startPostgres({ isDurable: true });
		try {
			const done = await runKillLane({ ...LANE, postgres });
			console.log(`PostgreSQL, seed ${LANE.seed}:`, done);
			expect(done.kills.PostgreSQL).toBeGreaterThan(0);
			expect(done.contacts + done.plans).toBeGreaterThan(POINTS / 2);
		} finally {
			await postgres.stop();
		}
	});
});
