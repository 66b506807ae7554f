import type { PlanDocument, Violation } from "../../engine/index.ts";
import { checkPlan } from "../../engine/check/check-plan.ts";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { recomputeTerms, termsIn } from "../../engine/recompute-terms.ts";
import { buildRhythm } from "../../engine/scoring/rhythm.ts";
import type { Desk } from "../../engine/replan/desk.ts";
import { valueOf } from "../../engine/replan/diff.ts";
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
	/** Seeds of which a replanning, others' agendas included, is worth less than the plan carried on without one. */
	readonly worse: readonly number[];
	/** CPU and wall milliseconds of each replanning, for each of its reps, ascending. */
	readonly cpu: readonly number[];
	readonly wall: readonly number[];
	/** Shares of the rest of a rep's horizon that a solve from nothing would have brought more, of the seeds that were solved anew; ascending. */
	readonly lost: readonly number[];
}

/** Which seeds' replannings are held against a solve from nothing, and how hard that searches. */
export interface Resolving {
	readonly every: number;
	readonly iterations: number;
}

const NOBODY: ReadonlySet<number> = new Set();

/** Lives seeded days of random events on a plan, each revision checked beside the one before. */
export function liveDays({ plan, desk, portfolio }: Room, seeds: Iterable<number>, resolving: Resolving): Lane {
	let numRevisions = 0;
	const violations: { seed: number; order: ReplanOrder; violations: readonly Violation[] }[] = [];
	const [unequal, worse]: [number[], number[]] = [[], []];
	const [cpu, wall, lost]: [number[], number[], number[]] = [[], [], []];
	// The inputs are those of all revisions: what they come to is worked out once, and a rep's cases stay while the other agendas are the same.
	// Revisions that are solved anew are checked with nothing shared.
	const { feed } = desk.context;
	const { expectedInterval } = buildRhythm(portfolio, buildHistory(portfolio, feed.silenceFrom));
	const checkOf = (revised: PlanDocument, before: PlanDocument, isAlone: boolean): Violation[] =>
		checkPlan(
			portfolio,
			revised,
			isAlone
				? { revised: before, valuer: (plan) => recomputeTerms(desk.context, plan, undefined) }
				: { revised: before, expectedInterval, valuer: () => termsIn((rep) => desk.caseOf(revised, rep, NOBODY)) },
		);
	const live = (seed: number, order: ReplanOrder, before: PlanDocument): PlanDocument => {
		const reps = new Set(order.events?.map(({ rep_id }) => rep_id)).size;
		const [started, start] = [performance.now(), process.cpuUsage()];
		const { plan: after } = replan(desk, before, order);
		const { user, system } = process.cpuUsage(start);
		cpu.push((user + system) / 1000 / reps);
		wall.push((performance.now() - started) / reps);
		numRevisions++;
		const again = replan(desk, before, order).plan;
		if (bytesOf(again, before) !== bytesOf(after, before)) unequal.push(seed);
		// A wish may cost, and so may a promise that a late day could not have kept; else a search has nothing to lose.
		const isWished = order.events?.some(({ type }) => type === "urgent" || type === "swap");
		const carried = replan(desk, before, { ...order, iterations: 0 }).plan;
		const isKeptMore = after.unmet_required.length < carried.unmet_required.length;
		if (!isWished && !isKeptMore && valueOf(after) < valueOf(carried)) worse.push(seed);
		const found = checkOf(after, before, seed % resolving.every === 0);
		if (found.length > 0) violations.push({ seed, order, violations: found.slice(0, 5) });
		if (seed % resolving.every === 0) lost.push(...lostBy(desk, before, after, order, resolving.iterations));
		return after;
	};
	for (const seed of seeds) randomOrders(seed, (order, before) => live(seed, order, before), plan);
	for (const list of [cpu, wall, lost]) list.sort((a, b) => a - b);
	return { numRevisions, violations, unequal, worse, cpu, wall, lost };
}

/** A plan as JSON but for the parts of reps that it took over from another as they are, which may be many. */
function bytesOf(plan: PlanDocument, other: PlanDocument): string {
	return JSON.stringify({ ...plan, reps: plan.reps.map((rep, at) => (rep === other.reps[at] ? rep.rep_id : rep)) });
}

function lostBy(desk: Desk, before: PlanDocument, after: PlanDocument, order: ReplanOrder, iterations: number): number[] {
	return [...new Set(order.events?.map(({ rep_id }) => rep_id))].flatMap((repId) => {
		const loss = lossOf(desk, before, after, order, repId, iterations);
		return loss && loss.scratch > 0 ? [(loss.scratch - loss.replanned) / loss.scratch] : [];
	});
}

export const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
/** The value below which a share of an ascending list lies. */
export const quantileOf = (sorted: readonly number[], share: number): number =>
	sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
