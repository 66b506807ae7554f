import type { PlanDocument, Violation } from "../../engine/index.ts";
import type { Desk } from "../../engine/replan/desk.ts";
import { replan } from "../../engine/replan/replan.ts";
import type { ReplanOrder } from "../../engine/replan/request.ts";
import { lossOf } from "./lost.ts";
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
	/** Mean share of the rest of a rep's horizon that a solve from nothing would have brought more; over the seeds that were solved anew. */
	readonly lost: number;
	readonly numSolved: number;
}

/** Which seeds' replannings are held against a solve from nothing, and how hard that searches. */
export interface Resolving {
	readonly every: number;
	readonly iterations: number;
}

/** Lives seeded days of random events on a plan, each revision checked beside the one before. */
export async function liveDays({ plan, desk, engine, portfolio }: Room, seeds: Iterable<number>, resolving: Resolving): Promise<Lane> {
	const made: { seed: number; order: ReplanOrder; before: PlanDocument; after: PlanDocument }[] = [];
	const unequal: number[] = [];
	const cpu: number[] = [];
	const lost: number[] = [];
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
				if (seed % resolving.every === 0) lost.push(...lostBy(desk, before, after, order, resolving.iterations));
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
	return { numRevisions: made.length, violations, unequal, cpu: cpu.sort((a, b) => a - b), lost: mean(lost), numSolved: lost.length };
}

function lostBy(desk: Desk, before: PlanDocument, after: PlanDocument, order: ReplanOrder, iterations: number): number[] {
	return [...new Set(order.events?.map(({ rep_id }) => rep_id))].flatMap((repId) => {
		const loss = lossOf(desk, before, after, order, repId, iterations);
		return loss && loss.scratch > 0 ? [(loss.scratch - loss.replanned) / loss.scratch] : [];
	});
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
