import { expect, it } from "vitest";
import type { Portfolio } from "../../../engine/index.ts";
import { DIRECTIONS } from "../../../engine/portfolio/schema.ts";
import { designExperiment } from "../../../models/experiment/design.ts";
import { reportExperiment } from "../../../models/experiment/report.ts";
import { MADE_AS_OF, madePast } from "../backtest/made-past.ts";

const FROM = MADE_AS_OF - 90;

/** Two teams of one rep each, whose hold-outs nobody contacted; those of the second bought nothing in the experiment's days. */
function twoTeams(past: Portfolio, held: ReadonlySet<string | null>, stages: object[], policy: object): Portfolio {
	const { reps, contacts, orders, customers } = past.tables;
	const owner = (row: number): number => customers.refs.rep_id[orders.refs.customer_id[row]];
	const second = Math.max(...Array.from(customers.refs.rep_id));
	const isGone = (row: number): boolean =>
		owner(row) === second && orders.days.ordered_on[row] >= FROM && held.has(customers.texts.customer_id.at(orders.refs.customer_id[row]));
	const blank = (values: typeof orders.numbers.net_value) => values.map((value, row) => (isGone(row) ? 0 : value));
	const tables = {
		...past.tables,
		reps: {
			...reps,
			texts: {
				...reps.texts,
				team_id: { ...reps.texts.team_id, length: reps.numRows, at: (row: number) => (row === second ? "second" : "first") },
			},
		},
		contacts: { ...contacts, codes: { ...contacts.codes, direction: contacts.codes.direction.map(() => DIRECTIONS.indexOf("inbound")) } },
		orders: { ...orders, numbers: { ...orders.numbers, net_value: blank(orders.numbers.net_value), margin: blank(orders.numbers.margin) } },
	};
	return { ...past, tables, policy: { ...(past.policy as object), ...policy, rollout: stages } };
}

it("judges each team by its own lot: one that gained goes on to the plan, one that shows nothing waits", async () => {
	const past = await madePast(300, 2, 12);
	const design = designExperiment(past, { experiment: "autumn", from: FROM, to: MADE_AS_OF - 1, share: 0.3, seed: 5 });
	const [{ customers }] = design.policy.hold_outs as { customers: string[] }[];
	const stages = ["first", "second"].map((team_id) => ({ team_id, stage: "advise" }));
	const report = reportExperiment(twoTeams(past, new Set(customers), stages, design.policy), {
		experiment: "autumn",
		asOf: MADE_AS_OF,
		numDraws: 199,
	});
	const [first, second] = ["first", "second"].map((team) => report.ladder.find(({ team_id }) => team_id === team));
	const margin = (step: typeof first) => step?.uplift.find(({ metric }) => metric === "margin");
	expect(report.guardrails.find(({ rule }) => rule === "contamination")).toMatchObject({ is_met: true, figure: 0 });
	expect(margin(second)).toMatchObject({ verdict: "gain", held_out: 0 });
	expect(second).toMatchObject({ next: "plan", is_ready: true });
	expect(margin(first)?.verdict).toBe("no_effect_shown");
	expect(first?.evidence.find(({ rule }) => rule === "team_no_loss")?.is_met).toBe(true);
	const all = report.uplift.find(({ metric }) => metric === "margin");
	// The company's gain is the second team's, and larger than the first team's interval allows: it does not carry the first.
	expect(all?.verdict).toBe("gain");
	expect(margin(first)?.adjusted.upper).toBeLessThan(all?.adjusted.lower ?? 0);
	expect(first?.evidence.find(({ rule }) => rule === "gain")?.is_met).toBe(false);
	expect(first).toMatchObject({ next: "plan", is_ready: false });
});
