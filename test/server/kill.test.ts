import { expect, inject, test } from "vitest";
import { startPostgres } from "../helpers/postgres.ts";
import { runKillLane } from "./kill-lane.ts";

const LANE = { seed: 11, points: 3, maxDelay: 1000 };

test("a server that is killed again and again has every acknowledged write once, and every accepted plan ends once", async () => {
	const postgres = inject("postgres") === undefined ? undefined : await startPostgres({ isDurable: true });
	try {
		const done = await runKillLane({ ...LANE, ...(postgres && { postgres }) });
		console.log(done);
		expect(done.contacts).toBeGreaterThan(0);
		expect(done.plans).toBeGreaterThan(0);
		expect(done.uploads).toBeGreaterThan(0);
	} finally {
		await postgres?.stop();
	}
}, 600_000);
