import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askAndSolve, faultsOf, QUESTIONS, questionOf } from "./questions.ts";
import { openRoom, type Room } from "./room.ts";

describe("random questions to a plan", () => {
	let room: Room;
	beforeAll(async () => {
		room = await openRoom({ customers: 200, reps: 2, seed: 31, iterations: 1500 });
	});
	afterAll(() => room.close());

	it.each(QUESTIONS.map((kind, seed) => [kind, seed]))(
		"%s: are answered as a solve from nothing does, with gains that check finds",
		async (kind, seed) => {
			const question = questionOf(room.plan, seed);
			expect(question.kind).toBe(kind);
			expect(faultsOf(question, await askAndSolve(room, question, { answer: 400, scratch: 3000 }))).toEqual([]);
		},
	);
});
