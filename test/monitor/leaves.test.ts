import { expect, it } from "vitest";
import type { PlanDocument } from "../../engine/agenda/plan-document.ts";
import { FIGURE_IDS, FIGURES, GROUPINGS, RATIOS } from "../../engine/monitor/figures.ts";
import { openMonitor } from "../../engine/monitor/monitor.ts";
import { formatDay, parseDay } from "../../engine/units.ts";
import { plainRows, slowWorld, sumsOf, tally } from "./slow-figures.ts";
import { monitorWorld } from "./worlds.ts";

const AS_OF = parseDay("2026-11-23");
const EVERYBODY = { limit: 1000 };
const PLAN: unknown = {
	plan_id: "made-in-a-test",
	receipt: {},
	horizon: { from: "2026-11-23", to: "2026-11-27" },
	reps: [
		{
			rep_id: "R1",
			days: [
				{
					date: "2026-11-24",
					travel_seconds: 900,
					entries: Array.from({ length: 12 }, (_, i) => ({
						customer_id: `C${3 * i}`,
						channel: "visit",
						start: `${8 + i}:00:00`,
						end: `${8 + i}:30:00`,
					})),
				},
			],
		},
	],
};

it.each([1, 2, 3])("what names the figures, their rows and whom they are of is what the rows say: seed %i", (seed) => {
	const made = monitorWorld(seed, AS_OF);
	const { reps: table } = made.tables;
	const repName = { length: table.numRows, at: (row: number) => (row === 1 ? null : `name of rep ${row}`) };
	const warnings = ["orders: a column is not known", "another"];
	const portfolio = {
		...made,
		policy: { ...(made.policy as object), currency: "USD" },
		tables: { ...made.tables, reps: { ...table, texts: { ...table.texts, name: repName } } },
		reports: [{ warnings: warnings.slice(0, 1) }, { warnings: warnings.slice(1) }] as unknown as typeof made.reports,
	};
	const world = slowWorld(portfolio, AS_OF);
	const monitor = openMonitor(portfolio, { asOf: AS_OF, plan: PLAN as PlanDocument });
	const document = monitor.document();
	const events = plainRows(portfolio.tables.service_events).map((row) => Math.floor(Number(row.at) / 86_400));
	expect(document).toMatchObject({ as_of: "2026-11-23", currency: "USD", language: "en", by: null, only: null, warnings });
	expect(document.total).toMatchObject({ key: null, name: null, num_customers: world.ids.length });
	expect(document.definitions).toEqual({ figures: FIGURES, ratios: RATIOS });
	expect(document.receipt).toMatchObject({ inputs_digest: portfolio.digest, plan_id: "made-in-a-test" });
	expect(document.receipt.policy_digest).not.toBe(openMonitor(made, { asOf: AS_OF }).document().receipt.policy_digest);
	expect(openMonitor(portfolio, { asOf: AS_OF }).document().receipt).toEqual({ ...document.receipt, plan_id: null });
	expect(document.receipt.data_through.service_events).toBe(formatDay(Math.max(...events.filter((day) => day < AS_OF))));
	for (const [rep, row] of document.reps.entries())
		expect([row.name, row.team_id, row.kind]).toEqual([repName.at(rep), world.reps[rep].team_id, world.reps[rep].kind]);
	const rows = plainRows(portfolio.tables.targets).filter((row) => row.period === "2026-11");
	expect(document.targets.map((row) => [row.period, row.metric, row.line, row.rep_id, row.team_id, row.target, row.bonus_cents])).toEqual(
		rows.map((row) => [
			row.period,
			row.metric,
			row.line,
			Number(row.rep_id) < 0 ? null : world.reps[Number(row.rep_id)].rep_id,
			row.team_id,
			row.target,
			row.bonus_value,
		]),
	);
	for (const by of GROUPINGS) {
		const grouped = monitor.document({ by });
		expect(grouped.by).toBe(by);
		for (const { key, name } of grouped.groups) {
			const ofRep = world.reps.findIndex((row) => row.rep_id === key);
			expect(name).toBe(by === "rep" && key !== null ? repName.at(ofRep) : key);
		}
	}
	const only = { by: "rep", key: "R2" } as const;
	expect(monitor.document({ only }).only).toEqual(only);
	for (const figure of FIGURE_IDS) {
		const { customers, ...told } = monitor.customers(figure, EVERYBODY);
		expect(told).toEqual({ figure, as_of: "2026-11-23", num_customers: customers.length, next_after: null });
		const [first] = FIGURES[figure].measures;
		const keys = customers.map((row, nth) => ({ size: Number(row.measures[first]), c: Number(row.customer_id.slice(1)), nth }));
		expect(keys.toSorted((a, b) => b.size - a.size || a.c - b.c || a.nth - b.nth)).toEqual(keys);
		for (const row of customers) expect(row.name).toBe(`name of ${row.customer_id}`);
		const { cells, measures } = FIGURES[figure];
		const listed = customers.map((row): [string, ...number[]] => [
			cells.map((name) => row.cell[name]).join(" "),
			...measures.map((name) => Number(row.measures[name])),
		]);
		const [summed, tallied] = [sumsOf(document.total.figures, figure), tally(listed)];
		expect(Object.keys(tallied).sort()).toEqual(Object.keys(summed).sort());
		for (const [cell, values] of Object.entries(summed))
			for (const [i, value] of values.entries()) expect(tallied[cell][i], `${figure} ${cell}`).toBeCloseTo(value, 1);
	}
});
