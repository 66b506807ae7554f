import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replan } from "../../engine/replan/replan.ts";
import { openRoom, type Room } from "./room.ts";

const TEAM = "T0001";

describe.each(["advise", "plan"] as const)("a plan of a team in %s", (stage) => {
	let room: Room;
	beforeAll(async () => {
		room = await openRoom({ customers: 80, reps: 1, seed: 13, iterations: 100, policy: { rollout: [{ team_id: TEAM, stage }] } });
	});
	afterAll(() => room.close());

	it("passes the check and says on each of the team's days what it is", async () => {
		expect(await room.engine.check(room.portfolio, room.plan)).toEqual([]);
		const { team_id, rep_id } = room.portfolio.tables.reps.texts;
		const rows = Array.from({ length: rep_id.length }, (_, row) => row);
		const inTeam = new Set(rows.filter((row) => team_id.at(row) === TEAM).map((row) => rep_id.at(row)));
		expect(inTeam.size).toBeGreaterThan(0);
		for (const rep of room.plan.reps)
			for (const day of rep.days) expect(day.stage).toBe(stage === "advise" && inTeam.has(rep.rep_id) ? "advise" : undefined);
	});

	it("may be refused without a reason only where it is advice", () => {
		const rep = room.plan.reps.find(({ rep_id, days }) => rep_id.startsWith("R") && days[0].entries.length > 0) ?? room.plan.reps[0];
		const [{ date, entries }] = rep.days;
		const refused = entries[entries.length - 1].customer_id;
		const refuse = () =>
			replan(room.desk, room.plan, {
				now: `${date}T08:00`,
				events: [{ type: "refuse", rep_id: rep.rep_id, customer_id: refused, date }],
			});
		if (stage === "plan") expect(refuse).toThrow(/\/events\/0\/reason: none; expected words/);
		else {
			const { plan } = refuse();
			expect(plan.receipt.revision?.rules).toMatchObject([{ customer_id: refused, reason: "refused" }]);
			expect(plan.reps.find(({ rep_id }) => rep_id === rep.rep_id)?.days.every((day) => day.stage === "advise")).toBe(true);
		}
	});
});
