import type { PlanDocument, Violation } from "../../engine/index.ts";
import { replan } from "../../engine/replan/replan.ts";
import type { ReplanOrder } from "../../engine/replan/request.ts";
import { randomOrders } from "./random-day.ts";
import type { Room } from "./room.ts";

/** What a lane of seeded days came to. */
export interface Lane {
	readonly numRevisions: number;
	/** With the seed and the order that led to them. */
	readonly violations: readonly { readonly seed: number; readonly order: ReplanOrder; readonly violations: readonly Violation[] }[];
	/** Seeds whose repeated replanning was another one. */
	readonly unequal: readonly number[];
	/** CPU milliseconds of each replanning, for each of its reps. */
	readonly cpu: readonly number[];
}

/** Lives seeded days of random events on a plan, each revision checked beside the one before. */
export async function liveDays({ plan, desk, engine, portfolio }: Room, seeds: Iterable<number>): Promise<Lane> {
	const made: { seed: number; order: ReplanOrder; before: PlanDocument; after: PlanDocument }[] = [];
	const unequal: number[] = [];
	const cpu: number[] = [];
	for (const seed of seeds) {
		randomOrders(
			seed,
			(order, before) => {
				const start = process.cpuUsage();
				const { plan: after } = replan(desk, before, order);
				const { user, system } = process.cpuUsage(start);
				cpu.push((user + system) / 1000 / new Set(order.events?.map(({ rep_id }) => rep_id)).size);
				if (JSON.stringify(replan(desk, before, order).plan) !== JSON.stringify(after)) unequal.push(seed);
				made.push({ seed, order, before, after });
				return after;
			},
			plan,
		);
	}
	const violations: { seed: number; order: ReplanOrder; violations: readonly Violation[] }[] = [];
	for (const { seed, order, before, after } of made) {
		const found = await engine.check(portfolio, after, undefined, before);
		if (found.length > 0) violations.push({ seed, order, violations: found.slice(0, 5) });
	}
	return { numRevisions: made.length, violations, unequal, cpu: cpu.sort((a, b) => a - b) };
}
