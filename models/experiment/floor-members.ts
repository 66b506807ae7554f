import { CLASSES, PHASES, type Policy, pictureBefore } from "../../engine/index.ts";
import type { History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import type { Participant } from "./participants.ts";

/** For each of the policy's floors the participants whose phase and class, as known when `past` ends, it is for. */
export function floorMembers(portfolio: Portfolio, past: History, policy: Policy, units: readonly Participant[]): Participant[][] {
	const picture = pictureBefore({ portfolio, policy, history: past }, past.before);
	return policy.floors.map(({ phase, class: cls }) =>
		units.filter(
			({ customer }) =>
				(phase === null || PHASES[picture.phase[customer]] === phase) && (cls === null || CLASSES[picture.class[customer]] === cls),
		),
	);
}
