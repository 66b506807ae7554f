import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askAndSolve, faultsOf, questionOf } from "../replan/questions.ts";
import { openRoom, type Room } from "../replan/room.ts";

const NUM_QUESTIONS = process.env.CARTEIRA_SLICE ? 18 : 180;

describe("seeded questions to plans, forced, forbidden and relaxed", () => {
	let room: Room;
	beforeAll(async () => {
		room = await openRoom({ customers: 600, reps: 3, seed: 32, iterations: 5000 });
	});
	afterAll(() => room.close());

	it("are answered as a solve from nothing does within the stated gap, with gains that check finds", async () => {
		const faults: object[] = [];
		const [apart, gaps]: [number[], number[]] = [[], []];
		const unmet = new Set<number>();
		for (let seed = 100; seed < 100 + NUM_QUESTIONS; seed++) {
			const question = questionOf(room.plan, seed);
			const answered = await askAndSolve(room, question, { answer: 1500, scratch: 10_000 });
			for (const fault of faultsOf(question, answered)) faults.push({ seed, kind: question.kind, order: question.order, fault });
			const { scratch, part, answer } = answered;
			if (!answer.is_met) unmet.add(seed);
			if (!scratch || !answer.is_met) continue;
			apart.push((scratch.scratch - scratch.replanned) / part.upper_bound_cents);
			gaps.push(part.gap ?? 0);
		}
		const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
		console.log(
			`${NUM_QUESTIONS} questions, ${unmet.size} not to be met; a solve from nothing is ${mean(apart)} of the bound apart on the mean, ` +
				`${Math.min(...apart)} to ${Math.max(...apart)}; stated gap ${mean(gaps)} on the mean, at most ${Math.max(...gaps)}`,
		);
		expect(faults).toEqual([]);
	});
});
