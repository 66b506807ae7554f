import { describe, expect, it } from "vitest";
import { FIGURE_IDS, type FigureId, FIGURES, GROUPINGS } from "../../engine/monitor/figures.ts";
import { openMonitor } from "../../engine/monitor/monitor.ts";
import { monitorCustomers, monitorDocument } from "../../engine/monitor/monitor-document.ts";
import { parseDay } from "../../engine/units.ts";
import { slowFeed } from "./slow-feed.ts";
import {
	slowBreaks,
	slowCollections,
	slowCoverage,
	slowCustomers,
	slowFlows,
	slowObjections,
	slowPositivation,
	slowProductivity,
	slowRevenueAtRisk,
	slowWorld,
	sumsOf,
	tally,
} from "./slow-figures.ts";
import { monitorWorld } from "./worlds.ts";

const AS_OF = parseDay("2026-11-23");
/** Two of them look at a feed that stopped weeks ago. */
const worlds = [1, 2, 3, 4, 5, 6].map((seed) => {
	const portfolio = monitorWorld(seed, seed > 4 ? AS_OF - 40 : AS_OF);
	const { silenceFrom } = slowFeed(portfolio, AS_OF);
	expect(silenceFrom < AS_OF).toBe(seed > 4);
	return { monitor: openMonitor(portfolio, { asOf: AS_OF }), slow: slowWorld(portfolio, AS_OF, silenceFrom) };
});

const TWINS = {
	customers: slowCustomers,
	flows: slowFlows,
	coverage: slowCoverage,
	positivation: slowPositivation,
	objections: slowObjections,
	collections: slowCollections,
	revenue_at_risk: slowRevenueAtRisk,
	productivity: slowProductivity,
};

describe("the monitor's figures", () => {
	it.each(Object.entries(TWINS))("%s are what the rows say, one by one", (figure, slow) => {
		let numRows = 0;
		for (const { monitor, slow: world } of worlds) {
			const found = sumsOf(monitor.document().total.figures, figure as FigureId);
			expect(found).toEqual(slow(world));
			numRows += Object.keys(found).length;
		}
		expect(numRows).toBeGreaterThan(7);
	});

	it("breaks are those who bought three times and then stopped, with what a month brought", () => {
		for (const { monitor, slow } of worlds) {
			const money = slowBreaks(slow);
			const found = monitor.customers("breaks", { limit: 1000 });
			expect(
				new Map(
					found.customers.map((row) => [
						row.customer_id,
						[row.measures.monthly_revenue_cents, row.measures.monthly_margin_cents, parseDay(row.on ?? "")],
					]),
				),
			).toEqual(new Map(money.map(({ c, on, revenue, margin }) => [`C${c}`, [revenue, margin, on]])));
			expect(money.length).toBeGreaterThan(2);
		}
	});

	it("divide what they say they divide", () => {
		for (const { monitor } of worlds) {
			const { figures, ratios } = monitor.document().total;
			const coverage = sumsOf(figures, "coverage");
			const count = (state: string): number => coverage[state]?.[0] ?? 0;
			const covered = count("on_time") + count("due");
			const expectRatio = (found: number | null, part: number, whole: number, digits = 4): void =>
				whole > 0 ? expect(found).toBeCloseTo(part / whole, digits) : expect(found).toBeNull();
			expectRatio(ratios.coverage, covered, covered + count("disrupted") + count("never_contacted"));
			const month = sumsOf(figures, "positivation");
			const [positivated, , , products] = month["2026-11 positivated"] ?? [0, 0, 0, 0];
			const all = ["positivated", "insufficient", "none"].reduce((sum, state) => sum + (month[`2026-11 ${state}`]?.[0] ?? 0), 0);
			expectRatio(ratios.positivation, positivated, all);
			expectRatio(ratios.mix, products, positivated);
			const made = Object.values(sumsOf(figures, "productivity"));
			const sum = (at: number): number => made.reduce((total, row) => total + row[at], 0);
			expectRatio(ratios.reach, sum(2), sum(1));
			expectRatio(ratios.conversion, sum(3), sum(2));
			expectRatio(ratios.value_cents_an_hour, 3600 * sum(4), sum(5), 3);
		}
	});

	it("of groups are those of their customers alone, and lead to them by name", () => {
		const [{ monitor }] = worlds;
		for (const by of GROUPINGS) {
			const { groups } = monitor.document({ by });
			expect(groups.length).toBeGreaterThan(1);
			for (const { key, figures, num_customers: count } of groups) {
				if (key === null) continue;
				const only = { by, key };
				const alone = monitor.document({ only });
				expect(alone.total.figures).toEqual(figures);
				expect(alone.total.num_customers).toBe(count);
				for (const figure of FIGURE_IDS) {
					const behind = monitor.customers(figure, { only, limit: 1000 });
					const { cells, measures } = FIGURES[figure];
					const listed = behind.customers.map((row): [string, ...number[]] => [
						cells.map((name) => row.cell[name]).join(" "),
						...measures.map((name) => Number(row.measures[name])),
					]);
					const summed = sumsOf(figures, figure);
					const tallied = tally(listed);
					expect(Object.keys(tallied).sort()).toEqual(Object.keys(summed).sort());
					for (const [cell, row] of Object.entries(summed))
						for (const [i, value] of row.entries()) expect(tallied[cell][i]).toBeCloseTo(value, 1);
				}
			}
		}
	});

	it("of a supplier line count that line's sales alone", () => {
		for (const { monitor, slow } of worlds) {
			const groups = monitor.document({ by: "line" }).groups;
			const behind = new Map(groups.map(({ key, figures }) => [key, sumsOf(figures, "positivation")]));
			for (const line of ["L1", "L2", "L3"]) {
				const mask = new Set(
					monitor.customers("customers", { only: { by: "line", key: line }, limit: 1000 }).customers.map((row) => row.customer_id),
				);
				const expected = slowPositivation({ ...slow, ids: slow.ids.filter((c) => mask.has(`C${c}`)) }, line);
				expect(behind.get(line)).toEqual(expected);
			}
		}
	});

	it("are pages of customers that together are all of them", () => {
		const [{ monitor }] = worlds;
		const all = monitor.customers("customers", { limit: 1000 });
		const paged: string[] = [];
		for (let after: number | null = 0; after !== null; ) {
			const page = monitor.customers("customers", { after, limit: 7 });
			paged.push(...page.customers.map((row) => row.customer_id));
			after = page.next_after;
		}
		expect(paged).toEqual(all.customers.map((row) => row.customer_id));
		expect(new Set(paged).size).toBe(all.num_customers);
		const active = monitor.customers("customers", { cell: { phase: "active" }, limit: 1000 }).customers;
		expect(active.map((row) => row.customer_id)).toEqual(
			all.customers.filter((row) => row.phase === "active").map((row) => row.customer_id),
		);
	});

	it("are written as their schemas say, and refuse a group that is not there", () => {
		const [{ monitor }] = worlds;
		expect(monitorDocument.safeParse(monitor.document({ by: "rep" })).error).toBeUndefined();
		expect(monitorCustomers.safeParse(monitor.customers("breaks")).error).toBeUndefined();
		expect(() => monitor.document({ only: { by: "city", key: "Nowhere" } })).toThrow("no city Nowhere");
	});
});
