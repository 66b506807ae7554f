import { beforeAll, describe, expect, it } from "vitest";
import type { ForecastDocument } from "../../engine/forecast/forecast-document.ts";
import { forecastPortfolio } from "../../engine/forecast/forecast.ts";
import { CLASSES, PHASES } from "../../engine/policy/case.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { ASSIGNMENT_ROLES } from "../../engine/portfolio/schema.ts";
import { loadPredictor, type Predictor } from "../../engine/scoring/predictor.ts";
import { orderProbability } from "../../engine/scoring/scores.ts";
import { understand } from "../../engine/understand.ts";
import { NULL_CODE, NULL_DAY, SECONDS_PER_DAY } from "../../engine/units.ts";
import { LAST_DAY } from "../scoring/synthetic-portfolio.ts";
import { madeTrade } from "./trade.ts";

let predictor: Predictor;
beforeAll(async () => {
	predictor = await loadPredictor();
});

function forecastWith(portfolio: Portfolio, plan: unknown): ForecastDocument {
	const context = understand(portfolio, { asOf: LAST_DAY }, predictor, { isSilenceCounted: true });
	return forecastPortfolio({ context, predictor, plan });
}

describe("a forecast with a plan", () => {
	const trade = madeTrade(70, 4);

	it("refuses a plan of another day, and what is no plan", () => {
		const plan = { as_of: "2020-01-01", horizon: { from: "2020-01-01", to: "2020-01-10" }, reps: [] };
		expect(() => forecastWith(trade, plan)).toThrow(/the plan is of 2020-01-01; expected one of 2026-11-23/);
		expect(() => forecastWith(trade, { reps: 1 })).toThrow(/the plan, at \//);
	});

	it("adds to usual service what a plan's contacts win, on what is assumed of contacts", () => {
		const entries = [0, 1, 2].map((row) => ({ customer_id: `customers-${row}`, channel: "visit" }));
		const plan = {
			as_of: "2026-11-23",
			horizon: { from: "2026-11-23", to: "2026-12-04" },
			reps: [{ days: [{ date: "2026-11-24", entries }] }],
		};
		const { groups, plan: told, notes } = forecastWith(trade, plan);
		expect(told).toMatchObject({ num_contacts: 3, usual_contacts: 0, effects: "assumed" });
		expect(notes.map(({ code }) => code)).toContain("PLAN_EFFECTS_ASSUMED");
		const [{ without_plan: without, with_plan: planned }] = groups[0].figures;
		expect(planned?.mean).toBeGreaterThan(without.mean);
		expect((planned?.upper ?? 0) - (planned?.mean ?? 0)).toBeGreaterThan(without.upper - without.mean);
		const idle = forecastWith(trade, { ...plan, reps: [] }).groups[0].figures[0];
		expect(idle.with_plan).toEqual(idle.without_plan);
	});

	it("leaves customers of reps that the plan was not made for to usual service", () => {
		const { contacts } = trade.tables;
		const row = (columns: Readonly<Record<string, unknown>>, value: number) =>
			Object.fromEntries(Object.keys(columns).map((name) => [name, Float64Array.of(value)]));
		const called = {
			...contacts,
			numRows: 1,
			length: 1,
			refs: { ...row(contacts.refs, -1), customer_id: Int32Array.of(1), rep_id: Int32Array.of(1) },
			numbers: { ...row(contacts.numbers, Number.NaN), contacted_at: Float64Array.of((LAST_DAY - 10) * SECONDS_PER_DAY) },
			codes: { ...row(contacts.codes, NULL_CODE), channel: Uint8Array.of(0), outcome: Uint8Array.of(1) },
			texts: Object.fromEntries(Object.keys(contacts.texts).map((name) => [name, { length: 1, at: () => null }])),
		} as unknown as typeof contacts;
		const served = { ...trade, tables: { ...trade.tables, contacts: called } };
		const whole = { as_of: "2026-11-23", horizon: { from: "2026-11-23", to: "2026-12-04" }, reps: [] };
		const told = (plan: object) => {
			const { plan: of, groups } = forecastWith(served, plan);
			return { usual: of?.usual_contacts ?? Number.NaN, figure: groups[0].figures[0] };
		};
		const [missed, other, own] = [whole, { ...whole, receipt: { reps: ["r0"] } }, { ...whole, receipt: { reps: ["r1"] } }].map(told);
		expect(missed.usual).toBeCloseTo(12 / 90, 9);
		expect(missed.figure.with_plan?.mean).toBeLessThan(missed.figure.without_plan.mean);
		expect(own).toEqual(missed);
		expect(other.usual).toBe(0);
		expect(other.figure.with_plan).toEqual(other.figure.without_plan);
	});

	it("adds what a walk over the contacts finds, each by the interval that its assignment says", () => {
		const interval = 5;
		const { assignments } = trade.tables;
		const one = <T extends Int32Array | Float64Array | Uint8Array>(values: T, value: number): T =>
			Object.assign(new (values.constructor as new (n: number) => T)(1), { 0: value });
		const fill = <T extends Int32Array | Float64Array | Uint8Array>(columns: Readonly<Record<string, T>>, value: number) =>
			Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, one(values, value)]));
		const assigned = {
			...assignments,
			numRows: 1,
			length: 1,
			refs: { ...fill(assignments.refs, 0), rep_id: Int32Array.of(1) },
			days: fill(assignments.days, NULL_DAY),
			codes: { ...fill(assignments.codes, NULL_CODE), role: Uint8Array.of(ASSIGNMENT_ROLES.indexOf("owner")) },
			numbers: { ...fill(assignments.numbers, Number.NaN), interval_days: Float64Array.of(interval) },
			texts: Object.fromEntries(Object.keys(assignments.texts).map((name) => [name, { length: 1, at: () => null }])),
		};
		const owned = { ...trade, tables: { ...trade.tables, assignments: assigned } };
		const visits = [0, 0, 1, 2].map((row) => ({ customer_id: `customers-${row}`, channel: "visit" }));
		const horizon = { from: "2026-11-23", to: "2026-12-04" };
		const plan = { as_of: "2026-11-23", horizon, reps: [{ days: [{ date: "2026-11-24", entries: visits }] }] };
		const { scores, classification, policy } = understand(owned, { asOf: LAST_DAY }, predictor, { isSilenceCounted: true });
		const gained = visits.map(({ customer_id }) => {
			const customer = Number(customer_id.split("-")[1]);
			const [phase, cls] = [PHASES[classification.phase[customer]], CLASSES[classification.class[customer]]];
			const ofPlan = policy.action_plans.find(
				(row) => (row.phase ?? phase) === phase && (row.class ?? cls) === cls && row.potential == null && row.rep_kind == null,
			);
			const chance = orderProbability(scores, customer, customer === 0 ? interval : (ofPlan?.interval_days ?? Number.NaN));
			const logit =
				policy.effects.find((row) => row.channel === "visit" && (row.phase ?? phase) === phase && (row.class ?? cls) === cls)
					?.order_logit ?? 0;
			/** Orders that a visit wins: what is assumed of it may as well be nothing, or twice as much. */
			const wonBy = (times: number): number => {
				const odds = (chance / (1 - chance)) * Math.exp(times * logit);
				return (1 - policy.value.pull_forward) * (odds / (1 + odds) - chance);
			};
			const [ticket, rate] = [scores.ticket[customer], scores.marginRate[customer]];
			const marginRate = Number.isNaN(rate) ? policy.value.default_margin_rate : rate;
			return { customer, orders: [0, 1, 2].map(wonBy), cents: wonBy(1) * ticket, ticket, marginRate };
		});
		const { groups } = forecastWith(owned, plan);
		const addedTo = (part: (typeof groups)[number]) => (part.figures[0].with_plan?.mean ?? 0) - part.figures[0].without_plan.mean;
		const sum = (of: (visit: (typeof gained)[number]) => number): number => gained.reduce((total, visit) => total + of(visit), 0);
		expect(addedTo(groups[0])).toBeCloseTo(
			sum(({ cents }) => cents),
			-0.5,
		);
		// Customer 0 is of the first rep by the customers table, of the second by its assignment.
		const ofRep = (id: string) => groups.find((group) => group.by === "rep" && group.id === id);
		const [first, second] = [ofRep("r0"), ofRep("r1")];
		if (!first || !second) throw new Error("reps r0 and r1 have no figures");
		expect(addedTo(first)).toBeCloseTo(gained[3].cents, -0.5);
		expect(addedTo(second)).toBeCloseTo(gained[0].cents + gained[1].cents + gained[2].cents, -0.5);

		for (const { metric, horizon_days: days, without_plan: without, with_plan: planned } of groups[0].figures) {
			const winsOf = (end: number): number => {
				if (metric === "revenue") return sum(({ orders, ticket }) => orders[end] * ticket);
				if (metric === "margin") return sum(({ orders, ticket, marginRate }) => orders[end] * ticket * marginRate);
				// Of those that would not have ordered an order makes every second one positivated; a customer counts once.
				const own = Map.groupBy(gained, ({ customer }) => customer);
				const wonOf = (visits: readonly (typeof gained)[number][]) =>
					Math.min(
						1,
						visits.reduce((total, { orders }) => total + orders[end], 0),
					);
				return [...own].reduce((total, [c, visits]) => total + 0.5 * (1 - orderProbability(scores, c, days)) * wonOf(visits), 0);
			};
			const [least, mean, most] = [0, 1, 2].map(winsOf);
			const middle = without.mean + mean;
			const tolerance = metric === "positivation" ? 0.16 : 4; // of rounded figures
			expect(Math.abs((planned?.mean ?? Number.NaN) - middle)).toBeLessThan(tolerance);
			const lower = middle - Math.hypot(without.mean - without.lower, mean - least);
			const upper = middle + Math.hypot(without.upper - without.mean, most - mean);
			expect(Math.abs((planned?.lower ?? Number.NaN) - Math.max(0, lower))).toBeLessThan(tolerance);
			expect(Math.abs((planned?.upper ?? Number.NaN) - upper)).toBeLessThan(tolerance);
		}
	});
});
