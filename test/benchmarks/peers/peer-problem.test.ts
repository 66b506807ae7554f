import { describe, expect, it } from "vitest";
import { peerProblemOf, routesOf } from "../../../benchmarks/peers/peer-problem.ts";
import { dumpOf, parseReply } from "../../../benchmarks/peers/peers.ts";
import { repFortnight } from "../../problems/rep-fortnight.ts";
import { lineProblem, option } from "./problems.ts";

describe("peerProblemOf", () => {
	it("makes one task a customer and period, with the prizes of its days", () => {
		const prize = [100, 60, 70, 80];
		const options = [0, 1, 2].map((day) => option({ customer: 0, day, prize }));
		const { tasks, groups } = peerProblemOf(lineProblem(1, 3, options, 2));
		expect(groups).toBe(2);
		// Days 0 and 1 are the first period; day 2 follows a contact on day 0, the only one far enough away.
		expect(tasks.map(({ days }) => days.map((day) => [day.option, day.prize]))).toEqual([
			[
				[0, 100],
				[1, 100],
			],
			[[2, 60]],
		]);
	});

	it("lets a promise stand alone and leaves out visits that no route can hold", () => {
		const options = [option({ customer: 0, day: 0, required: true, prize: [0, 0] }), option({ customer: 1, day: 0, duration: 99 })];
		expect(peerProblemOf(lineProblem(2, 1, options)).tasks.map(({ place, group }) => [place, group])).toEqual([[0, -1]]);
	});

	it("gives travel that is free a cost which only breaks ties", () => {
		const spec = lineProblem(1, 1, [option({ customer: 0, day: 0 })]);
		const problem = peerProblemOf({ ...spec, travelCost: new Int32Array(4) });
		expect(problem.cost).toEqual(problem.time);
		expect(problem.tasks[0].days[0].prize).toBe(30_000);
	});

	it("comes back from its dump as it was, and replies become options", () => {
		const problem = peerProblemOf(repFortnight({ seed: 1, customers: 20, days: 3 }));
		const { seconds, seed, options, ...read } = JSON.parse(dumpOf(problem, { seconds: 2, seed: 5, minPenalty: 200 }));
		expect(read).toEqual(problem);
		expect({ seconds, seed, options }).toEqual({ seconds: 2, seed: 5, options: { minPenalty: 200 } });
		const reply = parseReply(JSON.stringify({ routes: [[0], [], []], cpu_seconds: 1.5, version: "x 1" }), problem);
		const first = problem.tasks[0].days.find(({ day }) => day === 0)?.option ?? -1;
		expect(routesOf(problem, reply.routes)).toEqual([[first], [], []]);
	});

	it.each([
		[{ routes: [[0]], cpu_seconds: 1, version: "x" }, "expected 3 routes"],
		[{ routes: [[9999], [], []], cpu_seconds: 1, version: "x" }, "unknown task"],
		[{ routes: [[], [], []], version: "x" }, "no CPU seconds"],
	])("refuses a reply that is none: %j", (reply, message) => {
		const problem = peerProblemOf(repFortnight({ seed: 1, customers: 20, days: 3 }));
		expect(() => parseReply(JSON.stringify(reply), problem)).toThrow(message);
	});
});
