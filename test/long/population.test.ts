import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine, parseDay } from "../../engine/index.ts";
import { createRandom } from "../../engine/random.ts";
import { randomWorld } from "../random-world.ts";
import { sliceOf } from "../slice-of.ts";

const AS_OF = parseDay("2026-11-23");
const NUM_WORLDS = process.env.CARTEIRA_SLICE ? 10 : 80;

let engine: Engine;
beforeAll(async () => {
	engine = await createEngine({ threads: 2 });
});
afterAll(() => engine?.close());

describe("plans from slices", () => {
	it(`are the whole portfolio's to the byte, for every rep and for groups of reps of ${NUM_WORLDS} made worlds`, async () => {
		for (let seed = 1000; seed < 1000 + NUM_WORLDS; seed++) {
			const random = createRandom(seed, 7);
			const world = randomWorld(seed, AS_OF);
			const population = await engine.survey(world, { asOf: AS_OF });
			const { texts, numRows } = world.tables.reps;
			const ids = Array.from({ length: numRows }, (_, row) => texts.rep_id.at(row) ?? "");
			const groups = [...ids.map((id) => [id]), ids.filter(() => random.next() < 0.3), ids.filter(() => random.next() < 0.6)];
			for (const reps of groups) {
				const escalated = reps.flatMap((id) => population.cases.escalated.get(ids.indexOf(id)) ?? []);
				const request = { asOf: AS_OF, reps, iterations: 3, seed };
				const plan = await engine.plan(sliceOf(world, reps, escalated), request, {}, { population });
				expect(JSON.stringify(plan), `world ${seed}, reps ${reps.join()}`).toBe(JSON.stringify(await engine.plan(world, request)));
			}
		}
	});
});
