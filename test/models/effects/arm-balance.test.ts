import { describe, expect, it } from "vitest";
import { createRandom } from "../../../engine/random.ts";
import { findImbalance } from "../../../models/effects/arm-balance.ts";
import { createTrialGroups } from "../../../models/effects/trial-groups.ts";

function groupsWhere(withholds: (logOdds: number, draw: number) => boolean) {
	const random = createRandom(2);
	const groups = createTrialGroups();
	for (let i = 0; i < 5000; i++) {
		const logOdds = random.normal();
		groups.add(i % 3, !withholds(logOdds, random.next()), 1 / (1 + Math.exp(-logOdds)), false);
	}
	return groups.list();
}

describe("the balance of arms", () => {
	it("is kept by a lot", () => {
		expect(findImbalance(groupsWhere((_, draw) => draw < 0.1))).toBeNull();
	});

	it("is lost, downwards, where those that would order anyway are spared the lot", () => {
		const errors = findImbalance(groupsWhere((logOdds, draw) => logOdds < 0.5 && draw < 0.1));
		expect(errors).toBeLessThan(-4);
	});

	it("says nothing without both arms", () => {
		expect(findImbalance(groupsWhere(() => false))).toBeNull();
		expect(findImbalance([])).toBeNull();
	});
});
