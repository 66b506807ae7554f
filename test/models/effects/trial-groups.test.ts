import { describe, expect, it } from "vitest";
import { CLASSES, PHASES } from "../../../engine/index.ts";
import { CHANNELS } from "../../../engine/portfolio/schema.ts";
import { cellOf, createTrialGroups } from "../../../models/effects/trial-groups.ts";

describe("groups of trials", () => {
	it("join what has one cell, one arm and nearly one chance", () => {
		const groups = createTrialGroups();
		groups.add(3, true, 0.5, true);
		groups.add(3, true, 0.51, false); // log-odds 0.04: the same quarter
		groups.add(3, true, 0.6, true); // log-odds 0.41: two quarters on
		groups.add(3, false, 0.5, true);
		groups.add(4, true, 0.5, true);
		const list = groups.list();
		expect(list.map(({ cell, isTreated, count, orders }) => [cell, isTreated, count, orders])).toEqual([
			[3, false, 1, 1],
			[3, true, 2, 1],
			[3, true, 1, 1],
			[4, true, 1, 1],
		]);
		expect(list[1].sumLogOdds).toBeCloseTo(Math.log(0.51 / 0.49), 10);
	});

	it("do not depend on the order of the trials, and hold certain chances", () => {
		const trials: [number, boolean, number, boolean][] = [
			[1, true, 0, false],
			[0, false, 1, true],
			[1, false, 0.2, true],
		];
		const [one, other] = [createTrialGroups(), createTrialGroups()];
		for (const trial of trials) one.add(...trial);
		for (const trial of trials.toReversed()) other.add(...trial);
		expect(one.list()).toEqual(other.list());
		expect(one.list().map(({ sumLogOdds }) => Number.isFinite(sumLogOdds))).toEqual([true, true, true]);
	});

	it("number every phase, class and channel once", () => {
		const cells = PHASES.flatMap((_, phase) => CLASSES.flatMap((_, cls) => CHANNELS.map((_, channel) => cellOf(phase, cls, channel))));
		expect(cells).toEqual(Array.from(cells.keys()));
	});
});
